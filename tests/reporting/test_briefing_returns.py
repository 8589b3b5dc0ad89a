"""Mails of a briefing that come back are told to whoever keeps it, once, with address and reason."""

import html

import pytest

from backend.jobs import queue
from backend.mail import outbox
from backend.mail.bounces import take
from backend.mail.models import MailState, OutgoingMail
from reporting.briefings.letters import mail_briefing
from reporting.briefings.returned import watch
from reporting.models import BriefingAlarm, BriefingMailKind, BriefingPaper, PaperSending
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


def test_chair_is_told_where_the_secretary_cannot_be(briefing, people):
    at = queue.database_now()
    comes_back(briefing.mails.get(user=people["secretary"]).mail)
    assert watch(at=at) == 1
    assert [to for to, _text in told()] == ["chair@example.vn"]
    assert BriefingAlarm.objects.get().told == people["chair"]
