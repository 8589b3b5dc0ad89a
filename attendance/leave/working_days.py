"""The days of a span that use leave: those with a shift, or of the person's ordinary week."""

from collections.abc import Collection
from datetime import date

from attendance.roster.own_rest import MADE_UP_WITHIN, own_days, planned_days
from attendance.roster.swapping import exchanged, swaps_of
from attendance.timesheet.timesheets import day_types

#: An employee's key, the first and the last day.
Span = tuple[int, date, date]


def working_days(spans: Collection[Span]) -> dict[Span, list[date]]:
    """Days with a shift, and days of the ordinary week for which no roster is made yet.

    A shift that was swapped is its new owner's (§3), and the day it left is a working day no more.
    Six queries.
    """
    if not spans:
        return {}
    first, last = min(span[1] for span in spans), max(span[2] for span in spans)
    people = {span[0] for span in spans}
    rostered = planned_days(people, first, last)
    swapped = exchanged(swaps_of(people, first, last))
    kinds = day_types(first - MADE_UP_WITHIN, last)
    own = {
        (int(told.employee), told.date): told.kind for told in own_days(people, kinds, first=first)
    }
    return {
        span: [
            day
            for day in sorted(kinds)
            if span[1] <= day <= span[2]
            and (
                day in rostered.get(span[0], ())
                or ((span[0], day) not in swapped and own.get((span[0], day), kinds[day]) == "work")
            )
        ]
        for span in spans
    }
