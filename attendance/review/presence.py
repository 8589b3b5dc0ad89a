"""Who is in now: a guess from the punches so far, and honest about what cannot be known.

Nobody's timesheet is made of this. A person came in with the first punch and goes in and out with
each further one; the shift decides where a single punch can only have been the way out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import Settings
from attendance.engine.prepare import AHEAD, corrected_time
from attendance.models import DayPart, Leave, RosterEntry, Terminal
from attendance.roster.swapping import both_of, exchanged, swaps_of
from attendance.terminals.terminal_state import CUT_OFF, condition_of
from attendance.timesheet.timesheets import stored_punches
from backend.clock import VN
from backend.org.models import Employee

Span = tuple[datetime, datetime]

#: Punches closer together are one act of punching.
_DOUBLE: Final = timedelta(minutes=Settings().dup_minutes)
#: So early a punch can already belong to a shift.
_BEFORE: Final = timedelta(minutes=Settings().window_before)
#: So long after the last shift somebody still "in" has more likely forgotten to punch out.
_FORGOTTEN: Final = timedelta(hours=3)
#: Without a shift nobody is taken to be in for longer than this.
_LONGEST: Final = timedelta(hours=14)


class State(StrEnum):
    IN = "in"
    OUT = "out"
    LEFT = "left"
    UNSURE = "unsure"
    AWAY = "away"
    SOON = "soon"
    LEAVE = "leave"
    TRIP = "trip"
    OFF = "off"


LABELS: Final[Mapping[State, str | Promise]] = {
    State.IN: _("Đang có mặt"),
    State.OUT: _("Đang ra ngoài"),
    State.LEFT: _("Đã về"),
    State.UNSURE: _("Không thấy lượt ra"),
    State.AWAY: _("Chưa đến"),
    State.SOON: _("Chưa đến giờ"),
    State.LEAVE: _("Nghỉ phép"),
    State.TRIP: _("Công tác"),
    State.OFF: _("Không có ca"),
}
TONES: Final[Mapping[State, str]] = {
    State.IN: "good",
    State.OUT: "info",
    State.UNSURE: "attention",
    State.AWAY: "bad",
}


@dataclass(frozen=True)
class Away:
    """Leave or a trip of today."""

    is_trip: bool
    part: str


def guess(
    events: Sequence[datetime],
    spans: Sequence[Span],
    away: Away | None,
    *,
    now: datetime,
    flex: Mapping[Span, timedelta] = MappingProxyType({}),
) -> State:
    """The state at `now`. All moments local and naive; `spans` sorted, last night's among them.

    `events` are the punches since the first span's window or midnight, without doubles. `flex` is
    how much later one may come to some of the spans.
    """
    if not events:
        return _nobody_came(spans, away, now, flex)
    if not spans:
        odd = len(events) % 2 == 1
        return State.LEFT if not odd else _unless(now > events[-1] + _LONGEST)
    mine = spans[_place(events[-1], spans)]
    if _is_inside([event for event in events if spans[_place(event, spans)] == mine], mine):
        return _unless(now > mine[1] + _FORGOTTEN)
    for start, end in spans:
        if start <= now < end:
            return State.OUT if (start, end) == mine else State.AWAY
    return State.LEFT


def _unless(forgotten: bool) -> State:
    return State.UNSURE if forgotten else State.IN


def _place(event: datetime, spans: Sequence[Span]) -> int:
    """Which shift a punch belongs to: the last one whose time to come has begun."""
    place = 0
    for number in range(1, len(spans)):
        start, before = spans[number][0], spans[number - 1][1]
        if event >= max(start - _BEFORE, before + (start - before) / 2):
            place = number
    return place


def _is_inside(events: Sequence[datetime], span: Span) -> bool:
    """Odd: in; even: out. A single punch nearer to the end of its shift was the way out (§6)."""
    if len(events) == 1:
        return abs(events[0] - span[0]) <= abs(events[0] - span[1])
    return len(events) % 2 == 1


def _nobody_came(
    spans: Sequence[Span], away: Away | None, now: datetime, flex: Mapping[Span, timedelta]
) -> State:
    if away is not None and away.part == DayPart.FULL:
        return State.TRIP if away.is_trip else State.LEAVE
    todays = [span for span in spans if span[0].date() == now.date() or span[1] > now]
    if not todays:
        return State.OFF
    start, end = todays[0]
    due = start + (end - start) / 2 if away is not None and away.part == DayPart.AM else start
    return State.AWAY if now >= due + flex.get((start, end), timedelta(0)) else State.SOON


def without_doubles(moments: Iterable[datetime]) -> list[datetime]:
    """Each act of punching once, at its first moment."""
    events: list[datetime] = []
    last: datetime | None = None
    for moment in sorted(moments):
        if last is None or moment - last > _DOUBLE:
            events.append(moment)
        last = moment
    return events


@dataclass(frozen=True)
class PersonNow:
    """One line: the first and last punch since midnight or since last night's shift.

    `terminal` is the last punch's, empty for one entered by hand. `is_doubtful`: a terminal of the
    site is silent, so that the person may be there all the same.
    """

    employee: Employee
    state: State
    shifts: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    terminal: str
    is_doubtful: bool

    @property
    def label(self) -> str | Promise:
        return LABELS[self.state]

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "")


@dataclass
class SiteNow:
    """A site with its people; `as_of` is until when all of its terminals were read."""

    code: str
    name: str
    as_of: datetime | None = None
    silent: list[Terminal] = field(default_factory=list)
    people: list[PersonNow] = field(default_factory=list)

    def count(self, state: State) -> int:
        return sum(person.state == state for person in self.people)

    @property
    def counts(self) -> list[int]:
        return [self.count(state) for state in State]


@dataclass(frozen=True)
class Presence:
    """The company at `at`."""

    at: datetime
    sites: list[SiteNow]

    @property
    def silent(self) -> list[Terminal]:
        return [terminal for site in self.sites for terminal in site.silent]

    def count(self, state: State) -> int:
        return sum(site.count(state) for site in self.sites)

    @property
    def doubtful(self) -> int:
        """Of those who did not come, how many may have punched at a silent terminal."""
        people = (person for site in self.sites for person in site.people)
        return sum(person.is_doubtful for person in people)


def presence(
    *,
    at: datetime,
    site: str = "",
    department: str = "",
    among: QuerySet[Employee] | None = None,
) -> Presence:
    """Everybody employed today (of a site, of a department, among some), in a handful of queries."""
    now = at.astimezone(VN).replace(tzinfo=None)
    today = now.date()
    staff = _staff(today, site=site, department=department, among=among)
    ids = [person.pk for person in staff]
    spans, codes, flex = _shifts(ids, today)
    away = _away(ids, today)
    punches = _punches(ids, today)
    sites = _sites(at)
    found: dict[str, SiteNow] = {}
    for person in staff:
        place = found.setdefault(
            person.site.code,
            sites.get(person.site_id) or SiteNow(person.site.code, person.site.name),
        )
        mine = spans.get(person.pk, [])
        since = min([datetime.combine(today, time.min), *(start - _BEFORE for start, _end in mine)])
        made = [each for each in punches.get(person.pk, []) if since <= each[0] <= now + AHEAD]
        state = guess(
            without_doubles(moment for moment, _where in made),
            mine,
            away.get(person.pk),
            now=now,
            flex=flex.get(person.pk, {}),
        )
        place.people.append(
            PersonNow(
                employee=person,
                state=state,
                shifts=tuple(codes.get(person.pk, ())),
                first=made[0][0] if made else None,
                last=made[-1][0] if len(made) > 1 else None,
                terminal=made[-1][1] if made else "",
                is_doubtful=state == State.AWAY and bool(place.silent),
            )
        )
    return Presence(at, list(found.values()))


def _staff(
    today: date, *, site: str, department: str, among: QuerySet[Employee] | None
) -> list[Employee]:
    people = Employee.objects.employed_between(today, today)
    if among is not None:
        people = people.filter(pk__in=among)
    if site:
        people = people.filter(site__code=site)
    if department:
        people = people.filter(department__code=department)
    ordered = people.order_by("site__code", "department__code", "sort_key", "pk")
    return list(ordered.select_related("site", "department"))


def _shifts(
    employees: list[int], today: date
) -> tuple[dict[int, list[Span]], dict[int, list[str]], dict[int, dict[Span, timedelta]]]:
    """Today's shifts and last night's, and how flexible they are; the names are of today's alone."""
    spans: dict[int, list[Span]] = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    flex: dict[int, dict[Span, timedelta]] = defaultdict(dict)
    swaps = list(swaps_of(employees, today - timedelta(days=1), today))
    works = exchanged(swaps)
    entries = (
        RosterEntry.objects.between(today - timedelta(days=1), today)
        .filter(employee__in=both_of(employees, swaps))
        .select_related("shift")
        .order_by("work_date", "shift__start", "pk")
    )
    for entry in entries:
        start = datetime.combine(entry.work_date, entry.shift.start)
        end = datetime.combine(entry.work_date, entry.shift.end)
        end += timedelta(days=end <= start)
        person = works.get((entry.employee_id, entry.work_date), entry.employee_id)
        if entry.work_date == today:
            names[person].append(str(entry.shift))
        if end.date() >= today:
            spans[person].append((start, end))
            flex[person][start, end] = timedelta(minutes=entry.shift.flex_minutes)
    return spans, names, flex


