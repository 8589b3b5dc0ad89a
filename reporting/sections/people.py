"""Attendance in words and tables."""

from dataclasses import fields

from attendance.figures import AttendanceSummary, DepartmentAttendance, attendance_summary
from backend.shares import share_bps
from reporting.builders.content import Column, Kind, Row, Sentence, Table, row
from reporting.builders.telling import count, of_many, share
from reporting.defining import Asked, ScopeKind
from reporting.sections import rows_behind


def read_attendance(asked: Asked) -> AttendanceSummary | None:
    """Every department beside the others: the whole company's affair, a region's report does not tell it."""
    if asked.scope.kind is not ScopeKind.COMPANY:
        return None
    return attendance_summary(first=asked.period.first, last=asked.period.last)


def people_sentence(asked: Asked, people: AttendanceSummary) -> Sentence:
    """Who worked how much, late and absent, and what is still to be clarified.

    The numbers lead to the timesheets of the month that holds the last day.
    """
    total, link = everybody(people), rows_behind.timesheets(asked)
    who, days = count(people.employees, link), count(total.present_days, link)
    rate, late = share(present_bps(total), link), count(total.late_days, link)
    absent = count(total.absent_days, link)
    questions = count(people.open_questions, rows_behind.timesheets(asked, questions=True))
    return Sentence(
        (who, " nhân viên đi làm ", days, " ngày công (", rate, " số phải làm); ", late,
         " lượt đi muộn, ", absent, " ngày vắng, ", questions, " ngày công còn phải làm rõ."),
        (who, of_many(people.employees, " employee", " employees"), " worked ", days,
         of_many(total.present_days, " day (", " days ("), rate, " of those due); ", late,
         of_many(total.late_days, " late arrival, ", " late arrivals, "), absent,
         of_many(total.absent_days, " day absent, ", " days absent, "), questions,
         of_many(people.open_questions, " day", " days"), " still to be clarified."),
    )  # fmt: skip


def departments_table(people: AttendanceSummary, whole_name: str = "Toàn công ty") -> Table:
    """Days, lateness and overtime of every department."""
    columns = (
        Column("Phòng ban", Kind.TEXT, in_mail=True, width=32),
        Column("Công phải làm", adds=True),
        Column("Đi làm", adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Vắng", adds=True, in_mail=True),
        Column("Phép, công tác", adds=True),
        Column("Thiếu quẹt", adds=True),
        Column("Lượt muộn", adds=True, in_mail=True),
        Column("Phút muộn", Kind.MINUTES, adds=True),
        Column("Giờ thêm", Kind.HOURS, adds=True),
    )
    rows = tuple(map(_department_row, people.departments))
    whole = Row((whole_name, *_department_row(everybody(people)).cells[1:]))
    return Table("Theo phòng ban", columns, rows, whole)


def _department_row(line: DepartmentAttendance) -> Row:
    return row(
        line.name, line.due_days, line.present_days, present_bps(line), line.absent_days,
        line.leave_days, line.incomplete_days, line.late_days, line.late_minutes,
        line.overtime_minutes,
    )  # fmt: skip


def present_bps(line: DepartmentAttendance) -> int | None:
    """Present of due, leave and trips not counted as due."""
    return share_bps(line.present_days, line.due_days - line.leave_days)


def everybody(people: AttendanceSummary) -> DepartmentAttendance:
    names = [each.name for each in fields(DepartmentAttendance)][2:]
    sums = (sum(getattr(line, name) for line in people.departments) for name in names)
    return DepartmentAttendance("", "", *sums)


def nobody(people: AttendanceSummary) -> bool:
    """Nobody was to work and nobody did."""
    total = everybody(people)
    return not (total.due_days or total.present_days or people.unknown_punches)
