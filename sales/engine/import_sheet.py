"""The lines of an import file: its row of headings, its columns, its rows. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sales.engine.bodies import Fault
from sales.engine.cell_values import day, text_of, whole
from sales.engine.import_kinds import HEAD_ROWS, KINDS, Column
from sales.engine.import_values import WRONG, heading_key, value_of

#: A cell that begins so names a sum ("Tổng cộng"), not who was paid ("Tổng công ty").
_SUM_WORDS: Final = re.compile(
    r"(?:tổng|cộng|total|tong|cong)(?:$|[ :.](?!(?:công |cong )?ty\b|cty|đại lý|dai ly))"
)
_MOST_REMEMBERED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Heads:
    """The headings: the row (counted from 1) after which the data begin, their texts, the columns."""

    row: int
    texts: tuple[str, ...]
    mapping: Mapping[str, int]


@dataclass(slots=True)
class Read:
    """Lines that were read, the row of the file of each, and the cells that could not be.

    `halves` are the values that could be read of the rows where others could not.
    """

    lines: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    halves: dict[int, dict[str, Any]] = field(default_factory=dict)


def find_heads(kind: str, cells: Sequence[Sequence[Any]]) -> Heads:
    """The row of headings, by the most columns known in it; headings may be two rows, merged.

    Of merged cells only the first has a text: what is empty below another has that one's, what is
    empty beside the upper one belongs to it.
    """
    best = Heads(0, (), {})
    for at in range(min(len(cells), HEAD_ROWS)):
        upper = [text_of(cell) for cell in cells[at]]
        lower = [text_of(cell) for cell in cells[at + 1]] if at + 1 < len(cells) else []
        for row, texts in ((at + 1, upper), (at + 2, _two_rows(upper, lower))):
            mapping = guess(kind, texts)
            if len(mapping) > len(best.mapping):
                best = Heads(row, tuple(texts), mapping)
    if best.mapping:
        return best
    at = next((n for n, row in enumerate(cells) if any(text_of(cell) for cell in row)), 0)
    return Heads(at + 1, tuple(text_of(cell) for cell in cells[at]), {})


def guess(kind: str, texts: Sequence[str]) -> dict[str, int]:
    """The columns whose heading is known, each once; the first alias of a field wins over later."""
    keys = [heading_key(text) for text in texts]
    found: dict[str, int] = {}
    for column in KINDS[kind].columns:
        for alias in (heading_key(column.name), *column.aliases):
            places = [
                at for at, key in enumerate(keys) if key == alias and at not in found.values()
            ]
            if places:
                found[column.name] = places[0]
                break
    return found


def read_lines(
    kind: str,
    cells: Sequence[Sequence[Any]],
    heads: Heads,
    mapping: Mapping[str, int],
    constants: Mapping[str, str],
) -> Read:
    """The lines below the headings; empty rows, notes and rows of sums are passed over.

    `constants` stand for columns that the file does not have. Every cell that cannot be read is a
    fault of its row, and so is a row with a figure that does not say whose it is.
    """
    read = Read()
    fixed = _fixed(kind, heads, mapping, constants, read)
    if read.faults:
        return read
    sums, line_of = _Sums(kind, mapping), KINDS[kind].line
    readers = [
        (each, mapping[each.name], _remembering(each))
        for each in KINDS[kind].columns
        if each.name in mapping
    ]
    for number, row in enumerate(cells[heads.row :], heads.row + 1):
        if not sums.is_line(row):
            continue
        values = dict(fixed)
        faults = _read_row(number, row, readers, values)
        if faults:
            read.faults += faults
            read.halves[number] = values
        else:
            read.lines.append(line_of(**values))
            read.rows.append(number)
    return read


#: A column, its place in a row, and what reads its cells.
_Reader = tuple[Column, int, Callable[[Any], Any]]


def _read_row(
    number: int, row: Sequence[Any], readers: Sequence[_Reader], values: dict[str, Any]
) -> list[Fault]:
    """Add to `values`, by column, what can be read of a row; the faults of the cells that cannot."""
    faults = []
    for column, at, read_cell in readers:
        cell = row[at] if at < len(row) else ""
        value = read_cell(cell)
        if value is WRONG:
            faults.append(_wrong(number, column, cell))
        elif value is not None:
            values[column.name] = value
        elif column.is_needed:
            faults.append(Fault(number, column.name, "import.required"))
    return faults


class _Sums:
    """Tells lines from rows of sums, notes and signatures: those have no code."""

    def __init__(self, kind: str, mapping: Mapping[str, int]) -> None:
        columns = KINDS[kind].columns
        self._code = mapping.get(next(each.name for each in columns if each.holds == "code"))
        self._measure = mapping.get(KINDS[kind].measure)
        self._day = next((mapping.get(each.name) for each in columns if each.holds == "date"), None)
        self._places = frozenset(mapping.values())
        self._total = self._lines = 0

    def is_line(self, row: Sequence[Any]) -> bool:
        """Whether the row is one of data: has the code its kind is about, or a figure of nobody."""
        figure = whole(_at(row, self._measure))
        is_line = self._has_code(row) or (
            self._says_much(row, figure) and not self._is_sum(row, figure)
        )
        if is_line:
            self._total += figure or 0
            self._lines += 1
        return is_line

    def _has_code(self, row: Sequence[Any]) -> bool:
        """A code; not a sum that is named where codes stand."""
        text = text_of(_at(row, self._code))
        looks_like_code = text.isascii() and " " not in text
        return text != "" and (looks_like_code or not _names_sum(text))

    def _says_much(self, row: Sequence[Any], figure: int | None) -> bool:
        filled = sum(1 for at in self._places if text_of(_at(row, at)))
        if self._code is None:
            return filled > 0
        return figure is not None or filled > 2 or day(_at(row, self._day)) is not None

    def _is_sum(self, row: Sequence[Any], figure: int | None) -> bool:
        """A row that says so, or whose figure is the sum of those above."""
        said = any(isinstance(cell, str) and _names_sum(text_of(cell)) for cell in row)
        return said or (self._lines > 1 and figure == self._total)


def _names_sum(text: str) -> bool:
    return _SUM_WORDS.match(text.lower()) is not None


def _fixed(
    kind: str,
    heads: Heads,
    mapping: Mapping[str, int],
    constants: Mapping[str, str],
    read: Read,
) -> dict[str, Any]:
    """The values that stand for columns the file does not have; what is missing are faults."""
    row = max(heads.row, 1)
    fixed: dict[str, Any] = {}
    for column in KINDS[kind].columns:
        if column.name in mapping:
            continue
        text = constants.get(column.name, "")
        value = value_of(text, column.holds)
        if value is WRONG:
            read.faults.append(_wrong(row, column, text))
        elif value is not None:
            fixed[column.name] = value
        elif column.is_needed:
            read.faults.append(Fault(row, column.name, "import.no_column"))
    return fixed


def _wrong(row: int, column: Column, cell: Any) -> Fault:
    return Fault(row, column.name, f"import.not_{column.holds}", {"text": text_of(cell)[:30]})


def _at(row: Sequence[Any], at: int | None) -> Any:
    return row[at] if at is not None and at < len(row) else ""


def _remembering(column: Column) -> Callable[[Any], Any]:
    """`value_of` of the column that reads what cells say again and again once, into one object."""
    known: dict[tuple[type, Any], Any] = {}

    def read(cell: Any) -> Any:
        key = (cell.__class__, cell)
        if key not in known:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[key] = value_of(cell, column.holds)
        return known[key]

    return read


def _two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Headings of two rows as one: the lower text, or the upper where the lower is empty."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    return [under or over for over, under in zip(above, below, strict=True)]
