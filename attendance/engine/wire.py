"""Plain JSON in and out, in the specification's shape, so that acceptance data run as they are.

Moments are local "YYYY-MM-DDTHH:MM[:SS]" (a space for the T is read too), clock times "HH:MM".
Anything that is not understood is refused with UnreadableFacts, naming the place.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_args

from attendance.engine.compute import compute
from attendance.engine.facts import (
    Absence,
    Break,
    DayType,
    DeviceUser,
    EachShift,
    Employee,
    Facts,
    Overtime,
    OvertimeBefore,
    Pairing,
    Part,
    Punch,
    RosterEntry,
    Settings,
    Shift,
    Swap,
    Terminal,
    Way,
    minute_of,
)
from attendance.engine.rows import Result, Row

Json = Mapping[str, Any]

KEYS = {
    "settings",
    "employees",
    "terminals",
    "device_users",
    "shifts",
    "calendar",
    "roster",
    "swaps",
    "leaves",
    "trips",
    "overtime_approved",
    "overtime_before",
    "locks",
    "punches",
}


class UnreadableFacts(ValueError):
    """The JSON is not in the specification's shape; the text says where and why."""


def evaluate(data: Json) -> dict[str, Any]:
    """The specification's function: JSON in, JSON out. Raises UnreadableFacts."""
    return as_json(compute(read(data)))


def read(data: Json) -> Facts:
    """Facts from JSON. Raises UnreadableFacts."""
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise UnreadableFacts(f"unknown keys: {', '.join(unknown)}")
    employees = _each(data, "employees", _employee)
    before = data.get("overtime_before") or {}
    overtime_before = OvertimeBefore(int(before.get("month", 0)), int(before.get("year", 0)))
    return Facts(
        calendar=_calendar(data.get("calendar") or {}),
        employees=employees,
        terminals={
            name: Terminal(name, item.get("site"), int(item.get("offset_seconds", 0)))
            for name, item in (data.get("terminals") or {}).items()
        },
        device_users=_each(data, "device_users", _device_user),
        shifts=_shifts(data.get("shifts") or {}),
        roster=_roster(data),
        swaps=_each(data, "swaps", lambda i: Swap(_date(i["date"]), i["a"], i["b"])),
        leaves=_each(data, "leaves", _absence),
        trips=_each(data, "trips", _absence),
        overtime=_each(data, "overtime_approved", _overtime),
        overtime_before={employee.id: overtime_before for employee in employees},
        locks={period: _moment(at) for period, at in (data.get("locks") or {}).items()},
        punches=_each(data, "punches", _punch),
        settings=_settings(data.get("settings") or {}),
    )


def _each(data: Json, key: str, make: Callable[[Json], Any]) -> tuple[Any, ...]:
    items = []
    for index, item in enumerate(data.get(key) or []):
        try:
            items.append(make(item))
        except UnreadableFacts as error:
            raise UnreadableFacts(f"{key}[{index}]: {error}") from None
        except KeyError as error:
            raise UnreadableFacts(f"{key}[{index}]: {error.args[0]} is missing") from None
        except (TypeError, ValueError) as error:
            raise UnreadableFacts(f"{key}[{index}]: {error}") from None
    return tuple(items)


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=None)


def _clock(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _employee(item: Json) -> Employee:
    leave = item.get("leave")
    return Employee(
        item["id"], _date(item["join"]), _date(leave) if leave else None, item.get("site")
    )


def _device_user(item: Json) -> DeviceUser:
    last = item.get("to")
    return DeviceUser(
        str(item["uid"]), item["employee"], _date(item["from"]), _date(last) if last else None
    )


def _shifts(items: Json) -> dict[str, Shift]:
    shifts = {}
    for code, item in items.items():
        try:
            breaks = tuple(
                Break(_clock(pause["from"]), _clock(pause["to"]), bool(pause.get("paid", False)))
                for pause in item.get("breaks") or ()
            )
            shifts[code] = Shift(code, _clock(item["start"]), _clock(item["end"]), breaks)
        except (KeyError, ValueError, TypeError) as error:
            raise UnreadableFacts(f"shifts.{code}: {error}") from None
    return shifts


def _calendar(items: Json) -> dict[date, DayType]:
    calendar: dict[date, DayType] = {}
    for text, kind in items.items():
        if kind not in get_args(DayType):
            raise UnreadableFacts(f"calendar.{text}: {kind!r} is not work, rest or holiday")
        calendar[_date(text)] = kind
    return calendar


def _roster(data: Json) -> tuple[RosterEntry, ...]:
    known = data.get("shifts") or {}

    def entry(item: Json) -> RosterEntry:
        if item["shift"] not in known:
            raise UnreadableFacts(f"no shift {item['shift']!r}")
        return RosterEntry(item["employee"], _date(item["date"]), item["shift"])

    return _each(data, "roster", entry)


def _absence(item: Json) -> Absence:
    part = item.get("part")
    if part is not None and part not in get_args(Part):
        raise UnreadableFacts(f"part {part!r} is not full, am or pm")
    if part is None and "from" in item:
        return Absence(
            item["employee"],
            _date(item["date"]),
            item.get("code", ""),
            None,
            _clock(_time_of(item["from"])),
            _clock(_time_of(item["to"])),
        )
    return Absence(item["employee"], _date(item["date"]), item.get("code", ""), part or "full")


def _time_of(text: str) -> str:
    """The clock part of "HH:MM" or of a whole moment."""
    return text.replace(" ", "T").rpartition("T")[2]


def _overtime(item: Json) -> Overtime:
    return Overtime(
        item["employee"], minute_of(_moment(item["from"])), minute_of(_moment(item["to"]))
    )


def _punch(item: Json) -> Punch:
    received = item.get("received")
    uid = item.get("uid")
    way = item.get("way")
    if way is not None and way not in get_args(Way):
        raise UnreadableFacts(f"way {way!r} is not in or out")
    return Punch(
        _moment(item["at"]),
        item["terminal"],
        item.get("employee"),
        None if uid is None else str(uid),
        _moment(received) if received else None,
        way=way,
    )


def _settings(items: Json) -> Settings:
    unknown = sorted(set(items) - {field.name for field in fields(Settings)})
    if unknown:
        raise UnreadableFacts(f"settings: unknown {', '.join(unknown)}")
    settings = Settings(**items)
    for name, known in (
        ("pairing", get_args(Pairing)),
        ("each_shift", get_args(EachShift)),
        ("normal_regime", ("day", "week")),
    ):
        if getattr(settings, name) not in known:
            raise UnreadableFacts(f"settings.{name}: {getattr(settings, name)!r}")
    return settings


def as_json(result: Result) -> dict[str, Any]:
    return {
        "rows": [_row(row) for row in result.rows],
        "punch_exceptions": [
            {"at": item.at.isoformat(timespec="seconds"), "code": item.code}
            for item in result.punch_exceptions
        ],
        "adjustments": [
            {
                "employee": item.employee,
                "date": item.date.isoformat(),
                "into": item.into,
                "delta": dict(item.delta),
            }
            for item in result.adjustments
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "employee": row.employee,
        "date": row.date.isoformat(),
        "period": row.period,
        "worked": row.worked,
        "regular": row.regular,
        "late": row.late,
        "early": row.early,
        "leave": row.leave,
        "credited": row.credited,
        "ot": dict(row.overtime),
        "night": row.night,
        "status": row.status,
        "exceptions": sorted(row.exceptions),
        "weighted": row.weighted,
    }
