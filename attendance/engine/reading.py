"""Facts from plain JSON in the specification's shape.

Moments are local "YYYY-MM-DDTHH:MM[:SS]" (a space for the T is read too; one with an offset is
brought to local time), clock times "HH:MM". Anything that is not understood is refused with
UnreadableFacts, naming the place.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, timedelta, timezone
from math import inf
from typing import Any, TypeVar, get_args

from attendance.engine.facts import (
    DAY,
    Absence,
    Break,
    Care,
    CarePlace,
    DayType,
    DeviceUser,
    Employee,
    Facts,
    Overtime,
    OvertimeBefore,
    OwnDay,
    Part,
    Punch,
    RosterEntry,
    Settings,
    Shift,
    Swap,
    Terminal,
    Way,
    WhyOwn,
    minute_of,
)

Json = Mapping[str, Any]
T = TypeVar("T")
D = TypeVar("D", bound=date)

KEYS = {
    "settings",
    "employees",
    "terminals",
    "device_users",
    "shifts",
    "calendar",
    "own_days",
    "roster",
    "swaps",
    "leaves",
    "trips",
    "care",
    "overtime_approved",
    "overtime_before",
    "locks",
    "punches",
}
#: Fixed, without daylight saving (specification, first paragraph).
LOCAL = timezone(timedelta(hours=7))
#: More than a terminal's clock can be off: a hundred years of seconds.
_FARTHEST = 100 * 366 * 86_400
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?|(24):(00)(:00)?")


class UnreadableFacts(ValueError):
    """The JSON is not in the specification's shape; the text says where and why."""


def read(data: Json) -> Facts:
    """Facts from JSON. Raises UnreadableFacts."""
    _known(_object(data), KEYS)
    employees = _employees(data)
    before = _overtime_before(data.get("overtime_before") or {})
    return Facts(
        calendar=dict(_named(data, "calendar", _calendar_day).values()),
        own_days=_each(data, "own_days", _own_day),
        employees=employees,
        terminals=_named(data, "terminals", _terminal),
        device_users=_each(data, "device_users", _device_user),
        shifts=_named(data, "shifts", _shift),
        roster=_roster(data),
        swaps=_each(data, "swaps", _swap),
        leaves=_each(data, "leaves", _absence),
        trips=_each(data, "trips", _absence),
        care=_each(data, "care", _care),
        overtime=_each(data, "overtime_approved", _overtime),
        overtime_before={employee.id: before for employee in employees},
        running_caps=False,
        locks=_named(data, "locks", _lock),
        punches=_each(data, "punches", _punch),
        settings=_settings(data.get("settings") or {}),
    )


