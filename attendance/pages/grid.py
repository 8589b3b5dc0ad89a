"""The monthly timesheet: people × days, and its official form as Excel."""

from datetime import date
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from attendance.forms.form_01a import Form01a, FormDepartment, FormPerson, workbook
from attendance.month import STANDARD_DAY, MonthCell, MonthSheet, PersonMonth, load_month
from attendance.symbols import hours
from backend import clock
from backend.accounts.permissions import requires
from backend.org.models import Company, Department

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("attendance.view")
def month_grid(request: HttpRequest) -> HttpResponse:
    """The grid of ?thang=2026-11, by &phong=, &tim= and &chi=ngoai-le."""
    today = clock.today()
    month = month_from(request.GET.get("thang", ""), default=today)
    sheet = load_month(
        month,
        today=today,
        department=request.GET.get("phong", ""),
        search=request.GET.get("tim", ""),
        only_questions=request.GET.get("chi") == "ngoai-le",
    )
    return render(
        request,
        "attendance/grid.html",
        {
            "sheet": sheet,
            "head": grid_head(sheet, today),
            "body": grid_body(sheet, today),
            "month": month,
            "before": _shifted(month, -1),
            "after": _shifted(month, 1),
            "departments": Department.objects.order_by("code", "pk"),
            "chosen": request.GET,
        },
    )


@requires("attendance.view")
def month_form(request: HttpRequest) -> HttpResponse:
    """Form 01a-LĐTL of the same month and filters as the grid."""
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    month = month_from(request.GET.get("thang", ""), default=today)
    sheet = load_month(month, today=today, department=request.GET.get("phong", ""))
    company = Company.objects.order_by("pk").first()
    form = Form01a(
        company=company.name if company else "",
        month=sheet.first,
        days=(sheet.last - sheet.first).days + 1,
        rest_days=frozenset(d.day for d, kind in sheet.day_types.items() if kind != "work"),
        legal_line=settings.TIMESHEET_LEGAL_LINE,
        form_number=settings.TIMESHEET_FORM_NUMBER,
        standard_day_minutes=STANDARD_DAY,
        departments=_form_departments(sheet),
        made_at=at.astimezone(clock.VN),
    )
    response = HttpResponse(workbook(form), content_type=XLSX)
    name = f"bang-cham-cong-{sheet.first:%Y-%m}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form_departments(sheet: MonthSheet) -> tuple[FormDepartment, ...]:
    grouped: dict[str, list[FormPerson]] = {}
    names: dict[str, str] = {}
    for person in sheet.people:
        names[person.department_code] = person.department
        grouped.setdefault(person.department_code, []).append(
            FormPerson(
                name=person.name,
                grade=person.grade,
                symbols={day: cell.symbol for day, cell in person.days.items()},
                regular_minutes=person.regular,
                leave_minutes=person.leave_by_code,
            )
        )
    return tuple(FormDepartment(names[code], tuple(people)) for code, people in grouped.items())


def month_from(text: str, *, default: date) -> date:
    """ "2026-11" as the first of that month; anything else is the default's month."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return default.replace(day=1)


def _shifted(month: date, by: int) -> date:
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


def grid_head(sheet: MonthSheet, today: date) -> SafeString:
    """The heads of the days; rest days and today are told by class and by word."""
    cells = []
    for day, kind in sheet.day_types.items():
        classes = f"{kind} today" if day == today else kind
        cells.append(
            f'<th scope="col" class="{classes}"><span>{_WEEKDAYS[day.weekday()]}</span>'
            f"{day.day}</th>"
        )
    return mark_safe("".join(cells))  # noqa: S308 -- numbers and our own words only


def grid_body(sheet: MonthSheet, today: date) -> SafeString:
    """Rows of cells. 15,000 of them: equal cells are written once and reused."""
    kinds = [f"{kind} today" if day == today else kind for day, kind in sheet.day_types.items()]
    empty = [f'<td class="{kind}"></td>' for kind in kinds]

    @cache
    def written(cell: MonthCell, kind: str) -> str:
        return _cell(cell, kind)

    rows: list[str] = []
    department = None
    for person in sheet.people:
        if person.department_code != department:
            department = person.department_code
            rows.append(
                format_html(
                    '<tr class="group"><th colspan="{}" scope="colgroup">{}</th></tr>',
                    len(kinds) + 6,
                    person.department,
                )
            )
        cells = [
            written(person.days[number], kind) if number in person.days else empty[number - 1]
            for number, kind in enumerate(kinds, start=1)
        ]
        rows.append(_row(person, "".join(cells)))
    return mark_safe("".join(rows))  # noqa: S308 -- every text in it was escaped


def _cell(cell: MonthCell, kind: str) -> str:
    """A symbol; lateness and open questions by a sign as well as by colour."""
    signs = ""
    if cell.late:
        signs += f"<sub>{cell.late}</sub>"
        kind += " late"
    if cell.questions:
        signs += "<b>!</b>"
        kind += " ask"
    return f'<td class="{kind}">{escape(cell.symbol)}{signs}</td>'


def _row(person: PersonMonth, cells: str) -> str:
    days = hours(person.regular * 60 // STANDARD_DAY) if person.regular else ""
    leave = hours(person.leave * 60 // STANDARD_DAY) if person.leave else ""
    name = escape(person.name)
    code = escape(person.code)
    return (
        f'<tr data-person="{code}"><th scope="row">{name}<small>{code}</small></th>{cells}'
        f'<td class="number">{days}</td><td class="number">{leave}</td>'
        f'<td class="number">{person.late or ""}</td>'
        f'<td class="number">{hours(person.overtime) if person.overtime else ""}</td>'
        f'<td class="number">{person.questions or ""}</td></tr>'
    )
