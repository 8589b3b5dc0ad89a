"""The paper faces of a briefing: a PDF of ten pages within 4 s, its workbook within 1 s."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from backend.pdf import pdf
from reporting.builders import html
from reporting.builders.briefing import (
    Attendance,
    Briefing,
    Compared,
    Completeness,
    Debt,
    DepartmentLine,
    Draw,
    Heading,
    Mover,
    Sales,
    SalesLine,
    Sold,
    Week,
    digest,
    freeze,
)
from reporting.builders.workbook import workbook
from scripts.benches.measure import Measure, best_seconds

PAGES = 10
PDF_LIMIT = 4.0
XLSX_LIMIT = 1.0
FIRST = date(2026, 11, 16)
#: Enough regions to fill ten pages with the charts and tables of a usual week before them.
REGIONS = 306


def run() -> list[Measure]:
    """Build both from one value; the PDF must really have ten pages or more."""
    briefing = _briefing()
    sha256 = digest(freeze(briefing))
    document = html.document(briefing, sha256=sha256)
    pages = _pages(pdf(document))
    if pages < PAGES:
        raise AssertionError(f"the measured briefing has only {pages} pages")
    paper = best_seconds(lambda: pdf(html.document(briefing, sha256=sha256)))
    book = best_seconds(lambda: workbook(briefing, sha256=sha256))
    return [
        _limit(f"briefing PDF, {pages} pages", paper, PDF_LIMIT),
        _limit(f"briefing xlsx, {REGIONS} regions", book, XLSX_LIMIT),
    ]


def _limit(name: str, seconds: float, limit: float) -> Measure:
    return Measure(
        name=name,
        ours_seconds=seconds,
        peer="limit",
        peer_seconds=limit,
        ratio=seconds / limit,
        meaning="part of the limit",
        at_most=1.0,
    )


def _pages(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(content)).pages)


def _briefing() -> Briefing:
    regions = tuple(_line(number) for number in range(REGIONS))
    total = replace(_line(0), now=_sold(REGIONS), code="", name="")
    return Briefing(
        heading=Heading(
            report="weekly-briefing",
            code="bench",
            number=1,
            company="Công ty Xổ số kiến thiết Đo Thử",
            company_owner="UBND tỉnh Đo Thử",
            company_short="XSKT",
            is_demonstration=True,
            first_date=FIRST,
            last_date=FIRST + timedelta(days=6),
            region="",
            cut_off_at=datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
        ),
        sales=Sales(
            total=total,
            draws=tuple(
                Draw(FIRST + timedelta(days=n), "Quảng Ninh", _sold(n + 1), _sold(n + 2), None)
                for n in range(7)
            ),
            regions=regions,
            products=(total, replace(total, code="LT", name="Vé lô tô")),
            weeks=tuple(
                Week(FIRST - timedelta(weeks=12 - n), 10_000_000_000 + n * 90_000_000, 7)
                for n in range(13)
            ),
            risers=tuple(
                Mover(f"A{n}", f"Đại lý {n}", "Phường Hồng Gai", 90_000_000 + n, 80_000_000)
                for n in range(5)
            ),
            fallers=tuple(
                Mover(f"B{n}", f"Đại lý {n}", "Phường Bãi Cháy", 70_000_000 - n, 80_000_000)
                for n in range(5)
            ),
            debts=tuple(
                Debt(f"C{n}", f"Đại lý {n}", "Phường Cẩm Phả", 350_000_000 + n, 300_000_000)
                for n in range(10)
            ),
        ),
        attendance=Attendance(
            employees=500,
            open_questions=12,
            departments=tuple(
                DepartmentLine(f"P{n}", f"Phòng số {n}", 90, 85, 1, 3, 1, 5, 60, 300)
                for n in range(9)
            ),
        ),
        completeness=Completeness(),
    )


def _line(number: int) -> SalesLine:
    now, week, year = _sold(number + 1), _sold(number + 3), _sold(number + 5)
    return SalesLine(
        f"{number:05d}", f"Phường số {number}", now, Compared(now, week, 7), Compared(now, year, 7)
    )


def _sold(seed: int) -> Sold:
    issued = 20_000 + seed * 137
    returned = 3_000 + seed * 53 % 900
    return Sold(issued, returned, (issued - returned) * 10_000)
