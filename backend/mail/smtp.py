"""One mail over SMTP, with an honest answer: accepted, refused, to be tried again, or unknown."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import HeaderParseError
from enum import Enum
from typing import Any, cast

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

#: Refuses the mail for its size as soon as it is announced. Other refusals of the sender are about
#: us (not logged in, the day's quota used up): they pass, and the mail with them.
TOO_LARGE = 552


class Answer(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good: a 5xx answer, or a mail that cannot be written down."""
    BOUNCED = "bounced"
    """For good: the server will not take mail for this recipient."""
    LATER = "later"
    """Nothing was taken: a 4xx answer, or the connection broke before the content was sent."""
    UNKNOWN = "unknown"
    """The content may have arrived: the connection broke before the server answered it."""


@dataclass(frozen=True)
class Result:
    answer: Answer
    error: str = ""


class _Watched:
    """Says when the content of a mail is about to be handed over (the DATA command)."""

    before_content: Callable[[], None]

    def data(self, message: Any) -> Any:
        self.before_content()
        return super().data(message)  # type: ignore[misc]


class _WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class _WatchedSMTPS(_Watched, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """Django's SMTP backend over a connection that is watched."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedSMTPS if self.use_ssl else _WatchedSMTP


def send(
    backend: Backend, mail: EmailMultiAlternatives, *, hand_over: Callable[[], None]
) -> Result:
    """Send over the open backend. `hand_over` is called once, just before the content goes out.

    What `hand_over` raises stops the mail before its content and rises. Any doubt about the
    connection closes it.
    """
    handed_over = False

    def before_content() -> None:
        nonlocal handed_over
        hand_over()
        handed_over = True

    cast("_Watched", backend.connection).before_content = before_content
    try:
        backend.send_messages([mail])
    except (BadHeaderError, HeaderParseError, UnicodeError) as error:
        return Result(Answer.REFUSED, str(error))
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return _by_code(code, text, for_good=Answer.BOUNCED)
    except smtplib.SMTPSenderRefused as error:
        about_us = error.smtp_code != TOO_LARGE
        for_good = Answer.LATER if about_us else Answer.REFUSED
        return _by_code(error.smtp_code, error.smtp_error, for_good=for_good)
    except smtplib.SMTPResponseException as error:
        return _by_code(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        _drop(backend)
        return Result(Answer.UNKNOWN if handed_over else Answer.LATER, str(error))
    except BaseException:
        _drop(backend)
        raise
    finally:
        if backend.connection is not None and backend.connection.sock is None:
            backend.connection = None  # the server hung up (421): the next mail calls it anew
    return Result(Answer.ACCEPTED)


def _by_code(code: int, text: bytes | str, *, for_good: Answer = Answer.REFUSED) -> Result:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Result(for_good if code >= 500 else Answer.LATER, f"{code} {words}")


def _drop(backend: Backend) -> None:
    """Close without a word to the server: QUIT could hang, or end a mail half sent."""
    if backend.connection is not None:
        backend.connection.close()
        backend.connection = None
