"""The bytes terminals sent, kept as evidence, and what they prove.

A terminal's current log is told by the pull batches since the newest one that begins at byte 0:
one after another they are the log as far as it was read. When the log is cleared or rotated, or
another layout is found, the next pull begins again at 0.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from attendance.models import Pull, PullSource, RawBatch, Terminal
from attendance.zk.client import Download
from attendance.zk.records import LAYOUTS, DecodedLog, decode_log

#: Bytes of one batch, so that no row and no statement gets large; whole records of 8, 16, 40, 49.
_BATCH: Final = 8 * 16 * 5 * 49 * 128
_FACTS: Final = ("start", "size", "sha256", "layout")


def keep(download: Download, *, pull: Pull, first: int, at: datetime) -> None:
    """Keep the whole records of `download.raw` from byte `first` on; half a record is parked."""
    size = LAYOUTS[download.layout].size if download.layout in LAYOUTS else 1
    layout = download.log.layout if download.log else download.layout
    raw = memoryview(download.raw)
    raw = raw[: len(raw) - len(raw) % size]
    for begin in range(first, len(raw), _BATCH):
        piece = raw[begin : begin + _BATCH]
        RawBatch.objects.create(
            terminal_id=pull.terminal_id,
            pull=pull,
            layout=layout,
            user_ids=download.user_ids or None,
            start=download.start + begin,
            size=len(piece),
            sha256=hashlib.sha256(piece).hexdigest(),
            data=zlib.compress(piece, 1),
            received_at=at,
        )


def current_log(terminal: Terminal) -> QuerySet[RawBatch]:
    """The batches that are the terminal's log as far as it was read, in the log's order."""
    batches = RawBatch.objects.filter(terminal=terminal, pull__source=PullSource.PULL)
    beginning = batches.filter(start=0).order_by("-pk").values_list("pk", flat=True).first()
    return batches.filter(pk__gte=beginning or 0).order_by("pk")


def log_identity(download: Download, size: int) -> str:
    """The identity of a log's first `size` bytes, read in this layout from this terminal."""
    digest = hashlib.sha256(f"{download.serial_number}/{download.layout}/".encode())
    digest.update(memoryview(download.raw)[:size])
    return digest.hexdigest()


def stored_part(terminal: Terminal, download: Download) -> int:
    """How many bytes at the beginning of a log read whole are byte for byte what is stored.

    Either all that is stored, or nothing: then the log is another one.
    """
    raw, known = memoryview(download.raw), terminal.hashed_bytes
    if not 0 < terminal.log_bytes <= len(raw):
        return 0
    if not 0 < known <= len(raw) or log_identity(download, known) != terminal.log_sha256:
        known = 0
    batches = current_log(terminal).filter(start__gte=known)
    for start, size, sha256, layout in batches.values_list(*_FACTS).iterator():
        piece = raw[start : start + size]
        if (start, layout) != (known, download.layout) or len(piece) < size:
            return 0
        if hashlib.sha256(piece).hexdigest() != sha256:
            return 0
        known += size
    return known if known == terminal.log_bytes else 0


def decoded(batch: RawBatch) -> DecodedLog:
    """A pull's batch as records."""
    user_ids = {int(number): user_id for number, user_id in (batch.user_ids or {}).items()}
    return decode_log(zlib.decompress(batch.data), batch.layout, user_ids)


def key_of(line: str) -> str:
    """What doubles agree in: everything but the work code."""
    return line.rpartition("\t")[0]


def times_shown(terminal: Terminal, keys: Collection[str], *, since: datetime) -> Counter[str]:
    """How often the current log, as read since then, has shown each of these keys."""
    wanted = set(keys)
    return Counter(
        key
        for batch in current_log(terminal).filter(received_at__gte=since).iterator()
        for key in _keys(batch)
        if key in wanted
    )


def bytes_shown(terminal: Terminal, records: Collection[bytes]) -> Counter[bytes]:
    """How often the current log has shown each of these records."""
    wanted = set(records)
    return Counter(
        record
        for batch in current_log(terminal).iterator()
        for record in _records(batch)
        if record in wanted
    )


def _records(batch: RawBatch) -> Iterator[bytes]:
    raw, size = zlib.decompress(batch.data), LAYOUTS[batch.layout].size
    return (raw[start : start + size] for start in range(0, len(raw), size))


def _keys(batch: RawBatch) -> Iterator[str]:
    return map(key_of, decoded(batch).lines)
