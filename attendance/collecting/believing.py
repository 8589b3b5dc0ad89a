"""Which device times can be believed. A clock that lost its battery starts again in 2000."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from attendance.models import Terminal


@dataclass(frozen=True)
class Window:
    """Device times that can be believed, both ends included; others are set aside.

    Some firmware starts again at its own build date instead of 2000.
    """

    earliest: datetime
    latest: datetime


#: Clocks show earlier years only after a reset; no terminal here is older.
EARLIEST: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - device times carry no zone
_AHEAD: Final = timedelta(days=1)


def believable(terminal: Terminal, *, at: datetime, earliest: datetime = EARLIEST) -> Window:
    """From `earliest` to a day after `at`, on the terminal's wall clock."""
    local = (at + timedelta(minutes=terminal.utc_offset_minutes)).replace(tzinfo=None)
    return Window(earliest, local + _AHEAD)
