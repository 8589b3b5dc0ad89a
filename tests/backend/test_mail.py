"""The outbox against a real mail server: each recipient once, whatever the server does."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.models import User
from backend.jobs.queue import database_now
from backend.mail import outbox
from backend.mail.models import MailState, OutgoingMail, StoredFile
from backend.mail.smtp import Backend
from tests.mailbox import Mailbox, serve

pytestmark = pytest.mark.django_db


def put(recipient: User | str, **fields: Any) -> OutgoingMail:
    values: dict[str, Any] = {
        "message_id": "<{}@test.giaoban>".format(str(recipient).replace("@", ".")),
        "subject": "Báo cáo giao ban",
        "text": "Doanh thu tăng",
        "html": "<p>Doanh thu tăng</p>",
        "due_at": database_now(),
    }
    return outbox.enqueue(recipient=recipient, **(values | fields))


def send() -> int:
    return outbox.send_due(worker="test:1")


def later(mail: OutgoingMail) -> None:
    """Let the waiting time of a postponed mail pass."""
    OutgoingMail.objects.filter(pk=mail.pk, state=MailState.DUE).update(
        next_attempt_at=database_now() - timedelta(seconds=1)
    )


def state(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return str(mail.state)


def test_mail_arrives_with_both_texts_files_and_its_message_id(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    pdf = outbox.store_file(b"%PDF-1.7 test", "application/pdf")
    mail = put("giam.doc@example.vn", files=[("giao-ban-tuần-47.pdf", pdf)])

    with caplog.at_level(logging.INFO):
        assert send() == 1

    (received,) = mailbox.of("giam.doc@example.vn")
    assert received["Subject"] == "Báo cáo giao ban"
    assert received["Message-ID"] == mail.message_id
    assert received.get_body(("plain",)).get_content().strip() == "Doanh thu tăng"  # type: ignore[union-attr]
    assert "<p>Doanh thu tăng</p>" in received.get_body(("html",)).get_content()  # type: ignore[union-attr]
    (attached,) = received.iter_attachments()
    assert attached.get_filename() == "giao-ban-tuần-47.pdf"
    assert attached.get_content() == b"%PDF-1.7 test"
    assert state(mail) == "accepted"
    assert mail.accepted_at is not None
    assert "[mail.delivered]" in caplog.text


def test_sending_again_sends_nothing(mailbox: Mailbox) -> None:
    put("a@example.vn")
    assert [send(), send(), send()] == [1, 0, 0]
    assert mailbox.recipients == ["a@example.vn"]


def test_one_refused_recipient_delays_no_other(mailbox: Mailbox) -> None:
    mailbox.refuse.add("gone@example.vn")
    mails = {name: put(f"{name}@example.vn") for name in ("a", "gone", "z")}

    assert send() == 2
    assert mailbox.recipients == ["a@example.vn", "z@example.vn"]
    assert {name: state(mail) for name, mail in mails.items()} == {
        "a": "accepted",
        "gone": "bounced",
        "z": "accepted",
    }
    assert "550 no such user" in mails["gone"].last_error


def test_put_off_recipient_is_tried_again_later(mailbox: Mailbox) -> None:
    mailbox.put_off.add("busy@example.vn")
    mail = put("busy@example.vn")

    send()
    assert state(mail) == "due"
    assert mail.next_attempt_at > database_now() + timedelta(seconds=20)
    assert "451" in mail.last_error
    assert send() == 0, "not before its time"

    mailbox.put_off.clear()
    later(mail)
    assert send() == 1
    assert mailbox.recipients == ["busy@example.vn"]


def test_refused_sender_is_tried_again_but_for_the_size_of_the_mail(mailbox: Mailbox) -> None:
    mails = [put(f"{name}@example.vn") for name in "ab"]
    for answer in ("421 too many mails", "550 5.4.5 daily quota", "530 log in first"):
        mailbox.refuse_sender = answer
        assert send() == 0
        for mail in mails:
            assert state(mail) == "due"
            assert answer[:3] in mail.last_error
            later(mail)

    mailbox.refuse_sender = "552 message too large"
    assert send() == 0
    assert {state(mail) for mail in mails} == {"failed"}


def test_server_down_then_up_sends_each_once(settings: Any) -> None:
    box = Mailbox()
    with serve(box):
        port = box.port
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    mails = [put(f"{n}@example.vn", due_at=database_now() - timedelta(hours=1)) for n in range(3)]

    assert send() == 0
    assert {state(mail) for mail in mails} == {"due"}
    assert {mail.attempt for mail in mails} == {1}, "one failed connection puts all of them off"
    assert mails[0].is_late(at=database_now())
    assert "refused" in mails[0].last_error.lower()

    with serve(box, port):
        for mail in mails:
            later(mail)
        assert send() == 3
    assert box.recipients == ["0@example.vn", "1@example.vn", "2@example.vn"]
    assert {state(mail) for mail in mails} == {"accepted"}
    assert not mails[0].is_late(at=database_now())


def test_server_that_drops_after_the_content_is_never_sent_to_again(mailbox: Mailbox) -> None:
    mailbox.drop_after_data.add("lost@example.vn")
    lost, other = put("lost@example.vn"), put("other@example.vn")

    send()
    assert (state(lost), state(other)) == ("uncertain", "accepted")
    later(lost)
    send()
    assert len(mailbox.of("lost@example.vn")) == 1
    assert len(mailbox.of("other@example.vn")) == 1


def test_server_slower_than_our_patience_is_asked_once(mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mailbox.slowness = 0.6
    slow = put("slow@example.vn")

    send()
    assert state(slow) == "uncertain"
    assert "timed out" in slow.last_error
    later(slow)
    send()
    assert mailbox.recipients == ["slow@example.vn"]


def test_mail_left_behind_while_handing_over_becomes_uncertain(mailbox: Mailbox) -> None:
    mail = put("a@example.vn")
    claimed = outbox.claim(worker="dead:1", at=database_now())
    assert claimed is not None
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.SENDING, lease_until=database_now() - timedelta(seconds=1)
    )

    assert send() == 0
    assert state(mail) == "uncertain"
    assert mailbox.arrived == []


def test_mail_claimed_by_a_dead_process_before_the_content_is_sent_by_another(
    mailbox: Mailbox,
) -> None:
    mail = put("a@example.vn")
    outbox.claim(worker="dead:1", at=database_now())
    assert send() == 0, "the lease still holds"

    OutgoingMail.objects.filter(pk=mail.pk).update(
        lease_until=database_now() - timedelta(seconds=1)
    )
    assert send() == 1
    assert mailbox.recipients == ["a@example.vn"]


def test_frozen_sender_that_wakes_up_sends_nothing(mailbox: Mailbox) -> None:
    """It claimed, slept past its lease, another one sent; its own fence stops it before DATA."""
    put("a@example.vn", due_at=database_now() - timedelta(hours=1))
    frozen = outbox.claim(worker="frozen:1", at=database_now() - timedelta(minutes=10))
    assert frozen is not None
    assert send() == 1

    backend = Backend(fail_silently=False)
    backend.open()
    assert outbox._deliver(backend, frozen) is False
    backend.close()
    assert mailbox.recipients == ["a@example.vn"]
    assert state(frozen) == "accepted"


@pytest.mark.parametrize(
    "address",
    ["a@example.vn\r\nBcc: thief@example.vn", "no address", "a@example.vn\n", "", "@", "a@b@c"],
)
def test_address_that_smuggles_a_header_fails_alone(mailbox: Mailbox, address: str) -> None:
    bad = put(address, message_id="<bad@test>")
    put("good@example.vn")

    assert send() == 1
    assert state(bad) == "failed"
    assert bad.last_error
    assert mailbox.recipients == ["good@example.vn"]


def test_line_breaks_in_the_subject_are_only_spaces(mailbox: Mailbox) -> None:
    put("a@example.vn", subject="Tuần 47\r\nBcc: thief@example.vn")
    assert send() == 1
    (received,) = mailbox.of("a@example.vn")
    assert received["Subject"] == "Tuần 47 Bcc: thief@example.vn"
    assert received["Bcc"] is None
    assert mailbox.recipients == ["a@example.vn"]


def test_mail_given_up_after_three_days_is_shown_as_failed(settings: Any) -> None:
    box = Mailbox()
    with serve(box):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    mail = put("a@example.vn", due_at=database_now() - timedelta(days=4))
    send()
    assert state(mail) == "failed"


def test_nothing_more_goes_to_who_has_ended(mailbox: Mailbox, person: Callable[..., User]) -> None:
    person("hr", username="gone", is_active=False)
    person("hr", username="back")
    ended, other = put("Gone@example.vn"), put("back@example.vn")
    assert send() == 1
    assert mailbox.recipients == ["back@example.vn"]
    assert (state(ended), state(other)) == (MailState.WITHHELD, MailState.ACCEPTED)
    assert ended.last_error == "Không gửi: tài khoản của người nhận đã ngừng."
    assert send() == 0


def test_mail_that_waits_goes_to_the_address_its_account_has_by_then(
    mailbox: Mailbox, person: Callable[..., User]
) -> None:
    """The old address may be somebody else's by now, or nobody's."""
    moved, none, ended = (person("auditor", username=name) for name in ("moved", "none", "ended"))
    mails = [put(each, message_id=f"<{each.username}@test>") for each in (moved, none, ended)]
    other = put("moved@example.vn", message_id="<typed@test>")
    moved.email, none.email, ended.email, ended.is_active = (
        "new@example.vn",
        "",
        "x@example.vn",
        False,
    )
    for each in (moved, none, ended):
        each.save()
    assert send() == 2
    assert mailbox.recipients == ["moved@example.vn", "new@example.vn"]
    assert [state(each) for each in (*mails, other)] == [
        "accepted", "withheld", "withheld", "accepted",
    ]  # fmt: skip
    assert [mails[0].recipient, mails[1].recipient] == ["new@example.vn", "none@example.vn"]
    assert "không còn địa chỉ thư" in mails[1].last_error
    assert "đã ngừng" in mails[2].last_error


def test_same_bytes_are_kept_once_and_cannot_be_changed() -> None:
    first = outbox.store_file(b"same", "text/plain")
    assert outbox.store_file(b"same", "text/plain").pk == first.pk
    with pytest.raises(Exception, match="Cannot update"):
        StoredFile.objects.filter(pk=first.pk).update(content=b"other")
