"""When a terminal brought nothing: told from its hours, and disproved by punches of that time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Max

from attendance.models import Collecting, Punch, Terminal, TerminalHour
from attendance.review.exception_causes import Outage
from backend.clock import VN

HOUR: Final = timedelta(hours=1)
#: A terminal that pushes calls every minute; silent for longer than this it is out.
SILENCE: Final = timedelta(hours=2)

#: (beginning of the hour, contacts, failures) of one terminal.
Hour = tuple[datetime, int, int]
Span = tuple[datetime, datetime | None]


def spans(hours: Iterable[Hour], *, pushes: bool) -> list[Span]:
    """The spans without any contact, from the hours in order. Pure.

    From the first hour that only failed to the next with a contact. A terminal that pushes tells
    nothing when it fails: of it, hours without a contact between two with one.
    """
    found: list[Span] = []
    if pushes:
        heard = [hour for hour, contacts, _failures in hours if contacts]
        gaps = ((before + HOUR, after) for before, after in pairwise(heard))
        found.extend((start, end) for start, end in gaps if end - start >= SILENCE)
        return found
    began: datetime | None = None
    for hour, contacts, failures in hours:
        if contacts and began is not None:
            found.append((began, hour))
            began = None
        elif failures and not contacts and began is None:
            began = hour
    if began is not None:
        found.append((began, None))
    return found


def outages(*, first: datetime, last: datetime) -> list[Outage]:
    """Outages that touch [first, last), as far as no stored punch of the terminal disproves them.

    A terminal that only could not be reached goes on recording: its punches come later, and the
    outage begins after the last of them; what is left under an hour is none. Two queries, and one an outage.
    """
    terminals = {each.pk: each for each in Terminal.objects.select_related("site")}
    hours: dict[int, list[Hour]] = defaultdict(list)
    rows = TerminalHour.objects.filter(hour__gte=first - 24 * HOUR, hour__lt=last + 24 * HOUR)
    for of, hour, contacts, failures in rows.order_by("hour").values_list(
        "terminal_id", "hour", "contacts", "failures"
    ):
        hours[of].append((hour, contacts, failures))
    found = []
    for pk, of_terminal in sorted(hours.items()):
        terminal = terminals[pk]
        for start, end in spans(of_terminal, pushes=terminal.collecting == Collecting.PUSH):
            if start >= last or (end is not None and end <= first):
                continue
            silent = _silent_since(pk, start, end)
            if end is None or end - silent >= HOUR:
                found.append(
                    Outage(terminal.code, terminal.site.code, _local(silent), end and _local(end))
                )
    return found


def _silent_since(terminal: int, start: datetime, end: datetime | None) -> datetime:
    """The last punch that the terminal has recorded in the span after all, or its start."""
    within = Punch.objects.filter(terminal=terminal, punched_at__gte=start)
    if end is not None:
        within = within.filter(punched_at__lt=end)
    last: datetime | None = within.aggregate(last=Max("punched_at"))["last"]
    return last or start


def _local(moment: datetime) -> datetime:
    return moment.astimezone(VN).replace(tzinfo=None)
