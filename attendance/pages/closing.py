"""/cham-cong/chot-cong/: a month's checklist, confirmations, lock, and what came after it."""

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.models import Adjustment, PeriodLock
from attendance.timesheet import checklist
from attendance.timesheet.change_words import delta_words
from attendance.timesheet.closing import confirm, lock, reopen
from attendance.timesheet.confirm_reminding import last_reminded, remind_heads
from attendance.timesheet.month import PersonMonth, load_month
from attendance.timesheet.symbols import clock_time
from attendance.timesheet.timesheets import month_of
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import departments_for, employees_for
from backend.months import shifted
from backend.pages.forms import Refusal
from backend.pages.months import month_from
from backend.problems import Problem
from backend.reasons import REASON_MIN

#: Adjustments shown; all of them are counted.
SHOWN: Final = 200


def _month(request: HttpRequest) -> date:
    """?thang=, or the month before this one: the one that is to be closed."""
    sent = request.POST.get("thang") or request.GET.get("thang", "")
    return month_from(sent, default=shifted(clock.today(), -1))


@require_GET
@requires("attendance.view")
def closing(request: HttpRequest) -> HttpResponse:
    """The month as it stands."""
    return _show(request, _month(request))


@require_POST
@requires("attendance.manage")
def lock_month(request: HttpRequest) -> HttpResponse:
    """Close the month of the form."""
    month = _month(request)
    try:
        lock(month, note=request.POST.get("ly_do", ""), by=acting(request), at=clock.now())
    except Problem as error:
        return _show(request, month, error)
    messages.success(request, _("Đã khóa kỳ công. Dữ liệu đến sau sẽ thành điều chỉnh."))
    return _back(month)


@require_POST
@requires("attendance.manage")
def reopen_month(request: HttpRequest) -> HttpResponse:
    """Open the month of the form again."""
    month = _month(request)
    held = PeriodLock.objects.holding(month).first()
    if held is None:
        return _back(month)
    try:
        reopen(held, reason=request.POST.get("ly_do", ""), by=acting(request), at=clock.now())
    except Problem as error:
        return _show(request, month, error)
    messages.success(request, _("Đã mở lại kỳ công; các ngày có điều chỉnh đang được tính lại."))
    return _back(month)


@require_POST
@requires("attendance.manage")
def remind_departments(request: HttpRequest) -> HttpResponse:
    """Mail the heads who have not confirmed the month of the form."""
    month = _month(request)
    seen = set(departments_for(acting(request)).values_list("pk", flat=True))
    try:
        done = remind_heads(month, among=seen, by=acting(request), at=clock.now())
    except Problem as error:
        return _show(request, month, error)
    for told, named in (
        (_("Đã gửi thư nhắc: %(names)s."), done.sent),
        (_("Hôm nay đã nhắc rồi: %(names)s."), done.already),
        (
            _("Không nhắc được vì chưa có trưởng bộ phận có tài khoản và thư: %(names)s."),
            done.unreachable,
        ),
    ):
        if named:
            names = ", ".join(department.name for department in named)
            level = messages.SUCCESS if named is done.sent else messages.WARNING
            messages.add_message(request, level, told % {"names": names})
    return _back(month)


def _back(month: date) -> HttpResponse:
    answer = redirect("closing")
    answer["Location"] += f"?thang={month:%Y-%m}"
    return answer


def _show(request: HttpRequest, month: date, problem: Problem | None = None) -> HttpResponse:
    user, now = acting(request), clock.now()
    held = PeriodLock.objects.holding(month).select_related("by").first()
    items = _items(request, month)
    seen = set(departments_for(user).values_list("pk", flat=True))
    states = [s for s in checklist.departments(month) if s.department.pk in seen]
    reminded = last_reminded(month)
    return render(
        request,
        "attendance/closing.html",
        {
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1),
            "is_over": month_of(month)[1] < now.astimezone(clock.VN).date(),
            "held": held,
            "items": items,
            "left": sum(bool(item["count"]) for item in items),
            "departments": [(state, reminded.get(state.department.pk)) for state in states],
            "unconfirmed": not all(state.is_done for state in states),
            "may_confirm": may(user, "attendance.team"),
            "locks": _locks(month),
            "may_manage": may(user, "attendance.manage"),
            "is_locker": held is not None and held.by_id == user.pk,
            "reason": request.POST.get("ly_do", "") if problem else "",
            "reason_min": REASON_MIN,
            "problem": str(problem) if problem else "",
            **_adjustments(held, month, user),
        },
        status=problem.status if problem else 200,
    )


