"""From a due time to the mailbox: exactly one edition, one mail for each reader."""

import builtins
import contextlib
import threading
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backend import __version__
from backend.accounts.models import User
from backend.jobs import queue, work
from backend.jobs.models import Run
from backend.mail.models import OutgoingMail
from backend.org.models import Company
from reporting import asking, editions, faces, making
from reporting.builders.content import digest, freeze, thaw
from reporting.in_english import english_page
from reporting.models import Delivery, Edition, EditionFile, ReportSchedule
from reporting.periods import week_before
from reporting.recipients import add_recipient
from reporting.scheduling import run_for
from tests.mailbox import Mailbox
from tests.reporting.conftest import MONDAY
from tests.reporting.due import executive, make_due, process

Person = Callable[..., User]


def meet(both: threading.Barrier) -> None:
    """Go on when the other one is here too, or after a while if he is kept waiting."""
    with contextlib.suppress(threading.BrokenBarrierError):
        both.wait(timeout=1)


def test_week_before_a_monday_morning_is_the_week_that_ended_yesterday() -> None:
    assert week_before(MONDAY) == (date(2026, 11, 16), date(2026, 11, 22))
    assert week_before(MONDAY - timedelta(hours=8)) == (date(2026, 11, 9), date(2026, 11, 15))


def test_editions_name_the_version_of_the_project() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert __version__ == project["project"]["version"]


