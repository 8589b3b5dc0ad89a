"""/ban-ve/tra-ve/: the sheets of a draw's returns, declared, and taken a step together."""

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.keys import keys_from
from backend.pages.places import place_choices, place_of
from backend.pages.sent_once import SentBefore, sent_once
from backend.problems import Problem
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.ledger.late_returns import late_tickets
from sales.models import Draw, DrawStatus, Product, ReturnSheet, ReturnState, Source
from sales.pages.return_sheet import said, tickets_typed
from sales.tickets.return_declaring import declare_return
from sales.tickets.return_handling import advance_returns
from sales.tickets.return_sheets import SheetNow, cutoff_of, sheets_now

#: The steps that are done with many sheets at once.
MANY: Final = (ReturnState.RECEIVED, ReturnState.SEALED, ReturnState.DESTROYED)


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def returns(request: HttpRequest) -> HttpResponseBase:
    """The sheets of a draw; a POST opens a new one."""
    by, day = acting(request), draw_day_of(request.GET.get("ngay", ""))
    products = list(Product.objects.on_sale(day).order_by("code"))
    errors: list[str] = []
    if request.method == "POST" and may(by, "sales.record"):
        errors = _declare(request, day, products, by)
        if not errors:
            return redirect(f"{reverse('returns')}?ngay={day.isoformat()}")
    place = place_of(request.GET.get("dia_ban", ""), user=by)
    sheets = ReturnSheet.objects.visible_to(by).in_scope(place.path).filter(draw__date=day)
    sheets = sheets.order_by("agent__code", "pk")
    found = sheets_now(sheets.select_related("agent", "draw", "region"))
    if asks_for_workbook(request):
        heading = heading_of(by, day, day, place.unit)
        return table_answer(heading, f"ve-tra-{day:%Y-%m-%d}.xlsx", _table(heading, found))
    context = {
        "day": day,
        **place_choices(place, by, clock.today()),
        **_sums(found),
        "until": cutoff_of(day),
        "at": clock.now(),
        "sheets": found,
        "late": late_tickets(day, user=by, path=place.path),
        "products": [(each, request.POST.get(f"ve_{each.code}", "")) for each in products],
        "agent": request.POST.get("dai_ly", ""),
        "errors": errors,
        "steps": [(state.value, state.label) for state in MANY],
        "may_record": may(by, "sales.record"),
    }
    return render(request, "sales/returns.html", context, status=400 if errors else 200)


def _sums(sheets: list[SheetNow]) -> dict[str, Any]:
    """How many sheets are in which state, and their tickets."""
    counts = {state: sum(now.state == state for now in sheets) for state in ReturnState}
    return {
        "counts": [(ReturnState(state).label, count) for state, count in counts.items() if count],
        "declared": sum(now.total.declared for now in sheets),
        "surplus": sum(now.surplus for now in sheets),
        "shortage": sum(now.shortage for now in sheets),
    }


@require_POST
@requires("sales.record")
def returns_step(request: HttpRequest) -> HttpResponse:
    """Receive, seal or destroy the chosen sheets."""
    chosen = keys_from(request.POST.getlist("phieu"))
    state = request.POST.get("buoc", "")
    if state not in MANY:
        raise Http404
    try:
        if not chosen:
            raise Problem(_("Chưa chọn bảng kê nào."))
        count = advance_returns(
            chosen, ReturnState(state), by=acting(request), at=clock.now(),
            minutes_no=request.POST.get("bien_ban", "")[:100],
        )  # fmt: skip
        told = ngettext("%(count)s bảng kê: %(state)s.", "%(count)s bảng kê: %(state)s.", count)
        messages.success(request, told % {"count": count, "state": ReturnState(state).label})
    except Problem as problem:
        messages.error(request, " ".join(said(problem)))
    return redirect(
        f"{reverse('returns')}?ngay={draw_day_of(request.POST.get('ngay', '')).isoformat()}"
    )


def draw_day_of(text: str) -> date:
    """The day asked for, or the next draw that was not held."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        today = clock.today()
        coming = Draw.objects.filter(date__gte=today, status=DrawStatus.SCHEDULED)
        return coming.order_by("date").values_list("date", flat=True).first() or today


def _declare(request: HttpRequest, day: date, products: list[Product], by: User) -> list[str]:
    """Open a sheet from the form; [] when done, else why not."""
    try:
        with sent_once(request, by=by):
            sheet = declare_return(
                agent=request.POST.get("dai_ly", "").strip(),
                day=day,
                tickets=tickets_typed(request, [product.code for product in products]),
                by=by,
                at=clock.now(),
                source=Source.PAGE,
            )
    except SentBefore as before:
        messages.warning(request, str(before))
        return []
    except Problem as problem:
        return said(problem)
    told = _("Đã lập bảng kê %(number)s của đại lý %(agent)s.")
    messages.success(request, told % {"number": sheet.pk, "agent": sheet.agent.code})
    return []


def _table(heading: Heading, sheets: list[SheetNow]) -> Table:
    return Table(
        name="Vé trả",
        title=f"Bảng kê vé trả, kỳ {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Vé. Thừa, thiếu là số đếm so với số đại lý kê."),
        columns=(
            Column("Số bảng kê", 10, "plain"), Column("Mã đại lý", 12), Column("Tên đại lý", 36),
            Column("Địa bàn", 20), Column("Bước", 16), Column("Trễ", 7, "centre"),
            Column("Kê", 10, "whole"), Column("Đếm", 10, "whole"), Column("Thừa", 9, "whole"),
            Column("Thiếu", 9, "whole"), Column("Nhận", 10, "whole"),
        ),
        rows=(
            (now.sheet.pk, now.sheet.agent.code, now.sheet.agent.name, now.sheet.region.name,
             str(now.state.label), "trễ" if now.is_late else "", now.total.declared,
             now.total.counted, now.surplus if now.total.counted is not None else None,
             now.shortage if now.total.counted is not None else None, now.total.accepted)
            for now in sheets
        ),
        frozen=3,
    )  # fmt: skip
