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
from django.test import Client

from backend import __version__
from backend.accounts.models import Role, User
from backend.jobs import queue, work
from backend.jobs.models import Run, Schedule
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from backend.org.models import Company, Region, Territory, TerritoryRegion
from reporting import asking, editions, faces, making
from reporting.builders.content import digest, freeze, thaw
from reporting.definitions import catalogue, whole_for
from reporting.models import Delivery, Edition, EditionFile, Recipient, ReportSchedule
from reporting.periods import week_before
from reporting.recipients import BadAddressList, add_list, add_recipient, recipients_of
from reporting.scheduling import run_for
from reporting.scopes import COMPANY, places_of
from reporting.setup import ensure_weekly_briefing
from tests import make
from tests.mailbox import Mailbox
from tests.reporting.conftest import MONDAY

Person = Callable[..., User]
Page = Callable[..., Client]


def executive(person: Person, name: str, **fields: Any) -> User:
    return person("executive", username=name, **fields)


def make_due(*readers: User | str) -> None:
    now = queue.database_now()
    ensure_weekly_briefing(readers, first_due_at=now, at=now)


def schedule_of(report: str, *readers: User) -> ReportSchedule:
    """A paused schedule of any report with these readers; its owner is the first."""
    now = queue.database_now()
    schedule = Schedule.objects.create(
        code=report, name=report, handler=asking.HANDLER, cron="0 7 * * mon", enabled=False,
        payload={"report": report}, materialised_until=now, refill_at=now,
    )  # fmt: skip
    made = ReportSchedule.objects.create(schedule=schedule, report=report)
    for reader in readers:
        add_recipient(made, to=reader)
    return made


def send_now(schedule: ReportSchedule) -> None:
    payload = {"report": schedule.report, "schedule": schedule.schedule.code}
    queue.enqueue(handler=asking.HANDLER, payload=payload, due_at=queue.database_now())
    process()


def process(worker: str = "test:1") -> None:
    """What one scheduler does in one round."""
    queue.materialise(at=queue.database_now())
    work.work_off(worker=worker)
    outbox.send_due(worker=worker)


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
        week: dict[str, Any] = {"first": first, "last": last, "by": boss}
        asking.request_new(**week, send=False, at=queue.database_now())
        process()
        make_due(boss, executive(person, "b"))
        weekly = ReportSchedule.objects.get()
        with pytest.raises(asking.AlreadyBeingMade):  # by the schedule, in a moment
            run_for(weekly, **week, send=True, at=queue.database_now())
        process()
        edition = Edition.objects.get()
        assert mailbox.recipients == ["a@example.vn", "b@example.vn"]
        (mail,) = mailbox.of("b@example.vn")
        names = [part.get_filename() for part in mail.iter_attachments()]
        assert names == [f"{edition.code}.xlsx", f"{edition.code}.pdf"]
        assert edition.rechecks.get().run.schedule == weekly.schedule

        add_recipient(weekly, to=executive(person, "c"))
        run_for(weekly, **week, send=True, at=queue.database_now())
        process()
        assert Edition.objects.get() == edition
        assert mailbox.recipients == ["a@example.vn", "b@example.vn", "c@example.vn"]

        Company.objects.update(owner_name="UBND tỉnh khác")
        run_for(weekly, **week, send=True, at=queue.database_now())
        process()
        assert [each.number for each in Edition.objects.order_by("pk")] == [1, 2]
        assert len(mailbox.recipients) == 6
        asking.request_new(**week, send=False, at=queue.database_now())
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


