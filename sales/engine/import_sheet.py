"""From the cells of a file to lines that can be recorded: headings, columns, values. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from backend.vntext import clean, search_key
from sales.engine.bodies import Fault
from sales.engine.lines import MOST_TICKETS, Line
from sales.engine.money_lines import MOST_AMOUNT, MoneyLine

#: Among the first rows of a file its headings are looked for.
HEAD_ROWS: Final = 30
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:([.,\u00a0 ])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(?:[.,]0{1,2})?")
_UNIT: Final = re.compile(r"\s*(đồng|vnđ|vnd|đ|vé)\.?$", re.IGNORECASE)
_DATE: Final = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})(?: .*)?")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?")
#: Serial numbers of days in Excel: 2000-01-01 to 2099-12-31.
_DAYS: Final = range(36_526, 73_051)
_EPOCH: Final = date(1899, 12, 30)


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
        Column("reference", "text", ("so chung tu", "chung tu", "so phieu", "reference"), is_needed=False),
        Column("reason", "text", ("dien giai", "ly do", "noi dung", "ghi chu", "reason"), is_needed=False),
    ),
    "agents": (
        Column("code", "code", ("ma dai ly", "ma dl", "ma", "code")),
        Column("name", "text", ("ten dai ly", "ten", "ho va ten", "ho ten", "name")),
        Column("kind", "kind", ("loai", "loai dai ly", "kind"), is_needed=False),
        Column("region", "code", ("ma dia ban", "dia ban", "ma xa", "ma phuong", "region")),
        Column("opened_date", "date", ("ngay bat dau", "ngay hop dong", "tu ngay", "opened date")),
        Column("commission_bps", "percent", ("hoa hong", "ty le hoa hong", "hoa hong %", "commission")),
        Column("credit_limit_amount", "amount", ("han muc", "han muc cong no", "credit limit"), is_needed=False),
    ),
}  # fmt: skip


class AgentLine(msgspec.Struct, frozen=True):
    """An agent of a list; `commission_bps` in parts of ten thousand, the limit in đồng."""

    code: str
    name: str
    region: str
    opened_date: date
    commission_bps: int
    kind: str = "person"
    credit_limit_amount: int = 0


@dataclass(frozen=True, slots=True)
class Heads:
    """The headings: the row (counted from 1) after which the data begin, their texts, the columns."""

    row: int
    texts: tuple[str, ...]
    mapping: Mapping[str, int]


@dataclass(slots=True)
class Read:
    """Lines that were read, the row of the file of each, and the cells that could not be."""

    lines: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def find_heads(kind: str, cells: Sequence[Sequence[Any]]) -> Heads:
    """The row of headings, by the most columns known in it; headings may be two rows, merged.

    Of merged cells only the first has a text: what is empty below another has that one's, what is
    empty beside the upper one belongs to it.
    """
    best = Heads(0, (), {})
    for at in range(min(len(cells), HEAD_ROWS)):
        upper = [_text(cell) for cell in cells[at]]
        lower = [_text(cell) for cell in cells[at + 1]] if at + 1 < len(cells) else []
        for row, texts in ((at + 1, upper), (at + 2, _two_rows(upper, lower))):
            mapping = guess(kind, texts)
            if len(mapping) > len(best.mapping):
                best = Heads(row, tuple(texts), mapping)
    if best.mapping:
        return best
    at = next((n for n, row in enumerate(cells) if any(_text(cell) for cell in row)), 0)
    return Heads(at + 1, tuple(_text(cell) for cell in cells[at]), {})


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
    """The lines below the headings; empty rows and rows of sums without a code are passed over.

    `constants` stand for columns that the file does not have. Every cell that cannot be read is a
    fault of its row.
    """
    columns = KINDS[kind]
    read = Read()
    for column in columns:
        if column.is_needed and column.name not in mapping and column.name not in constants:
            read.faults.append(Fault(max(heads.row, 1), column.name, "import.no_column"))
    if read.faults:
        return read
    code = next(column.name for column in columns if column.kind == "code")
    fixed = {name: _value(_column(kind, name), text) for name, text in constants.items()}
    for number, row in enumerate(cells[heads.row :], heads.row + 1):
        if not _has_code(row, mapping.get(code), len(row)):
            continue
        values: dict[str, Any] = dict(fixed)
        faults = len(read.faults)
        for column in columns:
            at = mapping.get(column.name)
            if at is None:
                continue
            cell = row[at] if at < len(row) else ""
            value = _value(column, cell)
            if value is _WRONG:
                values_told = {"text": _text(cell)[:30]}
                read.faults.append(
                    Fault(number, column.name, f"import.not_{column.kind}", values_told)
                )
            elif value is None and column.is_needed:
                read.faults.append(Fault(number, column.name, "line.required"))
            elif value is not None:
                values[column.name] = value
        if len(read.faults) == faults:
            read.lines.append(_line(kind, values))
            read.rows.append(number)
    return read


def control_sum(kind: str, lines: Iterable[Any]) -> int:
    """What a sender sums up on paper: tickets, đồng, or agents."""
    if kind == "agents":
        return sum(1 for _ in lines)
    if kind == "payments":
        return sum(line.amount for line in lines)
    if kind == "returns":
        return sum(line.returned for line in lines)
    return sum(line.issued for line in lines)


class _Wrong:
    """A value that cannot be read."""


_WRONG: Final = _Wrong()


def _line(kind: str, values: dict[str, Any]) -> Any:
    if kind == "payments":
        return MoneyLine(event="payment", **values)
    if kind == "agents":
        return AgentLine(**values)
    return Line(**values)


def _column(kind: str, name: str) -> Column:
    return next(column for column in KINDS[kind] if column.name == name)


def _has_code(row: Sequence[Any], at: int | None, width: int) -> bool:
    """A row of data has the code its kind is about; where that is fixed, anything."""
    if at is None:
        return any(_text(cell) for cell in row)
    return at < width and _text(row[at]) != ""


def _value(column: Column, cell: Any) -> Any:
    """The value of a cell for a column, None of an empty one, or _WRONG."""
    text = _text(cell)
    if not text:
        return None
    read = _READERS[column.kind]
    return read(cell, text)


def _count(cell: Any, text: str) -> Any:
    number = whole(cell, text)
    return _WRONG if number is None or abs(number) > MOST_TICKETS else number


def _amount(cell: Any, text: str) -> Any:
    number = whole(cell, text)
    return _WRONG if number is None or abs(number) > MOST_AMOUNT else number


def whole(cell: Any, text: str) -> int | None:
    """A whole number: as a number, or as text with thousands set apart ("1.234.567", "1,234")."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    bare = _UNIT.sub("", text)
    if _GROUPED.fullmatch(bare):
        return int(re.sub(r"[^0-9-]", "", bare))
    if _PLAIN.fullmatch(bare):
        return int(re.split(r"[.,]", bare)[0])
    return None


