"""Mails of a briefing and its tasks that come back are told to whoever keeps it, once, with the reason."""

import html
from datetime import datetime, timedelta

import pytest

from backend.clock import VN
from backend.jobs import queue
from backend.mail import outbox
from backend.mail.bounces import take
from backend.mail.models import MailState, OutgoingMail
from reporting.briefings.letters import mail_briefing
from reporting.briefings.returned import watch
from reporting.briefings.votes import ask, remind_silent
from reporting.models import (
    Briefing,
    BriefingAlarm,
    BriefingMailKind,
    BriefingPaper,
    PaperSending,
    PollMail,
    TaskAlarm,
    TaskReminder,
)
from reporting.tasks import returned as tasks_returned
from reporting.tasks.deciding import conclude
from reporting.tasks.reminding import remind
from tests.returned import returned

pytestmark = pytest.mark.django_db


def comes_back(mail):
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.ACCEPTED)
    content = returned(message_id=mail.message_id, to=mail.recipient)
    assert take(content, at=queue.database_now())


def told():
    letters = OutgoingMail.objects.filter(subject__startswith="Báo động").order_by("pk")
    return [(letter.recipient, letter.text) for letter in letters]


def test_secretary_is_told_of_invitation_reminder_and_notice_once(briefing, people, page, person):
    at = queue.database_now()
    mail_briefing(briefing, BriefingMailKind.REMINDER, to=[people["kd"]], at=at)
    for letter in briefing.mails.filter(user=people["kd"]):
        comes_back(letter.mail)
    assert [watch(at=at), watch(at=at)] == [2, 0]

    paper = BriefingPaper.objects.create(
        briefing=briefing, kind="notice", year=2026, number=5, symbol="TB-XSKT", content="{}",
        sha256="0" * 64, approved_by=people["chair"], approved_at=at,
    )  # fmt: skip
    notice = outbox.enqueue(
        message_id=outbox.own_message_id("van-ban.1.1"), recipient="vp@tinh.example.vn",
        subject="Thông báo kết luận 05/TB-XSKT", text="Kính gửi", due_at=at,
    )  # fmt: skip
    PaperSending.objects.create(
        paper=paper, recipient=notice.recipient, mail=notice, by=people["chair"]
    )
    comes_back(notice)
    assert [watch(at=at), watch(at=at)] == [1, 0]

    (to, invitations), (_to, papers) = told()
    assert (to, _to) == ("secretary@example.vn", "secretary@example.vn")
    assert invitations.count("kd@example.vn: ") == 2
    assert all(words in invitations for words in ("Mời họp", "Nhắc họp", "User unknown"))
    assert "vp@tinh.example.vn" in papers
    assert "kd@example.vn" not in papers

    address = f"/giao-ban/{briefing.pk}/"
    for user in (people["secretary"], people["chair"]):
        for path in ("/", address):
            shown = html.unescape(page(user).get(path).content.decode())
            assert "vp@tinh.example.vn" in shown
            assert "550 5.1.1" in shown
    for user in (people["kd"], person("hr", username="other")):
        for path in ("/", address):
            assert "vp@tinh.example.vn" not in page(user).get(path).content.decode()


def test_mail_that_may_not_have_arrived_is_told_like_one_that_came_back(briefing, people, page):
    at = queue.database_now()
    letters = [briefing.mails.get(user=people[name]).mail for name in ("kd", "chair")]
    for letter, state, error in zip(
        letters, ("uncertain", "failed"), ("mất liên lạc", "quá ba ngày"), strict=True
    ):
        OutgoingMail.objects.filter(pk=letter.pk).update(state=state, last_error=error)
    assert [watch(at=at), watch(at=at)] == [2, 0]
    ((to, text),) = told()
    assert to == "secretary@example.vn"
    assert "kd@example.vn: Mời họp" in text
    assert "không rõ đã gửi chưa: mất liên lạc" in text
    for path in ("/", f"/giao-ban/{briefing.pk}/"):
        shown = html.unescape(page(people["secretary"]).get(path).content.decode())
        assert "kd@example.vn" in shown
        assert "mất liên lạc" in shown
    # The answer came late after all.
    OutgoingMail.objects.filter(pk=letters[0].pk).update(state="accepted")
    shown = page(people["secretary"]).get("/").content.decode()
    assert "quá ba ngày" in shown
    assert "mất liên lạc" not in shown


