"""What changed between two editions of a report: a section, made of their contents alone. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from reporting.builders.content import (
    Block,
    Chart,
    Column,
    Completeness,
    Figure,
    Kind,
    Note,
    Report,
    Row,
    Section,
    Sentence,
    Sentences,
    Table,
    Tiles,
    freeze,
    row,
)
from reporting.builders.numbers import decimal, signed
from reporting.builders.shaping import twin
from reporting.builders.speaking import Language, english
from reporting.builders.telling import count
from reporting.builders.writing import unit, written

CODE = "changes"
#: Stands for the moment of making where it does not matter.
NO_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: So many changes on the page; the annex and the workbook have all of them.
SHOWN = 20
NEW, GONE = "(mới)", "(không còn)"

#: Where a number stands: section, block, row, column.
Place = tuple[str, str, str, str]
Numbers = dict[Place, Figure]

_DIFFERENCE = {
    Kind.AMOUNT: Kind.SIGNED_AMOUNT,
    Kind.MONEY: Kind.SIGNED_AMOUNT,
    Kind.MILLIONS: Kind.SIGNED_MILLIONS,
    Kind.SIGNED_MILLIONS: Kind.SIGNED_MILLIONS,
    Kind.SHARE: Kind.POINTS,
    Kind.CHANGE: Kind.POINTS,
    Kind.POINTS: Kind.POINTS,
    Kind.HOURS: Kind.HOURS,
    Kind.MINUTES: Kind.MINUTES,
}
#: What a number of these is rounded to when it is written.
_STEPS = {
    Kind.MILLIONS: 100_000,
    Kind.SIGNED_MILLIONS: 100_000,
    Kind.SHARE: 10,
    Kind.CHANGE: 10,
    Kind.POINTS: 10,
}
_TO_THE_DONG = {Kind.MILLIONS: Kind.AMOUNT, Kind.SIGNED_MILLIONS: Kind.SIGNED_AMOUNT}


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is not what it was; None was not there, or is not there any more."""

    place: Place
    before: Figure | None
    after: Figure | None


def compare(before: Report, after: Report, *, whole: bool = False) -> Section:
    """What changed from `before` to `after`, as a section any face can show.

    `whole` shows every change at once, where no annex has the others.
    """
    old, new = before.heading.number, after.heading.number
    title = f"Thay đổi so với bản số {old}"
    found = list(changes(before, after))
    sources = list(_sources(before.completeness, after.completeness))
    if not found and not sources:
        return Section(CODE, title, nothing=f"Số liệu giống hệt bản số {old}.")
    sentences = [*sources]
    if found:
        many = count(len(found))
        differ = Sentence(
            ("Số liệu khác bản trước: ", many, " chỗ."),
            ("Figures that are not those of the edition before: ", many, "."),
        )
        sentences.insert(0, differ)
    blocks: list[Block] = [Sentences(tuple(sentences))]
    if found:
        blocks.append(_table(found, old, new, shown=0 if whole else SHOWN))
    return Section(CODE, title, tuple(blocks))


def tells_the_same(before: Report, after: Report) -> bool:
    """Whether both say the same of the same, word for word, whenever each was made."""
    return freeze(_said(before)) == freeze(_said(after))


def _said(report: Report) -> Report:
    """What it tells, without which edition it is and what changed since another."""
    heading = replace(
        report.heading, code="", number=0, cut_off_at=NO_MOMENT, recorded_until_at=None
    )
    sections = tuple(each for each in report.sections if each.code != CODE)
    return replace(report, heading=heading, sections=sections)


def changes(before: Report, after: Report) -> Iterator[Change]:
    """Every number that differs, in the order of the newer report, then those that are gone."""
    old, new = numbers_of(before), numbers_of(after)
    for place, figure in new.items():
        if place not in old or old[place].value != figure.value:
            yield Change(place, old.get(place), figure)
    for place, figure in old.items():
        if place not in new:
            yield Change(place, figure, None)


def numbers_of(report: Report) -> Numbers:
    """Every number of tiles, tables and charts, by where it stands. Sentences only repeat them."""
    found: Numbers = {}
    for section in report.sections:
        if section.code == CODE:
            continue
        for block in section.blocks:
            found |= {(section.title, *rest): figure for *rest, figure in _numbers(block)}  # type: ignore[misc]
    return found


def _numbers(block: Block) -> Iterator[tuple[str, str, str, Figure]]:
    if isinstance(block, Tiles):
        for tile in block.items:
            yield "", tile.label, "", tile.figure
    elif isinstance(block, Table):
        yield from _cells(block)
    elif isinstance(block, Chart) and not block.beside:
        yield from _cells(twin(block))
    elif isinstance(block, Note):
        yield "", "Ghi chú", "", Figure(block.text, Kind.TEXT)


def _cells(table: Table) -> Iterator[tuple[str, str, str, Figure]]:
    seen: Counter[str] = Counter()
    for each in table.rows:
        name = _name(table, each)
        seen[name] += 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
        yield from _row_cells(table, name, each)
    if table.total is not None:
        yield from _row_cells(table, str(table.total.cells[0] or "Cộng"), table.total)


