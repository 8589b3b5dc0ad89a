"""A mail that the server took and that comes back later: by a pipe, and by a mailbox over IMAP."""

import html
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.clock import VN
from backend.jobs.queue import database_now
from backend.mail import bounce_mailbox, bounces, outbox
from backend.mail.failure_reports import FailureReport, read
from backend.mail.models import Bounce, MailState, OutgoingMail
from tests.faults.database import database_url
from tests.imap import PASSWORD, Folder, serve
from tests.returned import EXCHANGE, POSTFIX, out_of_office, returned

ID = "<weekly-2026-48.17.0a1b2c@example.vn>"
TO = "Chanh.VP@ubnd.example.vn"
OURS = {"message_id": ID, "to": TO}


class TestReading:
    @pytest.mark.parametrize(
        ("mail", "reason"),
        [
            (
                returned(**OURS),
                f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown",
            ),
            (
                returned(EXCHANGE, **OURS, status="5.1.10"),
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
            ),
            (
                returned(**OURS, status="4.4.1 (given up after 5 days)"),
                f"4.4.1 550 5.1.1 <{TO}>: Recipient address rejected: User unknown",
            ),
        ],
        ids=["Postfix", "Exchange", "given up"],
    )
    def test_failure_names_our_mail_its_recipient_and_the_reason(
        self, mail: bytes, reason: str
    ) -> None:
        assert read(mail) == FailureReport(ID, {TO.lower(): reason})
        assert read(mail.replace(b"\n", b"\r\n")) == read(mail)

    def test_report_without_the_original_is_known_by_what_it_answers(self) -> None:
        head, _original = returned(EXCHANGE, **OURS).split(b"Content-Type: message/rfc822")
        found = read(head)
        assert found is not None
        assert found.message_id == ID

    @pytest.mark.parametrize(
        "mail",
        [
            returned(**OURS, action="delayed", status="4.4.1"),
            returned(**OURS, action="delivered", status="2.0.0"),
            returned(**OURS, status="forever"),
            returned(**OURS).replace(b"Final-Recipient", b"X").replace(b"Original-Rec", b"Y"),
            returned(**OURS).replace(b"multipart/report", b"multipart/mixed"),
            returned(**OURS).replace(b"message/delivery-status", b"text/plain"),
            returned(message_id="none at all", to=TO),
            returned(message_id="<a\x00b@x>", to=TO),
            out_of_office(**OURS),
            b"",
            b"\xff\x00\xfe" * 1000,
            b"".join(
                b"Content-Type: multipart/report; boundary=%d\n\n--%d\n" % (i, i)
                for i in range(3000)
            ),
        ],
    )
    def test_any_other_mail_says_nothing(self, mail: bytes) -> None:
        assert read(mail) is None

    @given(st.integers(0, 3000), st.integers(0, 80), st.binary(max_size=20))
    @settings(max_examples=200, deadline=None)
    def test_damaged_report_never_fails(self, place: int, cut: int, put: bytes) -> None:
        for form in (POSTFIX, EXCHANGE):
            mail = returned(form, **OURS)
            found = read(mail[:place] + put + mail[place + cut :])
            assert found is None or found.reasons


def handed_over(to: str, state: str = MailState.ACCEPTED) -> OutgoingMail:
    mail = outbox.enqueue(
        message_id=outbox.own_message_id(to.replace("@", ".")),
        recipient=to,
        subject="Báo cáo giao ban",
        text="Doanh thu tăng",
        due_at=database_now(),
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, accepted_at=mail.due_at)
    return mail


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
class TestTaking:
    def test_returned_mail_bounces_once_with_its_reason_and_keeps_when_it_was_taken(self) -> None:
        mail, at = handed_over(TO), database_now()
        content = returned(message_id=mail.message_id, to=TO)
        assert [bounces.take(content, at=at), bounces.take(content, at=at)] == [True, False]
        bounce = Bounce.objects.select_related("mail").get()
        assert (bounce.mail.state, bounce.at) == ("bounced", at)
        assert bounce.mail.accepted_at == mail.due_at
        assert bounce.reason == bounce.mail.last_error
        assert "User unknown" in bounce.reason
        with pytest.raises(InternalError), transaction.atomic():
            Bounce.objects.update(reason="")

    def test_forged_mail_changes_nothing(self) -> None:
        mail, other = handed_over(TO), handed_over("an@example.vn")
        waiting = handed_over("cho@example.vn", MailState.DUE)
        forged = [
            returned(message_id=mail.message_id, to=other.recipient),
            returned(message_id="<chanh.vp.ubnd.example.vn@localhost>", to=TO),
            returned(message_id=waiting.message_id, to=waiting.recipient),
        ]
        assert [bounces.take(each, at=database_now()) for each in forged] == [False] * 3
        assert states() == ["accepted", "accepted", "due"]
        assert not Bounce.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_mail_servers_pipe_hands_one_mail_to_the_command() -> None:
    mail = handed_over(TO)

    def pipe(content: bytes, **environment: str) -> tuple[int, bytes]:
        url = database_url()
        done = subprocess.run(
            [sys.executable, "-m", "backend", "take-bounces"],
            input=content,
            env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url} | environment,
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout.strip()

    content = returned(message_id=mail.message_id, to=TO)
    away = "postgresql://nobody:x@127.0.0.1:1/none"
    assert pipe(content, DATABASE_URL=away) == (os.EX_TEMPFAIL, b"")
    assert pipe(out_of_office(message_id=mail.message_id, to=TO)) == (0, b"Nothing to note.")
    assert states() == ["accepted"]
    assert pipe(content + b"x" * 3_000_000) == (0, b"One mail has bounced.")
    assert states() == ["bounced"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Folder]:
    with serve(Folder([]), tmp_path / "certificate.pem") as box:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        settings.BOUNCE_IMAP_HOST, settings.BOUNCE_IMAP_PORT = "127.0.0.1", box.port
        settings.BOUNCE_IMAP_USER, settings.BOUNCE_IMAP_PASSWORD = "bounces", PASSWORD
        yield box


