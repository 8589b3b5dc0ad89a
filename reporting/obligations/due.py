"""Which periods a report is owed for, until when, and how far each is. Pure.

No official form or calendar of all of these reports is known, so every rule is data of the register.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from reporting.periods import Period, PeriodKind, period_of

#: A period whose last day is known to be no day off within so many days; Tết is nine at most.
LONGEST_REST: Final = 31

KINDS: Final = {
    "month": PeriodKind.MONTH,
    "quarter": PeriodKind.QUARTER,
    "half_year": PeriodKind.HALF_YEAR,
    "year": PeriodKind.YEAR,
}


@dataclass(frozen=True, slots=True)
class DueRule:
    """So many days after the period's end, or the last day of the n-th month after it."""

    days: int | None = None
    month_end: int | None = None

    def on(self, period_end: date) -> date:
        """The day by the calendar, whether it is worked or not."""
        if self.days is not None:
            return period_end + timedelta(days=self.days)
        month = period_end.year * 12 + period_end.month - 1 + (self.month_end or 0) + 1
        year, place = divmod(month, 12)
        return date(year, place + 1, 1) - timedelta(days=1)


class Standing(StrEnum):
    """How far a period is."""

    DUE = "due"
    PREPARED = "prepared"
    APPROVED = "approved"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the rules see it."""

    kind: Standing
    submitted_on: date | None = None


def periods(frequency: str, *, first: date, last: date) -> Iterator[Period]:
    """The periods that end between the two days, the earliest first."""
    found = period_of(KINDS[frequency], first)
    while found.last <= last:
        yield found
        found = period_of(found.kind, found.last + timedelta(days=1))


def due_date(period: Period, rule: DueRule, *, is_worked: Callable[[date], bool]) -> date:
    """The last day to submit; one that is not worked moves to the next that is."""
    day = rule.on(period.last)
    for _more in range(LONGEST_REST):
        if is_worked(day):
            break
        day += timedelta(days=1)
    return day


def standing(steps: Sequence[Step]) -> Standing:
    """The newest step says it: what is prepared again after submitting is to be submitted again."""
    return steps[-1].kind if steps else Standing.DUE


def days_late(steps: Sequence[Step], *, due: date, on: date) -> int:
    """Days from the due date to the first submission or, without one, to today; 0 when in time."""
    submitted = [step.submitted_on for step in steps if step.submitted_on is not None]
    return max(((min(submitted) if submitted else on) - due).days, 0)
