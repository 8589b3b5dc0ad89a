"""The faces of a frozen edition in English, made when they are asked for: same snapshot, same bytes."""

from backend.pdf import pdf
from reporting.builders import html
from reporting.builders.content import Report
from reporting.builders.speaking import speaking
from reporting.builders.translating import in_english
from reporting.builders.workbook import workbook
from reporting.definitions import catalogue, title_of
from reporting.editions import report_of
from reporting.models import Edition, FileKind
from reporting.periods import Period, PeriodKind

#: The Word document has the letterhead of a Vietnamese paper and stays Vietnamese.
KINDS = (FileKind.PDF, FileKind.XLSX)


def english_report(edition: Edition) -> Report | None:
    """Its content in English; None of an edition frozen before reports had a common form."""
    report = report_of(edition)
    if report is None:
        return None
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


def english_page(edition: Edition) -> str | None:
    """The article as the page shows it."""
    report = english_report(edition)
    if report is None:
        return None
    with speaking("en"):
        return html.article(report, sha256=edition.sha256)


def english_file(edition: Edition, kind: FileKind) -> bytes | None:
    """The PDF or the workbook. Raises PdfUnavailable."""
    report = english_report(edition) if kind in KINDS else None
    if report is None:
        return None
    with speaking("en"):
        if kind is FileKind.XLSX:
            return workbook(report, sha256=edition.sha256)
        return pdf(html.document(report, sha256=edition.sha256))
