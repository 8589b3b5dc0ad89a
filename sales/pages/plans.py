"""/ban-ve/ke-hoach/: a year's plan in versions, from a workbook; the month and year against it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.months import last_day, shifted
from backend.org.models import Region
from backend.pages.months import month_from
from backend.pages.places import place_choices, place_of
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table, Value
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.growth.plan_progress import LEVELS, Against, against_plan
from sales.growth.planning import move_plan, sold_by_month
from sales.models import PlanState, SalesPlan

#: Lines on the page; the workbook has all of them.
SHOWN: Final = 300
LABELS: Final = {
    "company": gettext_lazy("toàn công ty"),
    "region": gettext_lazy("địa bàn"),
    "agent": gettext_lazy("đại lý"),
}

_NOTE: Final = (
    "Sửa số vé rồi gửi lại cả tệp để lập bản mới. Một dòng ghi địa bàn hoặc đại lý; không ghi cả hai"
    " là toàn công ty."
)


@require_GET
@requires("sales.view")
def plans(request: HttpRequest) -> HttpResponseBase:
    """The month of ?thang= against the plan in force; ?cap= the level; ?dang=xlsx as a workbook."""
    user, today = acting(request), clock.today()
    month = month_from(request.GET.get("thang", ""), default=today)
    level = request.GET.get("cap", "")
    if level not in LEVELS:
        level = "company" if user.is_whole_company else "region"
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    plan = SalesPlan.objects.in_force(month.year).first()
    path = user.scope_path if level == "company" else place.path
    rows = against_plan(plan, month.month, level=level, path=path, today=today) if plan else []
    if plan and asks_for_workbook(request):
        last = last_day(month)
        heading = heading_of(user, month, last, place.unit if level != "company" else None)
        return table_answer(heading, f"ke-hoach-{month:%Y-%m}.xlsx", _table(rows, heading.lines()))
    versions = SalesPlan.objects.filter(year=month.year).select_related("made_by", "decided_by")
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "level": level,
        "levels": list(LABELS.items()),
        **place_choices(place, user, today),
        "plan": plan,
        "rows": rows[:SHOWN],
        "count": len(rows),
        "versions": [(each, each.made_by_id == user.pk) for each in versions.order_by("-version")],
        "may_record": may(request.user, "sales.record") and user.is_whole_company,
    }
    return render(request, "sales/plans.html", context)


@require_GET
@requires("sales.view")
def plan_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines of a version as the workbook it can be sent back as."""
    plan = get_object_or_404(SalesPlan, pk=pk)
    lines = plan.lines.order_by("month", "product__code", "region__code", "agent__code", "pk")
    if (path := acting(request).scope_path) is not None:
        seen = Region.objects.in_scope(path)
        lines = lines.filter(Q(region__in=seen) | Q(agent__region__in=seen))
    table = _plan_table(
        f"Kế hoạch bán vé năm {plan.year}, bản {plan.version}",
        lines.values_list(
            "month", "product__code", "region__code", "agent__code", "tickets", "revenue_amount"
        ),
    )
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    heading = heading_of(acting(request), first, last, acting(request).region)
    return table_answer(heading, f"ke-hoach-{plan.year}-ban-{plan.version}.xlsx", table)


@require_GET
@requires("sales.view")
def plan_template(request: HttpRequest) -> HttpResponseBase:
    """A plan of ?nam= to fill in: every month and product, with what was sold the year before."""
    today = clock.today()
    text = request.GET.get("nam", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    rows = [
        (month, product, None, None, sold, sold * face)
        for month, product, sold, face in sold_by_month(year - 1, path=acting(request).scope_path)
    ]
    first, last = date(max(year, 2000), 1, 1), date(max(year, 2000), 12, 31)
    heading = heading_of(acting(request), first, last, acting(request).region)
    title = f"Kế hoạch bán vé năm {year}: số vé năm {year - 1} để tham khảo"
    return table_answer(heading, f"ke-hoach-{year}-mau.xlsx", _plan_table(title, rows))


@require_POST
@requires("sales.record")
def plan_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit, approve or reject a version."""
    month = month_from(request.POST.get("thang", ""), default=clock.today())
    wanted = request.POST.get("trang_thai", "")

    def work() -> str:
        if wanted not in PlanState.values:
            raise Problem(_("Hãy chọn trình duyệt, duyệt, không duyệt hoặc rút lại."))
        why = request.POST.get("ly_do", "")
        move_plan(pk, PlanState(wanted), by=acting(request), at=clock.now(), reason=why)
        return _("Đã ghi.")

    return _done(request, month, work)


def _plan_table(title: str, rows: Iterable[Sequence[Value]]) -> Table:
    return Table(
        name="Kế hoạch",
        title=title,
        notes=(_NOTE,),
        columns=(
            Column("Tháng", 8, "plain"), Column("Mã loại vé", 12), Column("Mã địa bàn", 12),
            Column("Mã đại lý", 12), Column("Số vé", 14, "whole"),
            Column("Doanh thu (đồng)", 18, "whole"),
        ),
        rows=rows,
    )  # fmt: skip


def _done(request: HttpRequest, month: date, work: Callable[[], str]) -> HttpResponse:
    with problems_told(request):
        messages.success(request, work())
    return redirect(f"{reverse('plans')}?thang={month:%Y-%m}")


def _table(rows: list[Against], notes: tuple[str, ...]) -> Table:
    return Table(
        name="So với kế hoạch",
        title="Thực hiện so với kế hoạch (vé)",
        notes=notes,
        columns=(
            Column("Mã", 12), Column("Tên", 28), Column("Loại vé", 12),
            Column("Kế hoạch tháng", 14, "whole"), Column("Đã bán", 14, "whole"),
            Column("Kỳ còn lại", 9, "whole"), Column("Bán mỗi kỳ", 12, "whole"),
            Column("Dự báo", 14, "whole"), Column("Thấp", 14, "whole"), Column("Cao", 14, "whole"),
            Column("Cần mỗi kỳ", 12, "whole"), Column("Kế hoạch từ đầu năm", 16, "whole"),
            Column("Đã bán từ đầu năm", 16, "whole"),
        ),
        rows=[
            (row.code, f"{row.name} (cộng)" if row.is_sum else row.name, row.product, row.month.planned, row.month.actual,
             row.month.draws_left, row.month.run_rate, row.month.forecast, row.month.low,
             row.month.high, row.month.needed, row.year_planned, row.year_actual)
            for row in rows
        ],
        frozen=3,
    )  # fmt: skip
