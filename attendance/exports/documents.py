"""The documents that can be taken out, how each is made, and how much work that is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Final
from zipfile import ZIP_STORED, ZipFile

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.exports.exception_facts import exception_lines
from attendance.exports.exception_sheet import exception_table
from attendance.exports.payroll import COLUMNS, payroll_rows, payroll_tables
from attendance.exports.payroll_facts import load_payroll
from attendance.exports.punch_facts import load_trail
from attendance.exports.punch_trail import trail_tables
from attendance.exports.totals_sheet import totals_table
from attendance.exports.year import YearMonth, year_tables
from attendance.exports.year_facts import load_months, months_of, year_month
from attendance.figures import people_attendance
from attendance.form_templates.books import overtime_book, timesheet_book
from attendance.form_templates.keeping import template_in_use
from attendance.form_templates.papers import MOST_AT_ONCE, form_of, printed
from attendance.models import ExportFormat, ExportKind, FormKind
from attendance.timesheet.month import MonthSheet, load_month
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.accounts.scope import departments_for, employees_for, placements_for
from backend.clock import VN
from backend.flat import write_flat
from backend.heading import Heading
from backend.months import last_day
from backend.org.models import Company, Department, Employee, PlacementQuerySet
from backend.problems import Problem
from backend.tables import csv_lines, write_workbook

LONGEST: Final = timedelta(days=366)
CONTENT_TYPES: Final[Mapping[str, str]] = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.ZIP: "application/zip",
    ExportFormat.PDF: "application/pdf",
}


class SpanWrong(Problem):
    code = "export_span_wrong"
    message = _("Khoảng ngày không đúng: ngày đầu phải trước ngày cuối, dài không quá một năm.")


class FormatWrong(Problem):
    code = "export_format_wrong"
    message = _("Tài liệu này không có dạng tệp đó. Hãy chọn dạng khác.")


class NoMonthYet(Problem):
    code = "export_no_month_yet"
    message = _("Năm này chưa có tháng nào bắt đầu. Hãy chọn năm khác.")


class NotYours(Problem):
    code = "export_not_yours"
    status = 403
    message = _("Tài khoản này không được xem phòng ban đã chọn, hoặc không còn quyền xem công.")


@dataclass(frozen=True)
class Wanted:
    """What is asked for: work dates [first, last]; `department` is a code, or "" for all."""

    kind: ExportKind
    format: ExportFormat
    first: date
    last: date
    department: str = ""


#: Told how many of how many pieces are done; may raise to stop the making.
Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """A document to be made at `at` for people of the one who asked, and where it is written.

    `held` says when they belong to the departments asked for, whose codes are `departments`: None
    for the whole company.
    """

    wanted: Wanted
    people: QuerySet[Employee]
    held: PlacementQuerySet
    departments: list[str] | None
    heading: Heading
    sink: IO[bytes]
    at: datetime
    tick: Tick


@dataclass(frozen=True)
class Document:
    """`at_once` is how many days of people are made while somebody waits; more goes in the
    background. `make` answers how many rows were written. `pieces` names what progress counts.
    """

    kind: ExportKind
    about: str | Promise
    span: str
    formats: tuple[ExportFormat, ...]
    file_name: str
    at_once: int
    pieces: str | Promise
    make: Callable[[Job], int]


def _form(job: Job) -> int:
    """The form of a month to be signed; on paper department by department."""
    is_timesheet = job.wanted.kind == ExportKind.TIMESHEET_FORM
    kind = FormKind.TIMESHEET if is_timesheet else FormKind.OVERTIME
    sheet = load_month(job.wanted.first, at=job.at, among=job.held)
    if job.wanted.format == ExportFormat.PDF:
        job.sink.write(printed(form_of(kind, sheet, at=job.at), tick=job.tick))
    else:
        book = timesheet_book if is_timesheet else overtime_book
        job.sink.write(book(sheet, template_in_use(kind), at=job.at))
    return len(sheet.people)


def _exceptions(job: Job) -> int:
    lines = exception_lines(job.held, first=job.wanted.first, last=job.wanted.last, at=job.at)
    table = exception_table(job.heading, lines)
    return write_workbook(job.sink, [table], title=table.title, heading=job.heading)


def _totals(job: Job) -> int:
    """By the department of the last day, as the page."""
    people = people_attendance(
        first=job.wanted.first, last=job.wanted.last, departments=job.departments
    )
    table = totals_table(job.heading, people)
    return write_workbook(job.sink, [table], title=table.title, heading=job.heading)


def _payroll(job: Job) -> int:
    payroll = load_payroll(job.people, job.wanted.first, at=job.at, held=job.held)
    if job.wanted.format == ExportFormat.XLSX:
        tables = payroll_tables(job.heading, payroll)
        return write_workbook(job.sink, tables, title=tables[0].title, heading=job.heading)
    rows = payroll_rows(payroll, made_at=job.heading.made_at)
    job.sink.writelines(csv_lines([column.name for column in COLUMNS], rows))
    return len(payroll.lines)


def _punches(job: Job) -> int:
    trail = load_trail(
        job.people,
        whole_company=job.departments is None,
        first=job.wanted.first,
        last=job.wanted.last,
        tick=job.tick,
    )
    tables = trail_tables(job.heading, trail)
    return write_flat(job.sink, tables, title="Sổ lượt chấm công", heading=job.heading)


def _months(job: Job) -> Iterator[MonthSheet]:
    """The year's months so far, each told as done when the next is asked for. Raises NoMonthYet."""
    months = months_of(job.wanted.first.year, at=job.at)
    if not months:
        raise NoMonthYet
    for done, sheet in enumerate(load_months(job.held, months, at=job.at)):
        job.tick(done, len(months))
        yield sheet
    job.tick(len(months), len(months))


