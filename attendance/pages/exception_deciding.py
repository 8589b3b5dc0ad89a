"""Deciding and assigning the marked exceptions of the inbox."""

from collections import defaultdict
from datetime import datetime, time
from itertools import zip_longest
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from attendance.models import Assignee
from attendance.pages.exception_lines import Line, chosen_issues, lines_of, query_of
from attendance.pages.exceptions import inbox_page
from attendance.reasons import ReasonMissing, checked_reason
from attendance.review.deciding import allow_overtime, assign, correct, let_stand, record_leave
from attendance.review.exception_causes import ABSENT, Fix, moment_on
from attendance.review.open_exceptions import grouped
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.problems import Problem

#: So many people are named in a message, the others counted.
NAMED: Final = 5


def _back(request: HttpRequest) -> HttpResponse:
    address = reverse("exceptions")
    query = query_of(request, nhom=request.GET.get("nhom", ""))
    return redirect(f"{address}?{query}" if query else address)


def _marked(request: HttpRequest) -> tuple[list[Line], int]:
    """The marked exceptions that are still open as they were seen, and how many are not."""
    keys = set(request.POST.getlist("chon"))
    today = clock.today()
    lines = []
    for group in grouped(chosen_issues(request)):
        if marked := [issue for issue in group.issues if issue.key in keys]:
            lines += lines_of(marked, group, today)
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
        return inbox_page(request, problem=str(problem), status=problem.status)
    lines, gone = _marked(request)
    done, failed = 0, defaultdict[str, list[str]](list)
    for line in lines:
        try:
            _decide(request, line, what, reason)
        except Problem as problem:
            failed[str(problem)].append(f"{line.issue.name} {line.issue.day:%d/%m/%Y}")
        else:
            done += 1
            if line.warning and what == "de-xuat":
                messages.warning(request, line.warning)
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
    by, at, fix = acting(request), clock.now(), line.suggestion.fix
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
            [line.issue for line in lines], to=Assignee(to), by=acting(request), at=clock.now()
        )
        text = ngettext("Đã giao %(count)s ngoại lệ.", "Đã giao %(count)s ngoại lệ.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.warning(request, _("Chưa đánh dấu ngoại lệ nào."))
    return _back(request)
