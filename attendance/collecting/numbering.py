"""Numbers exact doubles when only the end of a log was read."""

from collections import defaultdict
from datetime import datetime
from typing import Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from attendance.collecting.evidence import current_log, times_shown
from attendance.models import PullSource, Terminal

_STORED: Final = """
    SELECT device_user_id || E'\\t' || to_char(device_time, 'YYYY-MM-DD HH24:MI:SS')
            || E'\\t' || new.verify || E'\\t' || new.state,
        pull.source, pull.id, punch.received_at
    FROM (SELECT DISTINCT device_user_id, device_time, verify, state FROM incoming) new
    JOIN attendance_punch punch USING (device_user_id, device_time, verify, state)
    JOIN attendance_pull pull ON pull.id = punch.pull_id
    WHERE punch.serial_number = %s
"""
_SET: Final = """
    UPDATE incoming SET seen = shown.times
    FROM (SELECT split_part(key, E'\\t', 1) AS device_user_id,
            split_part(key, E'\\t', 2)::timestamp AS device_time,
            split_part(key, E'\\t', 3)::smallint AS verify,
            split_part(key, E'\\t', 4)::smallint AS state, times
        FROM unnest(%s::text[], %s::smallint[]) AS row (key, times)) shown
    WHERE incoming.device_user_id = shown.device_user_id AND incoming.verify = shown.verify
      AND incoming.device_time = shown.device_time AND incoming.state = shown.state
"""


class _Stored(NamedTuple):
    source: str
    pull_id: int
    received_at: datetime


def number_seen(cursor: CursorWrapper, terminal: Terminal, serial_number: str) -> None:
    """Tell the records in `incoming` how often the log has shown their like before this tail.

    A like that is in the ledger was shown before if this log's earlier pulls stored it; then the
    new record is a double. If a push, a file or an older log brought it, the record may be just
    that one, met here for the first time: then the kept bytes of the log decide.
    """
    cursor.execute(_STORED, [serial_number])
    stored: dict[str, list[_Stored]] = defaultdict(list)
    for key, *row in cursor.fetchall():
        stored[key].append(_Stored(*row))
    if not stored:
        return
    beginning = current_log(terminal).values_list("pull_id", flat=True).first() or 0
    times: dict[str, int] = {}
    unsure: dict[str, list[_Stored]] = {}
    for key, rows in stored.items():
        if all(row.source == PullSource.PULL and row.pull_id >= beginning for row in rows):
            times[key] = len(rows)
        else:
            unsure[key] = rows
    if unsure:
        since = min(row.received_at for rows in unsure.values() for row in rows)
        times |= times_shown(terminal, unsure, since=since)
    cursor.execute(_SET, [list(times), list(times.values())])
