"""A period's sales by draw, region and product, against last week's and last year's draws."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.org.models import Region, scope_pattern
from sales.engine.redistricting import todays
from sales.figures.asked import WEEK, YEAR, Asked
from sales.figures.period import reorganised
from sales.figures.planned import planned
from sales.figures.regions import successors
from sales.figures.rows import below, held_draws
from sales.figures.shapes import Comparison, DrawLine, SalesLine, Tickets, WeeklySales
from sales.models import RegionDayTotal


def weekly_sales(first: date, last: date, region_path: str | None = None) -> WeeklySales:
    """Sales of the period by draw, region and product, with last week's and last year's draws.

    `first` to `last` need not be a week, but the previous period is always the draws seven days
    earlier, one by one.
    """
    held = held_draws(first - YEAR, last)
    days = [day for day in held if first <= day <= last]
    wanted = {day - back for day in days for back in (timedelta(0), WEEK, YEAR)}
    in_todays_units = reorganised(first - YEAR, last)
    facts = list(_facts(wanted & held.keys(), region_path, in_todays_units=in_todays_units))

    def line(code: str, name: str, some: Sequence["_Fact"]) -> SalesLine:
        by_day = _sum_by(some, lambda fact: fact.day)
        return SalesLine(
            code=code,
            name=name,
            now=_total(by_day.get(day, Tickets()) for day in days),
            previous_week=_compare(by_day, days, WEEK, held.keys()),
            last_year=_compare(by_day, days, YEAR, held.keys()),
        )

    return WeeklySales(
        first=first,
        last=last,
        region_path=region_path,
        in_todays_units=in_todays_units,
        draws=_draws(_sum_by(facts, lambda fact: fact.day), days, held),
        total=line("", "", facts),
        regions=_lines(facts, lambda fact: (fact.region_code, fact.region_name), line),
        products=_lines(facts, lambda fact: (fact.product_code, fact.product_name), line),
    )


def planned_amount(first: date, last: date, region_path: str | None = None) -> int | None:
    """Revenue the plan means the held draws to bring, each an even part of its month's, đồng.

    None unless every one of them has a plan.
    """
    plans = planned(Asked(first, last, ("draw",), path=region_path))
    draws = held_draws(first, last)
    return (
        sum(plan.revenue_amount for plan in plans.values())
        if len(plans) == len(draws) > 0
        else None
    )


def _draws(
    by_day: dict[date, Tickets], days: list[date], held: Mapping[date, str]
) -> tuple[DrawLine, ...]:
    return tuple(
        DrawLine(
            date=day,
            host=held[day],
            now=by_day.get(day, Tickets()),
            previous_week=by_day.get(day - WEEK, Tickets()) if day - WEEK in held else None,
            last_year=by_day.get(day - YEAR, Tickets()) if day - YEAR in held else None,
        )
        for day in days
    )


@dataclass(frozen=True, slots=True)
class _Fact:
    day: date
    region_code: str
    region_name: str
    product_code: str
    product_name: str
    tickets: Tickets


def _facts(days: set[date], region_path: str | None, *, in_todays_units: bool) -> Iterable[_Fact]:
    """What was recorded in the place; `in_todays_units` what its units of today took over, by the shares."""
    rows = (
        RegionDayTotal.objects.filter(draw_date__in=days)
        .filter(below("region__", None if in_todays_units else region_path))
        .values_list(
            "region", "draw_date", "product__code", "product__name", "issued", "returned",
            "revenue_amount",
        )
    )  # fmt: skip
    within = re.compile(scope_pattern(region_path or ""))
    units = {unit.pk: unit for unit in Region.objects.all()}
    heirs = successors() if in_todays_units else {}
    for recorded, day, product, product_name, *amounts in rows:
        for unit, parts, _is_estimate in todays(recorded, amounts, heirs):
            place = units[unit]
            if region_path is None or within.match(place.path):
                tickets = Tickets(*parts)
                yield _Fact(day, place.code, place.name, product, product_name, tickets)


def _compare(
    by_day: dict[date, Tickets], days: list[date], back: timedelta, held: Iterable[date]
) -> Comparison:
    pairs = [day for day in days if day - back in held]
    return Comparison(
        now=_total(by_day.get(day, Tickets()) for day in pairs),
        before=_total(by_day.get(day - back, Tickets()) for day in pairs),
        draws=len(pairs),
    )


def _lines(
    facts: list[_Fact],
    naming: Callable[[_Fact], tuple[str, str]],
    line: Callable[[str, str, list[_Fact]], SalesLine],
) -> tuple[SalesLine, ...]:
    groups: dict[tuple[str, str], list[_Fact]] = defaultdict(list)
    for fact in facts:
        groups[naming(fact)].append(fact)
    lines = [line(code, name, some) for (code, name), some in groups.items()]
    return tuple(sorted(lines, key=lambda each: (-each.now.revenue_amount, each.code)))


def _sum_by(facts: Sequence[_Fact], key: Callable[[_Fact], Hashable]) -> dict[Any, Tickets]:
    sums: dict[Any, Tickets] = defaultdict(Tickets)
    for fact in facts:
        sums[key(fact)] += fact.tickets
    return dict(sums)


def _total(parts: Iterable[Tickets]) -> Tickets:
    return sum(parts, Tickets())
