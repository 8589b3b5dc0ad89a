"""/ban-ve/tra-ve/: the sheets of a draw's returns, one sheet step by step, its minutes on paper."""

from collections.abc import Callable
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.org.models import Company
from backend.pdf import FAMILIES, FONT_FACES, PdfUnavailable, pdf
from backend.problems import Problem
from backend.tables import Column, Table
from sales.ledger.recording import LinesRefused
from sales.models import Draw, DrawStatus, Product, ReturnSheet, ReturnState, Source
from sales.pages.sheets import asks_for_workbook, heading_of, table_answer
from sales.tickets.returns import (
    SheetNow,
    advance_returns,
    confirm_return,
    count_return,
    cutoff_of,
    declare_return,
    reverse_return,
    sheet_now,
    sheets_now,
)

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
    sheets = ReturnSheet.objects.visible_to(by).filter(draw__date=day).order_by("agent__code", "pk")
    found = sheets_now(sheets.select_related("agent", "draw", "region"))
    if asks_for_workbook(request):
        heading = heading_of(by, day, day, by.region)
        return table_answer(heading, f"ve-tra-{day:%Y-%m-%d}.xlsx", _table(heading, found))
    counts = {state: sum(now.state == state for now in found) for state in ReturnState}
    return render(
        request,
        "sales/returns.html",
        {
            "day": day,
            "until": cutoff_of(day),
            "at": clock.now(),
            "sheets": found,
            "counts": [
                (ReturnState(state).label, count) for state, count in counts.items() if count
            ],
            "declared": sum(now.total.declared for now in found),
            "surplus": sum(now.surplus for now in found),
            "shortage": sum(now.shortage for now in found),
            "products": [
                (product, request.POST.get(f"ve_{product.code}", "")) for product in products
            ],
            "agent": request.POST.get("dai_ly", ""),
            "errors": errors,
            "steps": [(state.value, state.label) for state in MANY],
            "may_record": may(by, "sales.record"),
        },
        status=400 if errors else 200,
    )