@pytest.mark.django_db
class TestReaders:
    def test_each_reader_gets_the_edition_of_his_region(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        region = Region.objects.create(
            code="22001", name="Phường Thử", level="ward", valid_from=date(2025, 7, 1)
        )
        make_due(executive(person, "all"), executive(person, "ward", region=region))
        process()

        whole, ward = Edition.objects.order_by("region_id", "pk").reverse()
        assert {whole.region, ward.region} == {None, region}
        ward = Edition.objects.get(region=region)
        whole = Edition.objects.get(region=None)
        assert [str(d.recipient) for d in ward.deliveries.all()] == ["ward"]
        assert [str(d.recipient) for d in whole.deliveries.all()] == ["all"]
        assert "attendance" not in [each.code for each in thaw(ward.snapshot).sections]
        assert list(Edition.objects.visible_to(ward.deliveries.get().recipient.user)) == [ward]

    def test_manager_of_a_territory_is_told_of_it_and_of_nothing_else(
        self, company: Company, person: Person, page: Page, mailbox: Mailbox
    ) -> None:
        ward = make.region("22001", name="Phường Thử")
        east = Territory.objects.create(code="ĐÔNG", name="Miền Đông")
        TerritoryRegion.objects.create(territory=east, region=ward, valid_from=date(2025, 7, 1))
        seller = person("sales_manager", username="east", territory=east)
        daily = schedule_of("daily-flash", executive(person, "all"), seller)
        send_now(daily)

        whole, own = Edition.objects.order_by("territory_id").reverse()
        assert (whole.scope_name, own.scope_name) == ("", "Miền Đông")
        assert "-vung-" in own.code
        assert [str(d.recipient) for d in own.deliveries.all()] == ["east"]
        assert [str(d.recipient) for d in whole.deliveries.all()] == ["all"]
        assert thaw(own.snapshot).heading.scope == "Miền Đông"
        assert list(Edition.objects.visible_to(seller)) == [own]
        archive = page(seller)
        assert archive.get(f"/bao-cao/{own.code}/").status_code == 200
        assert archive.get(f"/bao-cao/{whole.code}/").status_code == 404

    def test_who_sees_some_departments_gets_an_edition_of_each(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        kd, tchc, it = (make.department(code) for code in ("KD", "TCHC", "IT"))
        clerk = person("hr", username="clerk")
        clerk.departments.add(kd, tchc)
        month = schedule_of("attendance-month", person("hr", username="head"), clerk)
        send_now(month)

        seen = Edition.objects.visible_to(clerk).order_by("department__code")
        assert [each.department for each in seen] == [kd, tchc]
        assert {str(d.recipient) for each in seen for d in each.deliveries.all()} == {"clerk"}
        assert mailbox.recipients.count("clerk@example.vn") == 2
        assert mailbox.recipients.count("head@example.vn") == 1
        assert not Edition.objects.filter(department=it).exists()

    def test_report_that_is_not_made_of_parts_takes_no_reader_of_a_part(
        self, company: Company, person: Person
    ) -> None:
        seller = person("sales_manager", username="ward", region=make.region("22001"))
        prizes = schedule_of("prizes")
        with pytest.raises(BadAddressList, match="không lập cho phạm vi"):
            add_list(prizes, text="ward")
        add_recipient(prizes, to=seller)  # as if the region had been given afterwards
        assert recipients_of(prizes) == []

    def test_who_sees_some_departments_is_told_why_no_briefing_and_what_instead(
        self, company: Company, person: Person, page: Page, mailbox: Mailbox
    ) -> None:
        boss, part = executive(person, "boss"), executive(person, "part")
        weekly = schedule_of("weekly-briefing", boss, part)
        path = f"/bao-cao/lich/{weekly.schedule.code}/"
        silent = "hiện không nhận bản nào"
        assert silent not in page(boss).get(path).content.decode()
        part.departments.add(make.department("KD"))
        send_now(weekly)
        assert mailbox.recipients == ["boss@example.vn"]
        shown = page(boss).get(path).content.decode().split(silent)[1]
        assert "«Báo cáo giao ban» không lập cho phạm vi của tài khoản này" in shown
        assert "Chấm công" in shown
        assert shown.count("Số liệu báo cáo cơ quan nhà nước") == 1  # by month, quarter, year
        assert "boss@" not in shown
        with pytest.raises(BadAddressList, match=r"dòng 1 «part»: «Báo cáo giao ban» không lập"):
            add_list(weekly, text="part")
        User.objects.filter(pk=part.pk).update(role=Role.HR)
        shown = page(boss).get(path).content.decode().split(silent)[1]
        assert "Tài khoản này không được xem báo cáo." in shown

    def test_whole_company_is_mailed_to_exactly_those_who_may_open_it(
        self, company: Company, person: Person
    ) -> None:
        def some(**fields: Any) -> User:
            return executive(person, f"e{User.objects.count()}", **fields)

        people = [some(), some(), some(region=make.region("22001"))]
        people[1].departments.add(make.department("KD"))
        mailed, opened = (
            [
                [code for code, wanted in catalogue().items() if COMPANY in places_of(user, wanted)]
                for user in people
            ],
            [whole_for(user, list(catalogue())) for user in people],
        )
        assert mailed == opened
        assert [("weekly-briefing" in each, "prizes" in each) for each in opened] == [
            (True, True), (False, True), (False, False),
        ]  # fmt: skip

    def test_account_that_lost_its_right_gets_nothing(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        left, moved = executive(person, "left"), executive(person, "moved")
        make_due(left, moved)
        User.objects.filter(pk=left.pk).update(is_active=False)
        User.objects.filter(pk=moved.pk).update(role=Role.HR)
        process()
        assert Edition.objects.count() == 1
        assert mailbox.arrived == []

    def test_reader_without_an_address_fails_alone(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        nobody = executive(person, "nobody")
        User.objects.filter(pk=nobody.pk).update(email="")
        make_due(nobody, executive(person, "a"))
        process()
        assert mailbox.recipients == ["a@example.vn"]
        states = {str(d.recipient): d.mail.state for d in Delivery.objects.all()}
        assert states == {"nobody": "failed", "a": "accepted"}

    def test_setting_up_again_changes_nothing(self, company: Company, person: Person) -> None:
        now = queue.database_now()
        boss = executive(person, "a")
        for _ in range(2):
            ensure_weekly_briefing([boss], first_due_at=now, at=now)
        assert Recipient.objects.count() == 1
        assert Run.objects.filter(due_at=now).count() == 1