def _row_cells(table: Table, name: str, each: Row) -> Iterator[tuple[str, str, str, Figure]]:
    for column, value in zip(table.columns, each.cells, strict=True):
        if not _names(column):
            yield table.title, name, column.head, Figure(value, column.kind)


def _name(table: Table, each: Row) -> str:
    """What a row is called: its texts and days, which say whose numbers they are."""
    parts = [
        written(value, column.kind)
        for column, value in zip(table.columns, each.cells, strict=True)
        if _names(column) and value
    ]
    return " · ".join(parts)


def _names(column: Column) -> bool:
    return column.kind in (Kind.TEXT, Kind.DAY)


def _sources(before: Completeness, after: Completeness) -> Iterator[Sentence]:
    """Who has reported since, and who no longer counts as having reported."""
    was = {agent.code: agent.name for agent in before.agents}
    still = {agent.code: agent.name for agent in after.agents}
    came = [name for code, name in was.items() if code not in still]
    lost = [name for code, name in still.items() if code not in was]
    if came:
        yield Sentence(
            ("Đã có báo cáo của ", count(len(came)), f" đại lý: {_some(came)}."),
            ("Agents that have reported since: ", count(len(came)), f" ({_some(came, 'en')})."),
        )
    if lost:
        yield Sentence(
            ("Còn thiếu thêm ", count(len(lost)), f" đại lý: {_some(lost)}."),
            ("Agents missing now: ", count(len(lost)), f" ({_some(lost, 'en')})."),
        )
    heard = {each.code for each in after.terminals}
    back = [each.name for each in before.terminals if each.code not in heard]
    if back:
        yield Sentence(
            (f"Máy chấm công đã liên lạc lại: {_some(back)}.",),
            (f"Terminals heard of again: {_some(back, 'en')}.",),
        )
    failing = {each.section for each in after.failures}
    mended = [each.section for each in before.failures if each.section not in failing]
    if mended:
        parts = [english(each) for each in mended]
        yield Sentence(
            (f"Đã có phần: {_some(mended)}.",), (f"Sections now there: {_some(parts, 'en')}.",)
        )


def _some(names: list[str], language: Language = "vi") -> str:
    more = len(names) - 8
    others = f" và {more} nguồn khác" if language == "vi" else f" and {more} others"
    return ", ".join(names[:8]) + (others if more > 0 else "")


def _table(found: list[Change], old: int, new: int, *, shown: int) -> Table:
    columns = (
        Column("Phần", Kind.TEXT, width=20),
        Column("Mục", Kind.TEXT, in_mail=True, width=44),
        Column("Số liệu", Kind.TEXT, in_mail=True, width=24),
        Column(f"Bản số {old}", Kind.TEXT, in_mail=True, width=22),
        Column(f"Bản số {new}", Kind.TEXT, in_mail=True, width=22),
        Column("Chênh lệch", Kind.TEXT, in_mail=True, width=18),
    )
    rows = tuple(map(_row, found))
    return Table("Những số đã thay đổi", columns, rows, shown=shown, in_mail=10)


def _row(change: Change) -> Row:
    section, table, name, head = change.place
    told = _told(change)
    return row(
        section if not table or table == section else f"{section}: {table}", name, head, *told
    )


def _told(change: Change) -> tuple[str, str, str]:
    """Before, after and their difference, exactly where rounding would hide or belie the change."""
    before, after = change.before, change.after
    was, now = (each.value if each else None for each in (before, after))
    if not isinstance(was, int) or not isinstance(now, int) or after is None:
        return _shown(before, NEW), _shown(after, GONE), ""
    kind = after.kind
    of = _DIFFERENCE.get(kind, Kind.SIGNED)
    if kind in _STEPS and not _adds_up(was, now, step=_STEPS[kind]):
        return _exactly(was, kind), _exactly(now, kind), _exactly(now - was, of)
    difference = _shown(Figure(now - was, of), "")
    if of in (Kind.HOURS, Kind.MINUTES):
        difference = signed(difference)
    return _shown(before, NEW), _shown(after, GONE), difference


def _exactly(value: int, kind: Kind) -> str:
    """To the đồng, or to the hundredth of a percent."""
    if kind in _TO_THE_DONG:
        return _shown(Figure(value, _TO_THE_DONG[kind]), "")
    text = decimal(value, 100, 2)
    return f"{text if kind is Kind.SHARE else signed(text)} {unit(kind) or '%'}"


def _adds_up(was: int, now: int, *, step: int) -> bool:
    """Whether the two, each rounded to the step, differ as the difference does, and differ at all."""
    old, new, difference = (
        ((2 * abs(each) + step) // (2 * step)) * (1 if each >= 0 else -1)
        for each in (was, now, now - was)
    )
    return new - old == difference != 0


def _shown(figure: Figure | None, otherwise: str) -> str:
    if figure is None:
        return otherwise
    text, of = written(figure.value, figure.kind), unit(figure.kind)
    return f"{text} {of}" if of and figure.value is not None else text
