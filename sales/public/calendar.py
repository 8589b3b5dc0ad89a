"""/lich-quay/: which province draws when, for people and for their calendars."""

from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from backend import clock
from backend.clock import VN
from backend.icalendar import calendar_text, escaped, utc
from sales.draws.calendar_keeping import OVER_AT
from sales.draws.drawing import planned_draws
from sales.draws.results import DRAWN_FROM
from sales.models import Draw, DrawPause, DrawSchedule, DrawStatus
from sales.models.draws import Weekday
from sales.public.frame import HOUR, page
from sales.public.sheets import address_of

#: As far ahead as draws are planned.
AHEAD: Final = timedelta(days=59)
SHOWN_AHEAD: Final = timedelta(days=27)


@page(seconds=HOUR)
def calendar(request: HttpRequest) -> HttpResponse:
    """The draws of four weeks, the week as a rule, and days without a draw."""
    today = clock.today()
    context = {
        "draws": coming_draws(today, today + SHOWN_AHEAD),
        "week": _week(today),
        "pauses": DrawPause.objects.filter(last_date__gte=today).order_by("first_date"),
        "begins": DRAWN_FROM,
    }
    return render(request, "public/calendar.html", context)


@page(seconds=HOUR)
def calendar_file(request: HttpRequest) -> HttpResponse:
    """The draws of two months as iCalendar (RFC 5545), always in Vietnamese."""
    today = clock.today()
    with translation.override("vi"):
        lines = _calendar_lines(coming_draws(today, today + AHEAD))
    answer = HttpResponse(calendar_text(lines), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="lich-quay.ics"'
    return answer


def coming_draws(first: date, last: date) -> list[Draw]:
    """Draws of [first, last] that take place: those there are, and as planned where none is yet."""
    known = {draw.date: draw for draw in Draw.objects.between(first, last)}
    planned = {draw.date: draw for draw in planned_draws(first, last)}
    return [
        draw for _day, draw in sorted((planned | known).items()) if draw.status != DrawStatus.VOID
    ]


def _week(today: date) -> list[tuple[str, str]]:
    """Weekday and host by the schedule in force, from Monday."""
    rows = DrawSchedule.objects.filter(valid_from__lte=today).order_by("valid_from", "pk")
    hosts = {row.weekday: row.host for row in rows}
    return [(str(Weekday(number).label), hosts[number]) for number in sorted(hosts)]


def _calendar_lines(draws: list[Draw]) -> list[str]:
    events = [line for draw in draws for line in _event(draw)]
    return [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Giao Ban//Lich quay//VI",
        f"X-WR-CALNAME:{escaped(_('Lịch quay xổ số miền Bắc'))}",
        *events,
        "END:VCALENDAR",
    ]


def _event(draw: Draw) -> list[str]:
    begins, ends = (datetime.combine(draw.date, at, VN) for at in (DRAWN_FROM, OVER_AT))
    title = _("Quay thưởng xổ số miền Bắc: {host}").format(host=draw.host)
    return [
        "BEGIN:VEVENT",
        f"UID:{draw.date:%Y%m%d}@xo-so-mien-bac",
        # The same draw always makes the same lines, so that a calendar finds nothing changed.
        f"DTSTAMP:{utc(begins - AHEAD)}",
        f"DTSTART:{utc(begins)}",
        f"DTEND:{utc(ends)}",
        f"SUMMARY:{escaped(title)}",
        f"URL:{address_of(draw.date)}",
        "END:VEVENT",
    ]
