"""What a report says: the one value that every face is made from and that is frozen. Pure.

Numbers are whole, with their unit in `Kind`: amounts đồng, shares and changes basis points, times
minutes. Days and moments are ISO 8601 texts. The canonical JSON text (sorted keys, UTF-8) is the
frozen truth of an edition.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from reporting.builders.numbers import VN
from reporting.builders.speaking import t

#: What a cell or a figure holds; days and moments as ISO 8601 texts, None is "nothing to tell".
Value = int | str | None
#: What a writer of reports may give for it.
Given = int | str | date | datetime | None


class Kind(StrEnum):
    """What a value is: how it is written on paper, in words and in Excel."""

    TEXT = "text"
    COUNT = "count"
    TICKETS = "tickets"  # vé
    AMOUNT = "amount"  # đồng, written out
    MILLIONS = "millions"  # đồng, written in millions
    MONEY = "money"  # đồng, as one says it: 8,42 tỷ đồng
    SHARE = "share"  # basis points
    CHANGE = "change"  # basis points with a sign
    POINTS = "points"  # difference of two shares in basis points, with a sign
    SIGNED = "signed"  # count with a sign
    SIGNED_AMOUNT = "signed_amount"
    SIGNED_MILLIONS = "signed_millions"
    DAY = "day"
    MOMENT = "moment"
    MINUTES = "minutes"
    HOURS = "hours"  # minutes, written 20:34


#: Kinds of words, days and moments: they stand at the left.
TEXT_KINDS = frozenset({Kind.TEXT, Kind.DAY, Kind.MOMENT})
#: Kinds whose sign is told by a colour too.
SIGNED_KINDS = frozenset(
    {Kind.CHANGE, Kind.POINTS, Kind.SIGNED, Kind.SIGNED_AMOUNT, Kind.SIGNED_MILLIONS}
)


class Mood(StrEnum):
    """Whether a number is good news."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


class Figure(msgspec.Struct, frozen=True):
    """A number inside words, and the page of the rows behind it."""

    value: Value
    kind: Kind = Kind.COUNT
    link: str = ""


Part = str | Figure


class Sentence(msgspec.Struct, frozen=True):
    """A sentence in Vietnamese and, where somebody wrote it, in English."""

    vi: tuple[Part, ...]
    en: tuple[Part, ...] = ()


class Sentences(msgspec.Struct, frozen=True, tag="sentences", tag_field="block"):
    """What the numbers mean, most important first."""

    items: tuple[Sentence, ...]


class Tile(msgspec.Struct, frozen=True):
    """One number an executive sees first; `unit` empty takes the kind's own."""

    label: str
    figure: Figure
    note: tuple[Part, ...] = ()
    mood: Mood = Mood.PLAIN
    unit: str = ""


class Tiles(msgspec.Struct, frozen=True, tag="tiles", tag_field="block"):
    items: tuple[Tile, ...]


class Column(msgspec.Struct, frozen=True):
    """A column: `adds` makes its total a formula in Excel; `in_mail` and `on_paper` where it survives.

    `width` is Excel's, 0 takes the kind's own.
    """

    head: str
    kind: Kind = Kind.COUNT
    adds: bool = False
    in_mail: bool = False
    on_paper: bool = True
    width: int = 0


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A row, and for some of its cells (by place, from 0) the page behind them."""

    cells: tuple[Value, ...]
    links: tuple[tuple[int, str], ...] = ()


class Table(msgspec.Struct, frozen=True, tag="table", tag_field="block"):
    """A table. The page and the paper show `shown` rows (0: all) and the others in the annex.

    A mail shows the columns `in_mail` of the first `in_mail` rows; the workbook has everything.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    shown: int = 0
    in_mail: int = 0
    note: str = ""


class Form(StrEnum):
    """How a chart draws."""

    COLUMN = "column"
    BAR = "bar"  # lying, with a sign
    LINE = "line"
    SHARE = "share"  # one bar whose parts are the whole


class Series(msgspec.Struct, frozen=True):
    """One row of values; None is a gap."""

    name: str
    values: tuple[int | None, ...]
    pale: bool = False


class Chart(msgspec.Struct, frozen=True, tag="chart", tag_field="block"):
    """A picture of numbers. `beside` says that a table of the same section holds them already."""

    title: str
    description: str
    form: Form
    head: str  # what the categories are: "Tuần", "Địa bàn"
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = Kind.COUNT
    highlight_last: bool = False
    beside: bool = False
    in_mail: bool = False


class Note(msgspec.Struct, frozen=True, tag="note", tag_field="block"):
    """A remark, of any length."""

    text: str
    mood: Mood = Mood.PLAIN


class Signer(msgspec.Struct, frozen=True):
    """Who signs: the office held ("Giám đốc") and the name, where it is known."""

    office: str
    name: str = ""
    note: str = "(Ký, ghi rõ họ tên)"


class Signatures(msgspec.Struct, frozen=True, tag="signatures", tag_field="block"):
    """Room for signatures under place and day."""

    place_and_day: str
    signers: tuple[Signer, ...]


Block = Sentences | Tiles | Table | Chart | Note | Signatures
Blocks = tuple[Block, ...]


