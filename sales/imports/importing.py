"""Files of lines as people bring them: kept, looked at, their columns chosen, discarded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from msgspec import structs

from backend.accounts.models import User
from backend.garbage import uncollected
from backend.problems import Problem
from backend.vntext import clean
from sales.engine.annotating import annotated
from sales.engine.bodies import Fault
from sales.engine.import_kinds import KINDS, blank_line, control_sum
from sales.engine.import_sheet import Heads, Read, find_heads, read_lines
from sales.engine.spreadsheet import MOST_COLUMNS, Cells
from sales.imports.kinds import books_of
from sales.imports.meant_codes import with_known_codes
from sales.imports.progress import give_up_failed
from sales.imports.sheet_files import cells_of
from sales.messages import message
from sales.models import ImportFile, ImportKind, ImportProfile, ImportState
from sales.whole_company import require_whole_company

_NAME_LENGTH: Final = 100
#: Headings longer than this are remembered by their digest: an index takes no more.
_LONGEST_HEADS: Final = 500
#: Faults that no other field of the line has a part in.
_OF_ONE_FIELD: Final = frozenset({
    "agent.unknown", "product.unknown", "draw.none", "draw.closed", "draw.void",
    "import.agent_exists", "import.agent_twice", "import.region_unknown", "import.month_closed",
    "money.in_the_future", "plan.product", "plan.region", "plan.agent",
})  # fmt: skip


class ImportUnknown(Problem):
    status = 404
    code = "import.unknown"
    message = _("Không có tệp nhập này.")


class ImportNotNow(Problem):
    status = 409
    code = "import.not_now"
    message = _("Tệp này đã được ghi, hoàn tác hoặc bỏ. Hãy tải lại trang để xem.")


class ContentGone(Problem):
    status = 410
    code = "import.content_gone"
    message = _("Nội dung tệp đã hết hạn lưu; dấu SHA-256, số dòng và bút toán của tệp vẫn còn.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What recording a file would do: its lines and their sum, or every fault by row and field."""

    cells: Cells
    heads: Heads
    mapping: dict[str, int]
    read: Read
    faults: list[Fault]
    total: int


def keep_file(data: bytes, **about: Any) -> ImportFile:
    """Keep a file (`open_file`) until it is recorded or discarded. Raises as that does."""
    file, _cells = open_file(data, **about)
    file.save(force_insert=True)
    return file


def open_file(
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
) -> tuple[ImportFile, Cells]:
    """A file that can be read, and its cells; it is not kept yet.

    Columns are those of the last file of `by` from the sender with these headings, else guessed. Raises
    FileRefused, and WholeCompanyOnly of a plan.
    """
    if KINDS[kind].is_of_company:
        require_whole_company(by)
    sender = clean(sender)[:_NAME_LENGTH]
    cells = cells_of(data, most_rows=KINDS[kind].most_rows, sheet=sheet)
    heads = find_heads(kind, cells.rows)
    known = ImportProfile.objects.filter(
        by=by, sender=sender, kind=kind, heads=_told(heads)
    ).first()
    file = ImportFile(
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
    return file, cells


def files_of(user: User) -> Any:
    """The files a person sees: the own ones; of all, who is in charge of the whole company."""
    give_up_failed()
    files = ImportFile.objects.defer("content").select_related("by", "undo_by", "run")
    return files if user.scope_path is None else files.filter(by=user)


def file_of(key: Any, *, user: User) -> ImportFile:
    """One file with its content. Raises ImportUnknown."""
    file = files_of(user).defer(None).filter(pk=key).first()
    if file is None:
        raise ImportUnknown
    found: ImportFile = file
    return found


def set_columns(
    file: ImportFile,
    *,
    mapping: dict[str, int] | None,
    constants: dict[str, str],
    wanted_sum: int | None,
    sheet: str,
) -> None:
    """Say which column is which field, and what stands for columns there are not; keep nothing.

    Without a `mapping` the columns are guessed anew.
    """
    names = KINDS[file.kind].names
    file.mapping = mapping and {
        name: at for name, at in mapping.items() if name in names and 0 <= at < MOST_COLUMNS
    }
    file.constants = {name: text for name, text in constants.items() if name in names and text}
    file.control_sum, file.sheet = wanted_sum, sheet[:_NAME_LENGTH]


def keep_columns(file: ImportFile) -> None:
    """Keep what `set_columns` has said. Raises ImportNotNow."""
    if not ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING).update(
        mapping=file.mapping,
        constants=file.constants,
        control_sum=file.control_sum,
        sheet=file.sheet,
    ):
        raise ImportNotNow


