"""The four numbers an executive sees first, the same in every face. Pure."""

from dataclasses import dataclass

from reporting.builders.briefing import Attendance, Briefing, Sales
from reporting.builders.numbers import change, millions, percent, signed, whole


@dataclass(frozen=True)
class Tile:
    """One number with its unit and the sentence under it; `mood` is good, bad or plain."""

    label: str
    value: str
    unit: str
    note: str
    mood: str = "plain"


def tiles(briefing: Briefing) -> list[Tile]:
    """Revenue, sell-through, debts over the limit, days worked: those whose part is told."""
    found: list[Tile] = []
    if briefing.sales is not None and not briefing.sales.is_empty:
        found += _sales_tiles(briefing.sales)
    if briefing.attendance is not None and not briefing.attendance.is_empty:
        found.append(_attendance_tile(briefing.attendance))
    return found


def _sales_tiles(sales: Sales) -> list[Tile]:
    total, week = sales.total.now, sales.total.week
    before = week.before.sell_through_bps
    points = (
        None
        if before is None or week.now.sell_through_bps is None
        else week.now.sell_through_bps - before
    )
    over = sum(debt.over_amount for debt in sales.debts)
    return [
        Tile(
            "Doanh thu",
            millions(total.revenue_amount),
            "triệu đồng",
            f"{change(week.change_bps)} so với các kỳ tuần trước",
            _mood(week.change_bps),
        ),
        Tile(
            "Tỷ lệ tiêu thụ",
            percent(total.sell_through_bps),
            "",
            f"{whole(total.sold)} trên {whole(total.issued)} vé"
            + (f"; {signed(percent(points))[:-2]} điểm" if points is not None else ""),
            _mood(points),
        ),
        Tile(
            "Đại lý vượt hạn mức nợ",
            whole(len(sales.debts)),
            "đại lý",
            f"vượt {millions(over)} triệu đồng",
            "bad" if sales.debts else "good",
        ),
    ]


def _attendance_tile(attendance: Attendance) -> Tile:
    total = attendance.total
    return Tile(
        "Ngày công",
        whole(total.present_days),
        f"công, {percent(total.present_bps)} số phải làm",
        f"{whole(total.late_days)} lượt muộn, {whole(total.absent_days)} ngày vắng",
    )


def _mood(bps: int | None) -> str:
    return "plain" if not bps else "good" if bps > 0 else "bad"
