"""Exports from asking to file: made at once or by the scheduler, kept for some days, recorded for ever.

An export in the background is a run of the job queue. Its file appears in one transaction with
the run's end: a process that dies in between leaves nothing, and the next one begins anew.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, Final

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from attendance.exports.documents import (
    CONTENT_TYPES,
    Wanted,
    check,
    everybody_in,
    file_name,
    make,
)
from attendance.models import (
    Export,
    ExportCancellation,
    ExportDownload,
    ExportFormat,
    ExportKind,
    ExportPart,
    ExportProgress,
    ExportResult,
)
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.accounts.scope import employees_for
from backend.db import lock_rows
from backend.jobs.models import Run, RunState
from backend.jobs.queue import Fence, TakenOver, database_now, enqueue
from backend.milestones import announce
from backend.problems import Problem

HANDLER: Final = "attendance.export"
EXPIRY: Final = "attendance.export_expiry"
#: Bytes of a stored piece; more is never in memory at once.
PART: Final = 1 << 20
#: A file up to this size is not written to disk while it is made.
_IN_MEMORY: Final = 8 << 20
#: Seconds between two notes of progress.
_NOTED: Final = 0.5


class AlreadyAsked(Problem):
    code = "export_already_asked"
    status = 409
    message = _("Tài liệu này đang được lập; hãy chờ ở danh sách bên dưới.")


class NothingToCancel(Problem):
    code = "export_nothing_to_cancel"
    status = 409
    message = _("Lần xuất này đã kết thúc nên không hủy được nữa.")


class Cancelled(Exception):
    """The person wants it no more."""


class State(models.TextChoices):
    WAITING = "waiting", _("đang chờ")
    MAKING = "making", _("đang lập")
    RETRYING = "retrying", _("gặp lỗi, sẽ tự thử lại")
    CANCELLING = "cancelling", _("đang hủy")
    CANCELLED = "cancelled", _("đã hủy")
    REFUSED = "refused", _("không lập được")
    FAILED = "failed", _("hỏng sau nhiều lần thử")
    KEPT = "kept", _("sẵn sàng")
    EXPIRED = "expired", _("hết hạn giữ tệp")
    TAKEN = "taken", _("đã tải ngay")


#: Those that still change by themselves.
UNFINISHED: Final = frozenset({State.WAITING, State.MAKING, State.RETRYING, State.CANCELLING})


def ask(wanted: Wanted, *, by: User, at: datetime) -> Export:
    """Have a document made in the background. Raises AlreadyAsked and what `check` raises."""
    check(wanted, by=by)
    with transaction.atomic():
        lock_rows(User.objects.filter(pk=by.pk))  # so that a double click asks once
        if _unfinished(wanted, by).exists():
            raise AlreadyAsked
        run = enqueue(handler=HANDLER, payload={}, due_at=at)
        export = _record(wanted, run=run, by=by, at=at)
        ExportProgress.objects.create(export=export)
    return export


def _unfinished(wanted: Wanted, by: User) -> models.QuerySet[Export]:
    return Export.objects.filter(
        kind=wanted.kind,
        format=wanted.format,
        first=wanted.first,
        last=wanted.last,
        department=wanted.department,
        by=by,
        run__state__in=[RunState.DUE, RunState.DOING],
        cancellation__isnull=True,
    )


def _record(wanted: Wanted, *, run: Run | None, by: User, at: datetime) -> Export:
    return Export.objects.create(
        kind=wanted.kind,
        format=wanted.format,
        first=wanted.first,
        last=wanted.last,
        department=wanted.department,
        run=run,
        by=by,
        at=at,
    )


def export_now(wanted: Wanted, *, by: User, at: datetime) -> tuple[str, bytes]:
    """Make a small document while the person waits: its name and content; recorded, not kept.

    Raises what `check` raises.
    """
    with _scratch() as sink:
        rows = make(wanted, sink, by=by, at=at, tick=lambda _done, _total: None)
        made = _measured(sink)
        with transaction.atomic():
            export = _record(wanted, run=None, by=by, at=at)
            result = _keep_result(export, wanted, made, rows=rows, kept_until=None, at=at)
            ExportDownload.objects.create(export=export, by=by, at=at)
        sink.seek(0)
        return result.name, sink.read()


def _scratch() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=_IN_MEMORY)


@dataclass(frozen=True)
class _Measured:
    size: int
    sha256: str


def _pieces(sink: IO[bytes]) -> Iterator[bytes]:
    sink.seek(0)
    while piece := sink.read(PART):
        yield piece


def _measured(sink: IO[bytes]) -> _Measured:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(sink):
        digest.update(piece)
        size += len(piece)
    return _Measured(size, digest.hexdigest())


def _keep_result(
    export: Export,
    wanted: Wanted,
    made: _Measured,
    *,
    rows: int,
    kept_until: datetime | None,
    at: datetime,
) -> ExportResult:
    return ExportResult.objects.create(
        export=export,
        name=file_name(wanted),
        content_type=CONTENT_TYPES[wanted.format],
        rows=rows,
        size=made.size,
        sha256=made.sha256,
        people=list(everybody_in(wanted, by=export.by).order_by("pk").values_list("pk", flat=True)),
        kept_until=kept_until,
        at=at,
    )


def cancel(export: Export, *, by: User, at: datetime) -> ExportCancellation:
    """Want the export no more. Raises NothingToCancel once it has ended, or was cancelled."""
    with transaction.atomic():
        going_on = Run.objects.filter(state__in=[RunState.DUE, RunState.DOING])
        runs = going_on.filter(pk__in=[export.run_id])
        if not lock_rows(runs) or ExportCancellation.objects.filter(export=export).exists():
            raise NothingToCancel
        return ExportCancellation.objects.create(export=export, by=by, at=at)


def wanted_of(export: Export) -> Wanted:
    return Wanted(
        kind=ExportKind(export.kind),
        format=ExportFormat(export.format),
        first=export.first,
        last=export.last,
        department=export.department,
    )


def run_due(run: Run, *, fence: Fence) -> None:
    """The job handler of `HANDLER`: make the file, then keep it and end the run in one go."""
    export = Export.objects.select_related("by").get(run=run)
    wanted = wanted_of(export)
    with _scratch() as sink:
        try:
            tick = _noting(export, fence)
            tick(0, 0)
            rows = make(wanted, sink, by=export.by, at=database_now(), tick=tick)
        except Cancelled:
            return _end(fence, lambda: None)
        except Problem as problem:
            told = str(problem)
            return _end(fence, lambda: _refuse(export, told))
        made = _measured(sink)
        _end(fence, lambda: _keep(export, wanted, sink, made, rows))
    announce("export.made", _("Đã lập xong: %(export)s") % {"export": export})
    return None


def _end(fence: Fence, effect: Callable[[], None]) -> None:
    with transaction.atomic():
        fence.hold()
        effect()
        fence.finish()


def _refuse(export: Export, problem: str) -> None:
    ExportResult.objects.create(export=export, problem=problem, at=database_now())


def _keep(export: Export, wanted: Wanted, sink: IO[bytes], made: _Measured, rows: int) -> None:
    if ExportCancellation.objects.filter(export=export).exists():
        return
    at = database_now()
    until = at + timedelta(days=settings.EXPORT_KEEP_DAYS)
    _keep_result(export, wanted, made, rows=rows, kept_until=until, at=at)
    for number, piece in zip(count(), _pieces(sink), strict=False):
        ExportPart.objects.create(export=export, number=number, data=piece)
    enqueue(handler=EXPIRY, payload={"export": export.pk}, due_at=until)


def _noting(export: Export, fence: Fence) -> Callable[[int, int], None]:
    """Note progress now and then. Raises Cancelled, and TakenOver when another worker has it."""
    noted = -_NOTED

    def tick(done: int, total: int) -> None:
        nonlocal noted
        if done < total and monotonic() - noted < _NOTED:
            return
        noted = monotonic()
        ours = ExportProgress.objects.filter(
            export=export, export__run__attempt=fence.attempt, export__run__state=RunState.DOING
        )
        if not ours.update(done=done, total=total):
            raise TakenOver(f"run {fence.run_id}, attempt {fence.attempt}")
        if ExportCancellation.objects.filter(export=export).exists():
            raise Cancelled

    return tick


def expire_due(run: Run, *, fence: Fence) -> None:
    """The job handler of `EXPIRY`: the file's time is over; that it was made stays recorded."""
    with transaction.atomic():
        fence.hold()
        ExportPart.objects.filter(export=run.payload["export"]).delete()
        fence.finish()


