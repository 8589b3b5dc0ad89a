"""A year of punches, as if month after month a file of every terminal had been imported."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.backends.utils import CursorWrapper

from attendance.models import Pull, PullSource, PullState, Terminal
from backend.db import copy_text
from backend.months import shifted
from scripts.demonstration.plan import Plan, local
from scripts.simulated_terminal.log import LogPunch
from scripts.simulated_terminal.people import Crowd

TABLE = "attendance_punch"
COLUMNS = (
    "terminal_id", "pull_id", "serial_number", "device_user_id", "device_time", "verify", "state",
    "occurrence", "punched_at", "received_at",
)  # fmt: skip
Month = tuple[int, int]


def invent_punches(
    plan: Plan, everybody: Mapping[str, Crowd]
) -> dict[str, dict[Month, list[LogPunch]]]:
    """By terminal and month: what its log held before it was emptied on `plan.first_logged`."""
    start = datetime.combine(plan.first_punch, time.min)
    end = datetime.combine(plan.first_logged, time.min)
    logs: dict[str, dict[Month, list[LogPunch]]] = {}
    for serial, crowd in everybody.items():
        months: dict[Month, list[LogPunch]] = defaultdict(list)
        for punch in crowd.punches_between(start, end):
            months[punch.time.year, punch.time.month].append(punch)
        logs[serial] = months
    return logs


def record_punches(
    cursor: CursorWrapper,
    plan: Plan,
    terminals: Iterable[Terminal],
    logs: Mapping[str, Mapping[Month, Sequence[LogPunch]]],
) -> int:
    """Write the ledger of punches, an import a terminal and month; returns how many punches."""
    imports = [
        (_import(plan, terminal, month, punches), punches)
        for terminal in terminals
        for month, punches in logs[terminal.serial_number].items()
    ]
    Pull.objects.bulk_create([pull for pull, _ in imports])
    copy_text(cursor, TABLE, COLUMNS, "".join(line for each in imports for line in _text(*each)))
    cursor.execute(_USERS)
    return sum(len(punches) for _, punches in imports)


def _import(plan: Plan, terminal: Terminal, month: Month, punches: Sequence[LogPunch]) -> Pull:
    """The file of a month came in on the first of the next one, the last when the log was emptied."""
    year, number = month
    at = local(min(shifted(date(year, number, 1), 1), plan.first_logged), 0, 30)
    return Pull(
        terminal=terminal,
        source=PullSource.FILE,
        state=PullState.DONE,
        file_name=f"{terminal.serial_number}_{year}-{number:02}_attlog.dat",
        read=len(punches),
        stored=len(punches),
        started_at=at,
        finished_at=at + timedelta(seconds=2),
    )


def _text(pull: Pull, punches: Sequence[LogPunch]) -> Iterator[str]:
    serial, received = pull.terminal.serial_number, pull.started_at.isoformat()
    seen: Counter[LogPunch] = Counter()
    for punch in punches:
        seen[punch] += 1
        moment = punch.time.isoformat(" ")
        yield (
            f"{pull.terminal_id}\t{pull.pk}\t{serial}\t{punch.user_id}\t{moment}\t{punch.verify}"
            f"\t{punch.state}\t{seen[punch]}\t{moment}+07\t{received}\n"
        )


_USERS = """
    insert into attendance_terminaluser
        (terminal_id, device_user_id, name, punch_count, last_punched_at)
    select terminal_id, device_user_id, '', count(*), max(punched_at)
    from attendance_punch group by terminal_id, device_user_id
    order by terminal_id, device_user_id
"""
