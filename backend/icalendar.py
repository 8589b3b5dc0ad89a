"""iCalendar (RFC 5545) as text: moments, escaped values, folded lines. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime


def utc(moment: datetime) -> str:
    """A moment as 20261130T010000Z."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A value in which no sign of the text is read as one of the format; lines stay lines."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    lines = "\n".join(text.splitlines())
    return "".join(c for c in lines if c == "\n" or c.isprintable()).replace("\n", "\\n")


def quoted(text: str) -> str:
    """A parameter's value, in which neither a quote nor a break may stand (RFC 5545, 3.2)."""
    return '"' + "".join(c for c in " ".join(text.split()) if c.isprintable() and c != '"') + '"'


def calendar_text(lines: Iterable[str]) -> str:
    """The lines with their breaks, none longer than 75 bytes."""
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _folded(line: str) -> list[str]:
    """Cut between letters; what goes on begins with a space."""
    parts, room = [""], 75
    for letter in line:
        if len((parts[-1] + letter).encode()) > room:
            parts.append(" ")
        parts[-1] += letter
    return parts
