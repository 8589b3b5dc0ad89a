"""Invented inhabitants and one campaign, so that white spots and its effect have something to show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from backend.accounts.models import User
from backend.org.models import Region
from sales.models import Campaign, CampaignAgent, RegionCensus
from scripts.demonstration.agents import SIZES, Seller
from scripts.demonstration.plan import Plan

#: People for each step of SIZES; a unit's true number may be far from it.
_PEOPLE = 4_500
_VISITED = 12
_WEEKS = timedelta(weeks=4)


def create_markets(
    plan: Plan, units: dict[str, Region], sellers: Sequence[Seller], clerk: User, at: datetime
) -> None:
    """Inhabitants and area of every unit, and four weeks of visits to a dozen agents."""
    luck = plan.luck("markets")
    RegionCensus.objects.bulk_create(
        RegionCensus(
            region=units[code],
            as_of=plan.today.replace(month=1, day=1),
            inhabitants=round(size * _PEOPLE * luck.uniform(0.8, 1.3), -1),
            area_km2=Decimal(round(luck.uniform(8, 40) * (1 if size > 4 else 4), 2)).quantize(
                Decimal("0.01")
            ),
            source="Số bịa để trình diễn",
            is_estimate=True,
            by=clerk,
            at=at,
        )
        for code, size in SIZES.items()
        if code in units
    )
    visits = Campaign.objects.create(
        name="Thăm đại lý, thay biển hiệu (trình diễn)",
        purpose="Thăm từng đại lý mỗi tuần một lần, thay biển hiệu cũ; xem vé bán có hơn không.",
        starts=plan.today - _WEEKS,
        ends=plan.today - timedelta(days=1),
        cost_amount=18_000_000,
        by=clerk,
        at=at,
    )
    chosen = luck.sample([seller.agent for seller in sellers], min(_VISITED, len(sellers) // 4))
    CampaignAgent.objects.bulk_create(
        CampaignAgent(campaign=visits, agent=agent) for agent in chosen
    )
