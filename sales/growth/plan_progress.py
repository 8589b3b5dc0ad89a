"""How the months of a year go against its plan: of the company, of regions, of agents."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from backend.months import last_day
from backend.org.models import Region
from sales.engine.outlook import WEEKS, Outlook, outlook
from sales.engine.plan_cover import above, cover
from sales.figures.rows import rows_of, scope
from sales.models import Draw, DrawStatus, SalesPlan

LEVELS: Final = ("company", "region", "agent")
#: The key of the company, among those of regions.
_COMPANY: Final = 0
#: Tickets by draw, or by month, of each key and product.
_Sold = Mapping[tuple[int, int], Mapping[Any, int]]


@dataclass(frozen=True, slots=True)
class Against:
    """One line of the comparison: the company, a region or an agent, and a product.

    `month` is the month asked for; `year_planned` and `year_actual` are tickets of the months with a
    plan from January to its end, or to yesterday. `is_sum`: the month has no plan of its own, and is
    the sum of the plans below, against what those places sold.
    """

    code: str
    name: str
    product: str
    month: Outlook
    year_planned: int
    year_actual: int
    is_sum: bool = False

    @property
    def year_bps(self) -> int | None:
        return self.year_actual * 10_000 // self.year_planned if self.year_planned else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Who is told by a line: the company (path ""), a region by its path, an agent by its code."""

    path: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """Lines of the plan up to the month: tickets by product and month, and path; keys by path."""

    tickets: Mapping[tuple[int, int], Mapping[str, int]]
    keys: Mapping[str, int]
    products: Mapping[int, str]
    places: Mapping[str, _Place]


_HELD: Final = "draw_date not in (select date from sales_draw where status <> 'held')"
# What was sold by draw held of the keys the plan names.
_SOLD: Final = {
    "company": f"""
        select 0, product_id, draw_date, sum(issued - returned)::bigint
        from sales_regiondaytotal
        where draw_date between %(since)s and %(until)s and {_HELD}
        group by 2, 3
    """,  # noqa: S608 -- statements of our own
    "region": f"""
        select planned.id, total.product_id, total.draw_date,
            sum(total.issued - total.returned)::bigint
        from org_region planned
        join org_region unit on unit.path = planned.path or unit.path like planned.path || '/%%'
        join sales_regiondaytotal total on total.region_id = unit.id
        where planned.id = any(%(keys)s) and total.draw_date between %(since)s and %(until)s
            and {_HELD}
        group by 1, 2, 3
    """,  # noqa: S608 -- statements of our own
    "agent": f"""
        select agent_id, product_id, draw_date, sum(issued - returned)::bigint
        from sales_agentdrawtotal
        where draw_date between %(since)s and %(until)s and agent_id = any(%(keys)s) and {_HELD}
        group by 1, 2, 3
    """,  # noqa: S608 -- statements of our own
}
_BY_MONTH: Final = {
    of: f"select key, product, extract(month from day)::int, sum(sold)::bigint from ({sql}) sums(key, product, day, sold) group by 1, 2, 3"  # noqa: S608 -- statements of our own
    for of, sql in _SOLD.items()
}
# Of agents the path is their code: nothing lies below them.
_PLANNED: Final = """
    select coalesce(line.region_id, line.agent_id, 0), coalesce(region.path, agent.code, ''),
        coalesce(region.code, agent.code, ''), coalesce(region.name, agent.name, ''), product.id,
        product.code, line.month, line.tickets::bigint
    from sales_salesplanline line
    join sales_product product on product.id = line.product_id
    left join org_region region on region.id = line.region_id
    left join sales_agent agent on agent.id = line.agent_id
    left join org_region area on area.id = coalesce(line.region_id, agent.region_id)
    where line.plan_id = %(plan)s and line.month <= %(month)s
      and (%(level)s = 'agent') = (line.agent_id is not null)
      and (%(path)s::text is null or area.path ~ %(below)s)
    order by 3, 6
"""


