"""The steps that made a row, as data; pages turn them into sentences."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from attendance.engine.blocks import Chain
from attendance.engine.counting import OvertimePiece
from attendance.engine.facts import DAY, Interval, OwnDay, Settings
from attendance.engine.intervals import minutes
from attendance.engine.pairing import Attendance
from attendance.engine.prepare import PreparedPunch
from attendance.engine.rows import OVERTIME_CLASSES
from attendance.engine.schedule import ShiftDay

Step = dict[str, Any]


def _text(minute: int) -> str:
    day, clock = divmod(minute, DAY)
    return f"{_day(day)}T{clock // 60:02}:{clock % 60:02}"


@lru_cache(maxsize=1024)
def _day(day: int) -> str:
    return date.fromordinal(day).isoformat()


def own_day_step(own: OwnDay) -> Step:
    """A date that is not for this person what it is for the company."""
    return {"rule": "own_day", "date": own.date.isoformat(), "kind": own.kind, "why": own.why}


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


def flex_step(shift: ShiftDay, count: int) -> Step:
    """What is to be worked of a shift that its person's arrival has moved by `count` minutes."""
    return {
        "rule": "flex",
        "code": shift.shift.code,
        "from": _text(shift.effective[0][0]),
        "to": _text(shift.effective[-1][1]),
        "minutes": count,
    }


def event_step(rule: str, punch: PreparedPunch) -> Step:
    return {"rule": rule, "at": _text(punch.minute), "terminal": punch.terminal}


