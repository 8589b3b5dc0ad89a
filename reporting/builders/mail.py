"""The mail that carries an edition: subject, plain text and HTML of the same content. Pure.

HTML is at most 600 px wide and readable without its pictures, whose alternative texts hold the
numbers. Tables have at most 5 columns and 10 rows; the rest is in the files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from reporting.builders import shaping
from reporting.builders.charts import drawn
from reporting.builders.content import (
    Block,
    Chart,
    Column,
    Note,
    Part,
    Report,
    Row,
    Section,
    Sentences,
    Signatures,
    Table,
    Tile,
    Tiles,
)
from reporting.builders.html import missing_lines, templates
from reporting.builders.numbers import clock, day
from reporting.builders.pictures import png
from reporting.builders.speaking import t
from reporting.builders.writing import unit, words, written

#: Of a chart with more numbers only the ends of its lines are told in words.
MOST_SAID: Final = 60


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the HTML part, which names it as cid:<name>."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...] = field(default=())


def letter(
    report: Report, *, sha256: str, link: str, files: list[str], site: str = "", too_large: str = ""
) -> Letter:
    """The mail of an edition. `link` opens its page, `files` are the names of the attachments.

    `site` is what the addresses of figures are completed with.
    """
    short = [mail_section(each) for each in report.sections]
    charts = [block for each in short for block in each.blocks if isinstance(block, Chart)]
    return Letter(
        subject=subject(report),
        text=text(report, short, sha256=sha256, link=link, files=files, too_large=too_large),
        html=_html(
            report,
            short,
            charts,
            sha256=sha256,
            link=link,
            files=files,
            site=site,
            too_large=too_large,
        ),
        pictures=tuple(
            Picture(picture_name(report, place), png(drawn(chart)))
            for place, chart in enumerate(charts)
        ),
    )


def picture_name(report: Report, place: int) -> str:
    return f"{report.heading.code}-{place + 1}.png"


def subject(report: Report) -> str:
    """[XSKT QN] Giao ban tuần 47: doanh thu 8.420,1 triệu (+3,1 %)."""
    heading = report.heading
    trial = "" if heading.number else f"{t('Thử:')} "
    start = f"[{heading.company_short}] {trial}{heading.short_title}"
    if heading.scope:
        start += f" – {heading.scope}"
    if report.is_empty:
        return f"{start}: {t('không có phát sinh')}"
    if not report.headline:
        return start
    return f"{start}: {words(report.headline)}"


def days(report: Report) -> str:
    """The days of the period: 16/11/2026–22/11/2026, or one."""
    first, last = report.heading.first_date, report.heading.last_date
    return day(first) if first == last else f"{day(first)}–{day(last)}"


def mail_section(section: Section) -> Section:
    """What of the section a mail tells."""
    kept = (_short(block) for block in section.blocks)
    blocks = tuple(block for block in kept if block is not None)
    return Section(section.code, section.title, blocks, section.failure, section.nothing)


def _short(block: Block) -> Block | None:
    if isinstance(block, Table):
        return shaping.in_mail(block) if block.in_mail else None
    if isinstance(block, Chart):
        return block if block.in_mail else None
    if isinstance(block, Note):
        words_ = shaping.cut(block.text, shaping.MAIL_NOTE, t(", xem trên trang"))
        return Note(words_, block.mood)
    return None if isinstance(block, Signatures) else block


def told(section: Section, original: Section) -> bool:
    """Sections whose blocks all stay behind the link are not named in the mail."""
    return bool(section.blocks or section.failure or not original.blocks)


def _html(
    report: Report,
    short: Sequence[Section],
    charts: Sequence[Chart],
    *,
    sha256: str,
    link: str,
    files: list[str],
    too_large: str,
    site: str,
) -> str:
    values = {
        "report": report,
        "heading": report.heading,
        "days": days(report),
        "missing": missing_lines(report.completeness),
        "sections": [
            each for each, whole_ in zip(short, report.sections, strict=True) if told(each, whole_)
        ],
        "picture": lambda chart: picture_name(report, charts.index(chart)),
        "numbers_of": numbers_of,
        "sha256": sha256,
        "link": link,
        "files": files,
        "too_large": too_large,
        "site": site,
    }
    return templates().get_template("mail.jinja").render(values)


def text(
    report: Report,
    short: Sequence[Section],
    *,
    sha256: str,
    link: str,
    files: list[str],
    too_large: str,
) -> str:
    """The plain part: everything the HTML part says."""
    heading = report.heading
    lines = [
        heading.company,
        heading.title.upper(),
        f"{days(report)}{f' · {heading.scope}' if heading.scope else ''}, {heading.edition}",
        f"{t('Số liệu chốt')} {clock(heading.cut_off_at)} {t('(giờ Việt Nam)')}",
        "",
    ]
    if heading.is_demonstration:
        lines += [t("DỮ LIỆU TRÌNH DIỄN"), ""]
    if not report.completeness.is_complete:
        lines.append(t("Số liệu chưa đủ."))
    lines += [*missing_lines(report.completeness), ""]
    if report.is_empty:
        lines += [f"{t('Không có phát sinh')} ({days(report)}).", ""]
    else:
        for each, original in zip(short, report.sections, strict=True):
            if told(each, original):
                lines += [*_section_lines(each), ""]
    lines.append(f"{t('Xem trên trang:')} {link}")
    if files:
        lines.append(f"{t('Tệp kèm theo:')} {', '.join(files)}")
    if too_large:
        lines.append(too_large)
    lines += ["", f"{t('Mã bản')}: {heading.code} · SHA-256 {sha256[:16]}", ""]
    return "\n".join(lines)


def _section_lines(section: Section) -> Iterator[str]:
    yield section.title.upper()
    if section.failure:
        yield f"{t('Chưa có số liệu phần này.')} {section.failure}"
    elif not section.blocks:
        yield section.nothing
    for block in section.blocks:
        yield from _block_lines(block)


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Sentences():
            yield from (f"- {words(sentence.vi)}" for sentence in block.items)
        case Tiles():
            yield from map(_tile_line, block.items)
        case Chart():
            yield numbers_of(block)
        case Note():
            yield block.text
        case Table():
            yield from _table_lines(block)


def _tile_line(tile: Tile) -> str:
    of = tile.unit or unit(tile.figure.kind)
    parts: tuple[Part, ...] = (f"{tile.label}: ", tile.figure, f" {of}" if of else "")
    note = f" ({words(tile.note)})" if tile.note else ""
    return words(parts) + note


def _table_lines(table: Table) -> Iterator[str]:
    """A line for each row: its name, then "head: number"."""
    yield f"{table.title}:"
    yield from (f"- {_row_line(table.columns, row)}" for row in table.rows)
    if table.total is not None:
        yield f"- {_row_line(table.columns, table.total, skip_empty=True)}"
    if table.note:
        yield f"({table.note})"


def _row_line(columns: Sequence[Column], row: Row, *, skip_empty: bool = False) -> str:
    first, *rest = zip(columns, row.cells, strict=True)
    cells = [
        f"{column.head}: {written(value, column.kind)} {unit(column.kind)}".rstrip()
        for column, value in rest
        if not (skip_empty and value is None)
    ]
    name = first[1] if skip_empty else written(first[1], first[0].kind)
    return f"{name or ''} – {'; '.join(cells)}"


def numbers_of(chart: Chart) -> str:
    """What a picture says, in words: for who cannot see it."""
    of = unit(chart.kind)
    rows = _ends(chart) if _is_long(chart) else _points(chart)
    return f"{chart.title}{f' ({of})' if of else ''}: {'; '.join(rows)}."


def _is_long(chart: Chart) -> bool:
    return len(chart.categories) * len(chart.series) > MOST_SAID


def _ends(chart: Chart) -> Iterator[str]:
    """Of each line its first and its last point."""
    for each in chart.series:
        told = [at for at, value in enumerate(each.values) if value is not None]
        if told:
            first, last = (
                f"{written(each.values[at], chart.kind)} ({chart.categories[at]})"
                for at in (told[0], told[-1])
            )
            yield f"{each.name} {t('từ')} {first} {t('đến')} {last}"


def _points(chart: Chart) -> Iterator[str]:
    for place, category in enumerate(chart.categories):
        values = [
            written(each.values[place], chart.kind)
            if len(chart.series) == 1
            else f"{each.name} {written(each.values[place], chart.kind)}"
            for each in chart.series
        ]
        yield f"{category}: {', '.join(values)}"
