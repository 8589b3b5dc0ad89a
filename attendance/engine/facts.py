"""What the engine is told: frozen values, nothing else (specification §1 to §4).

A moment is whole minutes of local time since the first of January of year 1 (`minute_of`), a day
its proleptic ordinal; there is no daylight saving, so both can simply be added and compared.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

DAY = 1440
NIGHT_ENDS, NIGHT_STARTS = 360, 1320  # 22:00 to 06:00, Labour Code 45/2019 art. 106

DayType = Literal["work", "rest", "holiday"]
Part = Literal["full", "am", "pm"]
Pairing = Literal["first_last", "pairs", "directed"]
EachShift = Literal["near", "day", "never"]
Way = Literal["in", "out"]
CarePlace = Literal["start", "end", "spread"]
WhyOwn = Literal["weekly", "roster", "moved"]
Interval = tuple[int, int]


def minute_of(moment: datetime) -> int:
    """Local minutes of a naive moment; its seconds are dropped (§4.1)."""
    return moment.toordinal() * DAY + moment.hour * 60 + moment.minute


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules a company may choose (§1). Minutes unless the name says otherwise.

    Beyond the specification: pairing "directed" trusts what each punch says it is (`Punch.way`),
    and `each_shift` tells which blocks share an arrival and a departure: "near" those within
    `chain_gap` (§5), "day" also all shifts of a work date, "never" none but overlapping ones.
    """

    dup_minutes: int = 2
    min_span: int = 30
    window_before: int = 240
    window_after: int = 480
    chain_gap: int = 60
    late_grace: int = 0
    early_grace: int = 0
    pairing: Pairing = "first_last"
    each_shift: EachShift = "near"
    ot_requires_approval: bool = True
    ot_min: int = 30
    ot_block: int = 1
    extra_alert: int = 60
    drift_alert_seconds: int = 120
    normal_regime: Literal["day", "week"] = "day"
    ot_month_cap_hours: int = 40
    ot_year_cap_hours: int = 200


@dataclass(frozen=True, slots=True)
class Employee:
    """`join` and `leave` are the first and last day of employment, both worked.

    `site` is where the person belongs; `sites`, beyond the specification, tells of transfers:
    (day, site from that day on), sorted. Before the first of them it is `site`.
    """

    id: str
    join: date
    leave: date | None = None
    site: str | None = None
    sites: tuple[tuple[date, str | None], ...] = ()

    def is_employed_on(self, day: date) -> bool:
        return self.join <= day and (self.leave is None or day <= self.leave)

    def site_on(self, day: date) -> str | None:
        """The site the person belongs to on a work date."""
        return next((site for since, site in reversed(self.sites) if since <= day), self.site)


@dataclass(frozen=True, slots=True)
class Terminal:
    """`offset_seconds` is how fast its clock is (positive: ahead)."""

    id: str
    site: str | None = None
    offset_seconds: int = 0


@dataclass(frozen=True, slots=True)
class DeviceUser:
    """Who owned a terminal's user id, both days included."""

    uid: str
    employee: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A break by the clock, as minutes of the day."""

    start: int
    end: int
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift by the clock, as minutes of the day; an end not after the start is the next day.

    `flex`, beyond the specification, is how many minutes later one may come and go (flexible.py).
    """

    code: str
    start: int
    end: int
    breaks: tuple[Break, ...] = ()
    flex: int = 0


@dataclass(frozen=True, slots=True)
class RosterEntry:
    employee: str
    date: date
    shift: str


@dataclass(frozen=True, slots=True)
class Swap:
    """Two people exchange their entries of a date."""

    date: date
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave or a trip: a part of the day, or from `start` to `end` in minutes of the day (§3).

    Clock times may mean the morning after, in a shift over midnight; `exact` ones (whole moments,
    told in minutes from the date's midnight) mean themselves.
    """

    employee: str
    date: date
    code: str
    part: Part | None = "full"
    start: int | None = None
    end: int | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Care:
    """Care hours, beyond the specification: `minutes` of each work date of [first, last] (care.py).

    `paid_if_worked` where it was agreed that working through them is paid once more.
    """

    employee: str
    first: date
    last: date
    minutes: int
    place: CarePlace
    paid_if_worked: bool = False


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What a date is for one person whose weekly rest days are not the company's (art. 111).

    Beyond the specification, whose calendar is everybody's. A holiday stays one. `why` it is so: by
    the days of the week, as the roster has it, or because a holiday fell on the day of rest.
    """

    employee: str
    date: date
    kind: Literal["work", "rest"]
    why: WhyOwn = "weekly"


@dataclass(frozen=True, slots=True)
class Overtime:
    """An approved overtime request: [start, end) in minutes."""

    employee: str
    start: int
    end: int


#: The terminal of a punch that a person entered; no terminal's code is empty.
BY_HAND: Final = ""


@dataclass(frozen=True, slots=True)
class Punch:
    """One record of a terminal: its own clock, and whose it is (an employee, or a terminal's uid).

    `offset_seconds` is how fast the clock was when this was fetched; None: as the terminal's.
    `way` is what the key pressed, or the place of the terminal, says the punch is. `text` is `at`
    as it was written, where it is to be told so.
    """

    at: datetime
    terminal: str
    employee: str | None = None
    uid: str | None = None
    received: datetime | None = None
    offset_seconds: int | None = None
    way: Way | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OvertimeBefore:
    """Overtime already had in the month and the year, in minutes (§8)."""

    month: int = 0
    year: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a computation may know. Order and repeats of the lists do not matter.

    Rows are made for the dates of `calendar`; `around` tells the kind of further dates that shifts
    and overtime reach into. A date in neither is a work day. `own_days` come before both. With `running_caps` the overtime of
    each row is added to `overtime_before` for the rows after it; else every row is held against
    what is given, as the specification has it.
    """

    calendar: dict[date, DayType]
    around: dict[date, DayType] = field(default_factory=dict)
    own_days: tuple[OwnDay, ...] = ()
    employees: tuple[Employee, ...] = ()
    terminals: dict[str, Terminal] = field(default_factory=dict)
    device_users: tuple[DeviceUser, ...] = ()
    shifts: dict[str, Shift] = field(default_factory=dict)
    roster: tuple[RosterEntry, ...] = ()
    swaps: tuple[Swap, ...] = ()
    leaves: tuple[Absence, ...] = ()
    trips: tuple[Absence, ...] = ()
    care: tuple[Care, ...] = ()
    overtime: tuple[Overtime, ...] = ()
    overtime_before: dict[str, OvertimeBefore] = field(default_factory=dict)
    running_caps: bool = True
    locks: dict[str, datetime] = field(default_factory=dict)
    punches: tuple[Punch, ...] = ()
    settings: Settings = field(default_factory=Settings)
