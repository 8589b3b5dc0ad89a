"""Importing files of lines: kept, looked at, recorded as one batch, undone as one."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.jobs.models import Run
from backend.jobs.queue import Fence, database_now, enqueue
from backend.org.models import Region
from backend.problems import Problem
from sales.engine.bodies import Fault
from sales.engine.import_sheet import (
    KINDS,
    AgentLine,
    Heads,
    Read,
    control_sum,
    find_heads,
    read_lines,
)
from sales.engine.lines import Line
from sales.engine.posting import ACCOUNTS, Legs, reversal
from sales.engine.spreadsheet import Cells
from sales.imports.sheet_files import cells_of
from sales.ledger.journal import Entry
from sales.ledger.recording import LinesRefused, record_sales, sales_faults
from sales.models import (
    Agent,
    ConsignmentEntry,
    ImportFile,
    ImportKind,
    ImportProfile,
    ImportState,
    JournalEntry,
    JournalEvent,
    RecordingBatch,
    Source,
)
from sales.money.booking import book, money_faults, record_money

HANDLER: Final = "sales.import"
#: A longer file (a workbook of some 5,000 rows) is recorded in the background.
AT_ONCE_BYTES: Final = 150_000
#: Steps of progress: read, recorded.
_STEPS: Final = 2
_REASON_LENGTH: Final = 5


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


class AgentsInUse(Problem):
    status = 409
    code = "import.agents_in_use"
    message = _("Có đại lý trong tệp đã phát sinh hồ sơ hoặc bút toán nên không hoàn tác được.")


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
) -> ImportFile:
    """Keep a file that can be read, until it is recorded or discarded. Raises FileRefused.

    Columns are those of the sender's last file with these headings, else guessed.
    """
    cells = cells_of(data)
    heads = find_heads(kind, cells.rows)
    known = ImportProfile.objects.filter(sender=sender, kind=kind, heads=_told(heads)).first()
    return ImportFile.objects.create(
        kind=kind,
        sender=sender.strip()[:100],
        name=name[:200],
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        mapping=known.mapping if known else None,
        constants={key: text for key, text in (constants or {}).items() if text.strip()},
        control_sum=wanted_sum,
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
    file: ImportFile, *, mapping: dict[str, int], constants: dict[str, str], wanted_sum: int | None
) -> None:
    """Keep which column is which field, and what stands for columns there are not."""
    names = {column.name for column in KINDS[file.kind]}
    file.mapping = {name: at for name, at in mapping.items() if name in names and at >= 0}
    file.constants = {name: text for name, text in constants.items() if name in names and text}
    file.control_sum = wanted_sum
    if not ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING).update(
        mapping=file.mapping, constants=file.constants, control_sum=wanted_sum
    ):
        raise ImportNotNow


def preview(file: ImportFile, *, by: User, at: datetime) -> Preview:
    """Read and check the whole file; nothing is stored. Raises FileRefused."""
    looked = _look(file)
    faults = list(looked.read.faults)
    if looked.read.lines:
        faults += _in_file(_check(file.kind, looked.read.lines, by, at), looked.read.rows)
    return replace(looked, faults=sorted(faults, key=lambda fault: fault.row))


def commit(file: ImportFile, *, by: User, at: datetime) -> ImportFile:
    """Record the file as one batch: at once, or in the background where it is long.

    Raises ImportNotNow, ImportedBefore, and where it is recorded at once LinesRefused,
    ControlSumDiffers.
    """
    if len(file.content) > AT_ONCE_BYTES:
        return _start(file)
    _record(file, _look(file), by=by, at=at)
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
        looked = _look(file)
        _note(file, 1)
        with transaction.atomic():
            fence.hold()
            _record(file, looked, by=file.by, at=database_now())
            fence.finish()
    except Problem as problem:
        with transaction.atomic():
            fence.hold()
            ImportFile.objects.filter(pk=file.pk).update(
                state=ImportState.WAITING, problem=str(problem)[:500], done=0
            )
            fence.finish()


def undo(file: ImportFile, *, reason: str, by: User, at: datetime) -> ImportFile:
    """Take a recorded file back by reversing entries, as one batch.

    Raises UndoNeedsReason, ImportNotNow, AgentsInUse, LinesRefused.
    """
    if len(reason.strip()) < _REASON_LENGTH:
        raise UndoNeedsReason
    with transaction.atomic():
        (held,) = lock_rows(ImportFile.objects.filter(pk=file.pk))
        if held.state != ImportState.DONE:
            raise ImportNotNow
        held.undo_batch = _UNDOING[_family(held.kind)](held, reason.strip(), by, at)
        held.undo_reason, held.state = reason.strip()[:200], ImportState.UNDONE
        held.save(update_fields=["undo_batch", "undo_reason", "state"])
    return held


def _look(file: ImportFile) -> Preview:
    """The file read with its columns; without the checks that need the database."""
    cells = cells_of(bytes(file.content))
    heads = find_heads(file.kind, cells.rows)
    mapping = heads.mapping if file.mapping is None else file.mapping
    read = read_lines(file.kind, cells.rows, heads, mapping, file.constants)
    if not read.lines and not read.faults:
        read.faults.append(Fault(max(heads.row, 1), "", "import.no_lines"))
    total = control_sum(file.kind, read.lines)
    return Preview(cells, heads, dict(mapping), read, [], total)


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
            held.batch = _RECORDING[_family(file.kind)](read.lines, by, at)
        except LinesRefused as refused:
            for error in refused.details["errors"]:
                error["row"] = read.rows[error["row"] - 1]
            raise
        held.state, held.problem, held.line_count = ImportState.DONE, "", len(read.lines)
        held.done = held.total = _STEPS
        held.save(update_fields=["batch", "state", "problem", "line_count", "done", "total"])
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
    return "\t".join(heads.texts)


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


def _family(kind: str) -> str:
    return kind if kind in (ImportKind.PAYMENTS, ImportKind.AGENTS) else "tickets"


def _check(kind: str, lines: Sequence[Any], by: User, at: datetime) -> list[Fault]:
    """Every fault of the lines by the facts; `row` counts the lines."""
    if kind == ImportKind.AGENTS:
        return _agent_faults(lines, by)
    return (
        money_faults(lines, by=by, at=at)
        if kind == ImportKind.PAYMENTS
        else sales_faults(lines, by=by)
    )


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


def _agent_faults(lines: Sequence[AgentLine], by: User) -> list[Fault]:
    codes, regions = _known(lines, by)
    seen: dict[str, int] = {}
    faults = []
    for row, line in enumerate(lines, 1):
        if seen.setdefault(line.code, row) != row:
            faults.append(Fault(row, "code", "import.agent_twice", {"first": seen[line.code]}))
        if line.code in codes:
            faults.append(Fault(row, "code", "import.agent_exists", {"agent": line.code}))
        if line.region not in regions:
            faults.append(Fault(row, "region", "import.region_unknown", {"region": line.region}))
    return faults


def _known(lines: Sequence[AgentLine], by: User) -> tuple[set[str], dict[str, int]]:
    """Codes that are taken, and the regions in force the person may use."""
    codes = set(
        Agent.objects.filter(code__in={line.code for line in lines}).values_list("code", flat=True)
    )
    regions = Region.objects.in_scope(by.scope_path).filter(
        code__in={line.region for line in lines}, valid_to=None
    )
    return codes, dict(regions.values_list("code", "pk"))


def _record_tickets(lines: Sequence[Any], by: User, at: datetime) -> RecordingBatch | None:
    return record_sales(by=by, at=at, lines=lines, source=Source.IMPORT).batch


def _record_payments(lines: Sequence[Any], by: User, at: datetime) -> RecordingBatch | None:
    return record_money(by=by, at=at, lines=lines, source=Source.IMPORT).batch


def _record_agents(lines: Sequence[AgentLine], by: User, at: datetime) -> RecordingBatch | None:
    """Each as a new agent; a list of agents is no batch of the ledgers."""
    if faults := _agent_faults(lines, by):
        raise LinesRefused(faults)
    _codes, regions = _known(lines, by)
    for line in lines:
        Agent(
            code=line.code,
            name=line.name,
            kind=line.kind,
            region_id=regions[line.region],
            opened_date=line.opened_date,
            commission_bps=line.commission_bps,
            credit_limit_amount=line.credit_limit_amount,
        ).save()
    return None


def _undo_tickets(file: ImportFile, reason: str, by: User, at: datetime) -> RecordingBatch | None:
    """What corrects every entry of the batch, in one batch."""
    entries = ConsignmentEntry.objects.filter(batch=file.batch_id).order_by("pk")
    lines = [
        Line(day, agent, product, -issued, -returned, corrects=pk, reason=reason)
        for pk, day, agent, product, issued, returned in entries.values_list(
            "pk", "draw_date", "agent__code", "product__code", "issued", "returned"
        )
    ]
    return record_sales(by=by, at=at, lines=lines, source=Source.IMPORT).batch


def _undo_payments(file: ImportFile, reason: str, by: User, at: datetime) -> RecordingBatch | None:
    """The reversal of every entry of the batch that was not reversed alone."""
    entries = JournalEntry.objects.filter(batch=file.batch_id, reversal=None).order_by("pk")
    reversals = [
        Entry(
            event=JournalEvent(wrong.event),
            agent_id=wrong.agent_id,
            region_id=wrong.region_id,
            value_date=at.astimezone(VN).date(),
            legs=reversal(Legs(**{name: getattr(wrong, name) for name in ACCOUNTS})),
            reference=wrong.reference,
            reverses_id=wrong.pk,
            reason=reason,
        )
        for wrong in entries
    ]
    return book(reversals, by=by, at=at, key="", source=Source.IMPORT)


def _undo_agents(file: ImportFile, reason: str, by: User, at: datetime) -> RecordingBatch | None:
    """Agents nobody has used since are gone; their history stays. Raises AgentsInUse."""
    codes = [line.code for line in _look(file).read.lines]
    try:
        Agent.objects.visible_to(by).filter(code__in=codes).delete()
    except ProtectedError as error:
        raise AgentsInUse from error
    return None


_RECORDING: Final[dict[str, Callable[..., RecordingBatch | None]]] = {
    "tickets": _record_tickets,
    "payments": _record_payments,
    "agents": _record_agents,
}
_UNDOING: Final[dict[str, Callable[..., RecordingBatch | None]]] = {
    "tickets": _undo_tickets,
    "payments": _undo_payments,
    "agents": _undo_agents,
}
