"""The faces of a frozen report in English, made when they are asked for: same value, same bytes."""

from collections.abc import Iterator

from backend.pdf import pdf
from reporting.builders import html
from reporting.builders.content import Chart, Report, Table
from reporting.builders.docx import docx
from reporting.builders.slides import Slide, report_slides
from reporting.builders.speaking import english, knowing, speaking
from reporting.builders.translating import in_english
from reporting.builders.workbook import workbook
from reporting.definitions import catalogue, title_of
from reporting.explorer.reports import english_words
from reporting.models import FileKind
from reporting.periods import Period, PeriodKind

#: The faces that are files.
KINDS = (FileKind.PDF, FileKind.XLSX, FileKind.DOCX)


def english_report(report: Report) -> Report:
    """Its content in English."""
    heading = report.heading
    first, last = heading.first_date, heading.last_date
    period = Period(PeriodKind(heading.period_kind), first, last).name("en")
    known = catalogue().get(heading.report)
    if known is None:
        return _english_view(report, period)
    return in_english(
        report,
        title=title_of(heading.report, first, last, language="en"),
        short_title=f"{known.short.en} {period}",
        period=period,
    )


def _english_view(report: Report, period: str) -> Report:
    """A report of a question: its name stays as somebody gave it, titles are the explorer's."""
    heading = report.heading
    with knowing(english_words() | dict(_titles_with_filters(report))):
        return in_english(
            report,
            title=f"{english(heading.title.removesuffix(heading.period))}{period}",
            short_title=f"{english(heading.short_title.removesuffix(heading.period))}{period}",
            period=period,
        )


def _titles_with_filters(report: Report) -> Iterator[tuple[str, str]]:
    """ "Doanh thu theo tháng, thứ Hai": the title, and each filter, in English."""
    known = english_words()
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table | Chart):
                title, *filters = block.title.split(", ")
                told = [known.get(each) or english(each) for each in filters]
                yield block.title, ", ".join([known.get(title, title), *told])


def english_page(report: Report, *, sha256: str) -> str:
    """The article as the page shows it."""
    translated = english_report(report)
    with speaking("en"):
        return html.article(translated, sha256=sha256)


def english_slides(report: Report) -> list[Slide]:
    """The slides: as many as in Vietnamese, so that a presenter leads readers of both."""
    translated = english_report(report)
    with speaking("en"):
        return report_slides(translated)


def english_file(
    report: Report, kind: FileKind, *, sha256: str, template: bytes | None = None
) -> bytes:
    """One of the files. Raises PdfUnavailable, and BadTemplate for the Word `template`."""
    return file_of(english_report(report), kind, sha256=sha256, template=template)


def file_of(
    translated: Report, kind: FileKind, *, sha256: str, template: bytes | None = None
) -> bytes:
    """One of the files of what is in English by now. Raises PdfUnavailable, BadTemplate."""
    with speaking("en"):
        if kind is FileKind.XLSX:
            return workbook(translated, sha256=sha256)
        if kind is FileKind.DOCX:
            return docx(translated, sha256=sha256, template=template)
        return pdf(html.document(translated, sha256=sha256))
