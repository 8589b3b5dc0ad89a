"""The kinds of import files: their columns, the lines they become, what is summed up of them. Pure.

What a kind does to the books is in `sales.imports.kinds`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import msgspec

from sales.engine.import_values import YEARS
from sales.engine.lines import Line
from sales.engine.money_lines import MoneyLine
from sales.engine.plan_lines import MOST_LINES
from sales.engine.spreadsheet import MOST_ROWS

#: Among the first rows of a file its headings are looked for.
HEAD_ROWS: Final = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a kind of import, and headings people give it, the usual ones first.

    `holds` is what its values are (`import_values` reads them).
    """

    name: str
    holds: str
    aliases: tuple[str, ...]
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """What the files of a kind say.

    `line` makes a line of the values by column; `blank` stands for every needed column that no row
    of a file says. `measure` is the column that is added up; without one lines are counted.
    `is_of_company`: only who is in charge of the whole company may bring it.
    """

    columns: tuple[Column, ...]
    line: Callable[..., Any]
    blank: Mapping[str, Any]
    measure: str = ""
    most_rows: int = MOST_ROWS
    is_of_company: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Of its columns."""
        return frozenset(column.name for column in self.columns)


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

_ANY_DAY: Final = date(2000, 1, 1)
_NO_TICKETS: Final = {"draw_date": _ANY_DAY, "agent": "", "product": "", "issued": 0, "returned": 0}

#: Columns whose value may be told once for all lines of a file that has no such column.
ONE_FOR_ALL: Final = frozenset({"draw_date", "product", "year", "into"})

#: By the names of `ImportKind`.
KINDS: Final[Mapping[str, Kind]] = {
    "issues": Kind((_DAY, _AGENT, _PRODUCT, _ISSUED), Line, _NO_TICKETS, measure="issued"),
    "returns": Kind((_DAY, _AGENT, _PRODUCT, _RETURNED), Line, _NO_TICKETS, measure="returned"),
    "sales": Kind(
        (
            _DAY,
            _AGENT,
            _PRODUCT,
            Column("issued", "count", ("ve giao", "so ve giao", "giao", "nhan", "ve nhan", "issued")),
            Column("returned", "count", ("ve tra", "so ve tra", "tra", "ve e", "tra e", "returned")),
            Column("sold", "count", ("ve ban", "so ve ban", "ban", "tieu thu", "sold"), is_needed=False),
        ),
        Line,
        _NO_TICKETS,
        measure="issued",
    ),
    "payments": Kind(
        (
            _AGENT,
            Column("date", "date", ("ngay nop", "ngay", "ngay chung tu", "date")),
            Column("amount", "amount", ("so tien", "so tien nop", "tien nop", "thanh tien", "amount")),
            Column("into", "into", ("noi nop", "hinh thuc", "hinh thuc nop", "into"), is_needed=False),
            Column("reference", "text", ("so chung tu", "chung tu", "so phieu", "reference")),
            Column("reason", "text", ("dien giai", "ly do", "noi dung", "ghi chu", "reason"), is_needed=False),
        ),
        partial(MoneyLine, event="payment"),
        {"agent": "", "date": _ANY_DAY, "amount": 1, "reference": ""},
        measure="amount",
    ),
    "agents": Kind(
        (
            Column("code", "code", ("ma dai ly", "ma dl", "ma", "code")),
            Column("name", "text", ("ten dai ly", "ten", "ho va ten", "ho ten", "name")),
            Column("kind", "kind", ("loai", "loai dai ly", "kind"), is_needed=False),
            Column("region", "code", ("ma dia ban", "dia ban", "ma xa", "ma phuong", "region")),
            Column("opened_date", "date", ("ngay bat dau", "ngay hop dong", "tu ngay", "opened date")),
            Column("commission_bps", "percent", ("hoa hong", "ty le hoa hong", "hoa hong %", "commission")),
            Column("credit_limit_amount", "limit", ("han muc", "han muc cong no", "credit limit"), is_needed=False),
        ),
        AgentLine,
        {"code": "", "name": "", "region": "", "opened_date": _ANY_DAY, "commission_bps": 0},
    ),
    "plans": Kind(
        (
            Column("year", "year", ("nam", "nam ke hoach", "year")),
            Column("month", "month", ("thang", "month")),
            _PRODUCT,
            Column("region", "code", ("ma dia ban", "dia ban", "ma xa", "ma phuong", "region"), is_needed=False),
            Column("agent", "code", ("ma dai ly", "ma dl", "dai ly", "agent"), is_needed=False),
            Column("tickets", "planned", ("so ve", "ke hoach", "so ve ke hoach", "so luong", "tickets")),
        ),
        YearLine,
        {"year": YEARS[0], "month": 1, "product": "", "tickets": 0},
        measure="tickets",
        most_rows=MOST_LINES + HEAD_ROWS,  # a line for every agent and month
        is_of_company=True,
    ),
}  # fmt: skip


def blank_line(kind: str, halves: Iterable[Mapping[str, Any]]) -> Any:
    """A line that says nothing but what some row of the file does, the first one first."""
    values = dict(KINDS[kind].blank)
    for half in reversed(list(halves)):
        values |= half
    return KINDS[kind].line(**values)


def control_sum(kind: str, lines: Iterable[Any]) -> int:
    """What a sender sums up on paper: tickets, đồng, or agents."""
    measure = KINDS[kind].measure
    return sum(getattr(line, measure) if measure else 1 for line in lines)
