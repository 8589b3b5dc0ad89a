"""/cham-cong/ngoai-le/da-quyet/: what was decided about exceptions, and taking it back."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from attendance.models import ExceptionDecision, Verdict
from attendance.review import exception_words as words
from attendance.review.deciding import reopen
from attendance.review.open_exceptions import in_charge
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import placements_for
from backend.pages.older import before_asked
from backend.pages.telling import problems_told
from backend.reasons import REASON_MIN

#: Decisions on a page.
LISTED: Final = 50


@require_GET
@requires("attendance.team")
def exception_decisions(request: HttpRequest) -> HttpResponse:
    """What was decided, the newest first; ?nv= of one person."""
    rows = ExceptionDecision.objects.filter(
        placements_for(acting(request)).of_days()
    ).select_related("employee", "by")
    person = request.GET.get("nv", "")
    if person:
        rows = rows.filter(employee__code=person)
    found, older = before_asked(request, rows.prefetch_related("punches"), LISTED)
    shown: list[dict[str, Any]] = [
        {
            "decision": each,
            "asked": words.asked(each.code),
            "may_reopen": each.verdict != Verdict.REOPENED,
        }
        for each in found
    ]
    return render(
        request,
        "attendance/exception_decisions.html",
        {
            "rows": shown,
            "older": older,
            "person": person,
            "reason_min": REASON_MIN,
        },
    )


@require_POST
@requires("attendance.team")
def reopen_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, with a reason."""
    user = acting(request)
    decision = get_object_or_404(ExceptionDecision, in_charge(user).of_days(), pk=pk)
    with problems_told(request):
        reopen(decision, reason=request.POST.get("ly_do", ""), by=user, at=clock.now())
        messages.success(request, _("Đã mở lại; ngoại lệ trở về danh sách nếu ngày công còn hỏi."))
    return redirect("exception_decisions")