@pytest.mark.django_db
class TestMailbox:
    def test_each_unread_mail_is_taken_and_then_read(self, folder: Folder) -> None:
        mail = handed_over(TO)
        folder.mails = [
            b"Subject: read by a person\r\n\r\n",
            returned(message_id=mail.message_id, to=TO) + b"x" * 3_000_000,
            out_of_office(message_id=mail.message_id, to=TO),
            b"\xff\x00\xfe",
        ]
        folder.seen = {1}
        assert [bounce_mailbox.take_all(), bounce_mailbox.take_all()] == [1, 0]
        assert (folder.seen, folder.fetched) == ({1, 2, 3, 4}, [2, 3, 4])
        assert states() == ["bounced"]

    def test_mail_stays_unread_until_it_is_kept(
        self, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mail = handed_over(TO)
        folder.mails = [returned(message_id=mail.message_id, to=TO)]
        with monkeypatch.context() as patch:
            patch.setattr(Bounce.objects, "create", _killed)
            with pytest.raises(KeyboardInterrupt):
                bounce_mailbox.take_all()
        assert (folder.seen, states()) == (set(), ["accepted"])
        assert bounce_mailbox.take_all() == 1
        assert (folder.seen, states()) == ({1}, ["bounced"])

    def test_mailbox_that_cannot_be_read_is_logged_and_harmless(
        self, folder: Folder, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
    ) -> None:
        folder.mails = [b"Subject: one\r\n\r\n"]
        settings.BOUNCE_IMAP_PASSWORD = "wrong"
        assert bounce_mailbox.take_all() == 0
        assert "wrong password" in caplog.text
        settings.BOUNCE_IMAP_PASSWORD, settings.BOUNCE_IMAP_FOLDER = PASSWORD, "Nowhere"
        assert bounce_mailbox.take_all() == 0
        assert "no such folder" in caplog.text
        settings.BOUNCE_IMAP_FOLDER = "INBOX"
        monkeypatch.delenv("SSL_CERT_FILE")
        assert bounce_mailbox.take_all() == 0
        assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
        assert folder.fetched == []

    def test_mailbox_that_cannot_be_read_shows_since_when_until_it_can(
        self, folder: Folder, settings: Any, person: Any, page: Any
    ) -> None:
        def shown() -> str:
            return html.unescape(client.get("/bao-cao/tinh-trang/").content.decode())

        client = page(person("executive"))
        settings.BOUNCE_IMAP_PASSWORD = "wrong"
        assert "hộp thư trả lại" not in shown()
        bounce_mailbox.take_all()
        first = bounce_mailbox.standing()
        assert first
        assert first.failing_since
        assert (first.read_at, first.error) == (None, "wrong password")
        bounce_mailbox.take_all()
        again = bounce_mailbox.standing()
        assert again
        assert again.failing_since == first.failing_since
        since = f"{first.failing_since.astimezone(VN):%H:%M:%S %d/%m/%Y}"
        name = f"bounces@127.0.0.1:{folder.port}/INBOX"
        for words in (f"{name} từ {since}", "wrong password", "GIAOBAN_BOUNCE_IMAP_*"):
            assert words in shown()

        settings.BOUNCE_IMAP_PASSWORD = PASSWORD
        bounce_mailbox.take_all()
        well = bounce_mailbox.standing()
        assert well
        assert (well.failing_since, well.error) == (None, "")
        assert well.read_at
        assert "Không đọc được" not in shown()
        assert "đọc được lần cuối" in shown()
        settings.BOUNCE_IMAP_HOST = ""
        assert bounce_mailbox.standing() is None


def _killed(**_fields: object) -> None:
    raise KeyboardInterrupt