def _year(job: Job) -> int:
    if job.wanted.format == ExportFormat.ZIP:
        return _forms_of_year(job)
    return _year_book(job, job.sink, (year_month(sheet) for sheet in _months(job)))


def _year_book(job: Job, sink: IO[bytes], months: Iterable[YearMonth]) -> int:
    title = f"Bảng chấm công năm {job.wanted.first:%Y}"
    return write_workbook(sink, year_tables(job.heading, months), title=title, heading=job.heading)


def _forms_of_year(job: Job) -> int:
    """A form 01a-LĐTL a month, as its own page gives it, and the year's workbook."""
    kept: list[YearMonth] = []
    template = template_in_use(FormKind.TIMESHEET)
    with ZipFile(job.sink, "w", ZIP_STORED) as archive:  # workbooks are compressed already
        for sheet in _months(job):
            kept.append(year_month(sheet))
            form = timesheet_book(sheet, template, at=job.at)
            archive.writestr(f"bang-cham-cong-{sheet.first:%Y-%m}.xlsx", form)
        with archive.open(f"ca-nam-{job.wanted.first:%Y}.xlsx", "w") as summary:
            return _year_book(job, summary, kept)


DOCUMENTS: Final[Mapping[str, Document]] = {
    document.kind: document
    for document in (
        Document(
            kind=ExportKind.TIMESHEET_FORM,
            about=_(
                "Mẫu để ký: mỗi phòng ban một trang tính, ký hiệu từng ngày và số công quy ra."
            ),
            span="month",
            formats=(ExportFormat.XLSX, ExportFormat.PDF),
            file_name="bang-cham-cong",
            at_once=62_000,
            pieces=_("phòng ban"),
            make=_form,
        ),
        Document(
            kind=ExportKind.OVERTIME_FORM,
            about=_("Mẫu để ký: giờ làm thêm từng ngày theo loại ngày, kèm chi tiết từng mức trả."),
            span="month",
            formats=(ExportFormat.XLSX, ExportFormat.PDF),
            file_name="bang-cham-cong-lam-them",
            at_once=62_000,
            pieces=_("phòng ban"),
            make=_form,
        ),
        Document(
            kind=ExportKind.EXCEPTIONS,
            about=_(
                "Mọi ngoại lệ của khoảng ngày: nguyên nhân, tình trạng, ai quyết thế nào, vì sao."
            ),
            span="days",
            formats=(ExportFormat.XLSX,),
            file_name="ngoai-le",
            at_once=31_000,
            pieces=_("phần"),
            make=_exceptions,
        ),
        Document(
            kind=ExportKind.TOTALS,
            about=_("Mỗi người một dòng: ngày đi làm, vắng, muộn, về sớm, làm thêm, phải làm rõ."),
            span="days",
            formats=(ExportFormat.XLSX,),
            file_name="tong-hop-cong",
            at_once=200_000,
            pieces=_("phần"),
            make=_totals,
        ),
        Document(
            kind=ExportKind.PUNCHES,
            about=_(
                "Từng lượt chấm như đã nhận: giờ trên máy, giờ tính công, dùng làm gì, lượt chấm tay,"
                " thu hồi, nguồn. Dành cho thanh tra: không bỏ sót lượt nào."
            ),
            span="days",
            formats=(ExportFormat.XLSX,),
            file_name="so-luot-cham",
            at_once=1_600,
            pieces=_("người"),
            make=_punches,
        ),
        Document(
            kind=ExportKind.PAYROLL,
            about=_(
                "Mỗi người một dòng cho một tháng: phút từng loại, phút quy đổi, công, nghỉ theo ký"
                " hiệu, điều chỉnh của các kỳ trước, tình trạng khóa."
            ),
            span="month",
            formats=(ExportFormat.XLSX, ExportFormat.CSV),
            file_name="ban-giao-luong",
            at_once=62_000,
            pieces=_("phần"),
            make=_payroll,
        ),
        Document(
            kind=ExportKind.YEAR,
            about=_(
                "Mười hai tháng trong một tệp: ký hiệu từng ngày, và từng người theo tháng: công, làm"
                " thêm, nghỉ, đi muộn. Tệp .zip có thêm mười hai mẫu 01a-LĐTL."
            ),
            span="year",
            formats=(ExportFormat.XLSX, ExportFormat.ZIP),
            file_name="bang-cham-cong",
            at_once=7_500,
            pieces=_("tháng"),
            make=_year,
        ),
    )
}


