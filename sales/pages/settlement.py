"""/ban-ve/cong-no/quyet-toan/: what a month still lacks, its settlement with progress, every agent's line."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.months import last_day, shifted
from backend.pages.months import month_from
from backend.pages.telling import problems_told
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import PeriodClose, Settlement
from sales.models.account import AMOUNTS
from sales.money.settlement_run import is_working, lacking, runs_of, standing_close, start
from sales.money.settling import reopen_period

#: Agents on the page; the workbook has all of them.
SHOWN: Final = 300
_HEADS: Final = (
    "Nợ đầu kỳ", "Doanh thu", "Hoa hồng", "Thuế khấu trừ", "Trả thưởng hộ", "Phí trả thưởng",
    "Đã nộp", "Lãi, điều chỉnh", "Nợ cuối kỳ", "Ký quỹ đang giữ",
)  # fmt: skip
_FORMULA: Final = (
    "Đồng. Nợ cuối kỳ = nợ đầu kỳ + doanh thu − hoa hồng + thuế − trả thưởng hộ − phí"
    " − đã nộp + lãi, điều chỉnh."
)


@require_GET
@requires("sales.view")
def settlement(request: HttpRequest) -> HttpResponseBase:
    """The month of ?thang=, the one before this without it; ?dang=xlsx as a workbook."""
    month = _month(request.GET.get("thang", ""))
    close = standing_close(month)
    rows = _settlements(request, close)
    if close is not None and asks_for_workbook(request):
        user, last = acting(request), last_day(month)
        heading = heading_of(user, month, last, user.region)
        return table_answer(heading, f"quyet-toan-{month:%Y-%m}.xlsx", _table(heading, rows))
    is_whole = acting(request).is_whole_company
    runs = runs_of(month) if is_whole else []
    left = lacking(month, today=clock.today())
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "last": last_day(month),
        "is_over": shifted(month, 1) <= clock.today(),
        "is_whole": is_whole,
        "close": close,
        "is_closer": close is not None and close.by_id == acting(request).pk,
        "open_draws": left.open_draws,
        "unconfirmed": left.unconfirmed,
        "not_held": left.not_held,
        "runs": runs,
        "going_on": next((run for run in runs if is_working(run)), None),
        "rows": rows[:SHOWN],
        "count": len(rows),
        "total": {name: sum(getattr(row, name) for row in rows) for name in AMOUNTS},
        "may_record": may(request.user, "sales.record"),
        "closes": PeriodClose.objects.filter(month=month)
        .select_related("by", "reopening__by")
        .order_by("-pk"),
    }
    return render(request, "sales/settlement.html", context)


@require_POST
@requires("sales.record")
def settlement_start(request: HttpRequest) -> HttpResponse:
    """Have the month of the form settled in the background."""
    month = _month(request.POST.get("thang", ""))
    with problems_told(request):
        start(month, by=acting(request), at=clock.now())
        messages.success(request, _("Đã bắt đầu quyết toán; tiến độ hiện ở bên dưới."))
    return _back(month)


@require_POST
@requires("sales.record")
def settlement_reopen(request: HttpRequest) -> HttpResponse:
    """Open the month of the form again, with a reason."""
    month = _month(request.POST.get("thang", ""))
    why = request.POST.get("ly_do", "")[:300]
    with problems_told(request):
        reopen_period(month, reason=why, by=acting(request), at=clock.now())
        messages.success(request, _("Đã mở lại sổ của tháng; bản quyết toán cũ vẫn xem được."))
    return _back(month)


def _month(text: str) -> date:
    return month_from(text, default=shifted(clock.today(), -1))


def _back(month: date) -> HttpResponse:
    return redirect(f"{reverse('settlement')}?thang={month:%Y-%m}")


def _settlements(request: HttpRequest, close: PeriodClose | None) -> list[Settlement]:
    if close is None:
        return []
    rows = Settlement.objects.visible_to(acting(request)).filter(close=close)
    return list(rows.select_related("agent", "region").order_by("agent__code"))


def _table(heading: Heading, rows: list[Settlement]) -> Table:
    return Table(
        name="Quyết toán",
        title=f"Quyết toán đại lý tháng {heading.first:%m/%Y}",
        notes=(*heading.lines(), _FORMULA),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            *(Column(head, 15, "whole") for head in _HEADS),
        ),
        rows=[
            (row.agent.code, row.agent.name, row.region.name,
             *(getattr(row, name) for name in AMOUNTS))
            for row in rows
        ],
        frozen=2,
    )  # fmt: skip
