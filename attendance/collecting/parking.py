"""Records that cannot be a punch, or cannot be believed, are set aside with their bytes."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Min

from attendance.collecting import evidence
from attendance.collecting.believing import Window
from attendance.models import ParkedRecord, ParkReason, Pull, PullSource, Punch, Terminal
from attendance.zk.client import Download
from attendance.zk.records import LAYOUTS, BadRecord, DecodedLog, Undecodable, take_apart

_AT_ONCE: Final = 1000


def park(
    cursor: CursorWrapper,
    download: Download,
    *,
    pull: Pull,
    window: Window,
    first: int,
    continues: bool,
    at: datetime,
) -> int:
    """Set aside what is no good among the records from number `first` on; returns how many are new.

    Looks into the temporary table `incoming`. `continues`: the records before were stored by
    earlier pulls; otherwise equal bytes are numbered from the log's beginning.
    """
    outside = _any_outside(cursor, window)
    before = ParkedRecord.objects.filter(pull=pull).count()
    count: Counter[bytes] = Counter()
    corrected = _corrected(download) if outside and not continues else Counter()
    for asides in _asides(download, window, first=first, outside=outside):
        if continues:
            count |= _earlier(download, asides, pull.terminal)
        _park(asides, count, corrected, download, pull, at)
    return ParkedRecord.objects.filter(pull=pull).count() - before


def _park(
    asides: list[Undecodable],
    count: Counter[bytes],
    corrected: Counter[tuple[str, str]],
    download: Download,
    pull: Pull,
    at: datetime,
) -> None:
    """Write one portion; `count` says how often each record's bytes have come so far.

    Those that are punches since HR corrected the clock are left out, however they are read now.
    """
    parked: list[ParkedRecord] = []
    for item in asides:
        # Half a record at the log's end is seen again and again until the terminal mends it.
        count[item.raw] = 1 if item.reason == BadRecord.HALF_RECORD else count[item.raw] + 1
        if item.time and corrected[item.user_id, item.time] > 0:
            corrected[item.user_id, item.time] -= 1
            continue
        parked.append(_parked_record(item, count[item.raw], download, pull, at))
    ParkedRecord.objects.bulk_create(parked, ignore_conflicts=True, batch_size=_AT_ONCE)


def _asides(
    download: Download, window: Window, *, first: int, outside: bool
) -> Iterator[list[Undecodable]]:
    """Portion by portion, in the log's order. Decodes once more where a time is unbelievable."""
    index = first
    for log in download.portions(first=first):
        found = list(log.undecodable)
        if outside:
            found += _outside(log, download, window, index)
        if found:
            yield sorted(found, key=lambda item: item.index)
        index += log.count


def _any_outside(cursor: CursorWrapper, window: Window) -> bool:
    """Whether a new record's time cannot be believed. Cheap, because it nearly never is so."""
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM incoming WHERE device_time NOT BETWEEN %s AND %s)",
        [window.earliest, window.latest],
    )
    return bool(cursor.fetchone() == (True,))


def _outside(log: DecodedLog, download: Download, window: Window, first: int) -> list[Undecodable]:
    """The readable records whose time lies outside the window, with their bytes."""
    size = LAYOUTS[download.layout].size if download.layout in LAYOUTS else 0
    earliest, latest = (f"{end:%Y-%m-%d %H:%M:%S}" for end in (window.earliest, window.latest))
    bad = {item.index for item in log.undecodable}
    places = log.places or [n for n in range(first, first + log.count) if n not in bad]
    found: list[Undecodable] = []
    for index, line in zip(places, log.lines, strict=True):
        record = take_apart(line)
        if earliest <= record.time <= latest:
            continue
        raw = bytes(download.raw[index * size : (index + 1) * size]) if size else line.encode()
        reason = BadRecord.CLOCK_RESET if record.time < earliest else BadRecord.FUTURE
        found.append(Undecodable(index, raw, reason, record.user_id, record.time))
    return found


def _corrected(download: Download) -> Counter[tuple[str, str]]:
    """User and time of the punches that were parked until HR corrected the clock."""
    rows = Punch.objects.filter(
        serial_number=download.serial_number, correction__isnull=False
    ).values_list("device_user_id", "device_time")
    return Counter((user, f"{time:%Y-%m-%d %H:%M:%S}") for user, time in rows)


def _earlier(download: Download, asides: list[Undecodable], terminal: Terminal) -> Counter[bytes]:
    """How often the log has shown the same bytes before this tail.

    As often as its own pulls parked them; where an older log did too, its kept bytes decide.
    """
    beginning = evidence.current_log(terminal).values_list("pull_id", flat=True).first() or 0
    known = (
        ParkedRecord.objects.filter(
            serial_number=download.serial_number, raw__in={item.raw for item in asides}
        )
        .values_list("raw")
        .annotate(times=Count("pk"), oldest=Min("pull_id"))
        .order_by()
    )
    times, unsure = Counter[bytes](), set[bytes]()
    for raw, count, oldest in known:
        if oldest >= beginning:
            times[bytes(raw)] = count
        else:
            unsure.add(bytes(raw))
    return times + evidence.bytes_shown(terminal, unsure) if unsure else times


def _parked_record(
    item: Undecodable, occurrence: int, download: Download, pull: Pull, at: datetime
) -> ParkedRecord:
    return ParkedRecord(
        terminal_id=pull.terminal_id,
        pull=pull,
        serial_number=download.serial_number,
        raw=item.raw,
        occurrence=occurrence,
        reason=ParkReason(item.reason),
        line=item.index + 1 if pull.source == PullSource.FILE else None,
        device_user_id=item.user_id,
        device_time=datetime.fromisoformat(item.time) if item.time else None,
        received_at=at,
    )
