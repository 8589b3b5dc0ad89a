"""Tables of attendance."""

from attendance.models.punches import ParkedRecord, ParkReason, Punch, RawBatch
from attendance.models.terminals import (
    Pull,
    PullSource,
    PullState,
    RecordLayout,
    Terminal,
    TerminalUser,
    Transport,
)

__all__ = [
    "ParkReason",
    "ParkedRecord",
    "Pull",
    "PullSource",
    "PullState",
    "Punch",
    "RawBatch",
    "RecordLayout",
    "Terminal",
    "TerminalUser",
    "Transport",
]
