"""/cham-cong/ngoai-le/: what the computed days ask, by what caused it."""

from datetime import date
from statistics import median
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from attendance.leave.catalogue import LEAVE_CODES, PRIVATE, TRIP
from attendance.models import Assignee
from attendance.pages.exception_lines import chosen_issues, lines_of, query_of
from attendance.review import exception_words as words
from attendance.review.exception_causes import ABSENT, Fix, Group, age, is_overdue
from attendance.review.open_exceptions import grouped
from backend import clock
from backend.accounts.permissions import may, requires
from backend.reasons import REASON_MIN

#: Exceptions of one group on a page.
SHOWN: Final = 200
#: Leave that can be granted here; private leave asks for its event, so it is on its own page.
_LEAVE: Final = [(code, name) for code, name in LEAVE_CODES.items() if code != PRIVATE]


@require_GET
@requires("attendance.team")
def exceptions(request: HttpRequest) -> HttpResponse:
    """?nhom= chooses a group, ?thang= a month, ?giao= hr or manager, ?qua-han=1 the overdue."""
    return inbox_page(request)


def inbox_page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    today = clock.today()
    issues = chosen_issues(request)
    groups = grouped(issues)
    wanted = request.GET.get("nhom", "")
    current = next((each for each in groups if each.cause.key == wanted), None)
    if current is None and groups:
        current = groups[0]
    lines = lines_of(current.issues[:SHOWN], current, today) if current else []
    context = {
        "groups": [_listed(request, each, today) for each in groups],
        "current": current,
        "title": words.title(current.cause) if current else "",
        "advice": words.advice(current.cause) if current else "",
        "reason": request.POST.get("ly_do")
        or (words.usual_reason(current.cause) if current else ""),
        "lines": lines,
        "hidden": len(current.issues) - len(lines) if current else 0,
        "suggested": any(each.suggestion.fix != Fix.LOOK for each in lines),
        "writable": any(each.times for each in lines),
        "absences": [(TRIP, _("công tác")), *_LEAVE]
        if current and current.cause.kind == ABSENT
        else [],
        "ways": _ways(request, current) if current else [],
        "query": query_of(request, nhom=current.cause.key if current else ""),
        "total": len(issues),
        "overdue": sum(is_overdue(each.day, on=today) for each in issues),
        "median_age": round(median(age(each.day, on=today) for each in issues)) if issues else 0,
        "chosen": request.GET,
        "assignees": Assignee.choices,
        "problem": problem,
        "reason_min": REASON_MIN,
        "may_correct": may(request.user, "attendance.manage"),
    }
    return render(request, "attendance/exceptions.html", context, status=status)


def _listed(request: HttpRequest, group: Group, today: date) -> dict[str, Any]:
    """A group as a line of the list of groups."""
    return {
        "group": group,
        "title": words.title(group.cause),
        "query": query_of(request, nhom=group.cause.key),
        "age": age(group.oldest, on=today),
        "is_overdue": is_overdue(group.oldest, on=today),
    }


def _ways(request: HttpRequest, group: Group) -> list[tuple[str, str]]:
    """Where the cause itself is put right, as far as the person may go there: label, address."""
    cause, user, ways = group.cause, request.user, list[tuple[str, str]]()
    by_terminal = cause.kind in ("outage", "clock_drift", "unassigned_punch")
    if by_terminal and cause.subject and may(user, "terminals.view"):
        ways += [(_("Xem máy %(code)s") % {"code": cause.subject}, _terminal(cause.subject))]
    if cause.kind in ("no_shift", "unassigned_punch") and may(user, "attendance.view"):
        ways += [(_("Bảng phân ca"), f"{reverse('roster')}?tuan={group.oldest.isoformat()}")]
    if cause.kind == "outside_employment" and may(user, "attendance.manage"):
        ways += [(_("Mã trên máy của ai"), reverse("mapped_days"))]
    return ways


def _terminal(code: str) -> str:
    return reverse("terminal", kwargs={"code": code})
