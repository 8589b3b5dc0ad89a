"""What a returned mail says (delivery status notification, RFC 3464): which mail failed for good.

Anyone can send one, and anything can be in it: what is not such a report is simply none.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

#: Bytes that are read of a mail: the report and the head of what came back stand well before.
LARGEST = 1 << 19
LONGEST_REASON = 500
#: What a hostile mail makes the standard library's parser raise, nested a thousand deep for example.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,198}>")
#: A server that gives up after days of trying keeps the temporary status (4.4.1) and says "failed".
_FAILED_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class FailureReport:
    """The mail that came back, and why, by recipient in small letters."""

    message_id: str
    reasons: dict[str, str]


def read(content: bytes) -> FailureReport | None:
    """The failures for good in a mail as it came; None for delays, automatic answers, other mail."""
    try:
        mail = message_from_bytes(content[:LARGEST])
        if mail.get_content_type() != "multipart/report":
            return None
        reasons = _reasons(_parts(mail))
        message_id = _original_id(mail)
    except UNREADABLE:
        return None
    return FailureReport(message_id, reasons) if message_id and reasons else None


def _parts(mail: Message) -> list[Message]:
    """What stands in a mail of parts; a report's groups of lines are parts too."""
    found = mail.get_payload()
    return [part for part in found if isinstance(part, Message)] if isinstance(found, list) else []


def _reasons(parts: list[Message]) -> dict[str, str]:
    """The failed recipients of the report's second part (RFC 3464, 2.3)."""
    groups = [
        group
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for group in _parts(part)
    ]
    return {
        address: _reason(group)
        for group in groups
        if _has_failed(group)
        for address in (_address(group, "Final-Recipient"), _address(group, "Original-Recipient"))
        if address
    }


def _has_failed(group: Message) -> bool:
    """Given up: "failed" is no delay (2.3.3), and a status says that a server wrote it."""
    status = _FAILED_STATUS.match(_line(group, "Status"))
    return _line(group, "Action").lower() == "failed" and status is not None


def _address(group: Message, name: str) -> str:
    """ "rfc822; an@example.vn": the type, then the address as the sender knows it."""
    return parseaddr(_line(group, name).rpartition(";")[2])[1].lower()


def _reason(group: Message) -> str:
    """ "5.1.1: 550 5.1.1 no such user", or the bare status."""
    said = _line(group, "Diagnostic-Code").partition(";")[2].strip()
    status = _line(group, "Status").split(" ")[0]
    return (said if status in said else f"{status} {said}".strip())[:LONGEST_REASON]


def _original_id(mail: Message) -> str:
    """The Message-ID in what came back; else the one that the report answers to (Exchange)."""
    for original in (found for part in _parts(mail) for found in _originals(part)):
        if own := _MESSAGE_ID.search(_line(original, "Message-ID")):
            return own.group()
    answered = _MESSAGE_ID.search(_line(mail, "In-Reply-To"))
    return answered.group() if answered else ""


def _originals(part: Message) -> list[Message]:
    """The mail that a part of the report brings back, whole or its head only."""
    if part.get_content_type() == "message/rfc822":
        return _parts(part)
    if part.get_content_type() == "text/rfc822-headers":
        head = part.get_payload(decode=True)
        return [message_from_bytes(head)] if isinstance(head, bytes) else []
    return []


def _line(part: Message, name: str) -> str:
    """A header in one printable line; "" when it is not there."""
    text = str(part.get(name, ""))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