#: The checklist: what it says, the page where it is done, and who may go there.
_ITEMS: Final = {
    checklist.WAITING: (gettext_lazy("Ngày công đang chờ tính"), "timesheets", "attendance.view"),
    checklist.TERMINALS: (
        gettext_lazy("Máy có thể còn giữ lượt chấm"),
        "terminals",
        "terminals.view",
    ),
    checklist.UNKNOWN: (
        gettext_lazy("Lượt chấm của mã chưa biết là ai"),
        "unknown_users",
        "terminals.view",
    ),
    checklist.CALENDAR: (gettext_lazy("Ngày lễ chờ xác nhận"), "calendar", "attendance.view"),
    checklist.REQUESTS: (gettext_lazy("Đơn chờ duyệt"), "requests", "attendance.team"),
    checklist.EXCEPTIONS: (gettext_lazy("Ngoại lệ chưa quyết"), "exceptions", "attendance.team"),
    checklist.DEPARTMENTS: (
        gettext_lazy("Phòng ban chưa xác nhận"),
        "confirm_departments",
        "attendance.team",
    ),
}


def _items(request: HttpRequest, month: date) -> list[dict[str, Any]]:
    """The checklist in words: what, how many, which, and the page where it is done."""
    user, now = acting(request), clock.now()
    counts = checklist.counts(month, user=user, at=now)
    named = {
        checklist.TERMINALS: [
            terminal.name for terminal in checklist.incomplete_terminals(month, user=user, at=now)
        ]
        if counts[checklist.TERMINALS]
        else [],
        checklist.CALENDAR: [
            f"{day.date:%d/%m} {day.name}" for day in checklist.unconfirmed_days(month)
        ],
    }
    of_month = f"?thang={month:%Y-%m}"
    queries = {
        checklist.WAITING: of_month,
        checklist.CALENDAR: f"?nam={month.year}",
        checklist.EXCEPTIONS: of_month,
        checklist.DEPARTMENTS: of_month,
    }
    return [
        {
            "title": title,
            "count": counts[code],
            "named": named.get(code, []),
            "url": reverse(url) + queries.get(code, "") if may(user, capability) else "",
        }
        for code, (title, url, capability) in _ITEMS.items()
    ]


def _locks(month: date) -> list[PeriodLock]:
    return list(
        PeriodLock.objects.filter(period=month)
        .select_related("by", "reopening__by")
        .order_by("-pk")
    )


def _adjustments(held: PeriodLock | None, month: date, user: User) -> dict[str, Any]:
    """What came after the standing lock, and what earlier months carry into this one."""
    standing = Adjustment.objects.filter(
        lock__reopening__isnull=True, employee__in=employees_for(user)
    )
    since = standing.filter(lock=held) if held else standing.none()
    into = standing.filter(into=month)
    return {
        "since": _told(since),
        "since_count": since.count(),
        "into": _told(into),
        "into_count": into.count(),
    }


def _told(rows: Any) -> list[dict[str, Any]]:
    return [
        {"row": row, "words": delta_words(row.delta)}
        for row in rows.select_related("employee").order_by("-pk")[:SHOWN]
    ]


@require_http_methods(["GET", "POST"])
@requires("attendance.team")
def confirm_departments(request: HttpRequest) -> HttpResponse:
    """A department's people and totals of the month, to be confirmed by its head or HR."""
    month, user = _month(request), acting(request)
    mine = departments_for(user).order_by("code")
    chosen = request.POST.get("phong") or request.GET.get("phong", "")
    department = get_object_or_404(mine, code=chosen) if chosen else mine.first()
    refusal = Refusal()
    if request.method == "POST":
        if department is None:
            raise Http404
        with refusal:
            confirm(department, month, by=user, at=clock.now())
            messages.success(
                request, _("Đã xác nhận bảng công của %(name)s.") % {"name": department.name}
            )
            answer = redirect("confirm_departments")
            answer["Location"] += f"?thang={month:%Y-%m}&phong={department.code}"
            return answer
    states = {state.department.pk: state for state in checklist.departments(month)}
    sheet = load_month(month, at=clock.now(), department=department.code) if department else None
    return render(
        request,
        "attendance/confirm_departments.html",
        {
            "month": month,
            "before": shifted(month, -1),
            "after": shifted(month, 1),
            "departments": mine,
            "department": department,
            "state": states.get(department.pk) if department else None,
            "people": [_totals(person) for person in (sheet.people if sheet else [])],
            "is_locked": PeriodLock.objects.holding(month).exists(),
            "problem": refusal.text,
            "may_view": may(user, "attendance.view"),
        },
        status=refusal.status,
    )


def _totals(person: PersonMonth) -> dict[str, Any]:
    return {
        "person": person,
        "regular": clock_time(person.regular),
        "overtime": clock_time(person.overtime),
        "leave": clock_time(person.leave),
    }