def _away(employees: list[int], today: date) -> dict[int, Away]:
    rows = Leave.objects.filter(employee__in=employees, date=today)
    return {row.employee_id: Away(row.is_trip, row.part) for row in rows.order_by("pk")}


def _punches(employees: list[int], today: date) -> dict[int, list[tuple[datetime, str]]]:
    """By person: (corrected local moment, terminal's code) of yesterday and today, sorted."""
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for punch in stored_punches(employees, today - timedelta(days=1), today):
        if punch.employee is not None:
            found[int(punch.employee)].append((corrected_time(punch, {}), punch.terminal))
    for moments in found.values():
        moments.sort()
    return found


def _sites(at: datetime) -> dict[int, SiteNow]:
    """What the terminals in use say of their sites."""
    sites: dict[int, SiteNow] = {}
    contacts: dict[int, list[datetime | None]] = defaultdict(list)
    for terminal in Terminal.objects.filter(enabled=True).select_related("site").order_by("code"):
        place = terminal.site
        site = sites.setdefault(place.pk, SiteNow(place.code, place.name))
        contacts[place.pk].append(terminal.last_contact_at)
        if condition_of(terminal, at) in CUT_OFF:
            site.silent.append(terminal)
    for key, moments in contacts.items():
        told = [moment for moment in moments if moment is not None]
        sites[key].as_of = min(told) if told and len(told) == len(moments) else None
    return sites
