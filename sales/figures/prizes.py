"""Prizes as other apps may know them: what was paid of each draw, what waits, what runs out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import QuerySet

from sales.draws.payout_ratio import Payouts, payouts_by_draw
from sales.figures.choices import products
from sales.figures.rows import below
from sales.models import ClaimState, PrizeClaim, RuleKey
from sales.rules import rule_value

__all__ = ["Claim", "Payouts", "PrizeBook", "presented_claims", "prize_book", "waiting_claims"]

#: A draw's prizes are told as running out when their term ends within so many days.
SOON = timedelta(days=7)
#: The usual ratio is that of the draws of so long before the period, whose term is over by then.
USUAL = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Claim:
    """A winning ticket presented; nothing of who the winner is. `gross_amount` is before tax."""

    pk: int
    draw: date
    number: str
    symbol: str
    gross_amount: int
    presented: date
    due: date
    state: str


@dataclass(frozen=True, slots=True)
class PrizeBook:
    """Prizes of the draws of a period, company-wide. Amounts are đồng, shares basis points.

    `usual` are the ratios of paid to revenue of the year's draws before; `waiting` the claims not
    paid at the end of the period, the first due on top; `presented` those of the period, by amount.
    `expiring` are draws whose term ends in the seven days after the period (`claim_until`).
    `products` are the names of all products by code.
    """

    draws: tuple[Payouts, ...]
    usual: tuple[int, ...]
    waiting: tuple[Claim, ...]
    presented: tuple[Claim, ...]
    expiring: tuple[tuple[date, Payouts], ...]
    products: Mapping[str, str]


def prize_book(first: date, last: date, *, on: date) -> PrizeBook:
    """Prizes of the draws held in [first, last], as known on a day."""
    claim_days = rule_value(RuleKey.PRIZE_CLAIM_DAYS, last) or 0
    term = timedelta(days=claim_days)
    payouts = partial(payouts_by_draw, on=on, claim_days=claim_days)
    usual = payouts(first - USUAL, first - term - timedelta(days=1))
    ending = payouts(last + timedelta(days=1) - term, last + SOON - term)
    return PrizeBook(
        draws=tuple(reversed(payouts(first, last))),
        usual=tuple(each.ratio_bps for each in usual if each.ratio_bps is not None),
        waiting=waiting_claims(last),
        presented=presented_claims(first, last),
        expiring=tuple((each.first + term, each) for each in reversed(ending)),
        products=products(),
    )


def waiting_claims(on: date, region_path: str | None = None) -> tuple[Claim, ...]:
    """Claims presented by `on` that are not paid yet, the first due on top."""
    found = PrizeClaim.objects.filter(state=ClaimState.OPEN, presented_date__lte=on)
    return _claims(found.filter(below("region__", region_path)).order_by("due_date", "pk"))


def presented_claims(first: date, last: date, region_path: str | None = None) -> tuple[Claim, ...]:
    """Claims presented in [first, last] and not withdrawn, the greatest first."""
    found = PrizeClaim.objects.filter(presented_date__range=(first, last))
    found = found.exclude(state=ClaimState.WITHDRAWN).filter(below("region__", region_path))
    return _claims(found.order_by("-gross_amount", "pk"))


def _claims(found: QuerySet[PrizeClaim]) -> tuple[Claim, ...]:
    rows = found.values_list(
        "pk",
        "draw__date",
        "number",
        "symbol",
        "gross_amount",
        "presented_date",
        "due_date",
        "state",
    )
    return tuple(Claim(*row) for row in rows)
