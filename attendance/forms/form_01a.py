"""Form 01a-LĐTL, bảng chấm công: a month of people at work as the paper form says it. Pure.

Circular 200/2014; the company's own legal line is given, because 99/2025 replaced it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from attendance.forms.official import FormHead, FormLine, FormSheet, OfficialForm

LEGEND = (
    ("+", "Lương thời gian"),
    ("SP", "Lương sản phẩm"),
    ("Ô", "Ốm, điều dưỡng"),
    ("Cô", "Con ốm"),
    ("TS", "Thai sản"),
    ("T", "Tai nạn"),
    ("P", "Nghỉ phép"),
    ("H", "Hội nghị, học tập"),
    ("NB", "Nghỉ bù"),
    ("KL", "Nghỉ không lương"),
    ("N", "Ngừng việc"),
    ("LĐ", "Lao động nghĩa vụ"),
    ("VR", "Nghỉ việc riêng hưởng lương"),
    ("CT", "Công tác"),
    ("L", "Nghỉ lễ, tết"),
    ("LT", "Chỉ làm thêm giờ"),
    ("V", "Vắng chưa rõ lý do"),
    ("…", "Đang trong ca"),
    ("?", "Thiếu lượt chấm"),
)
#: Columns 34 to 36 of the form: which leave symbols are paid in full, in part, by insurance.
PAID_IN_FULL = frozenset({"P", "H", "NB", "N", "L", "VR"})
BY_INSURANCE = frozenset({"Ô", "Cô", "TS", "T"})

_SUMS = (
    ("Số công hưởng lương sản phẩm", "32"),
    ("Số công hưởng lương thời gian", "33"),
    ("Số công nghỉ việc, ngừng việc hưởng 100 % lương", "34"),
    ("Số công nghỉ việc, ngừng việc hưởng ….% lương", "35"),
    ("Số công hưởng BHXH", "36"),
)


@dataclass(frozen=True, slots=True)
class FormPerson:
    """A line of the form: by day of the month its symbol, minutes at work, minutes of leave by code.

    The minutes are of a standard day, so that a full day of shorter hours is one công too.
    """

    code: str
    name: str
    grade: str
    symbols: Mapping[int, str]
    regular: Mapping[int, int]
    leave: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class FormDepartment:
    name: str
    people: tuple[FormPerson, ...]


def form_01a(
    head: FormHead, departments: tuple[FormDepartment, ...], *, standard_day_minutes: int
) -> OfficialForm:
    return OfficialForm(
        head=head,
        title="BẢNG CHẤM CÔNG",
        sheets=tuple(
            FormSheet(department.name, tuple(_line(person) for person in department.people))
            for department in departments
        ),
        grade_heading="Ngạch bậc lương hoặc cấp bậc chức vụ",
        sums_heading="Quy ra công",
        sums=_SUMS,
        unit_minutes=standard_day_minutes,
        decimals=1,
        notes=("Ký hiệu chấm công: " + "; ".join(f"{text}: {code}" for code, text in LEGEND),),
        signers=("Người chấm công", "Phụ trách bộ phận", "Người duyệt"),
        symbol_size=9,
    )


def _line(person: FormPerson) -> FormLine:
    """Columns 32 to 36: piece work and leave paid in part do not occur; unpaid leave is nowhere."""
    full = _together(person.leave, PAID_IN_FULL)
    insured = _together(person.leave, BY_INSURANCE)
    return FormLine(
        person.code,
        person.name,
        person.grade,
        person.symbols,
        ({}, person.regular, full, {}, insured),
    )


def _together(leave: Mapping[str, Mapping[int, int]], codes: frozenset[str]) -> dict[int, int]:
    minutes: dict[int, int] = {}
    for code, days in leave.items():
        if code in codes:
            for day, taken in days.items():
                minutes[day] = minutes.get(day, 0) + taken
    return minutes
