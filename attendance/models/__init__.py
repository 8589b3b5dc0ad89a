"""Tables of attendance."""

from attendance.models.corrections import ClockCorrection
from attendance.models.health import (
    Checkup,
    ClockPolicy,
    ClockReading,
    LogCheck,
    LogClearing,
    LogDump,
)
from attendance.models.hours import TerminalHour, UserIdSetAside
from attendance.models.imports import PendingImport
from attendance.models.manual import (
    Attachment,
    Direction,
    ManualPunch,
    ManualPunchWithdrawal,
)
from attendance.models.people import (
    BiometricConsent,
    ConsentStep,
    PeopleAction,
    PeopleTask,
    TaskState,
    TerminalPerson,
)
from attendance.models.punches import ParkedRecord, ParkReason, Punch, RawBatch
from attendance.models.push import (
    AuditState,
    CommandKind,
    CommandState,
    PushAudit,
    PushLink,
    TerminalCommand,
    WaitingTerminal,
)
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
    Collecting,
    NoticeKind,
    Pull,
    PullSource,
    PullState,
    RecordLayout,
    Terminal,
    TerminalNotice,
    TerminalUser,
    Transport,
)
from attendance.models.timesheets import DirtyDay, TimesheetRow

__all__ = [
    "Attachment",
    "AuditState",
    "BiometricConsent",
    "CalendarDay",
    "Checkup",
    "ClockCorrection",
    "ClockPolicy",
    "ClockReading",
    "Collecting",
    "CommandKind",
    "CommandState",
    "ConsentStep",
    "DayKind",
    "DayPart",
    "DayStatus",
    "Direction",
    "DirtyDay",
    "Enrolment",
    "Leave",
    "LogCheck",
    "LogClearing",
    "LogDump",
    "ManualPunch",
    "ManualPunchWithdrawal",
    "NoticeKind",
    "ParkReason",
    "ParkedRecord",
    "PendingImport",
    "PeopleAction",
    "PeopleTask",
    "Pull",
    "PullSource",
    "PullState",
    "Punch",
    "PushAudit",
    "PushLink",
    "RawBatch",
    "RecordLayout",
    "RosterEntry",
    "Shift",
    "TaskState",
    "Terminal",
    "TerminalCommand",
    "TerminalHour",
    "TerminalNotice",
    "TerminalPerson",
    "TerminalUser",
    "TimesheetRow",
    "Transport",
    "UserIdSetAside",
    "WaitingTerminal",
]
