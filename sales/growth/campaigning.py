"""Campaigns for agents: entered, cancelled, and what became of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from backend.reasons import REASON_MIN, says_why
from sales.growth.campaign_effect import BEFORE, Effect, effect
from sales.growth.history import tickets_sold
from sales.models import Agent, AgentStatus, Campaign, CampaignAgent, Draw, DrawStatus


class CampaignRefused(Problem):
    """Nothing was kept; `details["errors"]` tells what is wrong by field."""

    code = "campaign.refused"
    message = _("Chương trình chưa được lưu. Hãy sửa các ô được nêu.")


class CampaignOver(Problem):
    status = 409
    code = "campaign.cancelled"
    message = _("Chương trình này đã hủy rồi.")


#: A short campaign shows in the weeks that follow: it is looked at so long from its first day at least.
LEAST_LOOK = timedelta(weeks=4)
#: A campaign of another year is mistyped, and the weeks before it may lie before all calendars.
YEARS = range(2000, 2101)


@transaction.atomic
def make_campaign(
    name: str,
    purpose: str,
    codes: Sequence[str],
    *,
    starts: date,
    ends: date,
    cost: int,
    by: User,
    at: datetime,
) -> Campaign:
    """Enter a campaign for the agents of these codes; `cost` in đồng. Raises CampaignRefused."""
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    agents = {one.code: one for one in Agent.objects.visible_to(by).filter(code__in=wanted)}
    errors = _faults(name, purpose, wanted, agents, starts, ends, cost)
    if errors:
        raise CampaignRefused(details={"errors": errors})
    campaign = Campaign.objects.create(
        name=name.strip(), purpose=purpose.strip(), starts=starts, ends=ends, cost_amount=cost,
        by=by, at=at,
    )  # fmt: skip
    CampaignAgent.objects.bulk_create(
        CampaignAgent(campaign=campaign, agent=agents[code]) for code in wanted
    )
    return campaign


def _faults(
    name: str,
    purpose: str,
    wanted: Sequence[str],
    agents: dict[str, Agent],
    starts: date,
    ends: date,
    cost: int,
) -> dict[str, str]:
    unknown = [code for code in wanted if code not in agents]
    faults = {
        "name": _("Hãy đặt tên chương trình, 5 đến 120 ký tự.")
        if not REASON_MIN <= len(name.strip()) <= 120
        else "",
        "purpose": _("Hãy ghi nội dung và mục tiêu, 5 đến 500 ký tự.")
        if not REASON_MIN <= len(purpose.strip()) <= 500
        else "",
        "starts": _("Ngày đầu phải từ năm {first} đến năm {last}.").format(
            first=YEARS[0], last=YEARS[-1]
        )
        if starts.year not in YEARS
        else "",
        "ends": _("Ngày cuối phải từ ngày đầu trở đi.") if ends < starts else "",
        "cost": _("Chi phí phải là số đồng từ 0 trở lên.") if not 0 <= cost < 10**15 else "",
        "agents": _("Hãy chọn ít nhất một đại lý.") if not wanted else "",
    }
    if unknown:
        faults["agents"] = _("Không có đại lý mã {codes} trong địa bàn của bạn.").format(
            codes=", ".join(unknown[:10])
        )
    return {field: str(fault) for field, fault in faults.items() if fault}


@transaction.atomic
def cancel_campaign(campaign: Campaign, reason: str, *, at: datetime) -> None:
    """Take a campaign back that was entered wrongly. Raises CampaignRefused, CampaignOver."""
    if not says_why(reason):
        fault = {"reason": str(_("Hãy ghi lý do hủy, ít nhất 5 ký tự."))}
        raise CampaignRefused(details={"errors": fault})
    known = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if known.cancelled_at:
        raise CampaignOver
    known.cancelled_at, known.cancel_reason = at, reason.strip()
    known.save(update_fields=["cancelled_at", "cancel_reason"])


def effect_of(campaign: Campaign, on: date, *, path: str | None = None) -> Effect | None:
    """What the campaign has done by the day; None while there is too little to tell.

    `path` limits to its agents of these units (`User.scope_path`). Agents of other campaigns of the
    same time are not compared with, nor those that stopped selling by a decision meanwhile.
    """
    start = campaign.starts
    end = min(max(campaign.ends, start + LEAST_LOOK - timedelta(days=1)), on)
    draws = list(
        Draw.objects.between(start - BEFORE, end)
        .filter(status=DrawStatus.HELD)
        .order_by("date")
        .values_list("date", flat=True)
    )
    if not draws or draws[-1] < start:
        return None
    sold = tickets_sold(draws[0], draws[-1])
    mine = set(campaign.agents.in_scope(path).values_list("agent", flat=True))
    busy = CampaignAgent.objects.filter(
        campaign__cancelled_at=None,
        campaign__starts__lte=end,
        campaign__ends__gte=start - BEFORE,
    )
    sell = Agent.objects.filter(status=AgentStatus.ACTIVE).exclude(closed_date__lt=end)
    others = set(sold) & set(sell.values_list("pk", flat=True)) - mine
    others -= set(busy.values_list("agent", flat=True))
    return effect(sold, mine, others, draws, start=start, end=end)