def against_plan(
    plan: SalesPlan, month: int, *, level: str, path: str | None, today: date
) -> list[Against]:
    """The month and the year so far against the plan, place by place of the level; at most seven queries.

    Regions with a line are told, and those above them; a region or the company without a line of its
    own by the lines below it (`cover`), month by month. Draws held before `today` count; `path`
    (`User.scope_path`) limits to what lies in it.
    """
    if level == "company" and path is not None:
        return []
    first = date(plan.year, month, 1)
    last = last_day(first)
    until = min(last, today - timedelta(days=1))
    known = _planned(plan, month, level=level, path=path)
    year = _Year(
        known,
        level,
        first,
        _sold(_SOLD, level, first - timedelta(weeks=WEEKS), until, known.keys.values()),
        _sold(_BY_MONTH, level, date(plan.year, 1, 1), until, known.keys.values()),
        *_draws(first, last, until),
    )
    return [
        year.against(place, product)
        for place in _shown(level, known, path, last)
        for product in sorted(known.products, key=lambda each: known.products[each])
        if any(year.told(place, product).values())
    ]


@dataclass(frozen=True, slots=True)
class _Year:
    """The plan up to the month that begins on `first`, what was sold, and the month's draws."""

    known: _Planned
    level: str
    first: date
    by_day: _Sold
    by_month: _Sold
    held: list[date]
    left: list[date]

    def told(self, place: _Place, product: int) -> dict[int, list[str]]:
        """By month the paths of the lines that tell the place."""
        lines = {n: self._lines(product, n) for n in range(1, self.first.month + 1)}
        if self.level == "agent":  # nothing lies below an agent
            return {n: [place.path] if place.path in own else [] for n, own in lines.items()}
        return {n: cover(place.path, own) for n, own in lines.items()}

    def against(self, place: _Place, product: int) -> Against:
        told = self.told(place, product)
        now = told[self.first.month]
        sold = Counter[date]()
        for path in now:
            sold.update(self.by_day.get((self.known.keys[path], product), {}))
        return Against(
            place.code,
            place.name,
            self.known.products[product],
            outlook(
                sum(self._lines(product, self.first.month)[path] for path in now),
                done={day: sold[day] for day in self.held},
                before={day: tickets for day, tickets in sold.items() if day < self.first},
                left=self.left,
            ),
            sum(self._lines(product, n)[path] for n, paths in told.items() for path in paths),
            sum(
                self.by_month.get((self.known.keys[path], product), {}).get(n, 0)
                for n, paths in told.items()
                for path in paths
            ),
            is_sum=bool(now) and now != [place.path],
        )

    def _lines(self, product: int, month: int) -> Mapping[str, int]:
        return self.known.tickets.get((product, month), {})


def _planned(plan: SalesPlan, month: int, *, level: str, path: str | None) -> _Planned:
    tickets: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    keys: dict[str, int] = {}
    products: dict[int, str] = {}
    places: dict[str, _Place] = {}
    rows = rows_of(_PLANNED, plan=plan.pk, month=month, level=level, **scope(path))
    for key, place, code, name, product, product_code, when, planned in rows:
        if level == "region" and key == _COMPANY:
            continue
        tickets[product, when][place] = planned
        keys[place], products[product] = key, product_code
        places[place] = _Place(place, code, name)
    return _Planned(tickets, keys, products, places)


def _shown(level: str, known: _Planned, path: str | None, on: date) -> Iterable[_Place]:
    """Each place that is told; regions above those with a line as well, each before those below."""
    if level == "company":
        return [_Place("", "", "")]
    if level == "agent":
        return known.places.values()
    parents = {parent for place in known.places for parent in above(place)} - known.places.keys()
    seen = Region.objects.in_scope(path).in_force(on).filter(path__in=parents)
    more = [_Place(*row) for row in seen.values_list("path", "code", "name")]
    return sorted([*known.places.values(), *more], key=lambda place: place.path)


def _sold(
    statements: Mapping[str, str], level: str, since: date, until: date, keys: Collection[int]
) -> _Sold:
    """Tickets sold of what the plan names, by key and product."""
    of_company = [_COMPANY] if level == "company" and _COMPANY in keys else []
    of_others = [key for key in keys if key not in of_company]
    asked = {"company": of_company, "agent" if level == "agent" else "region": of_others}
    sold: dict[tuple[int, int], dict[Any, int]] = defaultdict(dict)
    for of, wanted in asked.items():
        if wanted:
            for key, product, when, tickets in rows_of(
                statements[of], since=since, until=until, keys=wanted
            ):
                sold[key, product][when] = tickets
    return sold


def _draws(first: date, last: date, until: date) -> tuple[list[date], list[date]]:
    """Days of the month whose draw was held, and those still to come."""
    draws = Draw.objects.between(first, last).exclude(status=DrawStatus.VOID).order_by("date")
    days = list(draws.values_list("date", flat=True))
    return [day for day in days if day <= until], [day for day in days if day > until]
