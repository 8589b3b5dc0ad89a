"""Tables of attendance."""

from attendance.models.punches import ParkedRecord, ParkReason, Punch, RawBatch
from attendance.models.rosters import (
    CalendarDay,
    DayKind,
    DayPart,
    DayStatus,
    Enrolment,
    Leave,
    RosterEntry,
    Shift,
)
from attendance.models.terminals import (
    Pull,
    PullSource,
    PullState,
    RecordLayout,
    Terminal,
    TerminalUser,
    Transport,
)
from attendance.models.timesheets import DirtyDay, TimesheetRow

__all__ = [
    "CalendarDay",
    "DayKind",
    "DayPart",
    "DayStatus",
    "DirtyDay",
    "Enrolment",
    "Leave",
    "ParkReason",
    "ParkedRecord",
    "Pull",
    "PullSource",
    "PullState",
    "Punch",
    "RawBatch",
    "RecordLayout",
    "RosterEntry",
    "Shift",
    "Terminal",
    "TerminalUser",
    "TimesheetRow",
    "Transport",
]
