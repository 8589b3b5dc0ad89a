"""/ban-ve/cong-no/thue-dai-ly/: the year's income tax of agents who are persons (01/BK-XSBHĐC)."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.months import shifted
from backend.pages.months import day_from
from backend.pdf import PdfUnavailable
from backend.problems import Problem
from sales.files.tax_list import law_words, tax_list_answer
from sales.models import TaxListExport, TaxListFormat
from sales.money.tax_list import seen_tax_year
from sales.whole_company import WholeCompanyOnly

#: People on the page; the files have all of them.
SHOWN: Final = 500
#: The list of a year goes with the last declaration of it, due at the end of January.
_BACK: Final = -3


@require_GET
@requires("sales.view")
def tax_list(request: HttpRequest) -> HttpResponseBase:
    """The year of ?nam=; ?dang=xlsx, pdf or csv is the list as a file, and written down."""
    user, today = acting(request), clock.today()
    year = year_from(request.GET.get("nam", ""), default=shifted(today, _BACK).year)
    if not user.is_whole_company:
        return render(request, "sales/tax_list.html", {"refused": WholeCompanyOnly.message})
    if kind := request.GET.get("dang", ""):
        return _file(request, year, kind)
    told = seen_tax_year(year, by=user)
    exports = TaxListExport.objects.filter(year=year).select_related("by").order_by("-pk")
    context = {
        "told": told,
        # As texts: a year is no amount, its thousands are not set apart.
        "year": str(year),
        "before": str(year - 1),
        "after": str(year + 1),
        "people": told.people[:SHOWN],
        "hidden": max(len(told.people) - SHOWN, 0),
        "laws": law_words(told),
        "total": {
            name: told.total(f"{name}_amount") for name in ("revenue", "taxable", "tax", "withheld")
        },
        "is_going_on": today <= told.last,
        "exports": exports[:20],
        "sees_numbers": may(user, "sales.record"),
    }
    return render(request, "sales/tax_list.html", context)


def year_from(text: str, *, default: int) -> int:
    """ "2026"; anything else is the default."""
    day = day_from(f"{text}-01-01")
    return day.year if day else default


def _file(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    if kind not in TaxListFormat.values:
        raise Http404
    try:
        return tax_list_answer(year, TaxListFormat(kind), by=acting(request))
    except PdfUnavailable:
        said = _("Máy chủ thiếu thư viện để tạo PDF. Hãy tải bản Excel và báo người quản trị.")
    except Problem as problem:
        said = str(problem)
    messages.error(request, said)
    return redirect(f"{reverse('tax_list')}?nam={year}")
