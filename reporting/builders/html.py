"""The briefing as HTML: one article for the page and the PDF, one body for the mail. Pure.

Templates escape everything by themselves; the only markup passed in is our own charts.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backend.pdf import FONT_FACES
from reporting.builders import numbers
from reporting.builders.briefing import Attendance, Briefing, Sales, share_bps
from reporting.builders.charts import PALE, Series, bar_chart, column_chart
from reporting.builders.sentences import sentences
from reporting.builders.tiles import tiles

PACKAGE = Path(__file__).resolve().parent.parent
#: Changes whenever the words, rules or layout of the faces change.
TEMPLATE_VERSION = "1"
#: So many regions in the body; the annex has all of them.
REGIONS_SHOWN = 10
DEBTS_SHOWN = 10
#: So many missing agents by name; the workbook has all of them.
MISSING_SHOWN = 8


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "templates" / "reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        whole=numbers.whole,
        millions=numbers.millions,
        percent=numbers.percent,
        change=numbers.change,
        signed_millions=lambda amount: numbers.signed(numbers.millions(amount)),
        money=numbers.money,
        day=numbers.day,
        short_day=numbers.short_day,
        weekday=numbers.weekday,
        clock=numbers.clock,
        hours=numbers.hours,
    )
    environment.globals["share_bps"] = share_bps
    return environment


def article(briefing: Briefing, *, sha256: str) -> str:
    """The report itself, without page around it: shown on the web, printed to PDF."""
    return _templates().get_template("weekly_briefing.jinja").render(context(briefing, sha256))


def document(briefing: Briefing, *, sha256: str) -> str:
    """A whole HTML document for print, its styles inside."""
    css = (PACKAGE / "static" / "reporting" / "edition.css").read_text(encoding="utf-8")
    paper = (PACKAGE / "static" / "reporting" / "paper.css").read_text(encoding="utf-8")
    return (
        _templates()
        .get_template("document.jinja")
        .render(
            heading=briefing.heading,
            css=Markup(FONT_FACES + css + paper),  # noqa: S704 - our own files
            article=Markup(article(briefing, sha256=sha256)),  # noqa: S704 - escaped already
        )
    )


def mail_body(briefing: Briefing, *, sha256: str, link: str, files: list[str]) -> str:
    """The HTML part of the mail: at most 600 px wide, readable with images off."""
    values = context(briefing, sha256) | {"link": link, "files": files}
    return _templates().get_template("mail.jinja").render(values)


def context(briefing: Briefing, sha256: str) -> dict[str, Any]:
    """What the templates may see: the briefing, its sentences, tiles and charts."""
    return {
        "briefing": briefing,
        "heading": briefing.heading,
        "sales": briefing.sales,
        "attendance": briefing.attendance,
        "completeness": briefing.completeness,
        "sentences": sentences(briefing),
        "tiles": tiles(briefing),
        "charts": {name: Markup(svg) for name, svg in _charts(briefing).items()},  # noqa: S704
        "sha256": sha256,
        "regions_shown": REGIONS_SHOWN,
        "missing_shown": MISSING_SHOWN,
        "debts_shown": DEBTS_SHOWN,
    }


def _charts(briefing: Briefing) -> dict[str, str]:
    charts: dict[str, str] = {}
    if briefing.sales is not None and not briefing.sales.is_empty:
        charts |= _sales_charts(briefing.sales)
    if briefing.attendance is not None and not briefing.attendance.is_empty:
        charts["attendance"] = _attendance_chart(briefing.attendance)
    return charts


def _sales_charts(sales: Sales) -> dict[str, str]:
    regions = sorted(sales.regions, key=lambda line: (-line.week.change_amount, line.code))
    up = [line for line in regions[:5] if line.week.change_amount > 0]
    down = [line for line in regions[-5:] if line.week.change_amount < 0]
    moved = up + down
    return {
        "weeks": column_chart(
            title="Doanh thu theo tuần",
            description="Doanh thu các tuần gần đây, triệu đồng; tuần của báo cáo ở cuối.",
            categories=[numbers.short_day(week.first_date) for week in sales.weeks],
            series=[Series("Doanh thu", [week.revenue_amount for week in sales.weeks])],
            label=_rounded_millions,
            highlight_last=True,
            height=175,
        ),
        "draws": column_chart(
            title="Doanh thu theo kỳ quay",
            description="Doanh thu từng kỳ quay trong tuần và kỳ cùng thứ tuần trước, triệu đồng.",
            categories=[
                f"{numbers.weekday(draw.draw_date)} {numbers.short_day(draw.draw_date)}"
                for draw in sales.draws
            ],
            series=[
                Series("Tuần này", [draw.now.revenue_amount for draw in sales.draws]),
                Series(
                    "Tuần trước",
                    [
                        draw.week_before.revenue_amount if draw.week_before else None
                        for draw in sales.draws
                    ],
                    PALE,
                ),
            ],
            label=_rounded_millions,
            height=150,
        ),
        "regions": bar_chart(
            title="Địa bàn tăng và giảm nhiều nhất",
            description="Thay đổi doanh thu so với các kỳ tuần trước, triệu đồng.",
            categories=[line.name for line in moved],
            values=[line.week.change_amount for line in moved],
            label=lambda amount: numbers.signed(numbers.millions(amount)),
        ),
    }


def _attendance_chart(attendance: Attendance) -> str:
    lines = [line for line in attendance.departments if line.present_bps is not None]
    return bar_chart(
        title="Tỷ lệ đi làm theo phòng ban",
        description="Số ngày đi làm trên số ngày phải làm, phần trăm.",
        categories=[line.name for line in lines],
        values=[line.present_bps or 0 for line in lines],
        label=numbers.percent,
        row=19,
    )


def _rounded_millions(amount: int) -> str:
    return numbers.whole((amount + 500_000) // 1_000_000)
