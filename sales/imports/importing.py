"""Importing files of lines: kept, looked at, recorded as one batch, undone as one."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from msgspec import structs

from backend.accounts.models import User
from backend.db import lock_rows
from backend.jobs.models import Run
from backend.jobs.queue import Fence, database_now, enqueue
from backend.problems import Problem
from backend.vntext import clean
from sales.engine.annotating import annotated
from sales.engine.bodies import Fault
from sales.engine.import_sheet import (
    HEAD_ROWS,
    KINDS,
    Heads,
    Read,
    control_sum,
    find_heads,
    read_lines,
)
from sales.engine.plan_lines import MOST_LINES
from sales.engine.spreadsheet import MOST_COLUMNS, MOST_ROWS, Cells
from sales.imports.families import family_of, with_zeros
from sales.imports.sheet_files import cells_of
from sales.ledger.recording import LinesRefused
from sales.messages import message
from sales.models import (
    ImportFile,
    ImportKind,
    ImportProfile,
    ImportState,
    RecordingBatch,
    SalesPlan,
)
from sales.whole_company import require_whole_company

HANDLER: Final = "sales.import"
#: A longer file (a workbook of some 5,000 rows) is recorded in the background.
AT_ONCE_BYTES: Final = 150_000
#: Steps of progress: read, recorded.
_STEPS: Final = 2
_NAME_LENGTH: Final = 100
#: What was refused only while it was recorded names so many rows.
_ROWS_TOLD: Final = 3
_REASON_LENGTH: Final = 5
#: Headings longer than this are remembered by their digest: an index takes no more.
_LONGEST_HEADS: Final = 500
#: Faults that no other field of the line has a part in.
_OF_ONE_FIELD: Final = frozenset({
    "agent.unknown", "product.unknown", "draw.none", "draw.closed", "draw.void",
    "import.agent_exists", "import.agent_twice", "import.region_unknown", "plan.product",
    "plan.region", "plan.agent",
})  # fmt: skip


class ImportUnknown(Problem):
    status = 404
    code = "import.unknown"
    message = _("Không có tệp nhập này.")


class ImportNotNow(Problem):
    status = 409
    code = "import.not_now"
    message = _("Tệp này đã được ghi, hoàn tác hoặc bỏ. Hãy tải lại trang để xem.")


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


@dataclass(frozen=True, slots=True)
class Preview:
    """What recording a file would do: its lines and their sum, or every fault by row and field."""

    cells: Cells
    heads: Heads
    mapping: dict[str, int]
    read: Read
    faults: list[Fault]
    total: int


def keep_file(
    data: bytes,
    *,
    name: str,
    kind: ImportKind,
    sender: str,
    by: User,
    at: datetime,
    constants: dict[str, str] | None = None,
    wanted_sum: int | None = None,
    sheet: str = "",
) -> ImportFile:
    """Keep a file that can be read, until it is recorded or discarded.

    Columns are those of the sender's last file with these headings, else guessed. Raises
    FileRefused, and WholeCompanyOnly of a plan.
    """
    if kind == ImportKind.PLANS:
        require_whole_company(by)
    sender = clean(sender)[:_NAME_LENGTH]
    cells = cells_of(data, most_rows=_most_rows(kind), sheet=sheet)
    heads = find_heads(kind, cells.rows)
    known = ImportProfile.objects.filter(sender=sender, kind=kind, heads=_told(heads)).first()
    return ImportFile.objects.create(
        kind=kind,
        sender=sender,
        name=name[:200],
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        mapping=known.mapping if known else None,
        constants={key: text for key, text in (constants or {}).items() if text.strip()},
        control_sum=wanted_sum,
        sheet=cells.sheet[:_NAME_LENGTH],
        by=by,
        at=at,
    )


def files_of(user: User) -> Any:
    """The files a person sees: the own ones; of all, who is in charge of the whole company."""
    files = ImportFile.objects.defer("content").select_related("by")
    return files if user.scope_path is None else files.filter(by=user)


def file_of(key: Any, *, user: User) -> ImportFile:
    """One file with its content. Raises ImportUnknown."""
    file = files_of(user).defer(None).filter(pk=key).first()
    if file is None:
        raise ImportUnknown
    found: ImportFile = file
    return found


def choose_columns(
    file: ImportFile,
    *,
    mapping: dict[str, int],
    constants: dict[str, str],
    wanted_sum: int | None,
    sheet: str,
) -> None:
    """Keep which column is which field, and what stands for columns there are not.

    Of another sheet the columns are guessed anew. Raises ImportNotNow.
    """
    names = {column.name for column in KINDS[file.kind]}
    chosen = {name: at for name, at in mapping.items() if name in names and 0 <= at < MOST_COLUMNS}
    file.mapping = chosen if sheet == file.sheet else None
    file.constants = {name: text for name, text in constants.items() if name in names and text}
    file.control_sum, file.sheet = wanted_sum, sheet[:_NAME_LENGTH]
    if not ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING).update(
        mapping=file.mapping, constants=file.constants, control_sum=wanted_sum, sheet=file.sheet
    ):
        raise ImportNotNow


def preview(file: ImportFile, *, by: User, at: datetime) -> Preview:
    """Read and check the whole file; nothing is stored. Raises FileRefused."""
    looked = _look(file)
    faults = list(looked.read.faults)
    if looked.read.lines:
        found = family_of(file.kind).faults(looked.read.lines, by, at)
        faults += _in_file(found, looked.read.rows)
        faults += _of_halves(file, looked.read, by, at)
    return replace(looked, faults=sorted(faults, key=lambda fault: fault.row))


def _of_halves(file: ImportFile, read: Read, by: User, at: datetime) -> list[Fault]:
    """What else is wrong in rows of which some cells could not be read: all is told at once.

    A line that could be read stands in for those cells; what is found of them is not told.
    """
    if not read.halves:
        return []
    rows = list(read.halves)
    lines = [structs.replace(read.lines[0], **values) for values in read.halves.values()]
    found = family_of(file.kind).faults(with_zeros(lines, by=file.by), by, at)
    told = _in_file(found, rows)
    return [
        fault
        for fault in told
        if fault.code in _OF_ONE_FIELD and fault.field in read.halves[fault.row]
    ]


def annotated_copy(file: ImportFile, *, by: User, at: datetime) -> bytes:
    """A workbook of the file with what is wrong beside each cell. Raises FileRefused."""
    looked = preview(file, by=by, at=at)
    said: dict[tuple[int, int], list[str]] = {}
    for fault in looked.faults:
        place = (fault.row, looked.mapping.get(fault.field, 0))
        said.setdefault(place, []).append(message(fault.code, dict(fault.values)))
    return annotated(looked.cells.rows, said, head_row=looked.heads.row, author="Giao Ban")


def commit(file: ImportFile, *, by: User, at: datetime) -> ImportFile:
    """Record the file as one batch: at once, or in the background where it is long.

    Raises ImportNotNow, ImportedBefore, and where it is recorded at once LinesRefused,
    ControlSumDiffers.
    """
    if len(file.content) > AT_ONCE_BYTES:
        return _start(file)
    _record(file, _lines_of(file), by=by, at=at)
    return file_of(file.pk, user=by)


def discard(file: ImportFile) -> None:
    """Leave the file aside; it stays on the record. Raises ImportNotNow."""
    waiting = ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING)
    if not waiting.update(state=ImportState.DISCARDED):
        raise ImportNotNow


def run_due(run: Run, *, fence: Fence) -> None:
    """The job handler: read, then record and end the run in one transaction.

    A new attempt begins again; what was recorded is recorded once.
    """
    file = ImportFile.objects.select_related("by").get(run=run)
    try:
        looked = _lines_of(file)
        _note(file, 1)
        with transaction.atomic():
            fence.hold()
            _record(file, looked, by=file.by, at=database_now())
            fence.finish()
    except Problem as problem:
        with transaction.atomic():
            fence.hold()
            ImportFile.objects.filter(pk=file.pk).update(
                state=ImportState.WAITING, problem=_in_words(problem)[:500], done=0
            )
            fence.finish()


def _in_words(problem: Problem) -> str:
    """What went wrong, with the first rows that did."""
    rows = [f"{each['row']}: {each['message']}" for each in problem.details.get("errors", ())]
    return " ".join([str(problem), *rows[:_ROWS_TOLD]])


def undo(file: ImportFile, *, reason: str, by: User, at: datetime) -> ImportFile:
    """Take a recorded file back by reversing entries, as one batch; a plan is withdrawn.

    Raises UndoNeedsReason, ImportNotNow, AgentsInUse, PlanDecided, LinesRefused.
    """
    if len(reason.strip()) < _REASON_LENGTH:
        raise UndoNeedsReason
    with transaction.atomic():
        (held,) = lock_rows(ImportFile.objects.filter(pk=file.pk))
        if held.state != ImportState.DONE:
            raise ImportNotNow
        lines = _look(held).read.lines if held.batch_id is None else []
        held.undo_batch = family_of(held.kind).undo(held, lines, reason.strip()[:200], by, at)
        held.undo_reason, held.state = reason.strip()[:200], ImportState.UNDONE
        held.save(update_fields=["undo_batch", "undo_reason", "state"])
    return held


def _look(file: ImportFile) -> Preview:
    """The file read with its columns; without the checks that need the database."""
    cells = cells_of(bytes(file.content), most_rows=_most_rows(file.kind), sheet=file.sheet)
    heads = find_heads(file.kind, cells.rows)
    mapping = heads.mapping if file.mapping is None else file.mapping
    read = read_lines(file.kind, cells.rows, heads, mapping, file.constants)
    if not read.lines and not read.faults:
        read.faults.append(Fault(max(heads.row, 1), "", "import.no_lines"))
    read.lines = with_zeros(read.lines, by=file.by)
    total = control_sum(file.kind, read.lines)
    return Preview(cells, heads, dict(mapping), read, [], total)


def _lines_of(file: ImportFile) -> Preview:
    """As `_look`, without the cells: while they are recorded, memory is for the lines."""
    return replace(_look(file), cells=Cells("", []))


def _start(file: ImportFile) -> ImportFile:
    """Have the file recorded in the background."""
    with _recorded_once(), transaction.atomic():
        run = enqueue(handler=HANDLER, payload={"file": str(file.pk)}, due_at=database_now())
        waiting = ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING)
        if not waiting.update(state=ImportState.RUNNING, run=run, done=0, total=_STEPS, problem=""):
            raise ImportNotNow
    file.state = ImportState.RUNNING
    return file


def _record(file: ImportFile, looked: Preview, *, by: User, at: datetime) -> None:
    """Record the lines and mark the file, all in one transaction."""
    read = looked.read
    if read.faults:
        raise LinesRefused(read.faults)
    if file.control_sum is not None and file.control_sum != looked.total:
        raise ControlSumDiffers(file.control_sum, looked.total)
    with _recorded_once(), transaction.atomic():
        (held,) = lock_rows(ImportFile.objects.defer("content").filter(pk=file.pk))
        if held.state not in (ImportState.WAITING, ImportState.RUNNING):
            raise ImportNotNow
        try:
            note = f"{file.sender}: {file.name}"
            made = family_of(file.kind).record(read.lines, by, at, note)
        except LinesRefused as refused:
            for error in refused.details["errors"]:
                error["row"] = read.rows[error["row"] - 1]
            raise
        held.batch = made if isinstance(made, RecordingBatch) else None
        held.plan = made if isinstance(made, SalesPlan) else None
        held.state, held.problem, held.line_count = ImportState.DONE, "", len(read.lines)
        held.done = held.total = _STEPS
        held.save(
            update_fields=["batch", "plan", "state", "problem", "line_count", "done", "total"]
        )
        _remember(file, looked)


def _remember(file: ImportFile, looked: Preview) -> None:
    """The sender's next file with these headings is read the same way."""
    ImportProfile.objects.update_or_create(
        sender=file.sender,
        kind=file.kind,
        heads=_told(looked.heads),
        defaults={"mapping": looked.mapping},
    )


def _told(heads: Heads) -> str:
    told = "\t".join(heads.texts)
    return told if len(told) <= _LONGEST_HEADS else hashlib.sha256(told.encode()).hexdigest()


def _most_rows(kind: str) -> int:
    """A plan has a line for every agent and month."""
    return MOST_LINES + HEAD_ROWS if kind == ImportKind.PLANS else MOST_ROWS


def _note(file: ImportFile, done: int) -> None:
    ImportFile.objects.filter(pk=file.pk).update(done=done)


@contextmanager
def _recorded_once() -> Iterator[None]:
    """Tell in words that the very file is recorded. Raises ImportedBefore."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", "") == "import_file_recorded_once":
            raise ImportedBefore from error
        raise


def _in_file(faults: Sequence[Fault], rows: Sequence[int]) -> list[Fault]:
    """The faults by the rows of the file; what they tell of another line as well."""
    return [
        replace(
            fault,
            row=rows[fault.row - 1],
            values={
                name: rows[value - 1] if name == "first" and isinstance(value, int) else value
                for name, value in fault.values.items()
            },
        )
        for fault in faults
    ]
