"""The year's plan: what the agents were expected to sell when it was made, and somewhat more.

The version of last December is approved; a second one, for a better last quarter, waits for approval.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from backend.accounts.models import User
from sales.draws.drawing import planned_draws
from sales.growth.planning import make_plan, move_plan
from sales.models import PlanState
from scripts.demonstration.agents import SIZES, Seller
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.seasons import day_factor, unit_factor

#: Who sells lô tô sells about so much of what it takes of the other tickets.
LOTTERY_SHARE = 0.25
#: How much more of the fourth quarter the second version asks for.
BETTER = 1.03
#: Month, product, code of the agent.
Key = tuple[int, str, str]


def create_yearly_plan(plan: Plan, sellers: Sequence[Seller], first: User, second: User) -> None:
    """Made by one clerk and decided on by the other."""
    year = plan.today.year
    tickets = _expected(plan, sellers)
    made = local(date(year - 1, 12, 18), 9)
    known = make_plan(
        year, list(_rows(tickets, sellers)), note="Kế hoạch được giao đầu năm", by=first, at=made
    )
    move_plan(known.pk, PlanState.SUBMITTED, by=first, at=made)
    move_plan(known.pk, PlanState.APPROVED, by=second, at=local(date(year - 1, 12, 25), 10))
    if plan.today >= date(year, 9, 1):
        better = {key: round(n * BETTER) if key[0] > 9 else n for key, n in tickets.items()}
        note, at = "Đề nghị phấn đấu quý IV tăng 3 %", local(date(year, 8, 28), 15)
        asked = make_plan(year, list(_rows(better, sellers)), note=note, by=second, at=at)
        move_plan(asked.pk, PlanState.SUBMITTED, by=second, at=at)


def _expected(plan: Plan, sellers: Sequence[Seller]) -> Mapping[Key, int]:
    """Tickets of each agent, product and month; who opened later was not planned for."""
    luck = plan.luck("yearly plan")
    days = [draw.date for draw in planned_draws(date(plan.today.year, 1, 1), date(plan.today.year, 12, 31))]  # fmt: skip
    usual: dict[tuple[str, int], float] = defaultdict(float)
    for day in days:
        common = day_factor(day)
        for unit in SIZES:
            usual[unit, day.month] += common * unit_factor(unit, day)
    wish = {unit: luck.uniform(0.97, 1.08) for unit in SIZES}
    expected: dict[Key, float] = {}
    for seller in sellers:
        agent = seller.agent
        if agent.opened_date > days[0] or (agent.closed_date and agent.closed_date < days[0]):
            continue
        for month in range(1, 13):
            taken = seller.usual * usual[seller.unit, month] * wish[seller.unit]
            expected[month, "TT10", agent.code] = round(taken * (1 - seller.unsold), -1)
            if seller.lottery:
                expected[month, "LT10", agent.code] = round(taken * LOTTERY_SHARE, -1)
    return {key: int(tickets) for key, tickets in expected.items()}


def _rows(tickets: Mapping[Key, int], sellers: Sequence[Seller]) -> Iterator[dict[str, str | int]]:
    """A line of the company, of each unit and of each agent; the parts add up."""
    units = {seller.agent.code: seller.unit for seller in sellers}
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    for (month, product, agent), count in tickets.items():
        sums[month, product, ""] += count
        sums[month, product, units[agent]] += count
        yield {"month": month, "product": product, "agent": agent, "tickets": count}
    for (month, product, unit), count in sums.items():
        yield {"month": month, "product": product, "region": unit, "tickets": count}
