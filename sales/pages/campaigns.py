"""/ban-ve/chuong-trinh/: campaigns for agents, and what became of their sales."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.pages.places import place_choices, place_of
from backend.pages.sent_once import SentBefore, sent_once
from backend.pages.telling import problems_told
from sales.growth.campaign_effect import BEFORE, LEAST_AFTER, AgentEffect, Effect
from sales.growth.campaigning import CampaignRefused, cancel_campaign, effect_of, make_campaign
from sales.models import Agent, Campaign

#: Campaigns on the page, the newest first.
SHOWN: Final = 100
_DAY: Final = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class CampaignForm(forms.Form):
    """What is to be done, for whom and when."""

    name = forms.CharField(label=gettext_lazy("Tên chương trình"), max_length=120)
    purpose = forms.CharField(
        label=gettext_lazy("Nội dung, mục tiêu"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
    starts = forms.DateField(label=gettext_lazy("Từ kỳ"), widget=_DAY)
    ends = forms.DateField(label=gettext_lazy("Đến hết kỳ"), widget=_DAY)
    cost = forms.IntegerField(
        label=gettext_lazy("Chi phí (đồng)"), min_value=0, initial=0, localize=True
    )
    agents = forms.CharField(
        label=gettext_lazy("Mã đại lý, mỗi dòng một mã"), widget=forms.Textarea({"rows": 6})
    )


@dataclass(frozen=True)
class Line:
    """An agent of a campaign: tickets a draw before, after and expected, and whom it is beside."""

    agent: Agent
    effect: AgentEffect | None
    change_bps: int | None
    beside: str


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns the person sees whole; with sales.record also the form for a new one."""
    user, records = acting(request), may(request.user, "sales.record")
    form = CampaignForm(request.POST if request.method == "POST" and records else None)
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data
        try:
            with sent_once(request, by=user):
                campaign = make_campaign(
                    sent["name"], sent["purpose"], sent["agents"].split(), starts=sent["starts"],
                    ends=sent["ends"], cost=sent["cost"], by=user, at=clock.now(),
                )  # fmt: skip
        except SentBefore as before:
            messages.warning(request, str(before))
            return redirect("campaigns")
        except CampaignRefused as refused:
            for field, fault in refused.details["errors"].items():
                form.add_error(field, fault)
        else:
            messages.success(request, _("Đã lưu chương trình."))
            return redirect("campaign", campaign.pk)
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    known = Campaign.objects.visible_to(user).in_scope(place.path).order_by("-starts", "-pk")
    context = {
        "form": form if records else None,
        "campaigns": known.select_related("by").with_agent_counts()[:SHOWN],
        "today": clock.today(),
        **place_choices(place, user, clock.today()),
    }
    return render(request, "sales/campaigns.html", context, status=400 if form.errors else None)


@require_GET
@requires("sales.view")
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign: its agents before and after, against agents that were like them."""
    user, today = acting(request), clock.today()
    known = get_object_or_404(Campaign.objects.visible_to(user), pk=pk)
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    found = None if known.cancelled_at else effect_of(known, today, path=place.path)
    seen = {one.pk: one for one in Agent.objects.visible_to(user)}
    there = known.agents.in_scope(place.path).order_by("agent__code")
    mine = [seen[pk] for pk in there.values_list("agent", flat=True)]
    context = {
        "campaign": known,
        "effect": found,
        "figures": _figures(known, found) if found else None,
        "lines": _lines(mine, found, seen),
        "least": LEAST_AFTER,
        "weeks": BEFORE.days // 7,
        "may_record": may(request.user, "sales.record"),
        "is_running": known.starts <= today <= known.ends,
        **place_choices(place, user, today),
    }
    return render(request, "sales/campaign.html", context)


@require_POST
@requires("sales.record")
def campaign_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(Campaign.objects.visible_to(acting(request)), pk=pk)
    with problems_told(request):
        cancel_campaign(known, request.POST.get("ly_do", ""), at=clock.now())
        messages.success(request, _("Đã hủy chương trình."))
    return redirect("campaign", pk)


def _figures(known: Campaign, found: Effect) -> dict[str, Any]:
    more = found.tickets - found.expected
    is_worth = found.is_sure and more > 0 and known.cost_amount > 0
    return {
        "more": more,
        "change_bps": round(found.change * 10_000),
        "low_bps": round(found.low * 10_000),
        "high_bps": round(found.high * 10_000),
        "chance_bps": round(found.chance * 10_000),
        "cost_each": known.cost_amount // more if is_worth else None,
    }


def _lines(mine: list[Agent], found: Effect | None, seen: dict[int, Agent]) -> list[Line]:
    """Agents the person may not see stand beside others namelessly."""
    effects = {one.agent: one for one in found.agents} if found else {}
    return [_line(agent, effects.get(agent.pk), seen) for agent in mine]


def _line(agent: Agent, one: AgentEffect | None, seen: dict[int, Agent]) -> Line:
    if one is None:
        return Line(agent, None, None, "")
    named = [seen[other].code for other in one.matches if other in seen]
    hidden = len(one.matches) - len(named)
    others = (
        [ngettext("{n} đại lý nơi khác", "{n} đại lý nơi khác", hidden).format(n=hidden)]
        if hidden
        else []
    )
    change = round((one.after / one.expected - 1) * 10_000) if one.expected else None
    return Line(agent, one, change, ", ".join([*sorted(named), *others]))
