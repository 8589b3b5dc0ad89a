"""Form 01b-LĐTL, bảng chấm công làm thêm giờ: a month's overtime as the paper form says it. Pure.

The paper has one column for the night, so columns 32 to 34 hold day and night together and 35 the
night's part of them; all classes by themselves are on the sheet of details (`overtime_detail`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from attendance.forms.official import FormHead, FormLine, FormSheet, OfficialForm

#: What overtime is paid by kind of day, time and, on a weekday's night, what came before (§10).
CLASSES = {
    "weekday_day": 150,
    "weekday_night": 200,
    "weekday_night_after_day": 210,
    "restday_day": 200,
    "restday_night": 270,
    "holiday_day": 300,
    "holiday_night": 390,
}
_KINDS = {"weekday": "NT", "restday": "NN", "holiday": "NL"}
NIGHT = "Đ"
_SUMS = (
    ("Ngày làm việc", "32"),
    ("Ngày thứ bảy, chủ nhật", "33"),
    ("Ngày lễ, tết", "34"),
    ("Làm đêm", "35"),
)
_NOTES = (
    (
        "Ký hiệu chấm công: NT: làm thêm ngày làm việc (từ giờ – đến giờ); NN: làm thêm ngày thứ bảy, "
        "chủ nhật (từ giờ – đến giờ); NL: làm thêm ngày lễ, tết (từ giờ – đến giờ); Đ: làm thêm buổi "
        "đêm (22:00–6:00)."
    ),
    (
        "Ghi chú: Cột 32, 33, 34 là giờ làm thêm cả ngày và đêm, cột 35 là phần làm đêm đã nằm trong "
        "ba cột đó. Cột 33 gồm mọi ngày nghỉ hằng tuần, nghỉ bù, nghỉ hoán đổi. Giờ viết thập phân: "
        "2,50 là 2 giờ 30 phút. Làm qua 0 giờ ghi ở ngày bắt đầu."
    ),
)


@dataclass(frozen=True, slots=True)
class OvertimePiece:
    """From when to when overtime of one class (without "_after_day") was worked, local time."""

    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class OvertimeDay:
    """A person's overtime of one work date: minutes by name of `CLASSES`, and when it was.

    Days computed before the program kept it have no pieces; then only their hours are told.
    """

    minutes: Mapping[str, int]
    pieces: tuple[OvertimePiece, ...]

    def of_kind(self, kind: str) -> int:
        return sum(m for name, m in self.minutes.items() if name.startswith(kind))

    @property
    def night(self) -> int:
        return sum(m for name, m in self.minutes.items() if "_night" in name)


@dataclass(frozen=True, slots=True)
class OvertimePerson:
    code: str
    name: str
    days: Mapping[int, OvertimeDay]


@dataclass(frozen=True, slots=True)
class OvertimeDepartment:
    name: str
    people: tuple[OvertimePerson, ...]


def form_01b(head: FormHead, departments: tuple[OvertimeDepartment, ...]) -> OfficialForm:
    return OfficialForm(
        head=head,
        title="BẢNG CHẤM CÔNG LÀM THÊM GIỜ",
        sheets=tuple(
            FormSheet(department.name, tuple(_line(person) for person in department.people))
            for department in departments
        ),
        grade_heading="",
        sums_heading="Cộng giờ làm thêm",
        sums=_SUMS,
        unit_minutes=60,
        decimals=2,
        notes=_NOTES,
        signers=("Xác nhận của bộ phận có người làm thêm", "Người chấm công", "Người duyệt"),
        symbol_size=7,
    )


def _line(person: OvertimePerson) -> FormLine:
    kinds = tuple(
        {day: m for day, overtime in person.days.items() if (m := overtime.of_kind(kind))}
        for kind in _KINDS
    )
    nights = {day: m for day, overtime in person.days.items() if (m := overtime.night)}
    symbols = {day: symbol(overtime) for day, overtime in person.days.items()}
    return FormLine(person.code, person.name, "", symbols, (*kinds, nights))


def symbol(day: OvertimeDay) -> str:
    """Each kind of day with its hours, a line for each end: "NT Đ", "17:00–", "23:30"."""
    lines: list[str] = []
    for kind, letters in _KINDS.items():
        if minutes := day.of_kind(kind):
            night = any("_night" in n for n, m in day.minutes.items() if n.startswith(kind) and m)
            lines.append(f"{letters} {NIGHT}" if night else letters)
            spans = [span for name, *span in _joined(day.pieces) if name == kind]
            for start, end in spans:
                lines += [f"{_clock(start)}–", _until(end)]
            if not spans:
                lines.append(f"{minutes / 60:.2f}".replace(".", ","))
    return "\n".join(lines)


def times(day: OvertimeDay) -> str:
    """All hours of the day in one line: "17:00–23:30, 0:00–1:30"."""
    return ", ".join(f"{_clock(start)}–{_until(end)}" for _, start, end in _joined(day.pieces))


def _joined(pieces: tuple[OvertimePiece, ...]) -> list[tuple[str, datetime, datetime]]:
    """Pieces by kind of day, those that touch as one: day and night of a kind need no cut."""
    joined: list[tuple[str, datetime, datetime]] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        kind = piece.name.split("_")[0]
        if joined and joined[-1][0] == kind and joined[-1][2] == piece.start:
            joined[-1] = (kind, joined[-1][1], piece.end)
        else:
            joined.append((kind, piece.start, piece.end))
    return joined


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"


def _until(at: datetime) -> str:
    """An end at midnight is that of the day before."""
    return "24:00" if at.hour == at.minute == 0 else _clock(at)
