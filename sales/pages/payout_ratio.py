"""/ban-ve/tra-thuong/ty-le/: prizes paid of what was sold."""

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.heading import Heading
from backend.tables import Column, Table
from sales.draws.payout_ratio import Payouts, by_month, payouts_by_draw
from sales.files.sheets import asks_for_workbook, heading_of, share, table_answer

#: How far back the ratio by draw looks.
DRAW_DAYS = 62


@requires("sales.view")
def payout_ratio(request: HttpRequest) -> HttpResponseBase:
    """Prizes paid of what was sold, by month and draw; what expired unclaimed."""
    if not acting(request).is_whole_company:
        return render(request, "sales/payout_ratio.html", {"is_regional": True})
    today = clock.today()
    first = (today.replace(day=1) - timedelta(days=365)).replace(day=1)
    draws = payouts_by_draw(first, today, on=today)
    recent = today - timedelta(days=DRAW_DAYS)
    recent_draws, months = [each for each in draws if each.first >= recent], by_month(draws)
    if asks_for_workbook(request):
        heading = heading_of(acting(request), first, today, None)
        return table_answer(
            heading, f"ty-le-tra-thuong-{today:%Y-%m-%d}.xlsx",
            _payout_table(heading, "Theo tháng quay", months),
            _payout_table(heading, "Theo kỳ quay", recent_draws),
        )  # fmt: skip
    context = {"months": months, "draws": recent_draws}
    return render(request, "sales/payout_ratio.html", context)


def _payout_table(heading: Heading, name: str, rows: list[Payouts]) -> Table:
    return Table(
        name=name,
        title=f"Tỷ lệ trả thưởng {name.lower()}",
        notes=(*heading.lines(), "Giải theo cơ cấu là số trung bình của vé đã bán. Đồng."),
        columns=(
            Column("Từ ngày quay", 12, "day"), Column("Loại vé", 10),
            Column("Doanh thu (đồng)", 17, "whole"), Column("Đã trả thưởng", 16, "whole"),
            Column("Tỷ lệ", 9, "percent"), Column("Đại lý trả hộ", 16, "whole"),
            Column("Thuế khấu trừ", 15, "whole"), Column("Chờ trả", 15, "whole"),
            Column("Giải theo cơ cấu", 16, "whole"), Column("Hết hạn chưa lĩnh", 16, "whole"),
        ),
        rows=(
            (row.first, row.product, row.revenue_amount, row.paid_amount, share(row.ratio_bps),
             row.by_agents_amount, row.tax_amount, row.waiting_amount, row.expected_amount,
             row.unclaimed_amount)
            for row in rows
        ),
        frozen=2,
    )  # fmt: skip
