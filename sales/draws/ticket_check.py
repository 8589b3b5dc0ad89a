"""Checking a ticket: what it wins, the tax on it, and until when it can be claimed (dò vé)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem
from sales.draws.claim_terms import last_claim_day
from sales.draws.prize_tables import PRIZES_TOLD, Prizes, prizes_read
from sales.engine.prizes import Outcome, Result, outcome, prize_tax
from sales.ledger.closing import NoSuchDraw
from sales.models import Draw, RuleKey
from sales.rules import RULES_TOLD, RuleBook, Rules, rule_book, rules_read

TAXES = (RuleKey.PRIZE_TAX, RuleKey.PRIZE_TAX_FREE)
_DRAW: Final = [field.attname for field in Draw._meta.concrete_fields]
# Thousands are checked on the evening of a draw, so everything is asked for at once.
_FACTS: Final = f"""
    select ({PRIZES_TOLD}), ({RULES_TOLD}), {", ".join(f"draw.{name}" for name in _DRAW)}
    from sales_draw draw where draw.date = %(day)s
"""  # noqa: S608 -- statements of our own


class ResultNotPublished(Problem):
    status = 409
    code = "ticket.no_result"
    message = _("Kỳ này chưa có kết quả được công bố. Hãy dò lại sau khi công bố.")


class RuleMissing(Problem):
    status = 409
    code = "rule.missing"
    message = _(
        "Chưa có đủ quy định về thuế và hạn lĩnh thưởng cho ngày này. "
        "Hãy nhờ quản trị nhập trong Danh mục."
    )


@dataclass(frozen=True, slots=True)
class Tax:
    """Income tax on a prize paid on a day, by the rules in force then.

    `is_confirmed`: nobody doubts those rules. `is_settled`: confirmed, or the tax would be the
    same by the last rules somebody has confirmed.
    """

    amount: int
    tax_free_amount: int
    on: date
    is_confirmed: bool
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a ticket wins. `claim_until` is the last day to present it."""

    draw: Draw
    prizes: Prizes
    outcome: Outcome
    tax: Tax
    claim_until: date

    @property
    def net_amount(self) -> int:
        return self.outcome.amount - self.tax.amount


def check_ticket(
    number: str, symbol: str, day: date, *, on: date, product: str | None = None
) -> Checked:
    """What the ticket wins in the draw of the day, and its tax if it is paid `on` a day.

    Without a symbol only the special prize stays open.

    Raises NoSuchDraw, ResultNotPublished, NoPrizeTable, ProductUnclear, RuleMissing.
    """
    draw, prizes, rules = _facts(day, product)
    if draw.numbers is None:
        raise ResultNotPublished
    is_known = bool(symbol) and draw.winning_symbols is not None
    known = frozenset(draw.winning_symbols or ()) if is_known else None
    table = prizes_read(prizes)
    found = outcome(number, symbol, result=Result(draw.numbers, known), structure=table.structure)
    tax = _tax(found.amount, rules, on=max(on, day))
    until = last_claim_day(day, draw.claim_until, rules)
    if until is None:
        raise RuleMissing
    return Checked(draw, table, found, tax, claim_until=until)


def _facts(day: date, product: str | None) -> tuple[Draw, str | None, RuleBook]:
    """The draw of the day, the prizes of its tickets, and the rules, in one query. Raises NoSuchDraw."""
    keys: list[str] = [*TAXES, RuleKey.PRIZE_CLAIM_DAYS]
    asked: dict[str, Any] = {"day": day, "product": product or None, "keys": keys}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, asked)
        row = cursor.fetchone()
    if row is None:
        raise NoSuchDraw
    prizes, rules, *columns = row
    return Draw.from_db(connection.alias, _DRAW, columns), prizes, rules_read(rules)


def tax_on(amount: int, *, on: date) -> Tax:
    """The tax on what one ticket won, paid on the day. Raises RuleMissing."""
    return _tax(amount, rule_book(TAXES), on=on)


def _tax(amount: int, book: RuleBook, *, on: date) -> Tax:
    rules = book.on(on)
    tax, free = _by(rules, amount), rules.value(RuleKey.PRIZE_TAX_FREE)
    if tax is None or free is None:
        raise RuleMissing
    is_confirmed = all(rules.is_confirmed(key) for key in TAXES)
    is_settled = is_confirmed or tax == _by(book.last_confirmed(on), amount)
    return Tax(tax, free, on, is_confirmed, is_settled)


def _by(rules: Rules, amount: int) -> int | None:
    free, bps = rules.value(RuleKey.PRIZE_TAX_FREE), rules.value(RuleKey.PRIZE_TAX)
    return None if free is None or bps is None else prize_tax(amount, tax_free=free, bps=bps)
