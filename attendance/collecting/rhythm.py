"""When a terminal is polled next: on a beat of its own, outside quiet hours. Pure.

Every terminal has the same beat for ever, told by its primary key, so that hundreds of terminals
spread evenly over their interval again after a start, or after an outage brought them together.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from attendance.models import Terminal
from backend.clock import VN

#: A terminal that cannot be read from an offset sends its whole log, so it is asked less often.
_WHOLE_LOG_SECONDS: Final = 600
_FIRST_WAIT: Final = 15.0
_LONGEST_WAIT: Final = 900.0
#: Multiples of it, modulo 1, are as far from each other as they can be, however many there are.
_GOLDEN: Final = 0.6180339887498949


def next_poll(terminal: Terminal, *, at: datetime) -> datetime:
    """The beat that follows a poll ended at `at`: between half an interval and one and a half later."""
    half = timedelta(seconds=interval_seconds(terminal) / 2)
    return outside_quiet_hours(terminal, _beat(terminal, since=at + half))


def outside_quiet_hours(terminal: Terminal, moment: datetime) -> datetime:
    """`moment`, or the first beat after the quiet hours it lies in."""
    begin, end = terminal.quiet_from, terminal.quiet_until
    if begin is None or end is None or begin == end:
        return moment
    local = moment.astimezone(VN)
    time = local.time()
    if not (begin <= time < end if begin < end else time >= begin or time < end):
        return moment
    awake = local.replace(
        hour=end.hour, minute=end.minute, second=end.second, microsecond=end.microsecond
    )
    if awake <= local:
        awake += timedelta(days=1)
    return _beat(terminal, since=awake.astimezone(moment.tzinfo))


def waiting_time(terminal: Terminal, *, needs_person: bool) -> timedelta:
    """15, 30, 60 … seconds up to 15 minutes; the longest at once where only a person can help."""
    doublings = 10 if needs_person else min(terminal.consecutive_failures - 1, 10)
    return timedelta(seconds=min(_LONGEST_WAIT, _FIRST_WAIT * 2**doublings))


def interval_seconds(terminal: Terminal) -> int:
    """From beat to beat."""
    if terminal.offsets_refused_at is None:
        return terminal.poll_seconds
    return max(terminal.poll_seconds, _WHOLE_LOG_SECONDS)


def _beat(terminal: Terminal, *, since: datetime) -> datetime:
    """The terminal's first beat from `since` on."""
    interval = interval_seconds(terminal)
    phase = terminal.pk * _GOLDEN % 1
    number = ceil(since.timestamp() / interval - phase)
    return datetime.fromtimestamp((number + phase) * interval, tz=since.tzinfo)
