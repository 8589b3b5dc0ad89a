"""What a paper of a briefing says: the one value its page, PDF and Word file are made from. Pure."""

from datetime import date
from hashlib import sha256
from typing import Any

import msgspec


class Decision(msgspec.Struct, frozen=True):
    """A conclusion with who does it until when; `kpi` is the figure and its value then, or empty."""

    text: str
    owners: str
    due: date
    kpi: str = ""


class Attendee(msgspec.Struct, frozen=True):
    """Somebody invited; `reason` of an absence."""

    name: str
    unit: str
    position: str = ""
    reason: str = ""


class PaperContent(msgspec.Struct, frozen=True):
    """A paper (văn bản): `kind` is minutes or notice; `number` 0 while it is a draft.

    `chair_title` is the office of who led ("GIÁM ĐỐC"). `replaces` is the number and symbol of the
    paper this one stands for, empty for a first issue; `opinions` the results of the questions asked
    before the meeting, a line each. `controlled` is code and issue of the form where
    it is a controlled document, for the foot of its pages. Clock times are Vietnamese, "08:00".
    """

    kind: str
    number: int
    symbol: str
    day: date
    place: str
    company: str
    company_owner: str
    is_demonstration: bool
    meeting: str
    meeting_day: date
    meeting_place: str
    began: str
    ended: str
    chair: str
    chair_title: str
    secretary: str
    present: tuple[Attendee, ...] = ()
    online: tuple[Attendee, ...] = ()
    absent: tuple[Attendee, ...] = ()
    agenda: tuple[str, ...] = ()
    proceedings: str = ""
    opinions: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    copies_to: tuple[str, ...] = ()
    replaces: str = ""
    controlled: str = ""

    @property
    def full_number(self) -> str:
        """Số và ký hiệu; a zero before numbers below ten (Decree 30, Annex I, II.3)."""
        return f"{self.number:02d}/{self.symbol}" if self.number else f"……/{self.symbol}"

    @property
    def title(self) -> str:
        return "BIÊN BẢN" if self.kind == "minutes" else "THÔNG BÁO"

    @property
    def about(self) -> str:
        """Trích yếu: what the paper is about."""
        meeting = self.meeting[:1].lower() + self.meeting[1:]
        if self.kind == "minutes":
            return f"Họp {meeting}"
        return f"Kết luận của {self.chair_title} {self.chair} tại cuộc họp {meeting}"

    @property
    def place_and_day(self) -> str:
        """Day below 10 and month below 3 get a zero before them (Decree 30, Annex I, II.4)."""
        day, month = self.day.day, self.day.month
        shown_day = f"{day:02d}" if day < 10 else str(day)
        shown_month = f"{month:02d}" if month < 3 else str(month)
        return f"{self.place}, ngày {shown_day} tháng {shown_month} năm {self.day.year}"


def printable(content: PaperContent) -> PaperContent:
    """Without signs that no file may hold (a vertical tab pasted from Word); lines stay lines."""
    return msgspec.convert(_printable(msgspec.to_builtins(content)), PaperContent)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(c for c in value if c.isprintable() or c == "\n")
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return {k: _printable(v) for k, v in value.items()} if isinstance(value, dict) else value


def freeze(content: PaperContent) -> str:
    """The canonical JSON text."""
    return msgspec.json.encode(content, order="sorted").decode()


def thaw(text: str) -> PaperContent:
    return msgspec.json.decode(text, type=PaperContent)


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
