"""/ban-ve/phat-hanh/: what is printed for the draws of a month, planned and carried out."""

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.months import last_day, shifted
from backend.pages.forms import DayField, checked
from backend.pages.months import month_from
from backend.problems import Problem
from backend.tables import Column, Table
from sales.engine.cell_values import whole
from sales.engine.issue_lines import IssueLine
from sales.files.sheets import asks_for_workbook, heading_of, share, table_answer
from sales.models import Draw, DrawStatus, Product, RuleKey, SalesRule
from sales.rules import rules_between
from sales.tickets.issue_plans import CarriedOut, carried_out, plan_issue

_SUMMED: Final = ("planned", "printed", "missing", "issued", "returned", "sold")


class IssuePlanForm(forms.Form):
    """So many tickets are to be printed for the draws from a day to another."""

    loai = forms.CharField(label=gettext_lazy("Loại vé"), max_length=20)
    tu = DayField(label=gettext_lazy("Từ kỳ"))
    den = DayField(label=gettext_lazy("Đến kỳ"), required=False)
    so_ve = forms.CharField(label=gettext_lazy("Số vé mỗi kỳ"), max_length=20)
    nhan = DayField(label=gettext_lazy("Nhận từ nhà in trước kỳ đầu"), required=False)
    van_ban = forms.CharField(label=gettext_lazy("Văn bản"), max_length=100)
    ghi_chu = forms.CharField(label=gettext_lazy("Ghi chú"), max_length=200, required=False)

    def clean_so_ve(self) -> int:
        tickets = whole(self.cleaned_data["so_ve"])
        if tickets is None or tickets < 0:
            raise forms.ValidationError(_("Ghi số vé nguyên, ví dụ 120.000; ghi 0 để bỏ kế hoạch."))
        return tickets


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def issue_plans(request: HttpRequest) -> HttpResponseBase:
    """The draws of ?thang=, this month without it; a form plans draws to come."""
    user, typed = acting(request), request.POST.dict()
    month = month_from(request.GET.get("thang", ""), default=clock.today())
    if not user.is_whole_company:
        return render(request, "sales/issue_plans.html", {"is_regional": True, "month": month})
    problem = None
    if request.method == "POST":
        problem = _plan(request) if may(user, "sales.record") else None
        if problem is None:
            return redirect(f"{reverse('issue_plans')}?thang={month:%Y-%m}")
    last = last_day(month)
    rows = carried_out(month, last)
    if asks_for_workbook(request):
        heading = heading_of(user, month, last, None)
        caps = rules_between(RuleKey.ISSUE_CAP, month, last)
        return table_answer(heading, f"phat-hanh-{month:%Y-%m}.xlsx", _table(heading, rows, caps))
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "rows": rows,
        "total": {name: sum(getattr(row, name) or 0 for row in rows) for name in _SUMMED},
        "products": Product.objects.on_sale(clock.today()).order_by("-kind", "code"),
        "may_record": may(user, "sales.record"),
        "problem": problem,
        "typed": typed,
        "today": clock.today(),
        "caps": rules_between(RuleKey.ISSUE_CAP, month, last),
    }
    return render(
        request, "sales/issue_plans.html", context, status=problem.status if problem else 200
    )


def _plan(request: HttpRequest) -> Problem | None:
    """Plan what the form says; the problem that stands in its way."""
    try:
        sent = checked(IssuePlanForm(request.POST))
        rows = plan_issue(by=acting(request), at=clock.now(), lines=_lines(sent))
    except Problem as problem:
        return problem
    told = _("Đã ghi kế hoạch phát hành của %(count)s kỳ.")
    messages.success(request, told % {"count": len(rows)})
    return None


def _lines(sent: dict[str, Any]) -> list[IssueLine]:
    """A line for each draw of these days that is still to be held."""
    first: date = sent["tu"]
    draws = Draw.objects.between(first, sent["den"] or first).filter(status=DrawStatus.SCHEDULED)
    days = list(draws.order_by("date").values_list("date", flat=True))
    if not days:
        raise Problem(_("Không có kỳ nào chưa quay trong khoảng ấy. Hãy xem lại ngày."))
    ahead = first - sent["nhan"] if sent["nhan"] else None
    return [
        IssueLine(
            draw_date=day, product=sent["loai"], tickets=sent["so_ve"], document=sent["van_ban"],
            note=sent["ghi_chu"], receive_date=None if ahead is None else day - ahead,
        )
        for day in days
    ]  # fmt: skip


def _cap_note(caps: list[SalesRule]) -> str:
    """Vietnamese, as the workbook is."""
    if not caps:
        return "Chưa có mức phát hành tối đa (issue.cap): kế hoạch không được so với mức nào."
    told = (f"{cap.value:,}".replace(",", ".") + f" ({cap.document})" for cap in caps)
    return f"Phát hành tối đa mỗi kỳ và loại vé: {'; '.join(told)}."


def _table(heading: Heading, rows: list[CarriedOut], caps: list[SalesRule]) -> Table:
    return Table(
        name="Phát hành",
        title=f"Kế hoạch phát hành tháng {heading.first:%m/%Y}",
        notes=(*heading.lines(), "Số vé. Đã in: vé nhận từ nhà in, ghi theo sê-ri ở Kho vé.",
               _cap_note(caps)),
        columns=(
            Column("Kỳ vé", 12, "day"), Column("Mã loại vé", 12), Column("Loại vé", 20),
            Column("Kế hoạch", 13, "whole"), Column("Nhận từ nhà in", 14, "day"),
            Column("Đã in", 13, "whole"), Column("Còn thiếu", 13, "whole"),
            Column("Đã giao", 13, "whole"), Column("Trả", 13, "whole"), Column("Bán", 13, "whole"),
            Column("Bán so kế hoạch", 12, "percent"), Column("Văn bản", 20), Column("Ghi chú", 24),
        ),
        rows=[
            (row.day, row.product, row.name, row.planned, row.receive_date, row.printed,
             row.missing, row.issued, row.returned, row.sold, share(row.sold_bps), row.document,
             row.note)
            for row in rows
        ],
        frozen=2,
    )  # fmt: skip
