"""/cham-cong/lich/ngay/…/ and /cham-cong/lich/xac-nhan/: one day of the calendar, and confirming."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from attendance.models import CalendarChange, CalendarDay, DayKind, DayStatus
from attendance.pages.calendar import days_of, draft_around, lunar_words, may_change, year_from
from attendance.pages.calendar_words import (
    change_words,
    closed_words,
    effect_words,
    kind_name,
    weekday_of,
    why_words,
)
from attendance.roster.calendar_days import (
    Effect,
    Entry,
    add_day,
    change_day,
    confirm_days,
    differing,
    effect_of,
    remove_day,
)
from attendance.timesheet.rules import saturdays_worked
from attendance.timesheet.timesheets import day_type
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.forms import Refusal, checked
from backend.pages.months import day_from
from backend.reasons import REASON_MIN


class DayForm(forms.Form):
    """What the calendar is to say of the day."""

    loai = forms.ChoiceField(label=gettext_lazy("Loại ngày"), choices=DayKind.choices)
    ten = forms.CharField(label=gettext_lazy("Tên"), max_length=100)
    van_ban = forms.CharField(label=gettext_lazy("Văn bản"), max_length=200, required=False)
    xac_nhan = forms.BooleanField(label=gettext_lazy("Đã xác nhận"), required=False)
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000, required=False)


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def calendar_day(request: HttpRequest, day: str) -> HttpResponse:
    """The day, what was done to it, and the form to change it; POST does `viec`: luu or bo."""
    on = day_from(day)
    if on is None:
        raise Http404
    stored = CalendarDay.objects.filter(date=on).first()
    refusal = Refusal()
    if request.method == "POST":
        if not may_change(request):
            raise PermissionDenied
        with refusal:
            _save(request, on, stored)
            return redirect(f"{reverse('calendar')}?nam={on.year}#ngay-{on:%Y-%m-%d}")
    return render(
        request,
        "attendance/calendar_day.html",
        {
            "day": on,
            "weekday": weekday_of(on),
            "lunar": lunar_words(on),
            "stored": stored,
            "kind": kind_name(stored.kind if stored else None),
            "usual": _usual(on),
            "kinds": DayKind.choices,
            "values": request.POST if refusal.text else _values(on, stored),
            "why": _why(on),
            "effect": effect_words(effect_of([on])),
            "changes": [
                (change, change_words(change))
                for change in CalendarChange.objects.filter(date=on)
                .select_related("by")
                .order_by("-pk")
            ],
            "reason_min": REASON_MIN,
            "problem": refusal.text,
            "may_change": may_change(request),
        },
        status=refusal.status,
    )


def _usual(day: date) -> str:
    usual = day_type(day, None, saturdays_worked(day, day))
    return _("ngày làm việc") if usual == "work" else _("ngày nghỉ hằng tuần")


def _values(day: date, stored: CalendarDay | None) -> dict[str, Any]:
    """The form as it opens: what is stored, else what a draft would say."""
    if stored is not None:
        is_confirmed = "1" if stored.status == DayStatus.CONFIRMED else ""
        values = (stored.kind, stored.name, stored.document, is_confirmed)
    else:
        drafted = _drafted(day)
        values = (drafted.kind, drafted.name, drafted.document, "") if drafted else ("", "", "", "")
    return dict(zip(("loai", "ten", "van_ban", "xac_nhan"), values, strict=True))


def _drafted(day: date) -> Any:
    draft = draft_around(day.year, {row.date: row for row in days_of(day.year)})
    return next((item for item in draft.days if item.on == day), None) if draft else None


def _why(day: date) -> str:
    drafted = _drafted(day)
    return why_words(drafted) if drafted else ""


def _save(request: HttpRequest, day: date, stored: CalendarDay | None) -> None:
    reason, by, at = request.POST.get("ly_do", ""), acting(request), clock.now()
    if request.POST.get("viec") == "bo":
        effect = _effect(day, None)
        remove_day(day, reason=reason, by=by, at=at)
        told = _("Đã bỏ ngày %(day)s khỏi lịch.")
    else:
        entry = _entry(request)
        effect = _effect(day, entry.kind)
        save = change_day if stored else add_day
        save(day, entry, reason=reason, by=by, at=at)
        told = _("Đã lưu ngày %(day)s.")
    tell_saved(request, told % {"day": f"{day:%d/%m/%Y}"}, effect)


def _effect(day: date, kind: str | None) -> Effect | None:
    days = differing({day: kind})
    return effect_of(days) if days else None


def tell_saved(request: HttpRequest, told: str, effect: Effect | None) -> None:
    """That it was saved, what is computed anew, and which closed months stay."""
    if effect and effect.days:
        told += " " + _("%(days)s ngày công đang được tính lại.") % {"days": effect.days}
    messages.success(request, told)
    if effect and effect.closed:
        messages.warning(request, closed_words(effect.closed))


def _entry(request: HttpRequest) -> Entry:
    sent = checked(DayForm(request.POST))
    status = DayStatus.CONFIRMED if sent["xac_nhan"] else DayStatus.DRAFT
    return Entry(sent["loai"], sent["ten"].strip(), sent["van_ban"].strip(), status.value)


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def calendar_confirm(request: HttpRequest) -> HttpResponse:
    """The drafts of ?nam=, each with its document; POST confirms those that are ticked."""
    year = year_from(
        request.POST.get("nam") or request.GET.get("nam", ""), default=clock.today().year
    )
    drafts = list(days_of(year).filter(status=DayStatus.DRAFT))
    chosen = set(request.POST.getlist("ngay"))
    shared = request.POST.get("van_ban_chung", "").strip()
    typed = {
        day.date: request.POST.get(f"van_ban_{day.date:%Y-%m-%d}", day.document) for day in drafts
    }
    refusal = Refusal()
    if request.method == "POST":
        documents = {on: typed.get(on, "").strip() or shared for on in map(day_from, chosen) if on}
        with refusal:
            done = confirm_days(documents, by=acting(request), at=clock.now())
            tell_saved(request, _("Đã xác nhận %(count)s ngày.") % {"count": len(done)}, None)
            return redirect(f"{reverse('calendar')}?nam={year}")
    draft = draft_around(year, {day.date: day for day in days_of(year)})
    why = {day.on: why_words(day) for day in draft.days} if draft else {}
    return render(
        request,
        "attendance/calendar_confirm.html",
        {
            "year": year,
            "lines": [
                {
                    "day": day,
                    "weekday": weekday_of(day.date),
                    "document": typed[day.date],
                    "chosen": f"{day.date:%Y-%m-%d}" in chosen,
                    "why": why.get(day.date, ""),
                }
                for day in drafts
            ],
            "shared": shared,
            "problem": refusal.text,
            "may_change": may_change(request),
        },
        status=refusal.status,
    )
