"""/cham-cong/lich/nhap/: a year's draft beside the calendar, before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from attendance.models import CalendarDay, DayKind
from attendance.pages.calendar import days_of, may_change, year_from
from attendance.pages.calendar_day import tell_saved
from attendance.pages.calendar_words import (
    awaited_words,
    effect_words,
    kind_name,
    otherwise_words,
    told_changed,
    weekday_of,
    why_words,
)
from attendance.roster.calendar_days import differing, effect_of, rest_weekdays, save_draft
from attendance.roster.drafting import (
    FIRST_YEAR,
    SATURDAY_SUNDAY,
    SUNDAY,
    Choices,
    Draft,
    DraftDay,
    NationalSplit,
    TetSplit,
    choices_of,
    draft_year,
    package_says,
)
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.forms import Refusal

TET_CHOICES = (
    (TetSplit.UNKNOWN, gettext_lazy("chưa công bố")),
    (TetSplit.TWO_BEFORE, gettext_lazy("2 ngày cuối năm và 3 ngày đầu năm")),
    (TetSplit.ONE_BEFORE, gettext_lazy("1 ngày cuối năm và 4 ngày đầu năm")),
)
NATIONAL_CHOICES = (
    (NationalSplit.UNKNOWN, gettext_lazy("chưa công bố")),
    (NationalSplit.BEFORE, "01–02/9"),
    (NationalSplit.AFTER, "02–03/9"),
)


@dataclass(frozen=True)
class Line:
    """A drafted day beside the stored one: `state` is new, same or differs."""

    day: DraftDay
    weekday: str
    kind: str
    why: str
    state: str
    stored: str
    chosen: bool


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def calendar_draft(request: HttpRequest) -> HttpResponse:
    """The draft of ?nam= by what is chosen to be announced; POST saves the ticked new days."""
    sent = request.POST if request.method == "POST" else request.GET
    year = max(year_from(sent.get("nam", ""), default=clock.today().year + 1), FIRST_YEAR)
    stored = {day.date: day for day in days_of(year)}
    choices = _choices(request, year, stored)
    draft = draft_year(year, choices, package=package_says(year))
    new = [day for day in draft.days if day.on not in stored]
    chosen = set(sent.getlist("ngay")) if request.method == "POST" else None
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            _save(request, [day for day in new if f"{day.on:%Y-%m-%d}" in (chosen or ())])
            return redirect(f"{reverse('calendar')}?nam={year}")
    touched = differing({day.on: day.kind.value for day in new})
    return render(
        request,
        "attendance/calendar_draft.html",
        {
            "year": year,
            "choices": choices,
            "saturday_rests": 5 in choices.rest_days,
            "tet_choices": TET_CHOICES,
            "national_choices": NATIONAL_CHOICES,
            "lines": [_line(day, stored.get(day.on), chosen) for day in draft.days],
            "new": len(new),
            "effect": effect_words(effect_of(touched)) if touched else [],
            "awaited": [awaited_words(item) for item in draft.awaited],
            "otherwise": [(item, otherwise_words(item)) for item in draft.otherwise],
            "only_stored": _only_stored(stored, draft),
            "problem": refusal.text,
            "may_change": may_change(request),
        },
        status=refusal.status,
    )


def _choices(request: HttpRequest, year: int, stored: Mapping[date, CalendarDay]) -> Choices:
    """What was sent; what was not, as the stored holidays tell."""
    sent = request.POST if request.method == "POST" else request.GET
    usual = rest_weekdays(year)
    rest_days = {"lam": SUNDAY, "nghi": SATURDAY_SUNDAY}.get(sent.get("thu_bay", ""), usual)
    holidays = {day.date for day in stored.values() if day.kind == DayKind.HOLIDAY}
    told = choices_of(year, holidays, rest_days)
    tet, national = sent.get("tet"), sent.get("quoc_khanh")
    return Choices(
        rest_days,
        TetSplit(tet) if tet in tuple(TetSplit) else told.tet,
        NationalSplit(national) if national in tuple(NationalSplit) else told.national,
    )


def _save(request: HttpRequest, days: list[DraftDay]) -> None:
    touched = differing({day.on: day.kind.value for day in days})
    effect = effect_of(touched) if touched else None
    saved = save_draft(days, by=acting(request), at=clock.now())
    tell_saved(request, told_changed(len(saved)), effect)


def _line(day: DraftDay, stored: CalendarDay | None, chosen: set[str] | None) -> Line:
    is_same = stored is not None and (stored.kind, stored.name) == (day.kind, day.name)
    return Line(
        day=day,
        weekday=weekday_of(day.on),
        kind=kind_name(day.kind),
        why=why_words(day),
        state="new" if stored is None else "same" if is_same else "differs",
        stored=_("%(kind)s: %(name)s") % {"kind": kind_name(stored.kind), "name": stored.name}
        if stored
        else "",
        chosen=chosen is None or f"{day.on:%Y-%m-%d}" in chosen,
    )


def _only_stored(stored: Mapping[date, CalendarDay], draft: Draft) -> list[CalendarDay]:
    drafted = {day.on for day in draft.days}
    return [day for day in stored.values() if day.date not in drafted]
