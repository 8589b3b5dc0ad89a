"""/cham-cong/lich/: the company's calendar of holidays, a year at a glance."""

import calendar as gregorian
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from attendance.models import CalendarChange, CalendarDay, DayKind, DayStatus, PeriodLock
from attendance.pages.calendar_words import (
    LETTERS,
    awaited_words,
    change_words,
    kind_name,
    weekday_of,
    why_words,
)
from attendance.roster.calendar_days import rest_weekdays
from attendance.roster.drafting import (
    FIRST_YEAR,
    LAST_YEAR,
    Draft,
    choices_of,
    draft_year,
    package_says,
)
from attendance.timesheet.rules import saturdays_worked
from attendance.timesheet.timesheets import day_type
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.vncalendar import lunar_of, year_name

#: The oldest year shown; drafts begin later (drafting.FIRST_YEAR).
OLDEST: Final = 2015
#: Changes of a year shown.
SHOWN: Final = 50
HEADS: Final = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True)
class Cell:
    """A day of a small month: its lunar date, classes and letter, and all of it in words."""

    day: date
    lunar: str
    classes: str
    letter: str
    words: str


def may_change(request: HttpRequest) -> bool:
    """The calendar is the whole company's: HR of some departments only looks at it."""
    user = acting(request)
    return may(user, "attendance.manage") and not user.departments.exists()


def year_from(text: str, *, default: int) -> int:
    """A year that can be shown; anything else is the default."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else default
    return year if OLDEST <= year <= LAST_YEAR else default


def days_of(year: int) -> QuerySet[CalendarDay]:
    return CalendarDay.objects.filter(date__year=year).order_by("date")


def draft_around(year: int, days: Mapping[date, CalendarDay]) -> Draft | None:
    """The year's draft by what its stored holidays tell; None before the law it follows."""
    if year < FIRST_YEAR:
        return None
    holidays = {day.date for day in days.values() if day.kind == DayKind.HOLIDAY}
    told = choices_of(year, holidays, rest_weekdays(year))
    return draft_year(year, told, package=package_says(year))


@require_GET
@requires("attendance.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """?nam=: twelve months, the days that differ from their week, and what was changed."""
    today = clock.today()
    year = year_from(request.GET.get("nam", ""), default=today.year)
    days = {day.date: day for day in days_of(year)}
    draft = draft_around(year, days)
    changes = list(
        CalendarChange.objects.filter(date__year=year).select_related("by").order_by("-pk")
    )
    closed = set(
        PeriodLock.objects.standing().filter(period__year=year).values_list("period", flat=True)
    )
    manages = may_change(request)
    saturdays = saturdays_worked(date(year, 1, 1), date(year, 12, 31))
    return render(
        request,
        "attendance/calendar.html",
        {
            "year": year,
            "lunar_year": year_name(year),
            "before": year - 1 if year > OLDEST else None,
            "after": year + 1 if year < LAST_YEAR else None,
            "heads": HEADS,
            "months": [
                (
                    date(year, month, 1),
                    date(year, month, 1) in closed,
                    _weeks(year, month, days, saturdays, today),
                )
                for month in range(1, 13)
            ],
            "legend": [(kind, letter, kind_name(kind)) for kind, letter in LETTERS.items()],
            "lines": _lines(days, draft, changes),
            "drafts": sum(day.status == DayStatus.DRAFT for day in days.values()),
            "awaited": [awaited_words(item) for item in draft.awaited] if draft and days else [],
            "changes": [(change, change_words(change)) for change in changes[:SHOWN]],
            "may_change": manages,
            "may_draft": manages and year >= FIRST_YEAR,
        },
    )


def _weeks(
    year: int,
    month: int,
    days: Mapping[date, CalendarDay],
    saturdays: Collection[date],
    today: date,
) -> list[list[Cell | None]]:
    weeks = gregorian.Calendar().monthdatescalendar(year, month)
    return [
        [
            _cell(day, days.get(day), saturdays, today) if day.month == month else None
            for day in week
        ]
        for week in weeks
    ]


def _cell(day: date, special: CalendarDay | None, saturdays: Collection[date], today: date) -> Cell:
    lunar = lunar_of(day)
    short = f"{lunar.day}/{lunar.month}" if 1 in (lunar.day, day.day) else str(lunar.day)
    told = [f"{day:%d/%m/%Y}", weekday_of(day)]
    classes: list[str] = [day_type(day, special.kind if special else None, saturdays)]
    if special is not None:
        told.append(f"{kind_name(special.kind)}: {special.name}")
        told.append(str(special.get_status_display()))
        classes += [special.kind, special.status]
    told.append(_("âm lịch %(date)s") % {"date": lunar_words(day)})
    if day == today:
        classes.append("today")
    letter = LETTERS[DayKind(special.kind)] if special else ""
    return Cell(day, short, " ".join(dict.fromkeys(classes)), letter, ", ".join(told))


def lunar_words(day: date) -> str:
    """The lunar day and month, and whether that is a leap month."""
    lunar = lunar_of(day)
    leap = _(" nhuận") if lunar.is_leap else ""
    return f"{lunar.day}/{lunar.month}{leap}"


def _lines(
    days: Mapping[date, CalendarDay], draft: Draft | None, changes: list[CalendarChange]
) -> list[dict[str, Any]]:
    """The special days as a list: why a draft is one, or who confirmed it."""
    last = {change.date: change for change in reversed(changes)}
    why = {day.on: why_words(day) for day in draft.days} if draft else {}
    return [
        {
            "day": day,
            "weekday": weekday_of(day.date),
            "letter": LETTERS[DayKind(day.kind)],
            "lunar": lunar_words(day.date),
            "why": why.get(day.date, "") if day.status == DayStatus.DRAFT else "",
            "change": last.get(day.date),
        }
        for day in days.values()
    ]
