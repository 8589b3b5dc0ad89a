"""A draw's day agent by agent: who has got tickets, who has said what comes back."""

from dataclasses import dataclass
from datetime import date

from sales.figures.rows import rows_of, scope


@dataclass(frozen=True, slots=True)
class AgentDay:
    """An agent under contract on a draw's day; counts are tickets, `revenue_amount` đồng.

    `sheet_state` is the step of the newest return sheet, "" without one. Once the draw `is_closed`
    what did not come back is sold.
    """

    code: str
    name: str
    region_code: str
    region: str
    issued: int
    returned: int
    revenue_amount: int
    sheet_state: str
    is_closed: bool

    @property
    def is_waiting_for_tickets(self) -> bool:
        return self.issued == 0

    @property
    def has_not_reported(self) -> bool:
        """Has tickets, and nothing was said of those that come back while that may still be said."""
        is_silent = not self.sheet_state and self.returned == 0
        return self.issued > 0 and is_silent and not self.is_closed


@dataclass(frozen=True, slots=True)
class RegionDay:
    """The control totals of a region's agents, or of all."""

    region: str
    agents: int
    supplied: int
    reported: int
    confirmed: int
    issued: int
    returned: int
    revenue_amount: int

    @property
    def sold(self) -> int:
        return self.issued - self.returned


def draw_day(day: date, region_path: str | None = None) -> tuple[AgentDay, ...]:
    """Every agent under contract that day in the region, and others with tickets; by region, code."""
    rows = rows_of(_AGENTS, day=day, **scope(region_path))
    return tuple(AgentDay(*row) for row in rows)


def control_totals(name: str, agents: list[AgentDay]) -> RegionDay:
    """The sums of these agents."""
    return RegionDay(
        region=name,
        agents=len(agents),
        supplied=sum(not agent.is_waiting_for_tickets for agent in agents),
        reported=sum(agent.issued > 0 and not agent.has_not_reported for agent in agents),
        confirmed=sum(agent.sheet_state in DONE for agent in agents),
        issued=sum(agent.issued for agent in agents),
        returned=sum(agent.returned for agent in agents),
        revenue_amount=sum(agent.revenue_amount for agent in agents),
    )


#: A sheet that is in the ledger.
DONE = ("confirmed", "sealed", "destroyed")

_AGENTS = """
    select a.code, a.name, r.code, r.name, coalesce(sum(t.issued), 0)::int,
           coalesce(sum(t.returned), 0)::int, coalesce(sum(t.revenue_amount), 0)::bigint,
           coalesce(max(sheet.state), ''),
           exists (
               select from sales_drawclose c join sales_draw d on d.id = c.draw_id
               where d.date = %(day)s
           )
    from sales_agent a
    join org_region r on r.id = a.region_id
    left join sales_agentdrawtotal t on t.agent_id = a.id and t.draw_date = %(day)s
    left join lateral (
        select step.state from sales_returnsheet s
        join sales_draw d on d.id = s.draw_id and d.date = %(day)s
        join lateral (
            select state from sales_returnstep step
            where step.sheet_id = s.id order by step.id desc limit 1
        ) step on step.state <> 'reversed'
        where s.agent_id = a.id order by s.id desc limit 1
    ) sheet on true
    where (%(path)s::text is null or r.path ~ %(below)s)
    group by a.id, r.id
    having sum(t.issued) > 0 or (
        a.status = 'active' and a.opened_date <= %(day)s
        and (a.closed_date is null or a.closed_date >= %(day)s)
    )
    order by r.name, r.code, a.code
"""