def _percent(cell: Any, text: str) -> Any:
    """ "12 %", "12,5" and 0.12 formatted as percent are 1,200, 1,250 and 1,200 basis points."""
    try:
        number = float(text.replace("%", "").strip().replace(",", "."))
    except ValueError:
        return _WRONG
    if isinstance(cell, float) and 0 < number < 1:
        number *= 100
    bps = round(number * 100)
    return bps if 0 <= bps <= 10_000 else _WRONG


def _day(cell: Any, text: str) -> Any:
    """A day: as a date, as Excel's number of one, "25/11/2026" or "2026-11-25"."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _EPOCH + timedelta(days=int(cell)) if int(cell) in _DAYS else _WRONG
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return _WRONG
    try:
        return date(year, month, day)
    except ValueError:
        return _WRONG


def _code(_cell: Any, text: str) -> Any:
    return text if len(text) <= 20 else _WRONG


def _words(_cell: Any, text: str) -> Any:
    return text if len(text) <= 100 else _WRONG


_INTO: Final = {
    "cash": "cash", "tien mat": "cash", "tm": "cash", "bank": "bank", "ngan hang": "bank",
    "chuyen khoan": "bank", "ck": "bank", "offset": "offset", "bu tru": "offset",
}  # fmt: skip
_AGENT_KINDS: Final = {
    "person": "person", "ca nhan": "person", "cn": "person", "org": "org", "to chuc": "org",
    "doanh nghiep": "org", "cong ty": "org",
}  # fmt: skip


def _into(_cell: Any, text: str) -> Any:
    return _INTO.get(_key(text), _WRONG)


def _kind(_cell: Any, text: str) -> Any:
    return _AGENT_KINDS.get(_key(text), _WRONG)


_READERS: Final[Mapping[str, Any]] = {
    "date": _day,
    "code": _code,
    "count": _count,
    "amount": _amount,
    "percent": _percent,
    "into": _into,
    "kind": _kind,
    "text": _words,
}


def _text(cell: Any) -> str:
    """What a person sees in the cell, as NFC; whole numbers without ".0"."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell))


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