def moment_of(text: str) -> datetime:
    """The naive local moment that a text tells."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(LOCAL).replace(tzinfo=None)


@contextmanager
def _place(name: str) -> Iterator[None]:
    """Whatever cannot be read in here is told with where it stands."""
    try:
        yield
    except UnreadableFacts as error:
        raise UnreadableFacts(f"{name}: {error}") from None
    except KeyError as error:
        raise UnreadableFacts(f"{name}: {error.args[0]} is missing") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableFacts(f"{name}: {error}") from None


def _object(data: Any) -> Json:
    if not isinstance(data, Mapping):
        raise UnreadableFacts("an object is expected")
    return data


def _known(data: Json, names: set[str]) -> None:
    if unknown := sorted(set(data) - names):
        raise UnreadableFacts(f"unknown {', '.join(unknown)}")


def _each(data: Json, key: str, make: Callable[[Json], T]) -> tuple[T, ...]:
    """The items of a list."""
    items = data.get(key) or []
    if not isinstance(items, list | tuple):
        raise UnreadableFacts(f"{key}: a list is expected")
    found = []
    for index, item in enumerate(items):
        with _place(f"{key}[{index}]"):
            found.append(make(_object(item)))
    return tuple(found)


def _named(data: Json, key: str, make: Callable[[str, Any], T]) -> dict[str, T]:
    """The members of an object."""
    with _place(key):
        items = _object(data.get(key) or {})
    found = {}
    for name, item in items.items():
        with _place(f"{key}.{name}"):
            found[name] = make(name, item)
    return found


def _name(item: Json, key: str) -> str:
    """A text, or a whole number read as one."""
    name = item[key]
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise UnreadableFacts(f"{key} {name!r} is no text")
    return str(name)


def _site(item: Json) -> str | None:
    return None if item.get("site") is None else _name(item, "site")


def _date(text: str) -> date:
    return _of_our_age(date.fromisoformat(text))


def _moment(text: str) -> datetime:
    return _of_our_age(moment_of(text))


def _exact_moment(text: str) -> datetime:
    if ":" not in text:
        raise UnreadableFacts(f"{text!r} is no moment, as 2026-11-02T07:28 is")
    return _moment(text)


def _of_our_age(day: D) -> D:
    """Days around it can be told too, whatever a clock was off."""
    if not 1900 < day.year < 2900:
        raise UnreadableFacts(f"{day.isoformat()} is not of our age")
    return day


def _clock(text: str) -> int:
    """Minutes of the day; 24:00 is its end."""
    told = _CLOCK.fullmatch(text)
    if told is None:
        raise UnreadableFacts(f"{text!r} is no time of day, as 07:30 is")
    return int(told[1] or told[4]) * 60 + int(told[2] or told[5])


def _is_number(value: Any, *, least: int = 0) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return least <= value < inf


def _flag(item: Json, key: str) -> bool:
    """False where nothing is told."""
    value = item.get(key)
    if value is not None and not isinstance(value, bool):
        raise UnreadableFacts(f"{key} {value!r} is not true or false")
    return bool(value)


def _employees(data: Json) -> tuple[Employee, ...]:
    """Repeats are one person; two that differ would be two rows of one date."""
    found: dict[str, Employee] = {}
    for employee in _each(data, "employees", _employee):
        if found.setdefault(employee.id, employee) != employee:
            raise UnreadableFacts(f"employees: {employee.id!r} is told twice, and differently")
    return tuple(found.values())


def _employee(item: Json) -> Employee:
    """`sites` [{from, site}] is our own addition: transfers between sites, in any order."""
    leave = item.get("leave")
    sites = _each(item, "sites", lambda moved: (_date(moved["from"]), _site(moved)))
    return Employee(
        _name(item, "id"),
        _date(item["join"]),
        _date(leave) if leave else None,
        _site(item),
        tuple(sorted(sites, key=lambda moved: (moved[0], moved[1] or ""))),
    )


def _terminal(name: str, item: Any) -> Terminal:
    offset = _object(item).get("offset_seconds") or 0
    if not _is_number(offset, least=-_FARTHEST) or offset > _FARTHEST:
        raise UnreadableFacts(f"offset_seconds {offset!r} is no number of seconds")
    return Terminal(name, _site(item), int(offset))


def _device_user(item: Json) -> DeviceUser:
    last = item.get("to")
    return DeviceUser(
        _name(item, "uid"),
        _name(item, "employee"),
        _date(item["from"]),
        _date(last) if last else None,
    )


def _shift(code: str, item: Any) -> Shift:
    """`flex` is our own addition: minutes by which the shift may be begun later (flexible.py)."""
    start, end = _clock(_object(item)["start"]), _clock(item["end"])
    flex = item.get("flex") or 0
    if not isinstance(flex, int) or not _is_number(flex):
        raise UnreadableFacts(f"flex {flex!r} is no number of minutes")
    return Shift(code, start, end, _each(item, "breaks", _break), flex)


def _break(item: Json) -> Break:
    return Break(_clock(item["from"]), _clock(item["to"]), _flag(item, "paid"))


def _calendar_day(text: str, kind: Any) -> tuple[date, DayType]:
    if kind not in get_args(DayType):
        raise UnreadableFacts(f"{kind!r} is not work, rest or holiday")
    return _date(text), kind


def _own_day(item: Json) -> OwnDay:
    """Our own addition: a date that is work or rest for one person, whatever the calendar says."""
    kind, why = item["kind"], item.get("why", "weekly")
    if kind not in ("work", "rest"):
        raise UnreadableFacts(f"kind {kind!r} is not work or rest")
    if why not in get_args(WhyOwn):
        raise UnreadableFacts(f"why {why!r} is not weekly, roster or moved")
    return OwnDay(_name(item, "employee"), _date(item["date"]), kind, why)


def _roster(data: Json) -> tuple[RosterEntry, ...]:
    known = data.get("shifts") or {}

    def entry(item: Json) -> RosterEntry:
        shift = _name(item, "shift")
        if shift not in known:
            raise UnreadableFacts(f"no shift {shift!r}")
        return RosterEntry(_name(item, "employee"), _date(item["date"]), shift)

    return _each(data, "roster", entry)


def _swap(item: Json) -> Swap:
    return Swap(_date(item["date"]), _name(item, "a"), _name(item, "b"))


def _absence(item: Json) -> Absence:
    """A part of the day, or from-to: clock times, or whole moments."""
    employee, day, part = _name(item, "employee"), _date(item["date"]), item.get("part")
    code = "" if item.get("code") is None else _name(item, "code")
    if part is not None:
        if part not in get_args(Part):
            raise UnreadableFacts(f"part {part!r} is not full, am or pm")
        return Absence(employee, day, code, part)
    if "from" not in item and "to" not in item:
        raise UnreadableFacts("part, or from and to, is missing")
    since, until = item["from"], item["to"]
    if _CLOCK.fullmatch(since):
        return Absence(employee, day, code, None, _clock(since), _clock(until))
    start, end = _span(since, until)
    midnight = day.toordinal() * DAY
    return Absence(employee, day, code, None, start - midnight, end - midnight, exact=True)


def _care(item: Json) -> Care:
    """Our own addition: care hours on the dates [from, to] (care.py)."""
    minutes, place = item["minutes"], item["place"]
    if not isinstance(minutes, int) or not _is_number(minutes):
        raise UnreadableFacts(f"minutes {minutes!r} is no number of minutes")
    if place not in get_args(CarePlace):
        raise UnreadableFacts(f"place {place!r} is not start, end or spread")
    first, last = _date(item["from"]), _date(item["to"])
    paid = _flag(item, "paid_if_worked")
    return Care(_name(item, "employee"), first, last, minutes, place, paid)


def _span(since: str, until: str) -> tuple[int, int]:
    start, end = minute_of(_exact_moment(since)), minute_of(_exact_moment(until))
    if end <= start:
        raise UnreadableFacts(f"to {until} is not after from {since}")
    return start, end


def _overtime(item: Json) -> Overtime:
    return Overtime(_name(item, "employee"), *_span(item["from"], item["to"]))


def _overtime_before(data: Json) -> OvertimeBefore:
    with _place("overtime_before"):
        _known(_object(data), {"month", "year"})
    for name, value in data.items():
        if not _is_number(value):
            raise UnreadableFacts(f"overtime_before.{name}: {value!r} is no number of minutes")
    return OvertimeBefore(**data)


def _lock(period: str, at: Any) -> datetime:
    if _PERIOD.fullmatch(period) is None:
        raise UnreadableFacts("no period, as 2026-11 is")
    return _moment(at)


def _punch(item: Json) -> Punch:
    received, way = item.get("received"), item.get("way")
    if way is not None and way not in get_args(Way):
        raise UnreadableFacts(f"way {way!r} is not in or out")
    return Punch(
        _exact_moment(item["at"]),
        _name(item, "terminal"),
        None if item.get("employee") is None else _name(item, "employee"),
        None if item.get("uid") is None else _name(item, "uid"),
        _moment(received) if received else None,
        way=way,
        text=item["at"],
    )


def _settings(items: Json) -> Settings:
    known = {field.name: field for field in fields(Settings)}
    with _place("settings"):
        _known(_object(items), set(known))
    for name, value in items.items():
        _check_setting(name, known[name].type, value)
    return Settings(**items)


def _check_setting(name: str, kind: Any, value: Any) -> None:
    choices = get_args(kind)
    if choices:
        right = value in choices
    elif kind is bool:
        right = isinstance(value, bool)
    else:
        right = _is_number(value)
    if name == "ot_block":  # whole minutes are counted in blocks of it
        right = right and isinstance(value, int) and value >= 1
    if name in ("window_before", "window_after"):  # its ends are told as moments
        right = right and value <= 366 * DAY
    if not right:
        raise UnreadableFacts(f"settings.{name}: {value!r}")
