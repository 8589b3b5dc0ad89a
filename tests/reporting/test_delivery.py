"""What became of each copy: from the mail server's answer to the reader's confirmation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client

from backend.accounts.models import Role, User
from backend.jobs import queue, work
from backend.mail import outbox
from backend.mail.models import MailState, OutgoingMail
from backend.org.models import Company
from reporting import delivery
from reporting.delivery import StillOnItsWay, resend, stage_of
from reporting.models import Delivery, Download, Edition, Recipient, ReportSchedule, Resending
from reporting.recipients import (
    AddressNotAllowed,
    BadAddressList,
    add_list,
    add_recipient,
    drop,
    recipients_of,
)
from reporting.setup import ensure_weekly_briefing
from reporting.watchdog import watch
from tests import make
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
Person = Callable[..., User]


@pytest.fixture
def schedule(company: Company, settings: Any) -> ReportSchedule:
    settings.MAIL_ALLOWED_DOMAINS = ["ubnd.example.vn"]
    ensure_weekly_briefing([], first_due_at=None, at=queue.database_now())
    return ReportSchedule.objects.get()


def make_only(schedule: ReportSchedule) -> Edition:
    """The edition with its mails waiting in the outbox."""
    queue.enqueue(
        handler=schedule.schedule.handler,
        payload=schedule.schedule.payload,
        due_at=queue.database_now(),
        schedule=schedule.schedule,
    )
    work.work_off(worker="test:1")
    return Edition.objects.get()


def make_and_send(schedule: ReportSchedule) -> Edition:
    edition = make_only(schedule)
    outbox.send_due(worker="test:1")
    return edition


def stages() -> dict[str, str]:
    found = Delivery.objects.select_related("mail", "recipient__user")
    return {str(each.recipient): stage_of(each).value for each in found}


class TestLists:
    def test_pasted_list_names_accounts_and_outside_addresses(
        self, schedule: ReportSchedule, person: Person
    ) -> None:
        person("executive", username="lan"), person("auditor", username="an")
        added = add_list(schedule, text="LAN\n\n  an@example.vn \r\nvp@ubnd.example.vn\n")
        assert [str(each) for each in added] == ["lan", "an", "vp@ubnd.example.vn"]
        assert add_list(schedule, text="lan") == added[:1]
        drop(added[1])
        assert [str(each) for each in recipients_of(schedule)] == ["lan", "vp@ubnd.example.vn"]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("vp@other.example.vn", "Tên miền"),
            ("khong-ai", "Không phải tên đăng nhập"),
            ("vp@ubnd.example.vn Bcc: x@y.vn", "Không phải tên đăng nhập"),
            ("clerk", "không được xem báo cáo"),
        ],
    )
    def test_list_with_one_bad_line_names_it_and_saves_nothing(
        self, schedule: ReportSchedule, person: Person, line: str, reason: str
    ) -> None:
        person("executive", username="lan"), person("employee", username="clerk")
        with pytest.raises(BadAddressList) as refused:
            add_list(schedule, text=f"lan\nvp@ubnd.example.vn\n{line}")
        assert "dòng 3" in str(refused.value)
        assert reason in str(refused.value)
        assert Recipient.objects.count() == 0

    def test_outside_address_needs_an_allowed_domain(self, schedule: ReportSchedule) -> None:
        with pytest.raises(AddressNotAllowed):
            add_recipient(schedule, to="vp@other.example.vn")
        assert Recipient.objects.count() == 0

    def test_outside_address_gets_nothing_once_its_domain_is_allowed_no_more(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
        settings: Any,
    ) -> None:
        boss = person("executive", username="boss")
        add_list(schedule, text="boss\nvp@ubnd.example.vn")
        settings.MAIL_ALLOWED_DOMAINS = []
        make_and_send(schedule)
        assert mailbox.recipients == ["boss@example.vn"]
        told = page(boss).get(f"/bao-cao/lich/{schedule.schedule.code}/").content.decode()
        assert "Tên miền của địa chỉ ngoài này chưa được phép" in told


class TestProof:
    def test_each_copy_tells_how_far_it_got(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
    ) -> None:
        reader = person("executive", username="reader")
        for name in ("gone", "later", "dropped"):
            person("auditor", username=name)
        add_list(schedule, text="reader\ngone\nlater\ndropped\nvp@ubnd.example.vn")
        mailbox.refuse.add("gone@example.vn")
        mailbox.put_off.add("later@example.vn")
        mailbox.drop_after_data.add("dropped@example.vn")
        edition = make_and_send(schedule)
        assert stages() == {
            "reader": "accepted",
            "gone": "bounced",
            "later": "due",
            "dropped": "uncertain",
            "vp@ubnd.example.vn": "accepted",
        }

        client = page(reader)
        client.get(f"/bao-cao/{edition.code}/")
        assert stages()["reader"] == "opened"
        opened = Delivery.objects.get(recipient__user=reader).opened_at
        client.post(f"/bao-cao/{edition.code}/da-xem/")
        client.get(f"/bao-cao/{edition.code}/tep.xlsx")
        mine = Delivery.objects.get(recipient__user=reader)
        assert (stage_of(mine), mine.opened_at) == ("acknowledged", opened)
        assert list(Download.objects.values_list("by__username", "file__kind")) == [
            ("reader", "xlsx")
        ]
        with pytest.raises(InternalError), transaction.atomic():
            Delivery.objects.filter(pk=mine.pk).update(acknowledged_at=None)

        html = client.get(f"/bao-cao/{edition.code}/").content.decode()
        assert "550 no such user" in html
        assert "Bạn đã xác nhận xem bản này" in html

    def test_each_reader_is_written_to_in_his_language(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
    ) -> None:
        boss = person("executive", username="boss")
        add_list(schedule, text="boss\nvp@ubnd.example.vn")
        outside = Recipient.objects.get(address="vp@ubnd.example.vn")
        path = f"/bao-cao/lich/weekly-briefing/nguoi-nhan/{outside.pk}/ngon-ngu/"
        assert page(boss).post(path).status_code == 302
        edition = make_and_send(schedule)
        (theirs,), (ours,) = mailbox.of("vp@ubnd.example.vn"), mailbox.of("boss@example.vn")
        assert "nothing to report" in theirs["Subject"]
        assert "không có phát sinh" in ours["Subject"]
        text = theirs.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "Open the report" in theirs.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert f"{edition.code}-en.pdf" in text
        assert [each.get_filename() for each in theirs.iter_attachments()] == [
            f"{edition.code}-en.pdf", f"{edition.code}-en.xlsx",
        ]  # fmt: skip
        assert f"{edition.code}.pdf" in [each.get_filename() for each in ours.iter_attachments()]

    def test_files_too_large_for_a_mail_stay_behind_its_link_and_both_parts_say_so(
        self,
        schedule: ReportSchedule,
        person: Person,
        mailbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        person("executive", username="boss")
        add_list(schedule, text="boss")
        monkeypatch.setattr(delivery, "LARGEST_MAIL", 10_000)
        edition = make_and_send(schedule)
        (mail,) = mailbox.of("boss@example.vn")
        assert list(mail.iter_attachments()) == []
        for kind in ("plain", "html"):
            text = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
            assert "Tệp của bản này quá lớn để gửi kèm" in text
            assert f"/bao-cao/{edition.code}/" in text
        assert edition.files.count() == 4

    def test_copy_is_sent_again_to_one_when_its_outcome_is_known(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
    ) -> None:
        boss = person("executive", username="boss")
        person("auditor", username="gone")
        add_list(schedule, text="boss\ngone")
        mailbox.refuse.add("gone@example.vn")
        edition = make_and_send(schedule)
        copy = Delivery.objects.get(recipient__user__username="gone")

        mailbox.refuse.clear()
        page(boss).post(f"/bao-cao/{edition.code}/gui-lai/{copy.pk}/")
        with pytest.raises(StillOnItsWay):
            resend(copy, by=boss, at=queue.database_now())
        outbox.send_due(worker="test:1")
        assert mailbox.recipients == ["boss@example.vn", "gone@example.vn"]
        assert stages() == {"boss": "accepted", "gone": "accepted"}
        again = Resending.objects.get()
        assert (again.by, again.replaced.state) == (boss, MailState.BOUNCED)
        first, second = OutgoingMail.objects.filter(recipient="gone@example.vn").order_by("pk")
        assert first.message_id != second.message_id
        assert (first.subject, first.text) == (second.subject, second.text)

    @pytest.mark.parametrize(
        "change", [{"is_active": False}, {"role": Role.EMPLOYEE}, {"is_regional": True}]
    )
    def test_copy_is_not_sent_again_to_who_may_no_longer_read_it(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
        change: dict[str, Any],
    ) -> None:
        boss = person("executive", username="boss")
        gone = person("auditor", username="gone")
        add_list(schedule, text="boss\ngone")
        edition = make_and_send(schedule)
        copy = Delivery.objects.get(recipient__user__username="gone")
        if change.pop("is_regional", False):
            change["region"] = make.region("22", name="Quảng Ninh")
        User.objects.filter(pk=gone.pk).update(**change)

        answer = page(boss).post(f"/bao-cao/{edition.code}/gui-lai/{copy.pk}/", follow=True)
        assert "không còn được xem bản này" in answer.content.decode()
        outbox.send_due(worker="test:1")
        assert mailbox.recipients == ["boss@example.vn", "gone@example.vn"]

    @pytest.mark.parametrize("lost", ["account", "role", "part", "list", "domain"])
    def test_copy_that_waits_is_withheld_from_who_may_no_longer_read_it(
        self,
        schedule: ReportSchedule,
        person: Person,
        page: Callable[..., Client],
        mailbox: Mailbox,
        settings: Any,
        lost: str,
    ) -> None:
        boss = person("executive", username="boss")
        gone = User.objects.filter(pk=person("auditor", username="gone").pk)
        reader = "so@ubnd.example.vn" if lost == "domain" else "gone"
        add_list(schedule, text=f"boss\n{reader}")
        edition = make_only(schedule)
        copy = edition.deliveries.get(recipient__user=None if lost == "domain" else gone.get())
        match lost:
            case "account":
                gone.update(is_active=False)
            case "role":
                gone.update(role=Role.EMPLOYEE)
            case "part":
                gone.update(region=make.region("22", name="Quảng Ninh"))
            case "list":
                drop(copy.recipient)
            case "domain":
                settings.MAIL_ALLOWED_DOMAINS = []

        outbox.send_due(worker="test:1")
        assert mailbox.recipients == ["boss@example.vn"]
        assert stages() == {"boss": "accepted", reader: "withheld"}
        shown = page(boss).get(f"/bao-cao/{edition.code}/").content.decode()
        assert "giữ lại, không gửi" in shown
        assert "Không gửi: " in shown
        outbox.send_due(worker="test:1")
        assert watch(at=queue.database_now() + timedelta(minutes=6)) == 0
        assert mailbox.recipients == ["boss@example.vn"]
