"""The briefing as an Excel workbook: real numbers, native charts, ready to print. Pure.

Totals are formulas with their value already worked out, so a phone's preview shows them too. The
same briefing gives the same bytes. Text is never a formula, whatever an agent calls himself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from reporting.builders.briefing import (
    Attendance,
    Briefing,
    Debt,
    DepartmentLine,
    Mover,
    Sales,
    SalesLine,
)
from reporting.builders.mail import missing_lines
from reporting.builders.numbers import VN, clock, day
from reporting.builders.sentences import sentences
from reporting.builders.tiles import tiles

FONT = "Be Vietnam Pro"
MAIN, PALE, SOFT = "#0f5f6b", "#a9c9cd", "#5b6675"
#: Excel refuses a longer cell; what is cut off says so.
LONGEST_TEXT = 32_000

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": MAIN},
    "sub": {"font_color": SOFT},
    "heading": {"bold": True, "font_size": 12, "font_color": MAIN},
    "wrap": {"text_wrap": True, "valign": "top"},
    "warn": {"text_wrap": True, "valign": "top", "bg_color": "#fff6e5", "border_color": "#b36b00"},
    "head": {
        "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center",
        "bg_color": MAIN, "font_color": "#ffffff",
    },
    "text": {"bottom": 4, "bottom_color": "#dfe4ea"},
    "day": {"num_format": "dd/mm/yyyy", "bottom": 4, "bottom_color": "#dfe4ea", "align": "left"},
    "whole": {"num_format": "#,##0", "bottom": 4, "bottom_color": "#dfe4ea"},
    "share": {"num_format": "0.0%", "bottom": 4, "bottom_color": "#dfe4ea"},
    "change": {
        "num_format": "+0.0%;-0.0%;0.0%", "bottom": 4, "bottom_color": "#dfe4ea",
    },
    "signed": {
        "num_format": "+#,##0;-#,##0;0", "bottom": 4, "bottom_color": "#dfe4ea",
    },
    "hours": {"num_format": "[h]:mm", "bottom": 4, "bottom_color": "#dfe4ea"},
    "total": {"bold": True, "top": 1},
    "total_whole": {"bold": True, "top": 1, "num_format": "#,##0"},
    "total_share": {"bold": True, "top": 1, "num_format": "0.0%"},
    "total_change": {"bold": True, "top": 1, "num_format": "+0.0%;-0.0%;0.0%"},
    "up": {"font_color": "#1d6b45"},
    "down": {"font_color": "#a33313"},
    "total_hours": {"bold": True, "top": 1, "num_format": "[h]:mm"},
    "tile": {"bold": True, "font_size": 11, "align": "right", "text_wrap": True},
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: its head, width, kind of number, and whether the total adds it up."""

    head: str
    width: int
    kind: str = "whole"
    adds: bool = False


