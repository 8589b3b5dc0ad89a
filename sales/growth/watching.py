"""Who is doing how: every agent and unit after the last draw held, the worrying ones first."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from backend.accounts.models import Role, User
from backend.org.models import Region
from sales.growth.health import BASELINE, LOST, Health, State, health
from sales.growth.history import tickets_sold
from sales.models import Agent, AgentStatus, Draw, DrawStatus

#: Enough draws for the baseline and the recent ones though Tết lies between.
LOOK_BACK = BASELINE + timedelta(days=max(LOST, 14))
#: In what order they are shown.
ORDER = (
    State.FALLING, State.ASLEEP, State.LOST, State.RISING, State.NEW, State.STEADY, State.UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """An agent, its unit, its health, and who is in charge of it (names of sales managers)."""

    code: str
    name: str
    region: str
    health: Health
    concerns: tuple[str, ...]


def watch_agents(on: date, user: User, *, path: str | None = None) -> list[Watched]:
    """Every active agent the person sees, as of the last draw held on or before the day.

    `path` limits to units among those (`User.scope_path`); neighbours are all the company's agents.
    """
    draws = _draws(on)
    if not draws:
        return []
    sold = tickets_sold(draws[0], draws[-1])
    company = _summed(sold)
    agents = (
        Agent.objects.visible_to(user)
        .in_scope(path)
        .filter(status=AgentStatus.ACTIVE)
        .under_contract(draws[-1], draws[-1])
        .select_related("region")
    )
    managers = _managers()
    found = [
        Watched(
            agent.code,
            agent.name,
            agent.region.name,
            health(
                own := sold.get(agent.pk, {}),
                _others(company, own),
                draws,
                opened=agent.opened_date,
            ),
            _in_charge(managers, agent.region),
        )
        for agent in agents
    ]
    return sorted(found, key=_worst_first)


def _worst_first(one: Watched) -> tuple[int, float, str]:
    return ORDER.index(one.health.state), one.health.score or 0.0, one.code


def _draws(on: date) -> list[date]:
    held = Draw.objects.between(on - LOOK_BACK, on).filter(status=DrawStatus.HELD)
    return list(held.order_by("date").values_list("date", flat=True))


def _summed(sold: Mapping[int, Mapping[date, int]]) -> dict[date, int]:
    company: dict[date, int] = defaultdict(int)
    for days in sold.values():
        for day, tickets in days.items():
            company[day] += tickets
    return company


def _others(company: Mapping[date, int], own: Mapping[date, int]) -> dict[date, int]:
    return {day: tickets - own.get(day, 0) for day, tickets in company.items()}


def _managers() -> list[tuple[str, str | None]]:
    """Names of active sales managers, and the units each is limited to (`User.scope_path`)."""
    people = User.objects.filter(role=Role.SALES_MANAGER, is_active=True)
    known = people.select_related("region", "territory").order_by("username")
    return [(person.get_full_name() or person.username, person.scope_path) for person in known]


def _in_charge(managers: list[tuple[str, str | None]], region: Region) -> tuple[str, ...]:
    """The managers of the nearest units; those of the whole company where there are none."""
    covering = [
        (len(unit), name)
        for name, path in managers
        if (unit := _covering(path, region.path)) is not None
    ]
    nearest = max((length for length, _name in covering), default=0)
    return tuple(name for length, name in covering if length == nearest)


def _covering(path: str | None, unit: str) -> str | None:
    """Of a manager's units the one that `unit` lies in; "" without a limit, None outside."""
    if path is None:
        return ""
    around = [each for each in path.split("|") if f"{unit}/".startswith(f"{each}/")]
    return max(around, key=len, default=None)
