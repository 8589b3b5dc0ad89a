"""What of a table or chart a face has room for. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from reporting.builders.content import Block, Chart, Column, Kind, Row, Section, Table
from reporting.builders.numbers import whole
from reporting.builders.speaking import spoken

#: Longer tables are not printed: the workbook has them.
ANNEX_MOST = 1_000
#: What a mail has room for.
MAIL_COLUMNS = 5
MAIL_ROWS = 10
#: A mail's notes are cut here; the page has the whole.
MAIL_NOTE = 1_000


def twin(chart: Chart) -> Table:
    """The numbers of a chart as a table."""
    columns = (
        Column(chart.head, Kind.TEXT, in_mail=True),
        *(Column(each.name, chart.kind, in_mail=True) for each in chart.series),
    )
    rows = tuple(
        Row((category, *(each.values[place] for each in chart.series)))
        for place, category in enumerate(chart.categories)
    )
    return Table(chart.title, columns, rows)


def only(table: Table, places: Sequence[int]) -> Table:
    """The table with some of its columns."""
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(_some(row, places) for row in table.rows),
        total=_some(table.total, places) if table.total else None,
    )


def _some(row: Row, places: Sequence[int]) -> Row:
    links = dict(row.links)
    kept = [(new, links[old]) for new, old in enumerate(places) if old in links]
    return Row(tuple(row.cells[place] for place in places), tuple(kept))


def on_paper(section: Section) -> Section:
    """The section without the columns that only the workbook has."""
    return replace(section, blocks=tuple(_on_paper(block) for block in section.blocks))


def _on_paper(block: Block) -> Block:
    if not isinstance(block, Table):
        return block
    return only(block, [at for at, column in enumerate(block.columns) if column.on_paper])


def in_mail(table: Table) -> Table:
    """At most 5 columns and 10 rows; the whole is in the files."""
    places = [at for at, column in enumerate(table.columns) if column.in_mail][:MAIL_COLUMNS]
    most = min(table.in_mail, MAIL_ROWS)
    left = len(table.rows) - most
    notes = [table.note] if table.note else []
    if left > 0:
        notes = [*(each.removesuffix(".") for each in notes), _left(left)]
    short = only(table, places)
    return replace(short, rows=short.rows[:most], note="; ".join(notes))


def _left(rows: int) -> str:
    if spoken() == "en":
        return f"{whole(rows)} more rows in the files and on the page"
    return f"còn {whole(rows)} dòng trong tệp và trên trang"


def cut(text: str, most: int, where: str) -> str:
    """A long text, cut, with how much is missing and where the whole is."""
    if len(text) <= most:
        return text
    left = len(text) - most
    rest = f"{left} more letters" if spoken() == "en" else f"còn {left} ký tự"
    return f"{text[:most]}… ({rest}{where})"