@pytest.mark.django_db(transaction=True)
class TestWholeWay:
    def test_due_run_becomes_one_edition_and_one_mail_for_each(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        make_due(executive(person, "a"), executive(person, "b"))
        process()

        edition = Edition.objects.get()
        first, last = week_before(queue.database_now())
        assert (edition.period_first_date, edition.period_last_date) == (first, last)
        assert edition.number == 1
        assert mailbox.recipients == ["a@example.vn", "b@example.vn"]
        assert {each.mail.state for each in Delivery.objects.all()} == {"accepted"}
        (mail,) = mailbox.of("a@example.vn")
        names = [part.get_filename() for part in mail.iter_attachments()]
        assert names == [f"{edition.code}.xlsx", f"{edition.code}.pdf"]
        assert edition.code in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]

        process()
        assert Edition.objects.count() == 1
        assert len(mailbox.arrived) == 2

    def test_edition_is_the_snapshot_and_nothing_else(
        self, company: Company, person: Person
    ) -> None:
        make_due()
        process()
        edition = Edition.objects.get()
        assert digest(edition.snapshot) == edition.sha256
        again = thaw(edition.snapshot)
        assert freeze(again) == edition.snapshot
        assert again.heading.code == edition.code

    def test_edition_rendered_again_has_the_same_bytes(self, company: Company) -> None:
        make_due()
        process()
        edition = Edition.objects.get()
        report = editions.report_of(edition)
        assert report is not None
        again = faces.faces_of(report, sha256=edition.sha256)
        kept = {
            file.kind: bytes(file.stored.content) for file in edition.files.all() if file.stored
        }
        assert again.made == kept
        assert kept.keys() == {"html", "pdf", "xlsx", "docx"}

    def test_two_schedulers_make_one_edition_and_one_mail_for_each(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        make_due(*(executive(person, f"e{n}") for n in range(6)))
        start = threading.Barrier(3)

        def scheduler(name: str) -> None:
            try:
                start.wait()
                for _ in range(3):
                    process(name)
            finally:
                connection.close()

        threads = [threading.Thread(target=scheduler, args=(f"w{n}",)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process()

        assert Edition.objects.count() == 1
        assert mailbox.recipients == [f"e{n}@example.vn" for n in range(6)]
        assert Run.objects.filter(state="done").count() == 1

    def test_two_who_ask_at_once_get_one_edition(
        self, company: Company, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, last = week_before(queue.database_now())
        both, enqueue = threading.Barrier(2), queue.enqueue

        def together(**fields: Any) -> Run:
            meet(both)
            return enqueue(**fields)

        monkeypatch.setattr(queue, "enqueue", together)

        def ask(by: User) -> str:
            try:
                asking.request_new(
                    first=first, last=last, send=False, by=by, at=queue.database_now()
                )
            except asking.AlreadyBeingMade as refused:
                return refused.code
            finally:
                connection.close()
            return "asked"

        people = [executive(person, name) for name in ("a", "b")]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(ask, people)) == ["asked", "edition.being_made"]
        process()
        assert [each.number for each in Edition.objects.all()] == [1]

    def test_who_asks_while_the_schedule_makes_it_waits_for_that_edition(
        self, company: Company, person: Person
    ) -> None:
        make_due()
        at = queue.database_now()
        queue.materialise(at=at)
        first, last = week_before(at)
        asked: dict[str, Any] = {"send": True, "by": executive(person, "a"), "at": at}
        with pytest.raises(asking.AlreadyBeingMade):
            asking.request_new(first=first, last=last, **asked)
        asking.request_new(first=first - timedelta(7), last=last - timedelta(7), **asked)
        process()
        asking.request_new(first=first, last=last, **asked)

    def test_two_workers_on_one_week_make_numbers_one_and_two_at_once(
        self, company: Company, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        boss = executive(person, "a")
        for _ in range(2):
            asked = {"report": asking.WEEKLY, "made_by": boss.pk}
            queue.enqueue(handler=asking.HANDLER, payload=asked, due_at=queue.database_now())
        both, draft = threading.Barrier(2), making.draft

        def together(*args: Any, **fields: Any) -> Any:
            made = draft(*args, **fields)
            meet(both)
            return made

        monkeypatch.setattr(making, "draft", together)
        queue.materialise(at=queue.database_now())

        def work_off(worker: str) -> None:
            try:
                work.work_off(worker=worker)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work_off, ("w1", "w2")))
        one, two = Edition.objects.order_by("cut_off_at")
        assert (one.number, two.number) == (1, 2)
        changes = thaw(two.snapshot).sections[-1]
        assert changes.nothing == "Số liệu giống hệt bản số 1."
        done = Run.objects.filter(due_at__lte=queue.database_now())
        assert [(run.state, run.attempt, run.error) for run in done] == [("done", 1, "")] * 2

    def test_schedule_sends_what_was_made_by_hand_while_nothing_changed(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        """An edition of 07:28 by hand, the schedule at 07:30: one edition, each reader one mail."""
        boss = executive(person, "a")
        first, last = week_before(queue.database_now())
        asking.request_new(first=first, last=last, by=boss, send=False, at=queue.database_now())
        process()
        make_due(boss, executive(person, "b"))
        weekly = ReportSchedule.objects.get()
        with pytest.raises(asking.AlreadyBeingMade):  # by the schedule, in a moment
            run_for(weekly, day=last, by=boss, send=True, at=queue.database_now())
        process()
        edition = Edition.objects.get()
        assert mailbox.recipients == ["a@example.vn", "b@example.vn"]
        (mail,) = mailbox.of("b@example.vn")
        names = [part.get_filename() for part in mail.iter_attachments()]
        assert names == [f"{edition.code}.xlsx", f"{edition.code}.pdf"]
        assert edition.rechecks.get().run.schedule == weekly.schedule

        add_recipient(weekly, to=executive(person, "c"))
        run_for(weekly, day=last, by=boss, send=True, at=queue.database_now())
        process()
        assert Edition.objects.get() == edition
        assert mailbox.recipients == ["a@example.vn", "b@example.vn", "c@example.vn"]

        Company.objects.update(owner_name="UBND tỉnh khác")
        run_for(weekly, day=last, by=boss, send=True, at=queue.database_now())
        process()
        assert [each.number for each in Edition.objects.order_by("pk")] == [1, 2]
        assert len(mailbox.recipients) == 6
        asking.request_new(first=first, last=last, by=boss, send=False, at=queue.database_now())
        process()
        assert Edition.objects.count() == 3, "who asks for a new one gets it"

    def test_worker_overtaken_while_building_keeps_nothing(
        self, company: Company, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Frozen after reading the figures, it wakes up when another one has taken the run."""
        make_due(executive(person, "a"))
        real = making.draft

        def slow(*args: Any, **fields: Any) -> Any:
            made = real(*args, **fields)
            Run.objects.filter(state="doing").update(attempt=2)
            return made

        monkeypatch.setattr(making, "draft", slow)
        queue.materialise(at=queue.database_now())
        work.work_off(worker="frozen")

        assert Edition.objects.count() == 0
        assert EditionFile.objects.count() == 0
        assert OutgoingMail.objects.count() == 0

    def test_editions_cannot_be_changed_or_deleted(self, company: Company) -> None:
        make_due()
        process()
        with pytest.raises(Exception, match="Cannot update or delete"):
            Edition.objects.update(snapshot="{}")
        with pytest.raises(Exception, match="Cannot update or delete"):
            EditionFile.objects.all().delete()


@pytest.mark.django_db
class TestSpecialStates:
    def test_empty_period_says_so_everywhere(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        make_due(executive(person, "a"))
        process()
        edition = Edition.objects.get()
        article = bytes(edition.files.get(kind="html").stored.content).decode()  # type: ignore[union-attr]
        assert "Không có phát sinh" in article
        (mail,) = mailbox.of("a@example.vn")
        assert str(mail["Subject"]).endswith("không có phát sinh")
        assert "Không có phát sinh" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_failing_source_is_marked_and_the_rest_is_sent(
        self,
        company: Company,
        person: Person,
        mailbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def broken(*_args: object, **_kwargs: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute("select no_such_column")

        monkeypatch.setattr("sales.figures.weekly_sales", broken)
        make_due(executive(person, "a"))
        process()

        edition = Edition.objects.get()
        assert edition.is_complete is False
        report = thaw(edition.snapshot)
        failed = ["Bán vé", "Địa bàn"]
        assert [failure.section for failure in report.completeness.failures] == failed
        assert [each.title for each in report.sections if each.failure] == failed
        reasons = {each.failure for each in report.sections if each.failure}
        assert reasons == {"Lỗi khi đọc số liệu: ProgrammingError."}
        assert "Error while reading the figures: ProgrammingError." in english_page(
            report, sha256=""
        )
        (mail,) = mailbox.of("a@example.vn")
        assert "CHƯA CÓ phần Bán vé" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_without_pango_the_edition_says_so_and_is_sent_with_the_workbook(
        self,
        company: Company,
        person: Person,
        mailbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        real = builtins.__import__

        def no_pango(name: str, *args: Any, **kwargs: Any) -> Any:
            if name.split(".")[0] == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")
            return real(name, *args, **kwargs)

        make_due(executive(person, "a"))
        monkeypatch.setattr(builtins, "__import__", no_pango)
        process()

        edition = Edition.objects.get()
        missing = edition.files.get(kind="pdf")
        assert missing.stored is None
        assert "libpango-1.0-0" in missing.unavailable_reason
        (mail,) = mailbox.of("a@example.vn")
        assert [p.get_filename() for p in mail.iter_attachments()] == [f"{edition.code}.xlsx"]

    def test_second_edition_of_a_week_is_number_two(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        boss = executive(person, "a")
        make_due(boss)
        process()
        one = Edition.objects.get()
        asked: dict[str, Any] = {
            "first": one.period_first_date,
            "last": one.period_last_date,
            "by": boss,
        }
        asking.request_new(**asked, send=False, at=queue.database_now())
        with pytest.raises(asking.AlreadyBeingMade):
            asking.request_new(**asked, send=True, at=queue.database_now())
        process()

        two = Edition.objects.get(number=2)
        assert two.code == one.code[:-1] + "2"
        assert two.made_by == boss
        assert two.deliveries.count() == 0
        changes = thaw(two.snapshot).sections[-1]
        assert (changes.code, changes.nothing) == ("changes", "Số liệu giống hệt bản số 1.")
        assert len(mailbox.arrived) == 1
