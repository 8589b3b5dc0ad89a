"""A small company in the specification's JSON, for the tests of the engine."""

from datetime import date, timedelta
from typing import Any

from attendance.engine.wire import evaluate

OFFICE = {
    "start": "07:30",
    "end": "17:00",
    "breaks": [{"from": "11:30", "to": "13:00", "paid": False}],
}
NIGHT = {"start": "22:00", "end": "06:00", "breaks": []}
MONDAY = "2026-11-02"


def company(**parts: Any) -> dict[str, Any]:
    """Facts of one person, An, with the office shift (480 minutes) on Monday 2026-11-02."""
    first = date(2026, 11, 1)
    days = [first + timedelta(days=n) for n in range(30)]
    facts: dict[str, Any] = {
        "employees": [{"id": "an", "join": "2020-01-01", "leave": None, "site": "hl"}],
        "terminals": {"m1": {"site": "hl", "offset_seconds": 0}},
        "shifts": {"HC": OFFICE, "D": NIGHT},
        "calendar": {day.isoformat(): "work" if day.weekday() < 5 else "rest" for day in days},
        "roster": [{"employee": "an", "date": MONDAY, "shift": "HC"}],
        "punches": [],
    }
    facts.update(parts)
    return facts


def punches(*times: str, day: str = MONDAY, terminal: str = "m1") -> list[dict[str, str]]:
    """An's punches at clock times of a day, or at whole moments."""
    return [
        {"at": time if "T" in time else f"{day}T{time}", "terminal": terminal, "employee": "an"}
        for time in times
    ]


def row(facts: dict[str, Any], day: str = MONDAY, employee: str = "an") -> dict[str, Any]:
    rows = evaluate(facts)["rows"]
    return next(r for r in rows if r["date"] == day and r["employee"] == employee)


def shown(result: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: result[name] for name in names}
