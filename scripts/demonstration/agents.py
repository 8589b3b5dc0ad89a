"""320 agents over the 54 units, more of them where more people live."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.org.models import Region, RegionSuccession
from backend.sealing import seal
from backend.vntext import search_key
from sales.models import Agent, AgentKind, AgentStatus
from sales.models.agents import masked
from scripts.demonstration.names import invented_names
from scripts.demonstration.plan import Plan

#: Rough sizes of the units, invented for the demonstration: only their order is meant to be right.
SIZES = {
    "06652": 8, "06658": 8, "06661": 9, "06673": 10, "06676": 9, "06685": 9, "06688": 10,
    "06706": 5, "07030": 5, "07054": 2, "07060": 3, "06709": 5, "06712": 9, "06736": 5,
    "06724": 1, "06733": 3, "06757": 1, "06760": 5, "06778": 9, "06781": 9, "06793": 11,
    "06799": 2, "06811": 12, "06820": 6, "06832": 6, "07069": 10, "07081": 5, "07090": 5,
    "07093": 8, "07114": 6, "07132": 8, "07135": 6, "07147": 6, "07168": 6, "07180": 5,
    "07183": 5, "06838": 2, "06841": 1, "06856": 1, "06862": 4, "06874": 1, "06877": 3,
    "06886": 2, "06895": 4, "06913": 2, "06922": 5, "06931": 2, "06946": 3, "06967": 1,
    "06970": 2, "06979": 1, "06985": 1, "06994": 6, "07192": 2,
}  # fmt: skip

#: One person in so many has given no tax code, every second of them no identity paper either.
WITHOUT_CODE = 60


@dataclass(frozen=True)
class Seller:
    """An agent and its habits, none of which stands in the database.

    `former_region_id` is the unit it stood in until 2025-06-30; `usual` the tickets it takes for
    an ordinary draw; `unsold` the part it usually returns; `lottery` whether it sells lô tô too.
    """

    agent: Agent
    unit: str
    former_region_id: int
    usual: float
    unsold: float
    lottery: bool


def create_agents(plan: Plan, units: dict[str, Region]) -> list[Seller]:
    """Store the plan's agents; `units` are today's units by code."""
    sellers = invent_agents(plan, units)
    Agent.objects.bulk_create([seller.agent for seller in sellers])
    return sellers


def known_agents(plan: Plan, units: dict[str, Region]) -> list[Seller]:
    """The same sellers again, each with its agent as it now stands in the table."""
    stored = {agent.code: agent for agent in Agent.objects.filter(is_demonstration=True)}
    return [
        replace(seller, agent=stored[seller.agent.code])
        for seller in invent_agents(plan, units)
        if seller.agent.code in stored
    ]


def invent_agents(plan: Plan, units: dict[str, Region]) -> list[Seller]:
    """`plan.agents` unsaved agents and their habits."""
    luck = plan.luck("agents")
    former = _former_units()
    names = invented_names(luck)
    sellers: list[Seller] = []
    for unit, count in shares(plan.agents).items():
        for _ in range(count):
            number = len(sellers) + 1
            usual = min(max(luck.lognormvariate(5.6, 0.45), 80), 1400)
            sellers.append(
                Seller(
                    agent=_agent(plan, luck, number, next(names), units[unit], usual),
                    unit=unit,
                    former_region_id=luck.choice(former[units[unit].pk]),
                    usual=usual,
                    unsold=luck.uniform(0.08, 0.14),
                    lottery=number % 8 == 0,
                )
            )
    return sellers


def shares(total: int) -> dict[str, int]:
    """How many of `total` agents each unit has: at least one, the rest by size."""
    whole = sum(SIZES.values())
    rest = total - len(SIZES)
    exact = {unit: rest * size / whole for unit, size in SIZES.items()}
    counts = {unit: 1 + int(share) for unit, share in exact.items()}
    short = total - sum(counts.values())
    for unit in sorted(exact, key=lambda unit: (int(exact[unit]) - exact[unit], unit))[:short]:
        counts[unit] += 1
    return counts


def _agent(
    plan: Plan, luck: random.Random, number: int, name: str, region: Region, usual: float
) -> Agent:
    is_company = number % 11 == 5
    title = "Công ty TNHH MTV dịch vụ" if is_company else luck.choice(("Đại lý", "Cửa hàng vé số"))
    opened, closed = _contract(plan, luck, number)
    full = f"{title} {name}"
    has_code = is_company or number % WITHOUT_CODE != 17
    tax_code = f"57{number:08}" if has_code else ""
    paper = "" if has_code or number % (2 * WITHOUT_CODE) == 17 else f"022{number:09}"
    return Agent(
        code=f"QN{number:04}",
        name=full,
        search=search_key(full),
        kind=AgentKind.ORGANISATION if is_company else AgentKind.PERSON,
        region=region,
        status=AgentStatus.ENDED if closed else AgentStatus.ACTIVE,
        opened_date=opened,
        closed_date=closed,
        tax_code=tax_code if is_company else masked(tax_code),
        tax_sealed=seal(tax_code) if tax_code and not is_company else "",
        identity_sealed=seal(paper) if paper else "",
        identity_shown=masked(paper),
        address=f"Tổ {number % 9 + 1}, khu {number % 7 + 1}, {region.name}",
        unrelated_date=opened,
        commission_bps=luck.choice((1_000, 1_050, 1_100, 1_150, 1_200, 1_250, 1_300)),
        # About three weeks of what it usually sells, in whole millions.
        credit_limit_amount=round(usual * 10_000 * 21 / 1_000_000) * 1_000_000,
        is_demonstration=True,
    )


def _contract(plan: Plan, luck: random.Random, number: int) -> tuple[date, date | None]:
    """First and last day: every 25th opened within the years shown, every 50th has ended."""
    if number % 25 == 3:
        return plan.first_draw + timedelta(days=luck.randint(30, plan.draw_days - 30)), None
    opened = plan.first_draw - timedelta(days=luck.randint(1, 4000))
    ended = plan.today - timedelta(days=luck.randint(60, 600)) if number % 50 == 21 else None
    return opened, ended


def _former_units() -> dict[int, list[int]]:
    """Of each unit of today, the units that went over to it."""
    former: dict[int, list[int]] = {}
    links = RegionSuccession.objects.order_by("old__code").values_list("new_id", "old_id")
    for new, old in links:
        former.setdefault(new, []).append(old)
    return former
