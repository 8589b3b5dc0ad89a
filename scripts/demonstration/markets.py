"""The units' inhabitants and one invented campaign, so that white spots and its effect have something to show."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.accounts.models import User
from backend.org.models import Region
from sales.growth.shipped_census import shipped_census
from sales.growth.surveying import record_census
from sales.models import Campaign, CampaignAgent
from scripts.demonstration.agents import Seller
from scripts.demonstration.plan import Plan

_VISITED = 12
_WEEKS = timedelta(weeks=4)


def create_markets(
    plan: Plan, units: dict[str, Region], sellers: Sequence[Seller], clerk: User, at: datetime
) -> None:
    """Inhabitants and area of every unit, and four weeks of visits to a dozen agents."""
    luck = plan.luck("markets")
    census = shipped_census()
    record_census(
        {code: line for code, line in census.lines.items() if code in units},
        as_of=census.as_of,
        source=census.source,
        is_estimate=False,
        by=clerk,
        at=at,
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
