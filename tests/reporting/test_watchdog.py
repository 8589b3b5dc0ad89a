"""A report that is not with its readers five minutes after its time is told of, once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import queue, work
from backend.jobs.models import Heartbeat, Run
from backend.mail import outbox
from backend.mail.bounces import take
from backend.mail.models import OutgoingMail
from backend.org.models import Company
from reporting import watchdog
from reporting.asking import HANDLER, WEEKLY, request_new
from reporting.delivery import resend
from reporting.models import Alarm, Delivery, Edition, ReportSchedule
from reporting.recipients import add_recipient
from reporting.setup import ensure_weekly_briefing
from tests.mailbox import Mailbox
from tests.returned import returned

pytestmark = pytest.mark.django_db
DUE_AGO = timedelta(minutes=6)


@pytest.fixture
def owner(company: Company, person: Callable[..., User]) -> User:
    """He answers for a report that was due six minutes ago; another manages reports too."""
    owner = person("executive", username="owner")
    person("executive", username="other")
    reader = person("auditor", username="reader")
    now = queue.database_now()
    ensure_weekly_briefing([reader], first_due_at=now - DUE_AGO, at=now)
    ReportSchedule.objects.update(owner=owner)
    return owner


def alarms() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(subject__startswith="Báo động").order_by("pk"))


def test_report_nobody_began_alarms_its_owner_once_and_shows(
    owner: User, page: Callable[..., Client]
) -> None:
    at = queue.database_now()
    assert watchdog.watch(at=at - timedelta(minutes=2)) == 0, "four minutes are no alarm"
    assert [watchdog.watch(at=at), watchdog.watch(at=at)] == [1, 0]
    (mail,) = alarms()
    assert mail.recipient == "owner@example.vn"
    assert "chưa bắt đầu lập" in mail.text
    client = page(owner)
    for path in ("/", "/bao-cao/tinh-trang/"):
        assert "chưa bắt đầu lập" in client.get(path).content.decode()


def test_failing_report_names_its_step_its_fault_and_the_next_try(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_fields: Any) -> None:
        raise ValueError("disk full")

    monkeypatch.setattr("reporting.making.draft", broken)
    work.work_off(worker="test:1")
    run = Run.objects.get(due_at__lte=queue.database_now())
    watchdog.watch(at=queue.database_now())
    (mail,) = alarms()
    again = run.runnable_at.astimezone(VN)
    for words in ("Báo cáo giao ban tuần", "chưa lập được", "disk full", f"{again:%H:%M:%S}"):
        assert words in mail.text

    Run.objects.filter(pk=run.pk).update(state="failed")
    assert [watchdog.watch(at=queue.database_now()) for _ in range(2)] == [1, 0]
    assert [alarm.kind for alarm in Alarm.objects.order_by("pk")] == ["late", "failed"]
    assert "đã thôi thử" in alarms()[-1].text


def test_edition_asked_for_and_mailed_to_nobody_is_late_for_nobody_but_told_when_it_fails(
    company: Company, person: Callable[..., User]
) -> None:
    asker, now = person("executive", username="asker"), queue.database_now()
    first, last = date(2026, 11, 16), date(2026, 11, 22)
    run = request_new(first=first, last=last, send=False, by=asker, at=now - DUE_AGO)
    assert (watchdog.late_reports(at=now), watchdog.watch(at=now)) == ([], 0)

    Run.objects.filter(pk=run.pk).update(state="failed", error="disk full")
    assert watchdog.watch(at=now) == 1
    (mail,) = alarms()
    assert mail.recipient == "asker@example.vn"
    assert mail.subject.endswith("không lập được")
    assert "disk full" in mail.text


def test_mail_server_that_puts_off_is_an_alarm_and_delivery_ends_it(
    owner: User, mailbox: Mailbox
) -> None:
    mailbox.put_off.add("reader@example.vn")
    work.work_off(worker="test:1")
    outbox.send_due(worker="test:1")
    at = queue.database_now()
    (late,) = watchdog.late_reports(at=at)
    assert late.step == "đã lập, còn 1 thư chưa gửi được"
    assert "451" in late.reason
    watchdog.watch(at=at)
    assert [mail.recipient for mail in alarms()] == ["owner@example.vn"]
    OutgoingMail.objects.update(next_attempt_at=at - timedelta(seconds=20))  # being tried just now
    (late,) = watchdog.late_reports(at=at)
    assert late.next_try_at == at, "a next try is not in the past"

    mailbox.put_off.clear()
    OutgoingMail.objects.update(next_attempt_at=at)
    outbox.send_due(worker="test:1")
    assert watchdog.late_reports(at=at) == []
    assert mailbox.recipients == ["owner@example.vn", "reader@example.vn"]


def test_copy_that_may_not_have_arrived_is_an_alarm_until_it_is_sent_again(
    owner: User, mailbox: Mailbox
) -> None:
    mailbox.drop_after_data.add("reader@example.vn")
    work.work_off(worker="test:1")
    outbox.send_due(worker="test:1")
    at = queue.database_now()
    assert [watchdog.watch(at=at), watchdog.watch(at=at)] == [1, 0]
    (mail,) = alarms()
    assert "1 thư không gửi được hoặc không rõ đã tới" in mail.text
    assert "gửi lại thư" in mail.text

    mailbox.drop_after_data.clear()
    resend(Delivery.objects.get(), by=owner, at=at)
    outbox.send_due(worker="test:1")
    assert watchdog.late_reports(at=at) == []


def test_copy_that_comes_back_is_told_to_the_owner_once(
    owner: User, person: Callable[..., User], page: Callable[..., Client], mailbox: Mailbox
) -> None:
    schedule = ReportSchedule.objects.get()
    add_recipient(schedule, to=person("auditor", username="gone"))
    mailbox.refuse.add("gone@example.vn")
    work.work_off(worker="test:1")
    outbox.send_due(worker="test:1")
    at = queue.database_now()
    assert [watchdog.watch(at=at), watchdog.watch(at=at)] == [1, 0]

    taken = OutgoingMail.objects.get(recipient="reader@example.vn")
    assert take(returned(message_id=taken.message_id, to="reader@example.vn"), at=at)
    assert [watchdog.watch(at=at), watchdog.watch(at=at)] == [1, 0]
    refused, came_back = alarms()
    assert refused.recipient == came_back.recipient == "owner@example.vn"
    assert "550 no such user" in refused.text
    assert "gone" not in came_back.text
    assert "reader@example.vn): 550 5.1.1" in came_back.text
    client = page(owner)
    # Whose place another process on its machine took is told no more; who only fell silent is.
    minutes = {"may-a:1": (90, 60), "may-a:2": (10, 0), "may-b:3": (90, 60)}
    for instance, (started, seen) in minutes.items():
        Heartbeat.objects.create(
            process="scheduler", instance=instance,
            started_at=at - timedelta(minutes=started), seen_at=at - timedelta(minutes=seen),
        )  # fmt: skip
    html = client.get("/bao-cao/tinh-trang/").content.decode()
    assert [instance in html for instance in minutes] == [False, True, True]
    assert "thư bị trả lại: reader@example.vn" in html
    edition = Edition.objects.get()
    assert "User unknown" in client.get(f"/bao-cao/{edition.code}/").content.decode()


def test_kept_edition_that_a_schedule_sends_is_watched_for_the_schedule_s_owner(
    owner: User, person: Callable[..., User]
) -> None:
    """Made by hand a minute before, sent by the schedule: late, and returned, is the owner's affair."""
    asker = person("executive", username="asker")
    at = queue.database_now()
    by_hand = {"report": WEEKLY, "made_by": asker.pk, "send": False}
    queue.enqueue(handler=HANDLER, payload=by_hand, due_at=at - DUE_AGO - timedelta(minutes=1))
    work.work_off(worker="test:1")
    (copy,) = Delivery.objects.select_related("mail")
    assert (copy.edition.number, copy.edition.rechecks.count()) == (1, 1)
    assert watchdog.watch(at=queue.database_now()) == 1, "not as late since it was made by hand"
    assert [mail.recipient for mail in alarms()] == ["owner@example.vn"]

    OutgoingMail.objects.filter(pk=copy.mail_id).update(state="accepted")
    assert take(returned(message_id=copy.mail.message_id, to="reader@example.vn"), at=at)
    assert [watchdog.watch(at=at), watchdog.watch(at=at)] == [1, 0]
    told = {mail.recipient for mail in alarms() if "bị trả lại" in mail.subject}
    assert told == {"owner@example.vn", "asker@example.vn"}
