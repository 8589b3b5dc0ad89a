"""/ban-ve/kho-ve/: where the tickets of a draw are by series, the life of one, and a move by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from django.contrib import messages
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.problems import Problem
from backend.tables import Column, Table
from sales.engine.ticket_lines import TICKET_LINES
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.ledger.recording import LinesRefused
from sales.models import Draw, Product, Source, TicketHolding, TicketMove, TicketPlace
from sales.tickets.stock import record_moves

#: The form's fields, in its order.
FIELDS = (
    "series", "first", "last", "source", "source_code", "target", "target_code", "document",
    "reason",
)  # fmt: skip


@dataclass
class Row:
    """A series of a product, and how many of its tickets are where."""

    product: str
    symbol: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def cells(self) -> list[int]:
        return [self.counts.get(place, 0) for place in TicketPlace.values]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@require_http_methods(["GET", "POST"])
@requires("sales.view")
def stock(request: HttpRequest) -> HttpResponseBase:
    """The tickets of ?ngay= by where they are, the life of one, and a form that moves some."""
    by = acting(request)
    day = _day_of(request.GET.get("ngay", ""))
    sent = {name: request.POST.get(name, "").strip() for name in FIELDS}
    product = request.POST.get("product") or request.GET.get("loai", "")
    errors: list[dict[str, Any]] = []
    if request.method == "POST" and may(by, "sales.record"):
        errors = _record(request, sent, product, day, by)
        if not errors:
            return redirect(f"{reverse('stock')}?ngay={day.isoformat()}&loai={product}")
    series, number = request.GET.get("seri", "").strip().upper(), request.GET.get("so", "").strip()
    held = TicketHolding.objects.visible_to(by).filter(series__draw__date=day)
    rows = list(_rows(held))
    if asks_for_workbook(request):
        heading = heading_of(by, day, day, by.region)
        return table_answer(heading, f"kho-ve-{day:%Y-%m-%d}.xlsx", _table(heading, rows))
    return render(
        request,
        "sales/stock.html",
        {
            "day": day,
            "product": product,
            "products": Product.objects.on_sale(day).order_by("code"),
            "places": TicketPlace.choices,
            "sources": [("printer", _("nhà in")), *TicketPlace.choices],
            "rows": rows,
            "sums": [sum(column) for column in zip(*(row.cells for row in rows), strict=True)],
            "total": sum(row.total for row in rows),
            "series": series,
            "number": number,
            "life": _life(by, day, series, number),
            "sent": sent,
            "errors": errors,
            "may_record": may(by, "sales.record"),
        },
        status=400 if errors else 200,
    )


def _day_of(text: str) -> date:
    """The day asked for, or the next draw: its tickets are those that move."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        today = clock.today()
        coming = Draw.objects.filter(date__gte=today).order_by("date").first()
        return coming.date if coming else today


def _rows(held: QuerySet[TicketHolding]) -> Iterable[Row]:
    """One row a series; one query."""
    rows: dict[tuple[str, str], Row] = {}
    for product, symbol, place, count in (
        held.values_list("series__product__code", "series__symbol", "place")
        .annotate(count=Sum(F("numbers__endswith") - F("numbers__startswith")))
        .order_by("series__product__code", "series__symbol", "place")
    ):
        row = rows.setdefault((product, symbol), Row(product, symbol))
        row.counts[place] = count
    return rows.values()


def _life(by: User, day: date, series: str, number: str) -> list[TicketMove] | None:
    """The moves of a ticket, latest first; None when none is asked for."""
    if not series or not (number.isascii() and number.isdecimal()) or len(number) > 6:
        return None
    moves = TicketMove.objects.visible_to(by).filter(
        series__draw__date=day, series__symbol=series, numbers__contains=int(number)
    )
    return list(
        moves.select_related(
            "series__product", "source_agent", "source_site", "target_agent", "target_site",
            "batch__recorded_by",
        ).order_by(F("id").desc())
    )  # fmt: skip


def _record(
    request: HttpRequest, sent: dict[str, str], product: str, day: date, by: User
) -> list[dict[str, Any]]:
    """Move the tickets of the form; [] when done, else every fault of it."""
    row = {
        "draw_date": day,
        "product": product,
        "series": sent["series"].upper(),
        "first": _whole(sent["first"]),
        "last": _whole(sent["last"]),
        "source": _place(sent["source"], sent["source_code"]),
        "target": _place(sent["target"], sent["target_code"]),
        "document": sent["document"],
        "reason": sent["reason"],
    }
    try:
        if faults := TICKET_LINES.faults([row]):
            raise LinesRefused(faults)
        line = msgspec.convert(row, TICKET_LINES.kind)
        moved = record_moves(by=by, at=clock.now(), lines=[line], source=Source.PAGE)
    except LinesRefused as refused:
        return list(refused.details["errors"])
    except Problem as problem:
        return [{"field": "", "message": str(problem)}]
    text = ngettext("Đã ghi %(count)s vé.", "Đã ghi %(count)s vé.", moved.tickets)
    messages.success(request, text % {"count": moved.tickets})
    return []


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


def _place(kind: str, code: str) -> str:
    return f"{kind}:{code}" if kind in ("agent", "branch") else kind


def _table(heading: Heading, rows: list[Row]) -> Table:
    with translation.override("vi"):
        places = [str(label).capitalize() for label in TicketPlace.labels]
    return Table(
        name="Kho vé",
        title=f"Vé theo nơi giữ, kỳ {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Số vé."),
        columns=(
            Column("Loại vé", 12), Column("Ký hiệu", 10),
            *(Column(place, 12, "whole") for place in places),
            Column("Cộng", 12, "whole"),
        ),
        rows=[(row.product, row.symbol, *row.cells, row.total) for row in rows],
        frozen=2,
    )  # fmt: skip
