"""A report as HTML: one article for the page and the paper, one body for the mail. Pure.

Templates escape everything by themselves; the only markup passed in is our own charts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup

from backend.pdf import FONT_FACES
from reporting.builders import numbers, writing
from reporting.builders.charts import drawn, has_labels, on_screen
from reporting.builders.content import (
    SIGNED_KINDS,
    TEXT_KINDS,
    Chart,
    Column,
    Completeness,
    Figure,
    Heading,
    Kind,
    Report,
    Section,
    Table,
    Value,
)
from reporting.builders.shaping import ANNEX_MOST, on_paper, twin
from reporting.builders.speaking import Language, spoken, t
from reporting.control.footers import identity, page_foot

PACKAGE = Path(__file__).resolve().parent.parent
#: Changes whenever the words, rules or layout of the faces change.
TEMPLATE_VERSION = "9"
#: So many missing agents by name; the workbook has all of them.
MISSING_SHOWN = 8

Face = Literal["web", "paper"]


@dataclass(frozen=True, slots=True)
class Annex:
    """A table that is longer than its section shows."""

    section: str
    table: Table


@cache
def templates() -> Environment:
    """The engine with the filters all faces share."""
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "templates" / "reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        whole=numbers.whole,
        percent=numbers.percent,
        day=numbers.day,
        clock=numbers.clock,
        written=writing.written,
        unit=writing.unit,
        head_unit=writing.head_unit,
        said=writing.said,
        words=writing.words,
        t=_translated,
        svg=_svg,
    )
    environment.globals.update(
        is_figure=lambda part: isinstance(part, Figure),
        block_of=lambda block: block.__struct_config__.tag,
        twin=twin,
        needs_twin=needs_twin,
        cell_class=cell_class,
        is_text=is_text,
        missing_shown=MISSING_SHOWN,
        annex_most=ANNEX_MOST,
        spoken=spoken,
    )
    return environment


def _svg(chart: Chart, face: Face) -> Markup:
    return Markup(on_screen(chart) if face == "web" else drawn(chart))  # noqa: S704 - our own, escaped there


@pass_context
def _translated(context: object, text: str) -> str:
    """With the context, for Jinja works out what has none when it compiles, once for all languages."""
    return t(text)


def article(report: Report, *, sha256: str, face: Face = "web") -> str:
    """The report itself, without page around it: shown on the web, printed to PDF."""
    return (
        templates()
        .get_template("report.jinja")
        .render(
            report=report,
            heading=report.heading,
            completeness=report.completeness,
            sections=[on_paper(each) for each in report.sections],
            annexes=list(annexes(report)),
            sha256=sha256,
            face=face,
            made_under=made_under(report.heading),
        )
    )


def made_under(heading: Heading) -> str:
    """Code and issue of the controlled document the report was made under; empty without one."""
    under = heading.document
    return t(identity(under.code, under.number, under.effective)) if under else ""


def section(part: Section) -> str:
    """One section alone, for a page that shows no whole report."""
    template = templates().get_template("section.jinja")
    return template.render(section=on_paper(part), face="web")


def document(report: Report, *, sha256: str) -> str:
    """A whole HTML document for print, its styles inside."""
    css = (PACKAGE / "static" / "reporting" / "edition.css").read_text(encoding="utf-8")
    paper = (PACKAGE / "static" / "reporting" / "paper.css").read_text(encoding="utf-8")
    under = made_under(report.heading)
    foot = page_foot(under, page=t("Trang")) if under else ""
    return (
        templates()
        .get_template("document.jinja")
        .render(
            heading=report.heading,
            css=Markup(FONT_FACES + css + paper + foot),  # noqa: S704 - our own files
            article=Markup(article(report, sha256=sha256, face="paper")),  # noqa: S704 - escaped
        )
    )


def annexes(report: Report) -> Iterator[Annex]:
    """The tables whose rows do not all stand in their section; very long ones are in Excel only."""
    for each in report.sections:
        for block in each.blocks:
            if isinstance(block, Table) and 0 < block.shown < len(block.rows) <= ANNEX_MOST:
                yield Annex(each.title, on_paper(Section("", "", (block,))).blocks[0])  # type: ignore[arg-type]


def needs_twin(chart: Chart, face: Face) -> bool:
    """On the page each chart can be unfolded as a table; paper prints what the picture cannot tell."""
    return not chart.beside and (face == "web" or not has_labels(chart))


def is_text(column: Column) -> bool:
    return column.kind in TEXT_KINDS


def cell_class(column: Column, value: Value) -> str:
    """Right for numbers; changes get their colour beside their sign. A day is not broken."""
    if is_text(column):
        return "" if column.kind is Kind.TEXT else "day"
    if column.kind in SIGNED_KINDS and isinstance(value, int) and value:
        return "n up" if value > 0 else "n down"
    return "n"


def missing_lines(found: Completeness) -> list[str]:
    """What is missing, in words; one line when nothing is."""
    if found.is_complete:
        return [t("Đủ số liệu: mọi nguồn đã báo cáo.")]
    said = _MISSING[spoken()]
    lines = [said.section.format(each.section, each.reason) for each in found.failures]
    if found.agents:
        names = ", ".join(agent.name for agent in found.agents[:MISSING_SHOWN])
        more = len(found.agents) - MISSING_SHOWN
        rest = said.more.format(more) if more > 0 else ""
        usual = numbers.percent(found.missing_share_bps)
        lines.append(said.agents.format(len(found.agents), usual, f"{names}{rest}"))
    lines += [
        said.silent.format(each.name, numbers.clock(each.last_contact_at))
        if each.last_contact_at
        else said.never.format(each.name)
        for each in found.terminals
    ]
    return lines


@dataclass(frozen=True, slots=True)
class _Missing:
    """What is missing, in one language; {} are names and numbers."""

    section: str
    agents: str
    more: str
    silent: str
    never: str


_MISSING: Final[dict[Language, _Missing]] = {
    "vi": _Missing(
        section="CHƯA CÓ phần {}: {}",
        agents="Thiếu báo cáo của {} đại lý (thường chiếm {} doanh thu): {}.",
        more=" và {} đại lý khác",
        silent="Máy chấm công {} mất liên lạc từ {}.",
        never="Máy chấm công {} chưa liên lạc được lần nào.",
    ),
    "en": _Missing(
        section="MISSING section {}: {}",
        agents="Missing the reports of {} agents (usually {} of revenue): {}.",
        more=" and {} others",
        silent="Terminal {} silent since {}.",
        never="Terminal {} was never heard of.",
    ),
}
