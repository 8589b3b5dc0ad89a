"""What a summary compares, by any dimensions: each draw with the week's and the year's before, as told."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from rest_framework.test import APIClient

from sales.figures.asked import Asked
from sales.figures.summary import summary
from sales.models import Agent, ConsignmentEntry, Draw
from tests import make
from tests.sales.conftest import Company, bulk, line

#: Two weeks around every turn of a month or year that a counterpart may lie beyond.
DAYS = [
    date.fromisoformat(first) + timedelta(days=n)
    for first in ("2024-12-28", "2025-09-25", "2025-12-25", "2026-09-23", "2026-12-24")
    for n in range(14)
]
NOT_HELD = ("2025-01-02", "2026-09-28", "2026-12-30")
SPANS = (
    (date(2025, 9, 20), date(2026, 10, 10)),
    (date(2025, 12, 31), date(2026, 12, 31)),
    (date(2026, 9, 30), date(2026, 10, 1)),
)


@pytest.fixture
def sold(company: Company, manager: APIClient) -> list[dict[str, Any]]:
    """Agents of two units, one of whom moved; what every draw of DAYS sold, and some not held."""
    for day in DAYS:
        make.draw(day.isoformat())
    for half, unit in ((DAYS[:35], company.hong_gai), (DAYS[35:], company.mong_cai)):
        Agent.objects.filter(code="AN").update(region=unit)
        lines = [
            line(agent, day.isoformat(), product=product, issued=3 + (7 * n + day.day) % 11)
            for day in half
            for n, agent in enumerate(("AN", "BINH", "CHI"))
            for product in ("TT10", "LT5")[n % 2 :]
        ]
        assert bulk(manager, lines).status_code == 201
    Draw.objects.filter(date__in=NOT_HELD).update(status="scheduled")
    entries = ConsignmentEntry.objects.filter(draw__status="held")
    return [
        {
            "region": entry.region.code, "agent": entry.agent.code, "product": entry.product.code,
            "day": entry.draw_date, "amount": entry.revenue_amount,
        }
        for entry in entries.select_related("region", "agent", "product")
    ]  # fmt: skip


def told_keys(sale: dict[str, Any], told_for: date, by: tuple[str, ...]) -> tuple[Any, ...]:
    known = sale | {
        "draw": told_for,
        "weekday": told_for.weekday(),
        "month": told_for.replace(day=1),
    }
    return tuple(known[name] for name in by)


def by_hand(
    sold: list[dict[str, Any]], first: date, last: date, by: tuple[str, ...]
) -> dict[Any, list[int]]:
    """Of each row what was sold, and of the week and of the year what was compared with what."""
    held = {sale["day"] for sale in sold}
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 5)
    for sale in sold:
        if first <= sale["day"] <= last:
            row = sums[told_keys(sale, sale["day"], by)]
            row[0] += sale["amount"]
            for place, back in ((1, 7), (3, 364)):
                if sale["day"] - timedelta(days=back) in held:
                    row[place] += sale["amount"]
        for place, back in ((2, 7), (4, 364)):
            told_for = sale["day"] + timedelta(days=back)
            if first <= told_for <= last and told_for in held:
                sums[told_keys(sale, told_for, by)][place] += sale["amount"]
    return {key: row for key, row in sums.items() if any(row)}


def groupings() -> Iterator[tuple[str, ...]]:
    names = ("region", "agent", "product", "draw", "weekday", "month")
    for count in range(3):
        yield from permutations(names, count)
    yield from [("agent", "product", "month"), ("month", "region", "agent"), ("region", "agent", "product"),
                ("weekday", "month", "agent"), ("region", "weekday", "month"), ("product", "agent", "draw")]  # fmt: skip


def test_what_is_compared_is_the_ledgers(
    sold: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    for by in groupings():
        # Only months tell what is compared of another month than its own.
        for first, last in SPANS if "month" in by else SPANS[:1]:
            asked = Asked(first, last, by, is_compared=True)
            found = summary(asked)
            assert {
                tuple(key[0] for key in row.keys): [
                    row.revenue_amount, *(row.week or ()), *(row.year or ()),
                ]
                for row in found
            } == by_hand(sold, first, last, by), (first, by)  # fmt: skip
            with monkeypatch.context() as few:
                few.setattr("sales.figures.summary.FEW", 0)
                assert summary(replace(asked, limit=3)) == found[:4], (first, by)
