"""The steps that made a row, as data; pages turn them into sentences."""

from typing import Any

from attendance.engine.facts import Interval, moment_of
from attendance.engine.intervals import minutes
from attendance.engine.prepare import PreparedPunch
from attendance.engine.schedule import ShiftDay

Step = dict[str, Any]


def _text(minute: int) -> str:
    return moment_of(minute).isoformat(timespec="minutes")


def shift_step(shift: ShiftDay) -> Step:
    return {
        "rule": "shift",
        "code": shift.shift.code,
        "from": _text(shift.start),
        "to": _text(shift.end),
        "minutes": minutes(shift.scheduled),
    }


def absence_step(shift: ShiftDay) -> list[Step]:
    steps: list[Step] = []
    if shift.leave:
        steps.append({"rule": "leave", "code": shift.leave_code, "minutes": shift.leave})
    if shift.credited:
        steps.append({"rule": "trip", "code": shift.shift.code, "minutes": shift.credited})
    return steps


def event_step(rule: str, punch: PreparedPunch) -> Step:
    return {"rule": rule, "at": _text(punch.minute), "terminal": punch.terminal}


def late_step(shift: ShiftDay, late: int, early: int) -> list[Step]:
    steps: list[Step] = []
    if late:
        start = _text(shift.effective[0][0])
        steps.append({"rule": "late", "code": shift.shift.code, "from": start, "minutes": late})
    if early:
        end = _text(shift.effective[-1][1])
        steps.append({"rule": "early", "code": shift.shift.code, "to": end, "minutes": early})
    return steps


def overtime_step(request: Interval, counted: int, *, approved: bool) -> Step:
    return {
        "rule": "overtime" if approved else "overtime_unasked",
        "from": _text(request[0]),
        "to": _text(request[1]),
        "minutes": counted,
    }
