"""How old a debt is: what was paid settles the oldest sale first. Pure; amounts are đồng."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

#: Days overdue at which a new bucket begins: not yet due, 1 to 7, 8 to 30, over 30 days.
BUCKETS: Final = (1, 8, 31)


@dataclass(frozen=True, slots=True)
class Ageing:
    """A debt by how long it is overdue; the buckets add up to the debt.

    `advance` is what was paid beyond everything owed. `oldest_due` is the due day of the oldest
    unpaid sale.
    """

    not_due: int
    days_1_to_7: int
    days_8_to_30: int
    days_over_30: int
    advance: int
    oldest_due: date | None

    @property
    def overdue(self) -> int:
        return self.days_1_to_7 + self.days_8_to_30 + self.days_over_30


def ageing(debts: Iterable[tuple[date, int]], settled: int, *, on: date) -> Ageing:
    """The age of what is left of `debts` (due day, amount) on a day, after `settled` đồng.

    A debt below nothing (a correction) settles like a payment. The order of debts does not matter.
    """
    owed = sorted(debts)
    left = settled - sum(amount for _due, amount in owed if amount < 0)
    sums = [0] * (len(BUCKETS) + 1)
    oldest: date | None = None
    for due, amount in owed:
        if amount <= 0:
            continue
        paid = min(left, amount)
        left -= paid
        if paid < amount:
            oldest = oldest or due
            sums[_bucket((on - due).days)] += amount - paid
    not_due, week, month, longer = sums
    return Ageing(not_due, week, month, longer, advance=left, oldest_due=oldest)


def _bucket(days_over: int, starts: Sequence[int] = BUCKETS) -> int:
    return sum(days_over >= start for start in starts)
