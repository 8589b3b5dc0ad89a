"""From the cells of a file to lines that can be recorded: headings, columns, values. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec

from backend.vntext import search_key
from sales.engine.bodies import Fault
from sales.engine.cell_values import code_of, day, text_of, whole
from sales.engine.lines import MOST_TICKETS, Line
from sales.engine.money_lines import MOST_AMOUNT, MoneyLine
from sales.engine.plan_lines import MOST_TICKETS as MOST_PLANNED

#: Among the first rows of a file its headings are looked for.
HEAD_ROWS: Final = 30
#: A cell that begins so names a sum ("Tổng cộng"), not who was paid ("Tổng công ty").
_SUM_WORDS: Final = re.compile(
    r"(?:tổng|cộng|total|tong|cong)(?:$|[ :.](?!(?:công |cong )?ty\b|cty|đại lý|dai ly))"
)
_MONTH: Final = re.compile(r"(?:thang |t)?0?([1-9]|1[0-2])")
_MOST_REMEMBERED: Final = 5_000
#: Years a plan may be of.
_YEARS: Final = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a kind of import: how its value is read, and headings people give it."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    is_needed: bool = True


_DAY = Column(
    "draw_date",
    "date",
    ("ky ve", "ky", "ngay quay", "ky quay", "ngay mo thuong", "ngay", "draw date"),
)
_AGENT = Column("agent", "code", ("ma dai ly", "ma dl", "dai ly", "ma", "agent"))
_PRODUCT = Column("product", "code", ("loai ve", "ma loai ve", "ma ve", "loai", "product"))
_ISSUED = Column(
    "issued",
    "count",
    ("ve giao", "so ve giao", "giao", "nhan", "ve nhan", "so ve", "so luong", "issued"),
)
_RETURNED = Column(
    "returned",
    "count",
    ("ve tra", "so ve tra", "tra", "ve e", "tra e", "so ve", "so luong", "returned"),
)

KINDS: Final[Mapping[str, tuple[Column, ...]]] = {
    "issues": (_DAY, _AGENT, _PRODUCT, _ISSUED),
    "returns": (_DAY, _AGENT, _PRODUCT, _RETURNED),
    "sales": (
        _DAY,
        _AGENT,
        _PRODUCT,
        Column("issued", "count", ("ve giao", "so ve giao", "giao", "nhan", "ve nhan", "issued")),
        Column("returned", "count", ("ve tra", "so ve tra", "tra", "ve e", "tra e", "returned")),
        Column("sold", "count", ("ve ban", "so ve ban", "ban", "tieu thu", "sold"), is_needed=False),
    ),
    "payments": (
        _AGENT,
        Column("date", "date", ("ngay nop", "ngay", "ngay chung tu", "date")),
        Column("amount", "amount", ("so tien", "so tien nop", "tien nop", "thanh tien", "amount")),
        Column("into", "into", ("noi nop", "hinh thuc", "hinh thuc nop", "into"), is_needed=False),
        Column("reference", "text", ("so chung tu", "chung tu", "so phieu", "reference")),
        Column("reason", "text", ("dien giai", "ly do", "noi dung", "ghi chu", "reason"), is_needed=False),
    ),
    "agents": (
        Column("code", "code", ("ma dai ly", "ma dl", "ma", "code")),
        Column("name", "text", ("ten dai ly", "ten", "ho va ten", "ho ten", "name")),
        Column("kind", "kind", ("loai", "loai dai ly", "kind"), is_needed=False),
        Column("region", "code", ("ma dia ban", "dia ban", "ma xa", "ma phuong", "region")),
        Column("opened_date", "date", ("ngay bat dau", "ngay hop dong", "tu ngay", "opened date")),
        Column("commission_bps", "percent", ("hoa hong", "ty le hoa hong", "hoa hong %", "commission")),
        Column("credit_limit_amount", "limit", ("han muc", "han muc cong no", "credit limit"), is_needed=False),
    ),
    "plans": (
        Column("year", "year", ("nam", "nam ke hoach", "year")),
        Column("month", "month", ("thang", "month")),
        _PRODUCT,
        Column("region", "code", ("ma dia ban", "dia ban", "ma xa", "ma phuong", "region"), is_needed=False),
        Column("agent", "code", ("ma dai ly", "ma dl", "dai ly", "agent"), is_needed=False),
        Column("tickets", "planned", ("so ve", "ke hoach", "so ve ke hoach", "so luong", "tickets")),
    ),
}  # fmt: skip


#: What is added up of each kind; agents are counted.
MEASURES: Final[Mapping[str, str]] = {
    "issues": "issued",
    "returns": "returned",
    "sales": "issued",
    "payments": "amount",
    "plans": "tickets",
}


class AgentLine(msgspec.Struct, frozen=True):
    """An agent of a list; `commission_bps` in parts of ten thousand, the limit in đồng."""

    code: str
    name: str
    region: str
    opened_date: date
    commission_bps: int
    kind: str = "person"
    credit_limit_amount: int = 0


class YearLine(msgspec.Struct, frozen=True):
    """A line of the plan of a year."""

    year: int
    month: int
    product: str
    tickets: int
    region: str = ""
    agent: str = ""


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
    keys = [_key(text) for text in texts]
    found: dict[str, int] = {}
    for column in KINDS[kind]:
        for alias in (_key(column.name), *column.aliases):
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
    sums = _Sums(kind, mapping)
    readers = [
        (each, mapping[each.name], _remembering(each))
        for each in KINDS[kind]
        if each.name in mapping
    ]
    for number, row in enumerate(cells[heads.row :], heads.row + 1):
        if not sums.is_line(row):
            continue
        values: dict[str, Any] = dict(fixed)
        faults = len(read.faults)
        for column, at, read_cell in readers:
            cell = row[at] if at < len(row) else ""
            value = read_cell(cell)
            if value is _WRONG:
                read.faults.append(_wrong(number, column, cell))
            elif value is None and column.is_needed:
                read.faults.append(Fault(number, column.name, "import.required"))
            elif value is not None:
                values[column.name] = value
        if len(read.faults) == faults:
            read.lines.append(_line(kind, values))
            read.rows.append(number)
        else:
            read.halves[number] = values
    return read


def blank_line(kind: str, halves: Iterable[Mapping[str, Any]]) -> Any:
    """A line that says nothing but what some row of the file does, the first one first."""
    values = dict(_BLANKS[kind])
    for half in reversed(list(halves)):
        values |= half
    return _line(kind, values)


def control_sum(kind: str, lines: Iterable[Any]) -> int:
    """What a sender sums up on paper: tickets, đồng, or agents."""
    if kind == "agents":
        return sum(1 for _ in lines)
    return sum(getattr(line, MEASURES[kind]) for line in lines)


_ANY_DAY: Final = date(2000, 1, 1)
_NO_TICKETS: Final = {"draw_date": _ANY_DAY, "agent": "", "product": "", "issued": 0, "returned": 0}
#: What stands for every needed field that no row of a file says.
_BLANKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "issues": _NO_TICKETS,
    "returns": _NO_TICKETS,
    "sales": _NO_TICKETS,
    "payments": {"agent": "", "date": _ANY_DAY, "amount": 1, "reference": ""},
    "agents": {"code": "", "name": "", "region": "", "opened_date": _ANY_DAY, "commission_bps": 0},
    "plans": {"year": _YEARS[0], "month": 1, "product": "", "tickets": 0},
}


class _Wrong:
    """A value that cannot be read."""


_WRONG: Final = _Wrong()


class _Sums:
    """Tells lines from rows of sums, notes and signatures: those have no code."""

    def __init__(self, kind: str, mapping: Mapping[str, int]) -> None:
        columns = KINDS[kind]
        self._code = mapping.get(next(each.name for each in columns if each.kind == "code"))
        self._measure = mapping.get(MEASURES.get(kind, ""))
        self._day = next((mapping.get(each.name) for each in columns if each.kind == "date"), None)
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
    for column in KINDS[kind]:
        if column.name in mapping:
            continue
        text = constants.get(column.name, "")
        value = _value(column, text)
        if value is _WRONG:
            read.faults.append(_wrong(row, column, text))
        elif value is not None:
            fixed[column.name] = value
        elif column.is_needed:
            read.faults.append(Fault(row, column.name, "import.no_column"))
    return fixed


def _wrong(row: int, column: Column, cell: Any) -> Fault:
    return Fault(row, column.name, f"import.not_{column.kind}", {"text": text_of(cell)[:30]})


def _line(kind: str, values: dict[str, Any]) -> Any:
    if kind == "payments":
        return MoneyLine(event="payment", **values)
    if kind == "agents":
        return AgentLine(**values)
    if kind == "plans":
        return YearLine(**values)
    return Line(**values)


def _at(row: Sequence[Any], at: int | None) -> Any:
    return row[at] if at is not None and at < len(row) else ""


def _remembering(column: Column) -> Callable[[Any], Any]:
    """`_value` of the column that reads what cells say again and again once, into one object."""
    known: dict[tuple[type, Any], Any] = {}

    def read(cell: Any) -> Any:
        key = (cell.__class__, cell)
        if key not in known:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[key] = _value(column, cell)
        return known[key]

    return read


def _value(column: Column, cell: Any) -> Any:
    """The value of a cell for a column, None of an empty one, or _WRONG."""
    if text_of(cell) in ("", "-"):
        return None
    return _READERS[column.kind](cell)


def _within(least: int, most: int) -> Callable[[Any], Any]:
    """A reader of whole numbers from `least` to `most`."""

    def read(cell: Any) -> Any:
        number = whole(cell)
        return number if number is not None and least <= number <= most else _WRONG

    return read


def _percent(cell: Any) -> Any:
    """ "12 %", "12,5" and 0.12 formatted as percent are 1,200, 1,250 and 1,200 basis points."""
    try:
        number = float(text_of(cell).replace("%", "").strip().replace(",", "."))
    except ValueError:
        return _WRONG
    if isinstance(cell, float) and 0 < number < 1:
        number *= 100
    if not 0 <= number <= 100:
        return _WRONG
    return round(number * 100)


def _day(cell: Any) -> Any:
    return day(cell) or _WRONG


def _month(cell: Any) -> Any:
    """ "11", "T11" and "Tháng 11" are 11."""
    found = _MONTH.fullmatch(_key(text_of(cell)))
    return int(found[1]) if found else _WRONG


def _code(cell: Any) -> Any:
    text = code_of(cell)
    return text if 0 < len(text) <= 20 and text.isprintable() else _WRONG


def _words(cell: Any) -> Any:
    """A text; the quote that keeps a sheet from taking it for a formula is not part of it."""
    text = text_of(cell)
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    return text if len(text) <= 100 and text.isprintable() else _WRONG


_INTO: Final = {
    "cash": "cash", "tien mat": "cash", "tm": "cash", "bank": "bank", "ngan hang": "bank",
    "chuyen khoan": "bank", "ck": "bank", "offset": "offset", "bu tru": "offset",
}  # fmt: skip
_AGENT_KINDS: Final = {
    "person": "person", "ca nhan": "person", "cn": "person", "org": "org", "to chuc": "org",
    "doanh nghiep": "org", "cong ty": "org",
}  # fmt: skip


def _into(cell: Any) -> Any:
    return _INTO.get(_key(text_of(cell)), _WRONG)


def _kind(cell: Any) -> Any:
    return _AGENT_KINDS.get(_key(text_of(cell)), _WRONG)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "date": _day,
    "code": _code,
    "count": _within(-MOST_TICKETS, MOST_TICKETS),
    "amount": _within(-MOST_AMOUNT, MOST_AMOUNT),
    "limit": _within(0, MOST_AMOUNT),
    "planned": _within(0, MOST_PLANNED),
    "percent": _percent,
    "year": _within(_YEARS[0], _YEARS[-1]),
    "month": _month,
    "into": _into,
    "kind": _kind,
    "text": _words,
}


def _key(text: str) -> str:
    """A heading without accents, signs and what stands in brackets."""
    bare = re.sub(r"\(.*?\)", " ", text)
    return " ".join(re.sub(r"[^0-9a-z%]+", " ", search_key(bare)).split())


def _two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Headings of two rows as one: the lower text, or the upper where the lower is empty."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    return [under or over for over, under in zip(above, below, strict=True)]