class Section(msgspec.Struct, frozen=True):
    """A part of the report. With `failure` its figures could not be had; without blocks nothing happened."""

    code: str
    title: str
    blocks: Blocks = ()
    failure: str = ""
    nothing: str = "Không có phát sinh."

    @property
    def is_empty(self) -> bool:
        return not (self.blocks or self.failure)


class MissingAgent(msgspec.Struct, frozen=True):
    """An agent under contract that has not reported some held draws."""

    code: str
    name: str
    region: str
    draws: tuple[date, ...]
    usual_share_bps: int


class MissingTerminal(msgspec.Struct, frozen=True):
    """A terminal silent since before the period ended; `last_contact_at` None is never heard."""

    code: str
    name: str
    last_contact_at: datetime | None


class Failure(msgspec.Struct, frozen=True):
    """A section whose figures could not be had; the rest of the report stands."""

    section: str
    reason: str


class Completeness(msgspec.Struct, frozen=True):
    """What is missing, and the share of usual revenue that may hide behind it."""

    expected: int = 0
    reported: int = 0
    missing_share_bps: int = 0
    agents: tuple[MissingAgent, ...] = ()
    terminals: tuple[MissingTerminal, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not (self.agents or self.terminals or self.failures)


class ControlledUnder(msgspec.Struct, frozen=True):
    """The issue of the controlled document a report was made under: code, number, effective day."""

    code: str
    number: int
    effective: date


class Heading(msgspec.Struct, frozen=True):
    """What the edition is: whose, of which period, in which scope, frozen when. Number 0 is a trial,
    or without a `code` an export to look at, which is in no archive.

    `document` is the issue its definition was under when it was made, `word_template` the SHA-256 of
    that issue's Word template; empty is the one shipped or named in the settings.
    """

    report: str
    code: str
    number: int
    title: str
    short_title: str
    company: str
    company_owner: str
    company_short: str
    is_demonstration: bool
    period_kind: str
    period: str
    first_date: date
    last_date: date
    scope: str
    cut_off_at: datetime
    recorded_until_at: datetime | None = None
    document: ControlledUnder | None = None
    word_template: str = ""

    @property
    def edition(self) -> str:
        """ "bản số 2", or that it is only a trial, or an export."""
        if self.number:
            return t(f"bản số {self.number}")
        return t("bản thử" if self.code else "xuất để xem, không lưu kho")


class Report(msgspec.Struct, frozen=True):
    """A whole report. `headline` is what the mail's subject says after the title."""

    heading: Heading
    completeness: Completeness
    sections: tuple[Section, ...]
    headline: tuple[Part, ...] = ()
    remarks: tuple[str, ...] = ()  # at the foot: how things are counted
    format: int = 2

    @property
    def is_empty(self) -> bool:
        """Nothing happened in any section, and none of them failed."""
        return not self.completeness.failures and all(each.is_empty for each in self.sections)


def row(*cells: Given | Figure) -> Row:
    """A row of numbers, texts, days and moments; a `Figure` brings its link along."""
    links = [
        (place, cell.link)
        for place, cell in enumerate(cells)
        if isinstance(cell, Figure) and cell.link
    ]
    values = (cell.value if isinstance(cell, Figure) else plain(cell) for cell in cells)
    return Row(tuple(values), tuple(links))


def linked(value: Given, link: str) -> Figure:
    """A cell with the page of what is behind it."""
    return Figure(plain(value), Kind.TEXT, link)


def figure(value: Given, kind: Kind = Kind.COUNT, link: str = "") -> Figure:
    """A number inside words."""
    return Figure(plain(value), kind, link)


def total_of(label: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Row:
    """The total row: `label` in the first column, sums where `adds` says so, else nothing."""
    kept = list(rows)
    sums: list[Value] = [
        sum(value for each in kept if isinstance(value := each.cells[place], int))
        if column.adds
        else None
        for place, column in enumerate(columns)
    ]
    return Row((label, *sums[1:]))


def plain(value: Given) -> Value:
    """A day or moment as its ISO 8601 text, moments in Vietnamese time."""
    if isinstance(value, datetime):
        return value.astimezone(VN).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def freeze(report: Report) -> str:
    """The canonical JSON text of the report."""
    return msgspec.json.encode(report, order="sorted").decode()


def thaw(snapshot: str) -> Report:
    """The report of a canonical JSON text. Raises msgspec.ValidationError."""
    return msgspec.json.decode(snapshot, type=Report)


class _Missing(msgspec.Struct):
    completeness: Completeness


def completeness_of(snapshot: str) -> Completeness:
    """What was missing, of a snapshot of this format or of the first one."""
    return msgspec.json.decode(snapshot, type=_Missing).completeness


class _Title(msgspec.Struct):
    title: str


class _Titled(msgspec.Struct):
    heading: _Title


def title_in(snapshot: str) -> str:
    """What the report was called when it was frozen."""
    return msgspec.json.decode(snapshot, type=_Titled).heading.title


def digest(snapshot: str) -> str:
    """SHA-256 of a snapshot, in hexadecimal."""
    return sha256(snapshot.encode()).hexdigest()
