"""/ban-ve/cong-no/lai-cham-nop/: interest of a month on overdue debt, how it came about, booked by one click."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.months import last_day, shifted
from backend.pages.months import month_from
from backend.pages.telling import problems_told
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.money.overdue_interest import Owed, book_interest, interest_of, reference_of

#: Agents on the page, the most interest first; the workbook has all of them.
SHOWN: Final = 200


@require_GET
@requires("sales.view")
def overdue_interest(request: HttpRequest) -> HttpResponseBase:
    """Interest of ?thang=, the month before this one without it; ?dang=xlsx as a workbook."""
    month = _month(request.GET.get("thang", ""))
    user = acting(request)
    last = last_day(month)
    rows = interest_of(month, path=user.scope_path) if month <= clock.today() else []
    if asks_for_workbook(request):
        heading = heading_of(user, month, last, user.region)
        return table_answer(heading, f"lai-cham-nop-{month:%Y-%m}.xlsx", _table(heading, rows))
    is_whole = user.is_whole_company
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "last": last,
        "rows": rows[:SHOWN],
        "count": len(rows),
        "total": sum(row.interest.amount for row in rows),
        "booked": sum(row.booked_amount for row in rows),
        "open": sum(row.open_amount for row in rows),
        "reference": reference_of(month),
        "may_book": is_whole and may(request.user, "sales.record") and last < clock.today(),
    }
    return render(request, "sales/overdue_interest.html", context)


@require_POST
@requires("sales.record")
def overdue_interest_book(request: HttpRequest) -> HttpResponse:
    """Book what is not booked yet of the month of the form."""
    month = _month(request.POST.get("thang", ""))
    with problems_told(request):
        batch = book_interest(month, by=acting(request), at=clock.now())
        told = ngettext(
            "Đã ghi lãi chậm nộp cho %(count)s đại lý.",
            "Đã ghi lãi chậm nộp cho %(count)s đại lý.",
            batch.line_count,
        )
        messages.success(request, told % {"count": batch.line_count})
    return redirect(f"{reverse('overdue_interest')}?thang={month:%Y-%m}")


def _month(text: str) -> date:
    return month_from(text, default=shifted(clock.today(), -1))


def _table(heading: Heading, rows: list[Owed]) -> Table:
    return Table(
        name="Lãi chậm nộp",
        title=f"Lãi chậm nộp tháng {heading.first:%m/%Y}",
        notes=(*heading.lines(), "Mỗi dòng là các ngày liền nhau cùng số quá hạn và cùng mức lãi."),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            Column("Từ ngày", 12, "day"), Column("Đến hết ngày", 12, "day"),
            Column("Số ngày", 9, "whole"), Column("Quá hạn (đồng)", 16, "whole"),
            Column("Mức lãi (phần vạn/năm)", 12, "whole"),
            Column("Lãi cả tháng (đồng)", 16, "whole"), Column("Đã ghi sổ (đồng)", 16, "whole"),
        ),
        rows=[
            (row.code, row.name, row.region, stretch.first, stretch.last, stretch.days,
             stretch.overdue, stretch.rate_bps, row.interest.amount, row.booked_amount)
            for row in rows
            for stretch in row.interest.stretches
        ],
        frozen=2,
    )  # fmt: skip
