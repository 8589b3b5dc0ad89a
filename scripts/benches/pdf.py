"""The paper faces of a briefing: a PDF of ten pages within 4 s, its workbook within 1 s."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from attendance.figures import AttendanceSummary, DepartmentAttendance
from backend.pdf import pdf
from reporting.assembling import assemble
from reporting.builders import html
from reporting.builders.content import Completeness, Heading, Report, digest, freeze
from reporting.builders.workbook import workbook
from reporting.defining import Asked, Scope
from reporting.definitions import weekly_briefing
from reporting.definitions.weekly_briefing.week import Against, WeekRevenue
from reporting.periods import PeriodKind, period_of
from sales.figures import (
    AgentDebt,
    Comparison,
    DrawLine,
    Mover,
    Movers,
    SalesLine,
    Tickets,
    WeeklySales,
)
from scripts.benches.measure import Measure, against_limit, best_seconds

PAGES = 10
PDF_LIMIT = 4.0
XLSX_LIMIT = 1.0
FIRST = date(2026, 11, 16)
#: Enough regions to fill ten pages with the charts and tables of a usual week before them.
REGIONS = 244


def run() -> list[Measure]:
    """Build both from one value; the PDF must really have ten pages or more."""
    briefing = _briefing()
    if failed := [section.code for section in briefing.sections if section.failure]:
        raise AssertionError(f"sections of the measured briefing failed: {failed}")
    sha256 = digest(freeze(briefing))
    document = html.document(briefing, sha256=sha256)
    pages = _pages(pdf(document))
    if pages < PAGES:
        raise AssertionError(f"the measured briefing has only {pages} pages")
    paper = best_seconds(lambda: pdf(html.document(briefing, sha256=sha256)))
    book = best_seconds(lambda: workbook(briefing, sha256=sha256))
    return [
        against_limit(f"briefing PDF, {pages} pages", paper, PDF_LIMIT),
        against_limit(f"briefing xlsx, {REGIONS} regions", book, XLSX_LIMIT),
    ]


def _pages(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(content)).pages)


def _briefing() -> Report:
    at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    heading = Heading(
        report="weekly-briefing",
        code="bench",
        number=1,
        title="Báo cáo giao ban tuần 47",
        short_title="Giao ban tuần 47",
        company="Công ty Xổ số kiến thiết Đo Thử",
        company_owner="UBND tỉnh Đo Thử",
        company_short="XSKT",
        is_demonstration=True,
        period_kind="week",
        period="tuần 47",
        first_date=FIRST,
        last_date=FIRST + timedelta(days=6),
        scope="",
        cut_off_at=at,
    )
    return assemble(
        weekly_briefing.REPORT,
        asked=Asked(period_of(PeriodKind.WEEK, FIRST), Scope(), at),
        heading=heading,
        data=_data(),
        found=Completeness(),
    )


def _data() -> dict[str, Any]:
    total = replace(_line(0), now=_sold(REGIONS), code="", name="")
    draws = tuple(
        DrawLine(FIRST + timedelta(days=n), "Quảng Ninh", _sold(n + 1), _sold(n + 2), None)
        for n in range(7)
    )
    products = (total, replace(total, code="LT", name="Vé lô tô"))
    regions = tuple(_line(number) for number in range(REGIONS))
    week = WeeklySales(FIRST, FIRST + timedelta(days=6), None, draws, total, regions, products)
    return {
        "sales": week,
        "against": Against(plan_amount=10_000_000_000),
        "weeks": tuple(
            WeekRevenue(FIRST - timedelta(weeks=12 - n), 10_000_000_000 + n * 90_000_000, 7)
            for n in range(13)
        ),
        "movers": Movers(
            tuple(_mover(f"A{n}", 90_000_000 + n) for n in range(5)),
            tuple(_mover(f"B{n}", 70_000_000 - n) for n in range(5)),
        ),
        "obligations": (),
        "debts": tuple(
            AgentDebt(f"C{n}", f"Đại lý {n}", "Phường Cẩm Phả", 350_000_000 + n, 300_000_000)
            for n in range(10)
        ),
        "attendance": AttendanceSummary(
            first_date=week.first,
            last_date=week.last,
            employees=500,
            departments=[
                DepartmentAttendance(f"P{n}", f"Phòng số {n}", 90, 85, 1, 3, 1, 5, 60, 300)
                for n in range(9)
            ],
            open_questions=12,
            unknown_punches=0,
            silent_terminals=[],
            newest_punch_at=None,
        ),
    }


def _mover(code: str, now: int) -> Mover:
    return Mover(code, f"Đại lý {code}", "Phường Hồng Gai", now, 80_000_000)


def _line(number: int) -> SalesLine:
    now, week, year = _sold(number + 1), _sold(number + 3), _sold(number + 5)
    return SalesLine(
        f"{number:05d}",
        f"Phường số {number}",
        now,
        Comparison(now, week, 7),
        Comparison(now, year, 7),
    )


def _sold(seed: int) -> Tickets:
    issued = 20_000 + seed * 137
    returned = 3_000 + seed * 53 % 900
    return Tickets(issued, returned, (issued - returned) * 10_000)
