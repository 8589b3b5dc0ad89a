"""A file recorded as one batch and taken back as one: at once, or in the background where it is long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import lock_rows
from backend.garbage import uncollected
from backend.jobs.models import Run
from backend.jobs.queue import Fence, database_now, enqueue
from backend.problems import Problem
from backend.promises import broken_by
from backend.reasons import says_why
from sales.imports.importing import (
    ImportNotNow,
    Preview,
    files_of,
    lines_of,
    remember_columns,
)
from sales.imports.kinds import books_of
from sales.imports.progress import fall_back, noting
from sales.ledger.recording import LinesRefused
from sales.ledger.steps import STEPS, Begins, Step, untold
from sales.models import ImportFile, ImportState, RecordingBatch, SalesPlan

HANDLER: Final = "sales.import"
#: A longer file (a workbook of some 5,000 rows) is recorded in the background.
AT_ONCE_BYTES: Final = 150_000
#: More lines are taken back in the background.
AT_ONCE_LINES: Final = 5_000
#: What was refused only while it was recorded names so many rows.
_ROWS_TOLD: Final = 3


class ImportedBefore(Problem):
    status = 409
    code = "import.recorded_before"
    message = _("Đúng tệp này đã được ghi rồi. Muốn ghi lại, hãy hoàn tác lần ghi trước.")


class ControlSumDiffers(Problem):
    code = "import.control_sum"

    def __init__(self, wanted: int, found: int) -> None:
        super().__init__(
            _("Tổng trong tệp là {found}, khác tổng kiểm tra {wanted}. Chưa ghi dòng nào.").format(
                found=f"{found:,}".replace(",", "."), wanted=f"{wanted:,}".replace(",", ".")
            )
        )


class UndoNeedsReason(Problem):
    code = "import.needs_reason"
    message = _("Hoàn tác phải ghi lý do, ít nhất 5 ký tự.")


def lines_ahead(file: ImportFile) -> Preview | None:
    """What `commit` records at once, read before its transaction; None of other files."""
    is_short = file.state == ImportState.WAITING and len(file.content) <= AT_ONCE_BYTES
    return lines_of(file) if is_short else None


def commit(
    file: ImportFile, *, by: User, at: datetime, looked: Preview | None = None
) -> ImportFile:
    """Record the file as one batch: at once, or in the background where it is long.

    Raises ImportNotNow, ImportedBefore, and where it is recorded at once LinesRefused,
    ControlSumDiffers.
    """
    if len(file.content) > AT_ONCE_BYTES:
        return _start(file, ImportState.WAITING, by=by, at=at, state=ImportState.RUNNING)
    looked = looked or lines_of(file)
    with _recorded_once(), transaction.atomic():
        _record(_held(file, ImportState.WAITING), looked, by=by, at=at, sent=at)
    return _after(file, by)


def undo(file: ImportFile, *, reason: str, by: User, at: datetime) -> ImportFile:
    """Take a recorded file back by reversing entries, as one batch; a plan is withdrawn.

    At once, or in the background where it is long. Raises UndoNeedsReason, ImportNotNow, and at once
    AgentsInUse, PlanDecided, UndoRefused, PeriodClosed.
    """
    why = reason.strip()[:200]
    if not says_why(why):
        raise UndoNeedsReason
    if file.plan_id is None and file.line_count > AT_ONCE_LINES:
        asked = {"state": ImportState.UNDOING, "undo_reason": why, "undo_by": by}
        return _start(file, ImportState.DONE, by=by, at=at, **asked)
    lines = _lines_to_undo(file)
    with transaction.atomic():
        _take_back(_held(file, ImportState.DONE), lines, reason=why, by=by, at=at)
    return _after(file, by)


@uncollected()
def run_due(run: Run, *, fence: Fence) -> None:
    """The job handler: read, then record or take back and end the run, in one transaction.

    A new attempt begins again; what was done is done once.
    """
    file = ImportFile.objects.defer("content").select_related("by", "undo_by").get(run=run)
    do = _undo_due if file.state == ImportState.UNDOING else _record_due
    with noting(fence) as begins:
        try:
            begins(Step.READING)
            do(file, run, fence, begins)
        except Problem as problem:
            with transaction.atomic():
                fence.hold()
                fall_back(file, " ".join(words_of(problem)[: 1 + _ROWS_TOLD]))
                fence.finish()


def words_of(problem: Problem) -> list[str]:
    """What went wrong, and for each line where it did."""
    return [
        str(problem),
        *(f"{_where(e)}: {e['message']}" for e in problem.details.get("errors", ())),
    ]


def _where(error: dict[str, Any]) -> str:
    if "row" in error:
        return str(error["row"])
    return f"{error['agent']}, {error['draw_date']:%d/%m/%Y}, {error['product']}"


def _record_due(file: ImportFile, run: Run, fence: Fence, begins: Begins) -> None:
    looked = lines_of(file)
    with transaction.atomic():
        fence.hold()
        at = database_now()
        asked = run.payload.get("sent")  # a run that waits since the version before has none
        sent = datetime.fromisoformat(asked) if asked else at
        _record(file, looked, by=file.by, at=at, sent=sent, begins=begins)
        fence.finish()


def _undo_due(file: ImportFile, _run: Run, fence: Fence, begins: Begins) -> None:
    lines = _lines_to_undo(file)
    by = file.undo_by
    assert by is not None  # noqa: S101 -- it is kept with the state
    with transaction.atomic():
        fence.hold()
        _take_back(file, lines, reason=file.undo_reason, by=by, at=database_now(), begins=begins)
        fence.finish()


def _start(
    file: ImportFile, standing: ImportState, *, by: User, at: datetime, **values: Any
) -> ImportFile:
    """Have a file that stands there taken on in the background. Raises ImportNotNow, ImportedBefore."""
    # What was sent before a cut-off is not late because the server had other work to do.
    payload = {"file": str(file.pk), "sent": at.isoformat()}
    with _recorded_once(), transaction.atomic():
        run = enqueue(handler=HANDLER, payload=payload, due_at=database_now())
        ours = ImportFile.objects.filter(pk=file.pk, state=standing)
        if not ours.update(run=run, done=0, total=STEPS, problem="", **values):
            raise ImportNotNow
    return _after(file, by)


def _held(file: ImportFile, standing: ImportState) -> ImportFile:
    """The file, locked, as long as it stands there. Raises ImportNotNow.

    In the background the fence keeps others away: a lock would be in the way of notes of progress.
    """
    (held,) = lock_rows(ImportFile.objects.defer("content").filter(pk=file.pk))
    if held.state != standing:
        raise ImportNotNow
    return held


def _after(file: ImportFile, user: User) -> ImportFile:
    done: ImportFile = files_of(user).get(pk=file.pk)
    return done


def _record(
    file: ImportFile,
    looked: Preview,
    *,
    by: User,
    at: datetime,
    sent: datetime,
    begins: Begins = untold,
) -> None:
    """Record the lines and mark the file, in the caller's transaction."""
    read = looked.read
    if read.faults:
        raise LinesRefused(read.faults)
    if file.control_sum is not None and file.control_sum != looked.total:
        raise ControlSumDiffers(file.control_sum, looked.total)
    try:
        made = books_of(file.kind).record(
            read.lines, by, at, sent, f"{file.sender}: {file.name}", begins
        )
    except LinesRefused as refused:
        for error in refused.details["errors"]:
            error["row"] = read.rows[error["row"] - 1]
        raise
    _mark(
        file,
        state=ImportState.DONE,
        batch=made if isinstance(made, RecordingBatch) else None,
        plan=made if isinstance(made, SalesPlan) else None,
        line_count=len(read.lines),
    )
    remember_columns(file, looked)


def _take_back(
    file: ImportFile,
    lines: list[Any],
    *,
    reason: str,
    by: User,
    at: datetime,
    begins: Begins = untold,
) -> None:
    """Undo what was recorded and mark the file, in the caller's transaction."""
    batch = books_of(file.kind).undo(file, lines, reason, by, at, begins)
    _mark(file, state=ImportState.UNDONE, undo_batch=batch, undo_reason=reason, undo_by=by)


def _mark(file: ImportFile, **values: Any) -> None:
    ImportFile.objects.filter(pk=file.pk).update(problem="", done=STEPS, total=STEPS, **values)


def _lines_to_undo(file: ImportFile) -> list[Any]:
    """The lines of a file that made neither a batch nor a plan; entries and plans are found by those."""
    is_known = file.batch_id is not None or file.plan_id is not None
    return [] if is_known else lines_of(file).read.lines


@contextmanager
def _recorded_once() -> Iterator[None]:
    """Tell in words that the very file is recorded. Raises ImportedBefore."""
    try:
        yield
    except IntegrityError as error:
        if broken_by(error) == "import_file_recorded_once":
            raise ImportedBefore from error
        raise