def test_chair_is_told_where_the_secretary_cannot_be(briefing, people):
    at = queue.database_now()
    comes_back(briefing.mails.get(user=people["secretary"]).mail)
    assert watch(at=at) == 1
    assert [to for to, _text in told()] == ["chair@example.vn"]
    assert BriefingAlarm.objects.get().told == people["chair"]


def test_secretary_is_told_of_a_question_and_its_reminder(briefing, people, page):
    at = queue.database_now()
    poll = ask(
        briefing, question="Mở thêm điểm bán?", options=["Có", "Không"], is_secret=True,
        due_at=at + timedelta(hours=2), by=people["chair"], at=at,
    )  # fmt: skip
    assert remind_silent(at=at + timedelta(hours=1)) == 3
    asked = PollMail.objects.filter(poll=poll, user=people["kd"]).order_by("pk")
    assert [each.is_reminder for each in asked] == [False, True]
    for each in asked:
        comes_back(each.mail)
    assert [watch(at=at), watch(at=at)] == [2, 0]
    ((to, text),) = told()
    assert to == "secretary@example.vn"
    assert "kd@example.vn: Lấy ý kiến: Mở thêm điểm bán?" in text
    assert "kd@example.vn: Nhắc lấy ý kiến: Mở thêm điểm bán?" in text
    address = f"/giao-ban/{briefing.pk}/"
    assert "Nhắc lấy ý kiến" in page(people["secretary"]).get(address).content.decode()
    assert "Nhắc lấy ý kiến" not in page(people["kd"]).get(address).content.decode()


def test_who_set_the_tasks_is_told_of_a_reminder_that_came_back(briefing, people, page):
    at = queue.database_now()
    day = at.astimezone(VN).date()
    Briefing.objects.filter(pk=briefing.pk).update(state="open")
    for name, text in (("secretary", "Bán thêm vé"), ("chair", "Sửa máy")):
        conclude(briefing, f"{text} @KD #{day:%d/%m/%Y}", by=people[name], at=at)
    morning = datetime.combine(day, datetime.min.time(), VN) + timedelta(hours=8)
    assert remind(at=morning) == 1
    comes_back(TaskReminder.objects.get().mail)
    assert [tasks_returned.watch(at=at), tasks_returned.watch(at=at)] == [1, 0]

    chair, secretary = sorted(told())
    assert (chair[0], secretary[0]) == ("chair@example.vn", "secretary@example.vn")
    assert "kd@example.vn" in secretary[1]
    assert "User unknown" in secretary[1]
    assert ("Bán thêm vé" in secretary[1], "Sửa máy" in secretary[1]) == (True, False)
    assert ("Bán thêm vé" in chair[1], "Sửa máy" in chair[1]) == (False, True)
    assert set(TaskAlarm.objects.values_list("told__username", flat=True)) == {"chair", "secretary"}
    task = TaskReminder.objects.get().tasks[0]
    for name in ("secretary", "chair"):
        card = html.unescape(page(people[name]).get("/").content.decode())
        assert "Thư nhắc nhiệm vụ bị trả lại" in card
        assert "kd@example.vn: " in card
    assert "nhiệm vụ bị trả lại" not in page(people["kd"]).get("/").content.decode()
    for path in ("/nhiem-vu/don-vi/d-KD/", f"/nhiem-vu/{task}/"):
        shown = html.unescape(page(people["secretary"]).get(path).content.decode())
        assert "kd@example.vn" in shown
        assert "550 5.1.1" in shown
