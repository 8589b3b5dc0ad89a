"""Attendance of a month (chấm công tháng): by department, overtime against the caps, lateness."""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance import figures as attendance_figures
from attendance.figures import AttendanceSummary, OvertimeCaps, PersonAttendance
from backend.shares import share_bps
from reporting.builders.content import (
    Blocks,
    Column,
    Kind,
    Row,
    Sentence,
    Sentences,
    Table,
    figure,
    row,
    total_of,
)
from reporting.builders.numbers import hours
from reporting.builders.telling import count, of_many
from reporting.defining import Asked, Definition, ScopeKind, SectionOf, Source, Words
from reporting.periods import PeriodKind
from reporting.sections import rows_behind
from reporting.sections.people import departments_table, nobody, people_sentence, read_attendance

SHOWN = 20
#: From this part of a cap on a person is named as near it.
NEAR_BPS = 8_000


@dataclass(frozen=True, slots=True)
class Staff:
    """People with their minutes, and the limits of the month."""

    people: tuple[PersonAttendance, ...]
    caps: OvertimeCaps


def _staff(asked: Asked) -> Staff:
    period = asked.period
    departments = [asked.scope.code] if asked.scope.code else None
    people = attendance_figures.people_attendance(
        first=period.first, last=period.last, departments=departments
    )
    return Staff(tuple(people), attendance_figures.overtime_caps(period.first))


def _summary(asked: Asked, staff: Staff, departments: AttendanceSummary | None) -> Blocks:
    items: list[Sentence] = []
    if departments is not None and not nobody(departments):
        items.append(people_sentence(asked, departments))
    if any(each.late_days for each in staff.people):
        items.append(_late_sentence(asked, staff.people))
    if any(each.overtime_minutes for each in staff.people):
        items.append(_overtime_sentence(asked, staff))
    return (Sentences(tuple(items)),) if items else ()


def _late_sentence(asked: Asked, people: Sequence[PersonAttendance]) -> Sentence:
    late = [each for each in people if each.late_days]
    link = rows_behind.timesheets(asked)
    times, who = count(sum(each.late_days for each in late), link), count(len(late), link)
    minutes = figure(sum(each.late_minutes for each in late), Kind.HOURS, link)
    arrivals = of_many(sum(each.late_days for each in late), " late arrival", " late arrivals")
    return Sentence(
        (times, " lượt đi muộn của ", who, " người, tổng ", minutes, " giờ."),
        (times, arrivals, " of ", who, of_many(len(late), " person, ", " people, "), minutes,
         " hours in all."),
    )  # fmt: skip


def _overtime_sentence(asked: Asked, staff: Staff) -> Sentence:
    worked = [each for each in staff.people if each.overtime_minutes]
    link = rows_behind.timesheets(asked)
    who, over = (
        count(many, link)
        for many in (len(worked), sum(_is_over(each, staff.caps) for each in worked))
    )
    minutes = figure(sum(each.overtime_minutes for each in worked), Kind.HOURS, link)
    return Sentence(
        (who, " người làm thêm, tổng ", minutes, " giờ; ", over, " người vượt giới hạn tháng hoặc năm."),
        (who, of_many(len(worked), " person", " people"), " worked overtime, ", minutes, " hours in all; ", over, " beyond a cap."),
    )  # fmt: skip


def _is_over(each: PersonAttendance, caps: OvertimeCaps) -> bool:
    over_month = each.overtime_minutes > caps.month_minutes
    return over_month or each.overtime_year_minutes > caps.year_minutes


def _by_department(asked: Asked, departments: AttendanceSummary) -> Blocks:
    return () if nobody(departments) else (departments_table(departments),)


