"""The mailbox to which mails come back, read by IMAP over TLS; off unless settings name one."""

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Value
from django.db.models.functions import Coalesce

from backend.jobs.queue import database_now
from backend.mail.bounces import take
from backend.mail.failure_reports import LARGEST
from backend.mail.models import BounceMailbox

logger = logging.getLogger(__name__)


def take_all(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Take every unread mail, oldest first, and mark it read after; how many mails had bounced.

    One that is read twice (killed in between, two processes) changes nothing the second time. A
    mailbox that cannot be read is logged and shown, and tried again the next time.
    """
    if not settings.BOUNCE_IMAP_HOST:
        return 0
    bounced = 0
    try:
        with _opened() as box:
            for uid in _answer(box.uid("SEARCH", "UNSEEN"))[0].split():
                if stopping():
                    break
                bounced += _take(box, uid.decode())
    except (imaplib.IMAP4.error, OSError) as error:
        logger.warning("mailbox of returned mails not read, tried again soon: %s", error)
        _note(fault=_words(error))
    else:
        _note()
    return bounced


def standing() -> BounceMailbox | None:
    """How reading goes of the mailbox that the settings name; None without one, or not yet tried."""
    return BounceMailbox.objects.filter(name=_name()).first() if settings.BOUNCE_IMAP_HOST else None


def _name() -> str:
    host, port = settings.BOUNCE_IMAP_HOST, settings.BOUNCE_IMAP_PORT
    return f"{settings.BOUNCE_IMAP_USER}@{host}:{port}/{settings.BOUNCE_IMAP_FOLDER}"[:500]


def _note(*, fault: str = "") -> None:
    """Remember that the mailbox was read, or since when and why it cannot be."""
    at = database_now()
    BounceMailbox.objects.get_or_create(name=_name())
    box = BounceMailbox.objects.filter(name=_name())
    if fault:
        box.update(error=fault, failing_since=Coalesce("failing_since", Value(at)))
    else:
        box.update(error="", failing_since=None, read_at=at)


def _words(error: Exception) -> str:
    """What the server said, which imaplib gives as bytes; the kind of error where it said nothing."""
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(error)
    return text.replace("\0", "").strip()[:300] or type(error).__name__


@contextmanager
def _opened() -> Iterator[imaplib.IMAP4_SSL]:
    box = imaplib.IMAP4_SSL(
        settings.BOUNCE_IMAP_HOST,
        settings.BOUNCE_IMAP_PORT,
        ssl_context=ssl.create_default_context(),
        timeout=settings.EMAIL_TIMEOUT,
    )
    with box:
        box.login(settings.BOUNCE_IMAP_USER, settings.BOUNCE_IMAP_PASSWORD)
        _answer(box.select(f'"{settings.BOUNCE_IMAP_FOLDER}"'))
        yield box


def _take(box: imaplib.IMAP4_SSL, uid: str) -> bool:
    fetched = _answer(box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
    content = next((part[1] for part in fetched if isinstance(part, tuple)), b"")
    bounced = False
    try:
        bounced = take(content, at=database_now())
    except (OperationalError, InterfaceError):
        raise  # it stays unread
    except Exception:
        # A bug, but one mail's: it stays in the mailbox, and the others are taken.
        logger.exception("returned mail UID %s cannot be taken", uid)
    _answer(box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
    return bounced


def _answer(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data!r}")
    return data
