"""Prizes as other apps may know them: what was paid of each draw, what waits, what runs out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from sales.draws.payout_ratio import Payouts, payouts_by_draw
from sales.figures.choices import products
from sales.figures.rows import below
from sales.models import ClaimState, PrizeClaim

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
    known = payouts_by_draw(first - USUAL, last, on=on)
    known.reverse()
    usual = [each for each in known if _ends(each, date.min, first - timedelta(days=1))]
    ending = [each for each in known if _ends(each, last + timedelta(days=1), last + SOON)]
    return PrizeBook(
        draws=tuple(each for each in known if each.first >= first),
        usual=tuple(each.ratio_bps for each in usual if each.ratio_bps is not None),
        waiting=waiting_claims(last),
        presented=presented_claims(first, last),
        expiring=tuple((each.claim_until, each) for each in ending if each.claim_until),
        products=products(),
    )


def _ends(payouts: Payouts, first: date, last: date) -> bool:
    """Whether the term of the draw ends in [first, last]."""
    return payouts.claim_until is not None and first <= payouts.claim_until <= last


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
