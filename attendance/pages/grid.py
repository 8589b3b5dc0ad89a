"""The monthly timesheet: people × days."""

from datetime import date
from functools import cache
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from attendance.timesheet.month import MonthCell, MonthSheet, PersonMonth, load_month
from attendance.timesheet.symbols import ABSENT, STANDARD_DAY, clock_time, hours
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import departments_for, placements_for
from backend.months import shifted
from backend.pages.months import month_from


@requires("attendance.view")
def month_grid(request: HttpRequest) -> HttpResponse:
    """The grid of ?thang=2026-11, by &phong=, &tim= and &chi=ngoai-le."""
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    month = month_from(request.GET.get("thang", ""), default=today)
    sheet = load_month(
        month,
        at=at,
        department=request.GET.get("phong", ""),
        search=request.GET.get("tim", ""),
        only_questions=request.GET.get("chi") == "ngoai-le",
        among=placements_for(acting(request)),
    )
    return render(
        request,
        "attendance/grid.html",
        {
            "sheet": sheet,
            "head": grid_head(sheet, today),
            "body": grid_body(sheet, today),
            "foot": grid_foot(sheet, today),
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1),
            "departments": departments_for(acting(request)).order_by("code", "pk"),
            "chosen": request.GET,
            "may_manage": may(request.user, "attendance.manage"),
        },
    )


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
    kinds = _kinds(sheet, today)
    empty = [f'<td class="{kind}"></td>' for kind in kinds]
    written = cache(_cell)
    rows: list[str] = []
    address = reverse("timesheet_person", args=["CODE"]) + f"?thang={sheet.first:%Y-%m}"
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
        link = address.replace("CODE", quote(person.code, safe=""))
        rows.append(_row(person, "".join(cells), link))
    return mark_safe("".join(rows))  # noqa: S308 -- every text in it was escaped


def _kinds(sheet: MonthSheet, today: date) -> list[str]:
    return [f"{kind} today" if day == today else kind for day, kind in sheet.day_types.items()]


def _cell(cell: MonthCell, kind: str) -> str:
    """Symbol and hours; lateness and open questions by a letter as well as by colour."""
    signs = ""
    if cell.status == "rest":
        kind = kind.replace("work", "rest")
    if cell.questions:
        signs += "<b>!</b>"
        kind += " ask"
    if cell.symbol == ABSENT:
        kind += " away"
    if cell.late or cell.early:
        signs += f"<sub>M{cell.late}</sub>" if cell.late else ""
        signs += f"<sub>S{cell.early}</sub>" if cell.early else ""
        kind += " late"
    if cell.worked:
        signs += f"<small>{clock_time(cell.worked)}</small>"
    return f'<td class="{kind}">{escape(cell.symbol)}{signs}</td>'


def _row(person: PersonMonth, cells: str, link: str) -> str:
    name = escape(person.name)
    code = escape(person.code)
    part = f" · {escape(person.part)}" if person.part else ""
    return (
        f'<tr data-person="{code}"><th scope="row"><a href="{escape(link)}">{name}</a>'
        f"<small>{code}{part}</small></th>{cells}{_sums(person)}</tr>"
    )


def _sums(person: PersonMonth) -> str:
    return (
        f'<td class="number">{_days(person.regular)}</td>'
        f'<td class="number">{_days(person.leave)}</td>'
        f'<td class="number">{person.late or ""}</td>'
        f'<td class="number">{hours(person.overtime) if person.overtime else ""}</td>'
        f'<td class="number">{person.questions or ""}</td>'
    )


def _days(minutes: int) -> str:
    """Days of work: 480 minutes are one công."""
    return hours(minutes * 60 // STANDARD_DAY) if minutes else ""


def grid_foot(sheet: MonthSheet, today: date) -> SafeString:
    """How many people worked each day, and the sums of the columns."""
    came = [0] * len(sheet.day_types)
    everybody = PersonMonth("", "", "", "", "")
    for person in sheet.people:
        for day, cell in person.days.items():
            came[day - 1] += cell.worked > 0
        everybody.regular += person.regular
        everybody.late += person.late
        everybody.overtime += person.overtime
        everybody.questions += person.questions
        everybody.leave += person.leave
    cells = [
        f'<td class="{kind}">{count or ""}</td>'
        for count, kind in zip(came, _kinds(sheet, today), strict=True)
    ]
    return mark_safe("".join(cells) + _sums(everybody))  # noqa: S308 -- numbers only