def _overtime(asked: Asked, staff: Staff) -> Blocks:
    """Whoever worked overtime in the month or is near the year's cap, nearest on top."""
    near = [each for each in staff.people if each.overtime_minutes or _use(each, staff.caps) >= NEAR_BPS]  # fmt: skip
    if not near:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column("Họ và tên", Kind.TEXT, in_mail=True),
        Column("Phòng ban", Kind.TEXT),
        Column("Giờ thêm tháng", Kind.HOURS, adds=True, in_mail=True),
        Column("Giới hạn tháng", Kind.SHARE, in_mail=True),
        Column("Giờ thêm từ đầu năm", Kind.HOURS, adds=True, in_mail=True),
        Column("Giới hạn năm", Kind.SHARE, in_mail=True),
    )
    ordered = sorted(near, key=lambda each: (-_use(each, staff.caps), each.code))
    rows = tuple(
        row(
            each.code, each.name, each.department, each.overtime_minutes,
            share_bps(each.overtime_minutes, staff.caps.month_minutes),
            each.overtime_year_minutes,
            share_bps(each.overtime_year_minutes, staff.caps.year_minutes),
        )
        for each in ordered
    )  # fmt: skip
    month, year = (hours(each) for each in (staff.caps.month_minutes, staff.caps.year_minutes))
    note = f"giới hạn {month} giờ một tháng, {year} giờ một năm"
    whole = Row(("", "Cộng", *total_of("", columns, rows).cells[2:]))
    return (Table("Làm thêm so giới hạn", columns, rows, whole, SHOWN, in_mail=10, note=note),)


def _use(each: PersonAttendance, caps: OvertimeCaps) -> int:
    """The nearer of the two caps, in basis points of it."""
    month = share_bps(each.overtime_minutes, caps.month_minutes) or 0
    return max(month, share_bps(each.overtime_year_minutes, caps.year_minutes) or 0)


def _late(asked: Asked, staff: Staff) -> Blocks:
    late = [
        each for each in staff.people if each.late_days or each.early_minutes or each.absent_days
    ]
    if not late:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column("Họ và tên", Kind.TEXT, in_mail=True),
        Column("Phòng ban", Kind.TEXT, in_mail=True),
        Column("Lượt muộn", adds=True, in_mail=True),
        Column("Phút muộn", Kind.MINUTES, adds=True, in_mail=True),
        Column("Phút về sớm", Kind.MINUTES, adds=True),
        Column("Ngày vắng", adds=True),
    )
    ordered = sorted(late, key=lambda each: (-each.late_minutes, -each.early_minutes, each.code))
    rows = tuple(
        row(
            each.code, each.name, each.department, each.late_days, each.late_minutes,
            each.early_minutes, each.absent_days,
        )
        for each in ordered
    )  # fmt: skip
    whole = Row(("", "Cộng", *total_of("", columns, rows).cells[2:]))
    return (Table("Đi muộn, về sớm, vắng", columns, rows, whole, SHOWN, in_mail=10),)


REPORT = Definition(
    code="attendance-month",
    slug="cham-cong-thang",
    title=Words("Chấm công", "Attendance"),
    short=Words("Chấm công", "Attendance"),
    period=PeriodKind.MONTH,
    scopes=frozenset({ScopeKind.COMPANY, ScopeKind.DEPARTMENT}),
    capability="attendance.view",
    datasets={"staff": _staff, "departments": read_attendance},
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("staff",), may_have=("departments",)),
        SectionOf("departments", "Phòng ban", _by_department, needs=("departments",)),
        SectionOf(
            "overtime", "Làm thêm", _overtime, needs=("staff",), nothing="Không ai làm thêm giờ."
        ),
        SectionOf(
            "late",
            "Đi muộn, vắng",
            _late,
            needs=("staff",),
            nothing="Không ai đi muộn, về sớm hoặc vắng.",
        ),
    ),
    sources=frozenset({Source.TERMINALS}),
    remarks=(
        "Giờ thêm là giờ thực làm, chưa nhân hệ số; giới hạn theo quy tắc tính công của công ty.",
    ),
    about=Words(
        "Công theo phòng ban, làm thêm so giới hạn tháng và năm, ai đi muộn, về sớm.",
        "Days by department, overtime against the month's and year's caps, lateness.",
    ),
)
