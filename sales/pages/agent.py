"""/ban-ve/dai-ly/<mã>/: everything that is known of one agent."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.pages.files import handed_in
from backend.pages.sent_once import SentBefore, sent_once
from backend.pages.telling import problems_told
from backend.reasons import REASON_MIN
from sales.agents.keeping import RecordRefused, change_status
from sales.models import (
    Agent,
    AgentBalance,
    AgentDocument,
    AgentDrawTotal,
    AgentStatus,
)
from sales.money.credit import allow_more, credit_of
from sales.pages.agents import SOON

#: So many lines of draws and notes are shown, and of draws to come, whose tickets went out ahead.
DRAWS, NOTES, COMING = 14, 30, 6


@require_GET
@requires("sales.view")
def agent(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "sales/agent.html", _facts(agent_of(code, acting(request)), request))


@require_POST
@requires("sales.record")
def agent_status(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend, resume or end."""
    changed = agent_of(code, acting(request))
    day = parse_date(request.POST.get("ngay", "")) or date.max
    to = request.POST.get("trang_thai", "")
    if to not in AgentStatus.values:
        messages.error(request, _("Hãy chọn trạng thái mới."))
        return redirect("agent", code=code)
    with problems_told(request):
        change_status(
            changed, to=AgentStatus(to), from_day=day, reason=request.POST.get("ly_do", ""),
            by=acting(request), at=clock.now(),
        )  # fmt: skip
        told = _("Đã ghi: %(agent)s từ nay %(status)s.")
        messages.success(request, told % {"agent": changed, "status": AgentStatus(to).label})
    return redirect("agent", code=code)


@require_POST
@requires("credit.override")
def agent_allow(request: HttpRequest, code: str) -> HttpResponse:
    """Let the agent owe more until a day."""
    allowed = agent_of(code, acting(request))
    amount = "".join(sign for sign in request.POST.get("so_tien", "") if sign not in ". ")
    last = parse_date(request.POST.get("den", ""))
    if not amount.isdecimal() or last is None:
        messages.error(request, _("Hãy ghi số tiền bằng đồng, và ngày hết hạn."))
        return redirect("agent", code=code)
    try:
        with sent_once(request, by=acting(request)):
            allow_more(
                allowed, limit_amount=int(amount), first=clock.today(), last=last,
                reason=request.POST.get("ly_do", ""), by=acting(request), at=clock.now(),
            )  # fmt: skip
    except SentBefore as before:
        messages.warning(request, str(before))
    except RecordRefused as refused:
        for fault in refused.details["errors"]:
            messages.error(request, fault["message"])
    else:
        messages.success(request, _("Đã ghi cho vượt hạn mức."))
    return redirect("agent", code=code)


@require_GET
@requires("sales.view")
def agent_paper(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The file of a document, as it was handed in."""
    papers = AgentDocument.objects.filter(agent=agent_of(code, acting(request)), data__isnull=False)
    paper = get_object_or_404(papers, pk=pk)
    return handed_in(bytes(paper.data or b""), paper.content_type, paper.file_name)


def agent_of(code: str, user: User) -> Agent:
    """Raises Http404."""
    visible = Agent.objects.visible_to(user).select_related("region", "parent")
    return get_object_or_404(visible, code=code)


def _facts(shown: Agent, request: HttpRequest) -> dict[str, Any]:
    today, seen = clock.today(), Agent.objects.visible_to(acting(request))
    draws = (
        AgentDrawTotal.objects.filter(agent=shown)
        .exclude(issued=0, returned=0)  # all of it was taken back
        .select_related("product", "draw")
        .annotate(sold_count=F("issued") - F("returned"))
    )
    past = draws.filter(draw_date__lte=today)
    coming = draws.filter(draw_date__gt=today).order_by("draw_date", "-product__code")[:COMING]
    balance = AgentBalance.objects.filter(agent=shown).first()
    (credit,) = credit_of([shown.pk], on=today)
    return {
        "agent": shown,
        "children": seen.filter(parent=shown).order_by("code"),
        "sees_parent": seen.filter(pk=shown.parent_id or 0).exists(),
        "contracts": shown.contracts.prefetch_related("rates__product").order_by("-valid_from"),
        "collaterals": shown.collaterals.order_by("-valid_from", "-pk"),
        "points": shown.points.select_related("region").order_by("code"),
        "contacts": shown.contacts.order_by("is_former", "-is_first", "name", "pk"),
        "documents": shown.documents.defer("data").order_by("-issued_date", "-pk"),
        "changes": shown.status_changes.select_related("by").order_by("-pk"),
        "notes": shown.notes.select_related("by", "point").order_by("-date", "-pk")[:NOTES],
        "draws": [*reversed(coming), *past.order_by("-draw_date", "product__code")[:DRAWS]],
        "credit": credit,
        "allowed": shown.credit_exceptions.select_related("by").order_by("-pk")[:NOTES],
        "may_allow": may(request.user, "credit.override"),
        "deposited": -balance.collateral if balance else 0,
        "month_ago": today - timedelta(days=30),
        "today": today,
        "soon": today + SOON,
        "statuses": [choice for choice in AgentStatus.choices if choice[0] != shown.status],
        "reason_min": REASON_MIN,
        "may_record": may(request.user, "sales.record"),
    }
