"""The faces of a frozen report in English, made when they are asked for: same value, same bytes."""

from backend.pdf import pdf
from reporting.builders import html
from reporting.builders.content import Report
from reporting.builders.speaking import speaking
from reporting.builders.translating import in_english
from reporting.builders.workbook import workbook
from reporting.definitions import catalogue, title_of
from reporting.models import FileKind
from reporting.periods import Period, PeriodKind

#: The Word document has the letterhead of a Vietnamese paper and stays Vietnamese.
KINDS = (FileKind.PDF, FileKind.XLSX)


def english_report(report: Report) -> Report:
    """Its content in English."""
    heading = report.heading
    first, last = heading.first_date, heading.last_date
    period = Period(PeriodKind(heading.period_kind), first, last).name("en")
    known = catalogue().get(heading.report)
    return in_english(
        report,
        title=title_of(heading.report, first, last, language="en") if known else heading.title,
        short_title=f"{known.short.en} {period}" if known else heading.short_title,
        period=period,
    )


def english_page(report: Report, *, sha256: str) -> str:
    """The article as the page shows it."""
    translated = english_report(report)
    with speaking("en"):
        return html.article(translated, sha256=sha256)


def english_file(report: Report, kind: FileKind, *, sha256: str) -> bytes:
    """The PDF or the workbook. Raises PdfUnavailable."""
    return file_of(english_report(report), kind, sha256=sha256)


def file_of(translated: Report, kind: FileKind, *, sha256: str) -> bytes:
    """The PDF or the workbook of what is in English by now. Raises PdfUnavailable."""
    with speaking("en"):
        if kind is FileKind.XLSX:
            return workbook(translated, sha256=sha256)
        return pdf(html.document(translated, sha256=sha256))
