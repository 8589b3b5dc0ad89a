"""Preparing punches (§4): correct the clock, park what cannot be true, find the owner."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from attendance.engine.facts import DeviceUser, Facts, Punch, Terminal, Way, minute_of

OLDEST_YEAR = 2020
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PreparedPunch:
    """A punch of a known person at its corrected minute."""

    minute: int
    terminal: str
    given: datetime
    offset_seconds: int = 0
    way: Way | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PunchException:
    """A punch that could not be used (§4, §5); `at` is the terminal's own time, `text` as given.

    `who` and `terminal` keep two people's punches of one moment apart.
    """

    at: datetime
    code: str
    who: str
    terminal: str
    text: str = ""


def prepare(
    facts: Facts, punches: tuple[Punch, ...]
) -> tuple[dict[str, list[PreparedPunch]], set[PunchException]]:
    """Punches by person, sorted and without repeats, and the ones set aside."""
    owners = defaultdict(list)
    for user in facts.device_users:
        owners[user.uid].append(user)
    known = {employee.id for employee in facts.employees}
    by_person: dict[str, dict[tuple[int, str], PreparedPunch]] = defaultdict(dict)
    aside: set[PunchException] = set()
    for punch in punches:
        corrected = corrected_time(punch, facts.terminals)
        if corrected.year < OLDEST_YEAR or corrected > (punch.received or corrected) + AHEAD:
            aside.add(_set_aside(punch, "bad_clock"))
            continue
        person = punch.employee
        if punch.uid is not None:
            day = corrected.date()
            person = _owner(owners.get(punch.uid, ()), day)
        if person is None or person not in known:
            aside.add(_set_aside(punch, "unknown_user"))
            continue
        minute = minute_of(corrected)
        key = (minute, punch.terminal)
        earlier = by_person[person].get(key)
        prepared = PreparedPunch(
            minute,
            punch.terminal,
            punch.at,
            offset_of(punch, facts.terminals),
            punch.way,
            punch.text,
        )
        if earlier is None or _order(prepared) < _order(earlier):
            by_person[person][key] = prepared
    return {
        person: sorted(found.values(), key=lambda p: (p.minute, p.terminal))
        for person, found in by_person.items()
    }, aside


def _owner(users: Sequence[DeviceUser], day: date) -> str | None:
    """Who had a user id that day: of several whoever had it last; nobody where that is two people."""
    held = [user for user in users if user.first <= day and (user.last is None or day <= user.last)]
    if len(held) < 2:
        return held[0].employee if held else None
    newest = max(user.first for user in held)
    people = {user.employee for user in held if user.first == newest}
    return people.pop() if len(people) == 1 else None


def _order(punch: PreparedPunch) -> tuple[datetime, str, str]:
    """Of taps of one minute the first is the punch."""
    return punch.given, punch.text, punch.way or ""


def _set_aside(punch: Punch, code: str) -> PunchException:
    who = f"uid {punch.uid}" if punch.uid is not None else str(punch.employee)
    return PunchException(punch.at, code, who, punch.terminal, punch.text)


def corrected_time(punch: Punch, terminals: dict[str, Terminal]) -> datetime:
    """The terminal's own time less its offset, then without seconds (§4.1)."""
    at = punch.at
    if offset := offset_of(punch, terminals):
        at -= timedelta(seconds=offset)
    return at.replace(second=0, microsecond=0)


def offset_of(punch: Punch, terminals: dict[str, Terminal]) -> int:
    """Seconds the terminal's clock was ahead for this punch."""
    if punch.offset_seconds is not None:
        return punch.offset_seconds
    terminal = terminals.get(punch.terminal)
    return terminal.offset_seconds if terminal is not None else 0