@require_POST
@requires("sales.record")
def returns_step(request: HttpRequest) -> HttpResponse:
    """Receive, seal or destroy the chosen sheets."""
    chosen = [int(text) for text in request.POST.getlist("phieu") if text.isdecimal()]
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
        messages.error(request, " ".join(_said(problem)))
    return redirect(
        f"{reverse('returns')}?ngay={draw_day_of(request.POST.get('ngay', '')).isoformat()}"
    )


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def return_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet; a POST does its next step: count, confirm, or reverse."""
    by = acting(request)
    now = _known(pk, by)
    errors: list[str] = []
    if request.method == "POST" and may(by, "sales.record"):
        doing = _DOING.get(request.POST.get("buoc", ""))
        if doing is None:
            raise Http404
        try:
            doing(request, now, by)
            return redirect("return", pk)
        except Problem as problem:
            errors = _said(problem)
            now = _known(pk, by)
    counter = now.steps[-1].by if now.state == ReturnState.COUNTED else None
    return render(
        request,
        "sales/return.html",
        {
            "now": now,
            "sheet": now.sheet,
            "rows": [
                (
                    each,
                    request.POST.get(
                        f"ve_{each.product}",
                        each.declared if each.counted is None else each.counted,
                    ),
                    request.POST.get(f"dai_{each.product}", _lines(now, each.product)),
                )
                for each in now.tallies
            ],
            "errors": errors,
            "may_record": may(by, "sales.record"),
            "may_count": now.state in (ReturnState.RECEIVED, ReturnState.COUNTED),
            "may_confirm": counter is not None and counter != by,
            "counted_by_me": counter == by,
            "may_reverse": now.state in (ReturnState.CONFIRMED, ReturnState.SEALED),
            "note": request.POST.get("ghi_chu", ""),
            "minutes_no": request.POST.get("bien_ban", ""),
        },
        status=400 if errors else 200,
    )


@requires("sales.view")
def return_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of one sheet as PDF, to be signed."""
    now = _known(pk, acting(request))
    said = {step.state: step for step in now.steps}
    document = render_to_string(
        "sales/return_minutes.html",
        {
            "now": now,
            "sheet": now.sheet,
            "company": Company.objects.order_by("pk").first(),
            "declared": said[ReturnState.DECLARED],
            "received": said.get(ReturnState.RECEIVED),
            "counted": said.get(ReturnState.COUNTED),
            "confirmed": said.get(ReturnState.CONFIRMED),
            "sealed": said.get(ReturnState.SEALED),
            "reversed": said.get(ReturnState.REVERSED),
            "minutes_no": next((s.minutes_no for s in reversed(now.steps) if s.minutes_no), ""),
            "font_faces": FONT_FACES,
            "families": FAMILIES,
        },
    )
    try:
        content = pdf(document)
    except PdfUnavailable:
        messages.error(request, _("Máy chủ chưa cài thư viện in PDF. Hãy báo người quản trị."))
        return redirect("return", pk)
    name = f"bien-ban-tra-ve-{now.sheet.agent.code}-{now.sheet.draw.date:%Y%m%d}-{pk}.pdf"
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def draw_day_of(text: str) -> date:
    """The day asked for, or the next draw that was not held."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        today = clock.today()
        coming = Draw.objects.filter(date__gte=today, status=DrawStatus.SCHEDULED)
        return coming.order_by("date").values_list("date", flat=True).first() or today


def _known(pk: int, by: User) -> SheetNow:
    try:
        return sheet_now(pk, user=by)
    except Problem:
        raise Http404 from None


def _declare(request: HttpRequest, day: date, products: list[Product], by: User) -> list[str]:
    """Open a sheet from the form; [] when done, else why not."""
    try:
        sheet = declare_return(
            agent=request.POST.get("dai_ly", "").strip(),
            day=day,
            tickets=_tickets(request, [product.code for product in products]),
            by=by,
            at=clock.now(),
            source=Source.PAGE,
        )
    except Problem as problem:
        return _said(problem)
    told = _("Đã lập bảng kê %(number)s của đại lý %(agent)s.")
    messages.success(request, told % {"number": sheet.pk, "agent": sheet.agent.code})
    return []


def _count(request: HttpRequest, now: SheetNow, by: User) -> None:
    codes = [each.product for each in now.tallies]
    count_return(
        now.sheet.pk,
        tickets=_tickets(request, codes),
        serials={
            code: [
                line for line in request.POST.get(f"dai_{code}", "").splitlines() if line.strip()
            ]
            for code in codes
        },
        minutes_no=request.POST.get("bien_ban", "")[:100],
        note=request.POST.get("ghi_chu", "")[:200],
        by=by,
        at=clock.now(),
    )
    messages.success(request, _("Đã ghi kết quả kiểm đếm."))


def _confirm(request: HttpRequest, now: SheetNow, by: User) -> None:
    confirm_return(
        now.sheet.pk,
        accepted=_tickets(request, [each.product for each in now.tallies]),
        minutes_no=request.POST.get("bien_ban", "")[:100],
        note=request.POST.get("ghi_chu", "")[:200],
        by=by,
        at=clock.now(),
    )
    messages.success(request, _("Đã xác nhận và ghi vào sổ vé."))


def _reverse(request: HttpRequest, now: SheetNow, by: User) -> None:
    reason = request.POST.get("ghi_chu", "")[:200]
    reverse_return(now.sheet.pk, reason=reason, by=by, at=clock.now())
    messages.success(request, _("Đã đảo vé trả bằng bút toán điều chỉnh."))


_DOING: Final[dict[str, Callable[[HttpRequest, SheetNow, User], None]]] = {
    "count": _count,
    "confirm": _confirm,
    "reverse": _reverse,
}


def _tickets(request: HttpRequest, codes: list[str]) -> dict[str, int]:
    """The counts of the form by product; what is no whole number is refused with its product."""
    found: dict[str, int] = {}
    for code in codes:
        text = request.POST.get(f"ve_{code}", "").strip().replace(".", "")
        if text and not (text.isascii() and text.isdecimal() and len(text) < 9):
            raise Problem(_("%(product)s: số vé phải là số nguyên.") % {"product": code})
        if text:
            found[code] = int(text)
    return found


def _lines(now: SheetNow, product: str) -> str:
    return "\n".join(now.serials.get(product, ()))


def _said(problem: Problem) -> list[str]:
    if isinstance(problem, LinesRefused):
        return [str(error["message"]) for error in problem.details["errors"]]
    return [str(problem)]


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
