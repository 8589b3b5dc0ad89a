"""How full a terminal is, and the day it will be full if people go on punching as they do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, NamedTuple

from django.db.models import Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import Pull, PullSource, PullState, Terminal
from backend.clock import VN

#: Percent from which on a memory is worth a look, and urgent.
WORTH_A_LOOK, URGENT = 80, 95
_LOOK_BACK: Final = timedelta(days=30)
_LEAST_DAYS: Final = 7
#: A forecast further away than this is no use to anybody.
_HORIZON: Final = timedelta(days=3650)


class Outlook(StrEnum):
    FULL = "full"
    FILLS = "fills"
    STEADY = "steady"
    NOT_ENOUGH_DATA = "not_enough_data"


class DayCount(NamedTuple):
    """The most records the terminal held on that day."""

    day: date
    records: int


@dataclass(frozen=True)
class Forecast:
    """`per_day` records come in; at that pace the terminal is full on `full_on`."""

    outlook: Outlook
    per_day: float | None = None
    full_on: date | None = None


def forecast(days: Sequence[DayCount], *, capacity: int | None, on: date) -> Forecast:
    """The day a log is full, from its growth in the last 30 days, the oldest first. Pure.

    Growth is counted since the log was last cleared, and only from a week of it on.
    """
    if not capacity or not days:
        return Forecast(Outlook.NOT_ENOUGH_DATA)
    last = days[-1]
    if last.records >= capacity:
        return Forecast(Outlook.FULL, full_on=last.day)
    first = _since_cleared(days, on)
    elapsed = (last.day - first.day).days
    if elapsed < _LEAST_DAYS:
        return Forecast(Outlook.NOT_ENOUGH_DATA)
    per_day = (last.records - first.records) / elapsed
    if per_day <= 0:
        return Forecast(Outlook.STEADY, per_day=0.0)
    left = timedelta(days=ceil((capacity - last.records) / per_day))
    if left > _HORIZON:
        return Forecast(Outlook.STEADY, per_day=per_day)
    return Forecast(Outlook.FILLS, per_day=per_day, full_on=max(on, last.day + left))


def _since_cleared(days: Sequence[DayCount], on: date) -> DayCount:
    """The earliest of the last 30 days after which the count never fell."""
    first = days[-1]
    for day in reversed(days):
        if day.records > first.records or on - day.day > _LOOK_BACK:
            break
        first = day
    return first


def records_by_day(terminal: Terminal, *, at: datetime) -> list[DayCount]:
    """What the terminal counted on each of the last 30 days on which it was read."""
    return daily_counts(Terminal.objects.filter(pk=terminal.pk), at=at).get(terminal.pk, [])


def daily_counts(terminals: QuerySet[Terminal], *, at: datetime) -> dict[int, list[DayCount]]:
    """The same for several terminals, by primary key, in one question."""
    pulls = Pull.objects.filter(
        terminal__in=terminals,
        source=PullSource.PULL,
        state=PullState.DONE,
        device_count__isnull=False,
        started_at__gte=at - _LOOK_BACK,
    )
    rows = (
        pulls.annotate(day=TruncDate("started_at", tzinfo=VN))
        .values("terminal", "day")
        .annotate(records=Max("device_count"))
        .order_by("terminal", "day")
    )
    found: dict[int, list[DayCount]] = defaultdict(list)
    for terminal, day, records in rows.values_list("terminal", "day", "records"):
        found[terminal].append(DayCount(day, records))
    return found


@dataclass(frozen=True)
class Memory:
    """One memory of a terminal: `used` of `capacity`; either is None where it was not told."""

    label: str | Promise
    used: int | None
    capacity: int | None

    @property
    def percent(self) -> int | None:
        if self.used is None or not self.capacity:
            return None
        return min(100, self.used * 100 // self.capacity)

    @property
    def tone(self) -> str:
        """The page's chip class."""
        percent = self.percent
        if percent is None:
            return ""
        return "bad" if percent >= URGENT else "attention" if percent >= WORTH_A_LOOK else "good"


def memories(terminal: Terminal) -> list[Memory]:
    return [
        Memory(_("Bản ghi"), terminal.last_record_count, terminal.record_capacity),
        Memory(_("Người dùng"), terminal.user_count, terminal.user_capacity),
        Memory(_("Vân tay"), terminal.finger_count, terminal.finger_capacity),
    ]
