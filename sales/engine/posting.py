"""From a business event to one balanced journal entry. Pure; amounts are whole đồng.

An entry has a leg for each account; debits are positive, credits negative, and the legs of an entry
add up to nothing. `receivable` is what the agent owes for tickets sold, `collateral` what the
company holds of the agent's.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter, neg, sub

#: A commission rate or tax rate is told in parts of ten thousand.
WHOLE_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Legs:
    """What an entry moves on each account (tài khoản)."""

    receivable: int = 0
    collateral: int = 0
    cash: int = 0
    bank: int = 0
    offset: int = 0
    revenue: int = 0
    commission: int = 0
    withheld_tax: int = 0
    prizes: int = 0
    payout_fee: int = 0
    interest: int = 0
    adjustment: int = 0


#: The accounts, in the order of the journal's columns.
ACCOUNTS = tuple(field.name for field in fields(Legs))
#: What an entry moves on each of them.
amounts_of: Callable[[Legs], tuple[int, ...]] = attrgetter(*ACCOUNTS)
#: Where an agent's money goes.
MONEY = ("cash", "bank", "offset")


def share(amount: int, bps: int) -> int:
    """A part of an amount in whole đồng, cut off toward zero, so that a reversal undoes it exactly."""
    part = abs(amount) * bps // WHOLE_BPS
    return part if amount >= 0 else -part


def sale(*, revenue: int, commission: int, tax: int = 0) -> Legs:
    """Tickets sold at face value: the agent owes it less his commission (hoa hồng).

    `tax` is withheld from the commission of a person (thuế TNCN khấu trừ), so he owes it too.
    """
    return Legs(
        receivable=revenue - commission + tax,
        revenue=-revenue,
        commission=commission,
        withheld_tax=-tax,
    )


def payment(amount: int, *, into: str) -> Legs:
    """Money from the agent into cash, bank, or as an offset (phiếu nộp tiền)."""
    return _between(amount, debit=_money(into), credit="receivable")


def prize_paid(amount: int, *, fee_bps: int = 0, tax: int = 0) -> Legs:
    """A prize the agent paid on the company's behalf (trả thưởng hộ), with his fee for it.

    `tax` is what he kept back from the winner (thuế TNCN), and so still owes.
    """
    fee = share(amount, fee_bps)
    return Legs(prizes=amount, payout_fee=fee, withheld_tax=-tax, receivable=-(amount + fee - tax))


def payout(amount: int, *, tax: int, out_of: str) -> Legs:
    """A prize the company itself paid (công ty trả thưởng), less the tax withheld."""
    return Legs(**{"prizes": amount, "withheld_tax": -tax, _money(out_of): tax - amount})


def collateral(amount: int, *, into: str) -> Legs:
    """Security deposited (ký quỹ), or given back where the amount is negative."""
    return _between(amount, debit=_money(into), credit="collateral")


def interest(amount: int) -> Legs:
    """Interest on overdue debt, by contract (lãi chậm nộp)."""
    return _between(amount, debit="receivable", credit="interest")


def adjustment(amount: int) -> Legs:
    """What the agent owes more, or less where negative, by a decision (điều chỉnh công nợ)."""
    return _between(amount, debit="receivable", credit="adjustment")


def difference(new: Legs, old: Legs) -> Legs:
    """What has to be added to `old` to make it `new`."""
    return Legs(*map(sub, amounts_of(new), amounts_of(old)))


def any_moved(legs: Legs) -> bool:
    """Whether an entry of these legs would say anything."""
    return any(amounts_of(legs))


def reversal(legs: Legs) -> Legs:
    """The entry that undoes another (bút toán đảo)."""
    return Legs(*map(neg, amounts_of(legs)))


def _between(amount: int, *, debit: str, credit: str) -> Legs:
    return Legs(**{debit: amount, credit: -amount})


def _money(into: str) -> str:
    if into not in MONEY:
        raise ValueError(f"{into!r} is not one of {', '.join(MONEY)}")
    return into