def check(wanted: Wanted, *, by: User) -> None:
    """Raises SpanWrong, FormatWrong, NotYours."""
    if not timedelta(0) <= wanted.last - wanted.first < LONGEST:
        raise SpanWrong
    if wanted.format not in DOCUMENTS[wanted.kind].formats:
        raise FormatWrong
    if not may(by, "attendance.view"):
        raise NotYours
    if wanted.department and not departments_for(by).filter(code=wanted.department).exists():
        raise NotYours


def people_of(wanted: Wanted, *, by: User) -> QuerySet[Employee]:
    """Those in charge today, of the department if one is chosen."""
    people = employees_for(by)
    return people.filter(department__code=wanted.department) if wanted.department else people


def everybody_in(wanted: Wanted, *, by: User) -> QuerySet[Employee]:
    """`people_of`, and those who belonged to the departments asked for on one of the days."""
    were = _held(wanted, by=by).between(wanted.first, wanted.last)
    return Employee.objects.filter(
        Q(pk__in=people_of(wanted, by=by)) | Q(pk__in=were.values("employee"))
    )


def _held(wanted: Wanted, *, by: User) -> PlacementQuerySet:
    held = placements_for(by)
    return held.filter(department__code=wanted.department) if wanted.department else held


def is_small(wanted: Wanted, *, by: User) -> bool:
    """Whether the document is made at once, while the person waits."""
    employed = Employee.objects.employed_between(wanted.first, wanted.last)
    people = employed.filter(pk__in=people_of(wanted, by=by)).count()
    if wanted.format == ExportFormat.PDF:
        return people <= MOST_AT_ONCE
    days = (wanted.last - wanted.first).days + 1
    return people * days <= DOCUMENTS[wanted.kind].at_once


def make(wanted: Wanted, sink: IO[bytes], *, by: User, at: datetime, tick: Tick) -> int:
    """Write the document to `sink`, in Vietnamese; returns the number of its rows.

    Raises what `check` raises and what `tick` raises.
    """
    check(wanted, by=by)
    with translation.override("vi"):
        job = Job(
            wanted=wanted,
            people=people_of(wanted, by=by),
            held=_held(wanted, by=by),
            departments=_departments(wanted, by=by),
            heading=_heading(wanted, by=by, at=at),
            sink=sink,
            at=at,
            tick=tick,
        )
        return DOCUMENTS[wanted.kind].make(job)


def _departments(wanted: Wanted, *, by: User) -> list[str] | None:
    if wanted.department:
        return [wanted.department]
    if not by.departments.exists():
        return None
    return list(departments_for(by).order_by("code").values_list("code", flat=True))


def _heading(wanted: Wanted, *, by: User, at: datetime) -> Heading:
    return Heading(
        company=Company.objects.own().name,
        part=_part(wanted, by),
        first=wanted.first,
        last=wanted.last,
        made_at=at.astimezone(VN),
        made_by=str(by),
    )


def _part(wanted: Wanted, by: User) -> str:
    if wanted.department:
        return Department.objects.get(code=wanted.department).name
    if by.departments.exists():
        return ", ".join(departments_for(by).order_by("code").values_list("name", flat=True))
    return "Toàn công ty"


def file_name(wanted: Wanted) -> str:
    """ "ngoai-le-2026-11-PKT.xlsx"; letters of ASCII only, whatever the department is called."""
    first, last = wanted.first, wanted.last
    whole_month = first.day == 1 and last == last_day(first)
    whole_year = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_year and first.year == last.year:
        when = f"{first:%Y}"
    else:
        when = f"{first:%Y-%m}" if whole_month else f"{first:%Y-%m-%d}-{last:%Y-%m-%d}"
    department = re.sub(r"[^A-Za-z0-9-]+", "-", wanted.department).strip("-")
    parts = [DOCUMENTS[wanted.kind].file_name, when, department]
    return "-".join(part for part in parts if part) + f".{wanted.format}"
