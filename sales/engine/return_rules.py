"""Unsold tickets that come back: what was declared, counted and accepted, and what differs. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from sales.engine.bodies import Fault
from sales.engine.lines import MOST_TICKETS

_STRETCH = re.compile(r"([0-9A-Za-z]{1,6})[ :]+([0-9]{1,6})(?: *[-–] *([0-9]{1,6}))?")
#: No sheet lists more stretches of one product.
MOST_STRETCHES: Final = 500


@dataclass(frozen=True, slots=True)
class Stretch:
    """Serials of a series that lie together, both ends included."""

    symbol: str
    first: int
    last: int

    @property
    def tickets(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.symbol} {self.first:05d}-{self.last:05d}"


@dataclass(frozen=True, slots=True)
class Tally:
    """A product of a sheet: what the agent declared, what was counted, what is accepted.

    None: that step has not come yet.
    """

    product: str
    declared: int
    counted: int | None = None
    accepted: int | None = None

    @property
    def surplus(self) -> int:
        """Tickets counted beyond those declared (thừa)."""
        return max((self.counted or 0) - self.declared, 0) if self.counted is not None else 0

    @property
    def shortage(self) -> int:
        """Tickets declared that were not there (thiếu)."""
        return max(self.declared - self.counted, 0) if self.counted is not None else 0


@dataclass(frozen=True, slots=True)
class CutoffRules:
    """What holds on a draw's day: minutes of the day, None without a rule; whether late is refused."""

    minutes: int | None
    refuses: bool


@dataclass(frozen=True, slots=True)
class Lateness:
    """Draws whose cut-off is over: of `marked` what comes back is taken and marked late, of `refused`
    (until when) it is not taken."""

    marked: frozenset[date] = frozenset()
    refused: Mapping[date, datetime] = field(default_factory=dict)


def lateness(rules: Mapping[date, CutoffRules], at: datetime, zone: tzinfo) -> Lateness:
    """Which of the draws take no more returns at that moment, or mark them."""
    over = {
        day: until
        for day, rule in rules.items()
        if rule.minutes is not None and at >= (until := cutoff(day, rule.minutes, zone))
    }
    refused = {day: until for day, until in over.items() if rules[day].refuses}
    return Lateness(frozenset(over.keys() - refused.keys()), refused)


def cutoff(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The moment until which tickets of the draw come back; `minutes` of its day."""
    return datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minutes)


def stretch_of(text: str) -> Stretch | None:
    """ "8KX 00450-00499" or "8kx:450"; None when it is not one."""
    found = _STRETCH.fullmatch(text.strip())
    if not found:
        return None
    first = int(found[2])
    last = int(found[3]) if found[3] else first
    return Stretch(found[1].upper(), first, last) if first <= last else None


def declaration_faults(tickets: Mapping[str, int], products: frozenset[str]) -> list[Fault]:
    """All that is wrong with what an agent declares; rows count the products in their order."""
    faults = _number_faults(tickets, products)
    if not faults and not any(tickets.values()):
        faults.append(Fault(1, "tickets", "return.nothing"))
    return faults


def count_faults(
    tickets: Mapping[str, int], serials: Mapping[str, Sequence[str]], products: frozenset[str]
) -> list[Fault]:
    """All that is wrong with a count: serials, where they are given, must be as many as counted."""
    faults = _number_faults(tickets, products)
    by_serial = {product for product, texts in serials.items() if texts}
    for row, product in enumerate(tickets, 1):
        if product not in by_serial:
            if by_serial and tickets[product]:
                faults.append(Fault(row, "serials", "return.serials_missing"))
            continue
        stretches = [stretch_of(text) for text in serials[product]]
        wrong = [text for text, known in zip(serials[product], stretches, strict=True) if not known]
        if len(stretches) > MOST_STRETCHES:
            faults.append(Fault(row, "serials", "return.too_many", {"most": MOST_STRETCHES}))
        elif wrong:
            faults.append(Fault(row, "serials", "return.not_a_stretch", {"text": wrong[0][:30]}))
        elif (listed := sum(each.tickets for each in stretches if each)) != tickets[product]:
            values = {"listed": listed, "counted": tickets[product]}
            faults.append(Fault(row, "serials", "return.serials_differ", values))
    return faults


def acceptance_faults(
    accepted: Mapping[str, int], counted: Mapping[str, int], *, note: str, has_serials: bool
) -> list[Fault]:
    """Nothing is accepted that was not counted; less than counted says why."""
    faults: list[Fault] = []
    for row, (product, tickets) in enumerate(accepted.items(), 1):
        if product not in counted:
            faults.append(Fault(row, "tickets", "return.not_on_sheet", {"product": product}))
            continue
        values = {"accepted": tickets, "counted": counted[product]}
        if not 0 <= tickets <= counted[product]:
            faults.append(Fault(row, "tickets", "return.over_counted", values))
        elif tickets < counted[product] and has_serials:
            faults.append(Fault(row, "tickets", "return.recount_serials", values))
        elif tickets < counted[product] and not note.strip():
            faults.append(Fault(row, "note", "return.less_needs_reason", values))
    return faults


def _number_faults(tickets: Mapping[str, int], products: frozenset[str]) -> list[Fault]:
    faults: list[Fault] = []
    for row, (product, count) in enumerate(tickets.items(), 1):
        if product not in products:
            faults.append(Fault(row, "product", "product.unknown", {"product": product}))
        if not 0 <= count <= MOST_TICKETS:
            faults.append(Fault(row, "tickets", "return.not_a_count", {"most": MOST_TICKETS}))
    return faults