def window_step(chain: Chain) -> Step:
    """The first and last minute whose punches belong to a chain that a neighbour has cut (§5)."""
    low, high = chain.window  # in half minutes, which a window set to a part of a minute divides
    return {"rule": "window", "from": _text(int(-(-low // 2))), "to": _text(int(high // 2))}


def pair_steps(attendance: Attendance) -> list[Step]:
    """Every presence, where a chain may have several (§6)."""
    return [
        {"rule": "pair", "from": _text(start), "to": _text(end), "minutes": end - start}
        for start, end in attendance.presence
    ]


def aside_steps(attendance: Attendance, settings: Settings) -> list[Step]:
    """The punches that add nothing: between arrival and departure, or of an event already told."""
    if not attendance.aside:
        return []
    step: Step = {
        "rule": attendance.why,
        "punches": [{"at": _text(p.minute), "terminal": p.terminal} for p in attendance.aside],
    }
    if attendance.why == "one_event":
        step["minutes"] = settings.min_span
    return [step]


def lacking_step(code: str, punch: PreparedPunch, span: Interval, settings: Settings) -> Step:
    """A punch without its counterpart; with `from` and `to`, the span it was held against."""
    step = event_step(code, punch)
    if settings.pairing == "first_last":
        step |= {"from": _text(span[0]), "to": _text(span[1])}
    return step


def site_step(punch: PreparedPunch, site: str, own: str) -> Step:
    return event_step("other_site", punch) | {"site": site, "own": own}


def drift_step(punch: PreparedPunch) -> Step:
    """`seconds` is how fast the clock was."""
    return event_step("clock_drift", punch) | {"seconds": punch.offset_seconds}


def extra_step(stay: Interval, settings: Settings) -> Step:
    """A stay outside what was to be worked that nobody asked for."""
    return {
        "rule": "unapproved_extra",
        "from": _text(stay[0]),
        "to": _text(stay[1]),
        "minutes": stay[1] - stay[0],
        "least": settings.extra_alert,
    }


def absent_step(shift: ShiftDay) -> Step:
    return {
        "rule": "absent_part",
        "code": shift.shift.code,
        "from": _text(shift.start),
        "to": _text(shift.end),
        "minutes": minutes(shift.effective),
    }


def cap_step(kind: str, had: int, cap: int) -> Step:
    """Overtime ("day" of a weekday, "off" on rest days and holidays) or all work ("week")."""
    return {"rule": "ot_cap_day", "kind": kind, "minutes": had, "cap": cap}


def regular_step(
    shift: ShiftDay, counted: int, night: int, holiday: Sequence[OvertimePiece]
) -> list[Step]:
    """What of a shift was worked; the `holiday` pieces of it are paid as holiday overtime."""
    steps: list[Step] = []
    code = shift.shift.code
    if counted:
        steps.append({"rule": "regular", "code": code, "minutes": counted, "night": night})
    if holiday:
        steps.append({"rule": "holiday_work", "code": code, **_counted(holiday)})
    return steps


def care_step(shift: ShiftDay, excused: Sequence[Interval], *, came: bool) -> Step:
    """Care hours that were taken; "care_open" when a lacking punch leaves it open."""
    return {
        "rule": "care" if came else "care_open",
        "code": shift.shift.code,
        "minutes": minutes(excused),
        "spans": [{"from": _text(start), "to": _text(end)} for start, end in excused],
    }


def care_worked_steps(worked: int, paid: int) -> list[Step]:
    """Care hours worked through: paid once more where that was agreed."""
    counts = {"care_paid": paid, "care_unpaid": worked - paid}
    return [{"rule": rule, "minutes": count} for rule, count in counts.items() if count]


def late_step(
    shift: ShiftDay,
    expected: Sequence[Interval],
    late: int,
    early: int,
    attendance: Attendance,
    settings: Settings,
) -> list[Step]:
    """Minutes late and early before grace; within grace the rule is "…_excused".

    `expected` is when the person was to be there.
    """
    steps: list[Step] = []
    if late and attendance.arrived is not None:
        steps.append(
            {
                "rule": "late" if late > settings.late_grace else "late_excused",
                "code": shift.shift.code,
                "from": _text(expected[0][0]),
                "minutes": late,
                "grace": settings.late_grace,
                "at": _text(attendance.arrived.minute),
                "terminal": attendance.arrived.terminal,
            }
        )
    if early and attendance.left is not None:
        steps.append(
            {
                "rule": "early" if early > settings.early_grace else "early_excused",
                "code": shift.shift.code,
                "to": _text(expected[-1][1]),
                "minutes": early,
                "grace": settings.early_grace,
                "at": _text(attendance.left.minute),
                "terminal": attendance.left.terminal,
            }
        )
    return steps


def overtime_step(request: Interval, counted: Sequence[OvertimePiece], *, approved: bool) -> Step:
    """`classes` are the minutes counted of each overtime class, none of them zero."""
    classes = Counter[str]()
    for start, end, name in counted:
        classes[name] += end - start
    return {
        "rule": "overtime" if approved else "overtime_unasked",
        "from": _text(request[0]),
        "to": _text(request[1]),
        "classes": {name: classes[name] for name in OVERTIME_CLASSES if name in classes},
        **_counted(counted),
    }


def dropped(code: str, overtime: Step, present: int, settings: Settings) -> Step:
    """Why fewer minutes of a request count than were present: too few, or no whole block."""
    asked = {name: overtime[name] for name in ("from", "to", "minutes")}
    least = {"least": settings.ot_min, "block": settings.ot_block}
    return {"rule": code, **asked, "present": present, **least}


def _counted(pieces: Sequence[OvertimePiece]) -> Step:
    """Minutes of overtime, and from when to when each class of them was worked."""
    return {
        "minutes": sum(end - start for start, end, _ in pieces),
        "pieces": [
            {"from": _text(start), "to": _text(end), "class": name} for start, end, name in pieces
        ],
    }


def caps_step(month: int, year: int, settings: Settings) -> Step:
    """Overtime of the month and the year up to and with this row, beside what is allowed."""
    return {
        "rule": "caps",
        "month": month,
        "month_cap": settings.ot_month_cap_hours * 60,
        "year": year,
        "year_cap": settings.ot_year_cap_hours * 60,
    }
