"""Debts as other apps may know them: by age, with what secures them, exceptions and interest."""

from dataclasses import dataclass
from datetime import date

from sales.figures.rows import below
from sales.models import CreditException
from sales.money.debts import Debt, debts_on
from sales.money.overdue_interest import interest_of

__all__ = ["Allowed", "Debt", "DebtBook", "InterestDue", "debt_book"]


@dataclass(frozen=True, slots=True)
class Allowed:
    """An agent let owe up to `limit_amount` đồng until a day (cho vượt hạn mức)."""

    code: str
    limit_amount: int
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class InterestDue:
    """Interest of a month for paying late, đồng; `booked_amount` stands in the books of it."""

    code: str
    name: str
    region: str
    amount: int
    booked_amount: int


@dataclass(frozen=True, slots=True)
class DebtBook:
    """Every account that is not empty at the end of `on`, by code, and what belongs to it."""

    on: date
    debts: tuple[Debt, ...]
    allowed: tuple[Allowed, ...]
    interest: tuple[InterestDue, ...]


def debt_book(on: date, region_path: str | None = None) -> DebtBook:
    """Debts at the end of `on`, exceptions in force then, interest of the month that holds it."""
    return DebtBook(
        on=on,
        debts=tuple(debts_on(on, path=region_path)),
        allowed=_allowed(on, region_path),
        interest=tuple(
            InterestDue(each.code, each.name, each.region, each.interest.amount, each.booked_amount)
            for each in interest_of(on, path=region_path)
        ),
    )


def _allowed(on: date, region_path: str | None) -> tuple[Allowed, ...]:
    """Of each agent the newest in force; one of 0 đồng took an earlier one back."""
    found = CreditException.objects.in_force(on).filter(below("agent__region__", region_path))
    newest = found.order_by("agent__code", "-pk").distinct("agent__code")
    rows = newest.values_list("agent__code", "limit_amount", "valid_to", "reason")
    return tuple(Allowed(*row) for row in rows if row[1])
