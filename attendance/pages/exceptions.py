"""/cham-cong/ngoai-le/: what the computed days ask, by cause, and what people decided about it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from attendance import exception_words as words
from attendance.deciding import (
    allow_overtime,
    assign,
    correct,
    let_stand,
    record_leave,
    reopen,
)
from attendance.exception_causes import (
    ABSENT,
    Fix,
    Group,
    Issue,
    Suggestion,
    age,
    is_overdue,
    moment_on,
    suggest,
)
from attendance.leaves import LEAVE_CODES, TRIP
from attendance.models import Assignee, ExceptionDecision, Verdict
from attendance.models.manual import REASON_MIN
from attendance.open_exceptions import grouped, in_charge, open_issues
from attendance.pages.months import day_from, shifted
from attendance.reasons import ReasonMissing, checked_reason
from attendance.timesheets import month_of
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import may, requires
from backend.accounts.scope import employees_for
from backend.problems import Problem

#: Exceptions of one group on a page, and decisions on a page of the list.
SHOWN: Final = 200
LISTED: Final = 50
#: So many people are named in a message, the others counted.
NAMED: Final = 5


@dataclass(frozen=True)
class Line:
    """One exception as shown, with the times that are suggested for it ("07:30")."""

    issue: Issue
    asked: str
    evidence: str
    suggestion: Suggestion
    fix: str
    age: int
    is_overdue: bool

    @property
    def times(self) -> list[tuple[str, str]]:
        """The name of each input and the suggested time, or "" where nothing suggests one."""
        suggested = [f"{moment:%H:%M}" for moment in self.suggestion.moments]
        suggested += [""] * self.suggestion.asked
        return [(f"gio.{number}.{self.issue.key}", text) for number, text in enumerate(suggested)]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type for mypy
    return request.user


def _issues(request: HttpRequest) -> list[Issue]:
    """The open exceptions that ?thang= (else this month and the one before) and ?giao= ask for."""
    today = clock.today()
    month = day_from(f"{request.GET.get('thang', '')}-01")
    if month is None:
        first, last = shifted(today, -1), today
    else:
        first, last = month_of(month)
    mine = in_charge(_user(request))
    found = open_issues(mine, first=first, last=min(last, today), at=clock.now())
    chosen = request.GET.get("giao", "")
    if chosen in Assignee.values:
        found = [each for each in found if each.to_manager == (chosen == Assignee.MANAGER)]
    if request.GET.get("qua-han"):
        found = [each for each in found if is_overdue(each.day, on=today)]
    return found


def _line(issue: Issue, group: Group, on: date) -> Line:
    suggestion = suggest(issue, group.cause)
    return Line(
        issue=issue,
        asked=words.asked(issue.code),
        evidence=words.evidence(issue),
        suggestion=suggestion,
        fix=words.fix_name(suggestion),
        age=age(issue.day, on=on),
        is_overdue=is_overdue(issue.day, on=on),
    )


@require_GET
@requires("attendance.team")
def exceptions(request: HttpRequest) -> HttpResponse:
    """?nhom= chooses a group, ?thang= a month, ?giao= hr or manager, ?qua-han=1 the overdue."""
    return _page(request)


def _page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    today = clock.today()
    issues = _issues(request)
    groups = grouped(issues)
    wanted = request.GET.get("nhom", "")
    current = next((each for each in groups if each.cause.key == wanted), None)
    if current is None and groups:
        current = groups[0]
    lines = [_line(each, current, today) for each in current.issues[:SHOWN]] if current else []
    context = {
        "groups": [
            {
                "group": each,
                "title": words.title(each.cause),
                "query": _query(request, nhom=each.cause.key),
                "age": age(each.oldest, on=today),
                "is_overdue": is_overdue(each.oldest, on=today),
            }
            for each in groups
        ],
        "current": current,
        "title": words.title(current.cause) if current else "",
        "advice": words.advice(current.cause) if current else "",
        "reason": request.POST.get("ly_do")
        or (words.usual_reason(current.cause) if current else ""),
        "lines": lines,
        "hidden": len(current.issues) - len(lines) if current else 0,
        "suggested": any(each.suggestion.fix != Fix.LOOK for each in lines),
        "writable": any(each.times for each in lines),
        "absences": [(TRIP, _("công tác")), *LEAVE_CODES.items()]
        if current and current.cause.kind == ABSENT
        else [],
        "ways": _ways(request, current) if current else [],
        "query": _query(request, nhom=current.cause.key if current else ""),
        "total": len(issues),
        "overdue": sum(is_overdue(each.day, on=today) for each in issues),
        "median_age": round(median(age(each.day, on=today) for each in issues)) if issues else 0,
        "chosen": request.GET,
        "assignees": Assignee.choices,
        "problem": problem,
        "reason_min": REASON_MIN,
        "may_correct": may(request.user, "attendance.manage"),
        "may_view": may(request.user, "attendance.view"),
    }
    return render(request, "attendance/exceptions.html", context, status=status)


def _ways(request: HttpRequest, group: Group) -> list[tuple[str, str]]:
    """Where the cause itself is put right, as far as the person may go there: label, address."""
    cause, user = group.cause, request.user
    if cause.kind in ("outage", "clock_drift") and cause.subject and may(user, "terminals.view"):
        return [(_("Xem máy %(code)s") % {"code": cause.subject}, _terminal(cause.subject))]
    if cause.kind == "no_shift" and may(user, "attendance.view"):
        return [(_("Bảng phân ca"), f"{reverse('roster')}?tuan={group.oldest.isoformat()}")]
    return []


def _terminal(code: str) -> str:
    return reverse("terminal", kwargs={"code": code})


def _query(request: HttpRequest, **changed: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("thang", "giao", "qua-han")}
    return urlencode({name: value for name, value in (kept | changed).items() if value})


def _back(request: HttpRequest) -> HttpResponse:
    address = reverse("exceptions")
    query = _query(request, nhom=request.GET.get("nhom", ""))
    return redirect(f"{address}?{query}" if query else address)


def _marked(request: HttpRequest) -> tuple[list[Line], int]:
    """The marked exceptions that are still open as they were seen, and how many are not."""
    keys = set(request.POST.getlist("chon"))
    today = clock.today()
    lines = [
        _line(issue, group, today)
        for group in grouped(_issues(request))
        for issue in group.issues
        if issue.key in keys
    ]
    return lines, len(keys) - len(lines)


@require_POST
@requires("attendance.team")
def decide_exceptions(request: HttpRequest) -> HttpResponse:
    """Decide the marked exceptions, each on its own: one that fails stops no other."""
    what = request.POST.get("viec", "")
    reason = request.POST.get("ly_do", "")
    try:
        checked_reason(reason)
    except ReasonMissing as problem:
        return _page(request, problem=str(problem), status=problem.status)
    lines, gone = _marked(request)
    done, failed = 0, defaultdict[str, list[str]](list)
    for line in lines:
        try:
            _decide(request, line, what, reason)
        except Problem as problem:
            failed[str(problem)].append(f"{line.issue.name} {line.issue.day:%d/%m/%Y}")
        else:
            done += 1
    for text, who in failed.items():
        more = f" +{len(who) - NAMED}" if len(who) > NAMED else ""
        messages.error(request, f"{text} ({', '.join(who[:NAMED])}{more})")
    if done:
        text = ngettext("Đã quyết %(count)s ngoại lệ.", "Đã quyết %(count)s ngoại lệ.", done)
        messages.success(request, text % {"count": done})
    if gone:
        messages.warning(
            request,
            _("Có ngoại lệ không còn mở hoặc ngày công đã đổi nên chưa quyết; hãy xem lại."),
        )
    if not done and not gone and not lines:
        messages.warning(request, _("Chưa đánh dấu ngoại lệ nào."))
    return _back(request)


def _decide(request: HttpRequest, line: Line, what: str, reason: str) -> None:
    by, at, fix = _user(request), clock.now(), line.suggestion.fix
    if what == "de-xuat" and fix == Fix.OVERTIME:
        moments = _moments(request, line)
        if len(moments) != 2:
            raise Problem(_("Làm thêm phải có giờ bắt đầu và giờ kết thúc."))
        allow_overtime(line.issue, start=moments[0], end=moments[1], reason=reason, by=by, at=at)
    elif what == "de-xuat" and line.times:
        correct(line.issue, moments=_moments(request, line), reason=reason, by=by, at=at)
    elif what == "nghi" and line.issue.code == ABSENT:
        code = request.POST.get("loai", "")
        record_leave(line.issue, code=code, reason=reason, by=by, at=at)
    elif what == "giu" or (what == "de-xuat" and fix == Fix.ACCEPT):
        let_stand(line.issue, excused=False, reason=reason, by=by, at=at)
    elif what == "co-ly-do":
        let_stand(line.issue, excused=True, reason=reason, by=by, at=at)
    else:
        raise Problem(_("Ngày này phải xem riêng: chưa có đề xuất để duyệt hàng loạt."))


def _moments(request: HttpRequest, line: Line) -> list[datetime]:
    """The moments of the clock times that were sent; an emptied one is left out."""
    found = []
    for (name, _text), moment in zip_longest(line.times, line.suggestion.moments):
        if not (sent := request.POST.get(name, "").strip()):
            continue
        try:
            clock_time = time.fromisoformat(sent)
        except ValueError:
            raise Problem(_("Giờ không hợp lệ. Hãy ghi như 07:30.")) from None
        local = (
            datetime.combine(moment, clock_time) if moment else moment_on(line.issue, clock_time)
        )
        found.append(local.replace(tzinfo=clock.VN))
    return found


@require_POST
@requires("attendance.team")
def assign_exceptions(request: HttpRequest) -> HttpResponse:
    """Give the marked exceptions to HR or to the manager."""
    to = request.POST.get("cho", "")
    lines, _gone = _marked(request)
    if to in Assignee.values and lines:
        count = assign(
            [line.issue for line in lines], to=Assignee(to), by=_user(request), at=clock.now()
        )
        text = ngettext("Đã giao %(count)s ngoại lệ.", "Đã giao %(count)s ngoại lệ.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.warning(request, _("Chưa đánh dấu ngoại lệ nào."))
    return _back(request)


@require_GET
@requires("attendance.team")
def exception_decisions(request: HttpRequest) -> HttpResponse:
    """What was decided, the newest first; ?nv= of one person."""
    rows = ExceptionDecision.objects.filter(
        employee__in=employees_for(_user(request))
    ).select_related("employee", "by")
    person = request.GET.get("nv", "")
    if person:
        rows = rows.filter(employee__code=person)
    before = request.GET.get("truoc", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk").prefetch_related("punches")[: LISTED + 1])
    shown: list[dict[str, Any]] = [
        {
            "decision": each,
            "asked": words.asked(each.code),
            "may_reopen": each.verdict != Verdict.REOPENED,
        }
        for each in found[:LISTED]
    ]
    return render(
        request,
        "attendance/exception_decisions.html",
        {
            "rows": shown,
            "older": found[LISTED - 1].pk if len(found) > LISTED else None,
            "person": person,
            "reason_min": REASON_MIN,
            "may_view": may(request.user, "attendance.view"),
        },
    )


@require_POST
@requires("attendance.team")
def reopen_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, with a reason."""
    user = _user(request)
    decision = get_object_or_404(ExceptionDecision, pk=pk, employee__in=in_charge(user))
    try:
        reopen(decision, reason=request.POST.get("ly_do", ""), by=user, at=clock.now())
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Đã mở lại; ngoại lệ trở về danh sách nếu ngày công còn hỏi."))
    return redirect("exception_decisions")