def state_of(export: Export, *, at: datetime) -> State:
    """How far an export is; wants its run, result and cancellation at hand."""
    result: ExportResult | None = getattr(export, "result", None)
    if result is not None:
        if result.problem:
            return State.REFUSED
        if export.run is None:
            return State.TAKEN
        return State.KEPT if result.is_kept(at=at) else State.EXPIRED
    assert export.run is not None  # noqa: S101 - without a run the result came with the row
    going_on = export.run.state in (RunState.DUE, RunState.DOING)
    if hasattr(export, "cancellation"):
        return State.CANCELLING if going_on else State.CANCELLED
    if export.run.state == RunState.FAILED:
        return State.FAILED
    if export.run.state == RunState.DOING:
        return State.MAKING
    return State.RETRYING if export.run.error else State.WAITING


def may_have(result: ExportResult, *, user: User) -> bool:
    """Whether the file is this person's to download.

    Who asked for it may, and HR; neither unless they may see the days of everybody in it.
    """
    export = result.export
    if user.pk != export.by_id and not may(user, "attendance.manage"):
        return False
    seen = employees_for(user, during=(export.first, export.last))
    everybody = seen.filter(pk__in=result.people).count() == len(result.people)
    return may(user, "attendance.view") and everybody


def download(result: ExportResult, *, by: User, at: datetime) -> Iterator[bytes]:
    """The bytes of a kept file, piece by piece; that they were taken is recorded first."""
    ExportDownload.objects.create(export=result.export, by=by, at=at)
    numbers = ExportPart.objects.filter(export=result.export).order_by("number")
    return (
        bytes(ExportPart.objects.get(pk=pk).data)
        for pk in list(numbers.values_list("pk", flat=True))
    )