@uncollected()
def preview(file: ImportFile, *, by: User, at: datetime, cells: Cells | None = None) -> Preview:
    """Read and check the whole file, or its `cells` where they were just read; nothing is stored.

    Raises FileRefused.
    """
    looked = look_into(file, cells)
    faults = list(looked.read.faults)
    if looked.read.lines:
        found = books_of(file.kind).faults(looked.read.lines, by, at)
        faults += _in_file(found, looked.read.rows)
    faults += _of_halves(file, looked.read, by, at)
    return replace(looked, faults=sorted(faults, key=lambda fault: fault.row))


def _of_halves(file: ImportFile, read: Read, by: User, at: datetime) -> list[Fault]:
    """What else is wrong in rows of which some cells could not be read: all is told at once.

    What other rows say stands in for those cells; what is found of them is not told.
    """
    if not read.halves:
        return []
    rows = list(read.halves)
    known = read.lines[0] if read.lines else blank_line(file.kind, read.halves.values())
    lines = [structs.replace(known, **values) for values in read.halves.values()]
    found = books_of(file.kind).faults(with_known_codes(lines, by=file.by), by, at)
    told = _in_file(found, rows)
    return [
        fault
        for fault in told
        if fault.code in _OF_ONE_FIELD and fault.field in read.halves[fault.row]
    ]


def annotated_copy(file: ImportFile, *, by: User, at: datetime) -> bytes:
    """A workbook of the file with what is wrong beside each cell. Raises FileRefused, ContentGone."""
    looked = preview(file, by=by, at=at)
    said: dict[tuple[int, int], list[str]] = {}
    for fault in looked.faults:
        place = (fault.row, looked.mapping.get(fault.field, 0))
        said.setdefault(place, []).append(message(fault.code, dict(fault.values)))
    return annotated(looked.cells.rows, said, head_row=looked.heads.row, author="Giao Ban")


def discard(file: ImportFile) -> None:
    """Leave the file aside; it stays on the record. Raises ImportNotNow."""
    waiting = ImportFile.objects.filter(pk=file.pk, state=ImportState.WAITING)
    if not waiting.update(state=ImportState.DISCARDED):
        raise ImportNotNow


def look_into(file: ImportFile, cells: Cells | None = None) -> Preview:
    """The file read with its columns; without the checks that need the database. Raises ContentGone."""
    if not file.content:
        raise ContentGone
    if cells is None:
        most_rows = KINDS[file.kind].most_rows
        cells = cells_of(bytes(file.content), most_rows=most_rows, sheet=file.sheet)
    heads = find_heads(file.kind, cells.rows)
    mapping = heads.mapping if file.mapping is None else file.mapping
    read = read_lines(file.kind, cells.rows, heads, mapping, file.constants)
    if not read.lines and not read.faults:
        read.faults.append(Fault(max(heads.row, 1), "", "import.no_lines"))
    read.lines = with_known_codes(read.lines, by=file.by)
    total = control_sum(file.kind, read.lines)
    return Preview(cells, heads, dict(mapping), read, [], total)


def lines_of(file: ImportFile) -> Preview:
    """As `look_into`, without the cells: while they are recorded, memory is for the lines."""
    return replace(look_into(file), cells=Cells("", []))


def remember_columns(file: ImportFile, looked: Preview) -> None:
    """The next file this account brings from the sender with these headings is read the same way."""
    ImportProfile.objects.update_or_create(
        by=file.by,
        sender=file.sender,
        kind=file.kind,
        heads=_told(looked.heads),
        defaults={"mapping": looked.mapping},
    )


def _told(heads: Heads) -> str:
    told = "\t".join(heads.texts)
    return told if len(told) <= _LONGEST_HEADS else hashlib.sha256(told.encode()).hexdigest()


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
