"""Pure: what kind a shift is and how long, for people who read a list of shifts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import Shift

DAY = 1440
#: Labour Code art. 106: night is 22:00 to 06:00, here of the first day and of the next.
NIGHTS = ((0, 360), (1320, 1800), (2760, 3240))
#: An unpaid break longer than this splits a shift in two (minutes); lunch at home is shorter.
SPLITTING = 120


@dataclass(frozen=True)
class ShiftFigures:
    """Minutes from start to end without unpaid breaks; minutes at night within start and end."""

    paid: int
    night: int
    kind: str | Promise


def figures_of(shift: Shift) -> ShiftFigures:
    """The figures of a shift; its end not after its start is on the next day."""
    end = shift.end + (DAY if shift.end <= shift.start else 0)
    unpaid = [_length(item.start, item.end) for item in shift.breaks if not item.paid]
    night = sum(max(0, min(end, high) - max(shift.start, low)) for low, high in NIGHTS)
    return ShiftFigures(end - shift.start - sum(unpaid), night, _kind(shift, night, unpaid))


def _length(start: int, end: int) -> int:
    return (end - start) % DAY


def _kind(shift: Shift, night: int, unpaid: Iterable[int]) -> str | Promise:
    if shift.flex:
        return _("ca linh hoạt")
    if any(length > SPLITTING for length in unpaid):
        return _("ca gãy")
    if any(item.paid for item in shift.breaks):
        return _("ca đêm liên tục") if night else _("ca liên tục")
    return _("ca đêm") if night else _("ca cố định")
