"""/ban-ve/cong-no/ke-toan/: a month for the accountant, on the page and as files."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.months import shifted
from backend.pages.months import month_from
from sales.files.accounting import entries_answer, workbook_answer
from sales.money.accounting import handover
from sales.money.settlement_run import standing_close
from sales.whole_company import WholeCompanyOnly


@require_GET
@requires("sales.view")
def accounting(request: HttpRequest) -> HttpResponseBase:
    """The month of ?thang=; ?dang=xlsx the hand-over, ?dang=csv every entry."""
    user = acting(request)
    month = month_from(request.GET.get("thang", ""), default=shifted(clock.today(), -1))
    kind = request.GET.get("dang", "")
    if not user.is_whole_company:
        return render(request, "sales/accounting.html", {"refused": WholeCompanyOnly.message})
    if kind == "csv":
        return entries_answer(month)
    told = handover(month)
    if kind == "xlsx":
        return workbook_answer(told, user)
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "told": told,
        "close": standing_close(month),
        "is_unconfirmed": any(not each.is_confirmed for each in told.tax_bases),
        "by_rule": sum(each.by_rule_amount for each in told.commission_taxes),
        "withheld": sum(each.withheld_amount for each in told.commission_taxes),
        "commission": sum(each.commission_amount for each in told.commission_taxes),
        "prizes": sum(each.prizes_amount for each in told.prize_taxes),
        "prize_tax": sum(each.tax_amount for each in told.prize_taxes),
    }
    return render(request, "sales/accounting.html", context)