def workbook(briefing: Briefing, *, sha256: str) -> bytes:
    """The .xlsx of the briefing."""
    memory = BytesIO()
    book = xlsxwriter.Workbook(
        memory,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    _Book(book, briefing, sha256).write()
    book.close()
    return memory.getvalue()


class _Book:
    """Writes the sheets one after the other."""

    def __init__(self, book: Any, briefing: Briefing, sha256: str) -> None:
        self.book = book
        self.briefing = briefing
        self.sha256 = sha256
        self.formats = {
            name: book.add_format({"font_name": FONT, "font_size": 10} | values)
            for name, values in FORMATS.items()
        }

    def write(self) -> None:
        heading = self.briefing.heading
        self.book.set_properties(
            {
                "title": f"Báo cáo giao ban tuần {heading.week}",
                "author": heading.company,
                "comments": f"{heading.code} SHA-256 {self.sha256}",
                "created": heading.cut_off_at.astimezone(VN).replace(tzinfo=None),
            }
        )
        self.book.set_size(1920, 1200)
        self._summary()
        if self.briefing.sales is not None and not self.briefing.sales.is_empty:
            self._draws(self.briefing.sales)
            self._weeks(self.briefing.sales)
            self._regions(self.briefing.sales)
            self._agents(self.briefing.sales)
        if self.briefing.attendance is not None and not self.briefing.attendance.is_empty:
            self._attendance(self.briefing.attendance)
        if not self.briefing.completeness.is_complete:
            self._missing()

    def _sheet(self, name: str, title: str, *, landscape: bool = True) -> Any:
        """A sheet with its title in A1 and the print set-up every sheet needs."""
        sheet = self.book.add_worksheet(name)
        heading = self.briefing.heading
        sheet.set_paper(9)
        (sheet.set_landscape if landscape else sheet.set_portrait)()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.5, top=0.7, bottom=0.7)
        sheet.set_header(f"&C&9{_plain(heading.company)}")
        sheet.set_footer(f"&L&8{heading.code} · chốt {clock(heading.cut_off_at)}&R&8&P/&N")
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.formats["title"])
        period = f"{day(heading.first_date)} – {day(heading.last_date)}"
        if heading.region:
            period += f" · {heading.region}"
        if heading.is_demonstration:
            period += " · Dữ liệu trình diễn"
        sheet.write_string(1, 0, period, self.formats["sub"])
        return sheet

    def _table(
        self,
        sheet: Any,
        top: int,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Any]],
        total: Sequence[Any] | None = None,
    ) -> None:
        """Head, rows and an optional total whose added columns are formulas with their values."""
        sheet.set_row(top, 32)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(top, place, column.head, self.formats["head"])
            if column.kind in ("change", "signed"):
                self._colour(sheet, top + 1, top + len(rows) + 1, place)
        for offset, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._cell(sheet, top + offset, place, value, column.kind)
        if total is None:
            return
        end = top + len(rows) + 1
        for place, (column, value) in enumerate(zip(columns, total, strict=True)):
            style = self.formats.get(f"total_{column.kind}", self.formats["total"])
            if column.adds and rows:
                letter = chr(ord("A") + place)
                formula = f"=SUM({letter}{top + 2}:{letter}{end})"
                sheet.write_formula(end, place, formula, style, _number(value, column.kind))
            else:
                self._cell(sheet, end, place, value, column.kind, style)

    def _colour(self, sheet: Any, first: int, last: int, place: int) -> None:
        """Green above zero, red below, by rules that every spreadsheet program knows."""
        for criteria, name in ((">", "up"), ("<", "down")):
            sheet.conditional_format(
                first, place, last, place,
                {"type": "cell", "criteria": criteria, "value": 0, "format": self.formats[name]},
            )  # fmt: skip

    def _cell(
        self, sheet: Any, row: int, place: int, value: Any, kind: str, style: Any = None
    ) -> None:
        style = style or self.formats[kind]
        if value is None:
            sheet.write_blank(row, place, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, place, _shorten(value), style)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a date cell
        else:
            sheet.write_number(row, place, _number(value, kind), style)

    def _summary(self) -> None:
        heading = self.briefing.heading
        sheet = self._sheet("Tóm tắt", f"Báo cáo giao ban tuần {heading.week}", landscape=False)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 2, 40)
        facts = f"Chốt {clock(heading.cut_off_at)} (giờ Việt Nam), bản số {heading.number}"
        sheet.write_string(2, 0, facts, self.formats["sub"])
        row = 4
        for text in missing_lines(self.briefing):
            complete = self.briefing.completeness.is_complete
            row = self._paragraph(sheet, row, text, "wrap" if complete else "warn")
        row += 1
        for text in sentences(self.briefing):
            row = self._paragraph(sheet, row, text, "wrap")
        row += 1
        for tile in tiles(self.briefing):
            sheet.write_string(row, 0, tile.label, self.formats["text"])
            sheet.write_string(row, 1, f"{tile.value} {tile.unit}".strip(), self.formats["tile"])
            sheet.set_row(row, 18)
            sheet.write_string(row, 2, tile.note, self.formats["sub"])
            row += 1
        sheet.write_string(row + 1, 0, f"Mã bản {heading.code}", self.formats["sub"])
        sheet.write_string(row + 2, 0, f"SHA-256 {self.sha256}", self.formats["sub"])

    def _paragraph(self, sheet: Any, row: int, text: str, style: str) -> int:
        sheet.merge_range(row, 0, row, 2, _shorten(text), self.formats[style])
        sheet.set_row(row, 15 * (1 + len(text) // 88))
        return row + 1

    def _draws(self, sales: Sales) -> None:
        sheet = self._sheet("Kỳ quay", "Bán vé theo kỳ quay")
        columns = [
            Column("Ngày quay", 13, "day"),
            Column("Đài mở thưởng", 18, "text"),
            Column("Vé phát hành", 14, adds=True),
            Column("Vé tiêu thụ", 14, adds=True),
            Column("Tỷ lệ tiêu thụ", 11, "share"),
            Column("Doanh thu (đồng)", 18, adds=True),
            Column("Kỳ tuần trước (đồng)", 18, adds=True),
            Column("Kỳ năm trước (đồng)", 18, adds=True),
        ]
        rows = [
            [
                draw.draw_date,
                draw.host,
                draw.now.issued,
                draw.now.sold,
                draw.now.sell_through_bps,
                draw.now.revenue_amount,
                draw.week_before.revenue_amount if draw.week_before else None,
                draw.year_before.revenue_amount if draw.year_before else None,
            ]
            for draw in sales.draws
        ]
        now, week, year = sales.total.now, sales.total.week.before, sales.total.year.before
        total = [
            "Cộng", None, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
            week.revenue_amount, year.revenue_amount,
        ]  # fmt: skip
        self._table(sheet, 3, columns, rows, total)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        self._column_chart(
            sheet, "A14", "Doanh thu theo kỳ quay (đồng)", "Kỳ quay", 4, len(rows),
            [(5, "Tuần này", MAIN), (6, "Tuần trước", PALE)],
        )  # fmt: skip

    def _weeks(self, sales: Sales) -> None:
        sheet = self._sheet("Các tuần", "Doanh thu các tuần gần đây", landscape=False)
        columns = [
            Column("Tuần từ ngày", 16, "day"),
            Column("Số kỳ quay", 12),
            Column("Doanh thu (đồng)", 22),
        ]
        rows = [[week.first_date, week.draws, week.revenue_amount] for week in sales.weeks]
        self._table(sheet, 3, columns, rows)
        sheet.freeze_panes(4, 0)
        sheet.repeat_rows(3)
        self._column_chart(
            sheet, f"A{len(rows) + 7}", "Doanh thu theo tuần (đồng)", "Các tuần", 4, len(rows),
            [(2, "Doanh thu", MAIN)], width=620,
        )  # fmt: skip

    def _regions(self, sales: Sales) -> None:
        sheet = self._sheet("Địa bàn", "Bán vé theo địa bàn")
        columns = [
            Column("Mã", 9, "text"),
            Column("Địa bàn", 28, "text"),
            Column("Vé phát hành", 14, adds=True),
            Column("Vé tiêu thụ", 14, adds=True),
            Column("Tỷ lệ tiêu thụ", 11, "share"),
            Column("Doanh thu (đồng)", 18, adds=True),
            Column("Tuần trước (đồng)", 18, adds=True),
            Column("So tuần trước", 11, "change"),
            Column("So năm trước", 11, "change"),
        ]
        rows = [_region_row(line) for line in sales.regions]
        total = ["", "Cộng", *_region_row(sales.total)[2:]]
        self._table(sheet, 3, columns, rows, total)
        last = 3 + len(rows)
        sheet.conditional_format(4, 5, last, 5, {"type": "data_bar", "bar_color": PALE})
        sheet.autofilter(3, 0, last, len(columns) - 1)
        sheet.freeze_panes(4, 2)
        sheet.repeat_rows(3)

    def _agents(self, sales: Sales) -> None:
        sheet = self._sheet("Đại lý", "Đại lý tăng, giảm và vượt hạn mức nợ")
        columns = [
            Column("Mã", 11, "text"),
            Column("Đại lý", 40, "text"),
            Column("Địa bàn", 24, "text"),
            Column("Tuần trước (đồng)", 18),
            Column("Tuần này (đồng)", 18),
            Column("Thay đổi (đồng)", 18, "signed"),
        ]
        movers = [_mover_row(mover) for mover in (*sales.risers, *sales.fallers)]
        self._table(sheet, 3, columns, movers)
        sheet.freeze_panes(4, 2)
        if sales.debts:
            top = len(movers) + 7
            sheet.write_string(top - 1, 0, "Vượt hạn mức công nợ", self.formats["heading"])
            heads = ["Dư nợ (đồng)", "Hạn mức (đồng)", "Vượt (đồng)"]
            debts = [*columns[:3], *(Column(head, 18, adds=True) for head in heads)]
            rows = [_debt_row(debt) for debt in sales.debts]
            total = ["", "Cộng", None, *(sum(row[place] for row in rows) for place in (3, 4, 5))]
            self._table(sheet, top, debts, rows, total)

    def _attendance(self, attendance: Attendance) -> None:
        sheet = self._sheet("Chấm công", "Chấm công theo phòng ban")
        columns = [
            Column("Phòng ban", 32, "text"),
            Column("Công phải làm", 11, adds=True),
            Column("Đi làm", 11, adds=True),
            Column("Tỷ lệ đi làm", 11, "share"),
            Column("Vắng", 11, adds=True),
            Column("Phép, công tác", 11, adds=True),
            Column("Thiếu quẹt", 11, adds=True),
            Column("Lượt muộn", 11, adds=True),
            Column("Phút muộn", 11, adds=True),
            Column("Giờ thêm", 12, "hours", adds=True),
        ]
        rows = [_department_row(line) for line in attendance.departments]
        total = ["Toàn công ty", *_department_row(attendance.total)[1:]]
        self._table(sheet, 3, columns, rows, total)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        self._column_chart(
            sheet, f"A{len(rows) + 8}", "Lượt đi muộn theo phòng ban", "Chấm công", 4, len(rows),
            [(7, "Lượt muộn", MAIN)],
        )  # fmt: skip

    def _missing(self) -> None:
        found = self.briefing.completeness
        sheet = self._sheet("Còn thiếu", "Nguồn số liệu còn thiếu")
        columns = [
            Column("Loại", 16, "text"),
            Column("Mã", 12, "text"),
            Column("Tên", 56, "text"),
            Column("Còn thiếu", 44, "text"),
        ]
        rows: list[list[Any]] = [
            ["Phần báo cáo", "", failure.section, failure.reason] for failure in found.failures
        ]
        rows += [
            [
                "Đại lý",
                agent.code,
                f"{agent.name} ({agent.region})",
                ", ".join(map(day, agent.draws)),
            ]
            for agent in found.agents
        ]
        rows += [
            [
                "Máy chấm công",
                terminal.code,
                terminal.name,
                f"liên lạc cuối {clock(terminal.last_contact_at)}",
            ]
            for terminal in found.terminals
        ]
        self._table(sheet, 3, columns, rows)
        sheet.freeze_panes(4, 0)
        sheet.repeat_rows(3)

    def _column_chart(
        self,
        sheet: Any,
        cell: str,
        title: str,
        name: str,
        first: int,
        count: int,
        series: Sequence[tuple[int, str, str]],
        width: int = 760,
    ) -> None:
        """A native chart over `count` rows from `first`; categories stand in column A."""
        chart = self.book.add_chart({"type": "column"})
        last = first + count - 1
        for place, label, colour in series:
            chart.add_series(
                {
                    "name": label,
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, place, last, place],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        font = {"name": FONT, "size": 9}
        chart.set_title({"name": title, "name_font": font | {"size": 11}})
        chart.set_x_axis({"num_font": font, "text_axis": True, "num_format": "dd/mm"})
        chart.set_y_axis(
            {
                "num_font": font,
                "num_format": "#,##0",
                "min": 0,
                "major_gridlines": {"visible": True, "line": {"color": "#dfe4ea"}},
            }
        )
        chart.set_legend({"none": True} if len(series) == 1 else {"position": "top", "font": font})
        chart.set_size({"width": width, "height": 300})
        sheet.insert_chart(cell, chart, {"description": title})


def _region_row(line: SalesLine) -> list[Any]:
    return [
        line.code,
        line.name,
        line.now.issued,
        line.now.sold,
        line.now.sell_through_bps,
        line.now.revenue_amount,
        line.week.before.revenue_amount,
        line.week.change_bps,
        line.year.change_bps,
    ]


def _mover_row(mover: Mover) -> list[Any]:
    return [
        mover.code, mover.name, mover.region, mover.before_amount, mover.now_amount,
        mover.change_amount,
    ]  # fmt: skip


def _debt_row(debt: Debt) -> list[Any]:
    return [
        debt.code, debt.name, debt.region, debt.debt_amount, debt.limit_amount, debt.over_amount,
    ]  # fmt: skip


def _department_row(line: DepartmentLine) -> list[Any]:
    return [
        line.name, line.due_days, line.present_days, line.present_bps, line.absent_days,
        line.leave_days, line.incomplete_days, line.late_days, line.late_minutes,
        line.overtime_minutes,
    ]  # fmt: skip


def _number(value: int | None, kind: str) -> float | int:
    """Shares are stored as basis points, hours as minutes; Excel wants fractions and days."""
    if value is None:
        return 0
    if kind in ("share", "change"):
        return value / 10_000
    return value / 1_440 if kind == "hours" else value


def _shorten(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}… (còn {len(text) - LONGEST_TEXT} ký tự)"


def _plain(text: str) -> str:
    """Text for a header, where & begins a command."""
    return text.replace("&", "&&")[:200]
