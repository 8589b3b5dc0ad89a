"""/draws/…/results/, /draws/…/publish/, /tickets/check/: results keyed, published, and asked for."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, query_of
from backend.api.versions import versioned
from sales.api.dates import day_of
from sales.api.result_shapes import (
    CheckedShape,
    PublishShape,
    ResultShape,
    SheetShape,
    TicketShape,
)
from sales.draws.results import Desk, desk_of, enter_result, publish_result
from sales.draws.ticket_check import Checked, check_ticket
from sales.engine.draw_sheet import cleaned
from sales.models import Draw, DrawPublication, Source


class DrawResults(APIView):
    permission_classes = (can("sales.view", "sales.record"),)

    @extend_schema(parameters=[FieldsQuery], responses=ResultShape, tags=["results"])
    def get(self, request: Request, day: str) -> HttpResponse:
        """The published result, what you have keyed, and where another keying differs from it."""
        query_of(request, FieldsQuery)
        return versioned(request, _told(desk_of(day_of(day), user=person(request))))

    @extend_schema(
        request=SheetShape,
        responses={201: ResultShape},
        parameters=[key_parameter(required=False)],
        tags=["results"],
    )
    def post(self, request: Request, day: str) -> HttpResponse:
        """Key the sheet of a draw: 27 numbers from the special prize to the seventh, symbols."""
        sent = sent_of(request, SheetShape)
        sheet = cleaned(sent["numbers"], sent["winning_symbols"], sent.get("series_count"))
        source = Source.IMPORT if sent["is_import"] else Source.API
        return _done(
            request, day, lambda **who: enter_result(day_of(day), sheet, source=source, **who)
        )


class DrawPublishing(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=PublishShape,
        responses={201: ResultShape},
        parameters=[key_parameter(required=False)],
        tags=["results"],
    )
    def post(self, request: Request, day: str) -> HttpResponse:
        """Publish what you and another person keyed alike, or what another person imported."""
        sent = sent_of(request, PublishShape)
        return _done(request, day, lambda **who: publish_result(day_of(day), **who, **sent))


class TicketCheck(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(request=TicketShape, responses=CheckedShape, tags=["results"])
    def post(self, request: Request) -> HttpResponse:
        """What a ticket wins, the tax if it is paid today, and the last day to claim it."""
        sent = sent_of(request, TicketShape)
        checked = check_ticket(
            sent["number"],
            sent["symbol"],
            sent["draw_date"],
            on=clock.today(),
            product=sent.get("product"),
        )
        return json_response(_checked(checked))


def _done(request: Request, day: str, deed: Callable[..., object]) -> HttpResponse:
    """Do it once (`deed(by=, at=)`); the draw's desk as it is after it."""
    by = person(request)

    def work() -> HttpResponse:
        deed(by=by, at=clock.now())
        return versioned(request, _told(desk_of(day_of(day), user=by)), status=201)

    return once(request, work)


def _told(desk: Desk) -> dict[str, Any]:
    draw, mine = desk.draw, desk.mine
    return {
        "draw_date": draw.date,
        "host": draw.host,
        "status": draw.status,
        "numbers": draw.numbers,
        "winning_symbols": draw.winning_symbols,
        "series_count": draw.series_count,
        "publications": _publications(draw),
        "mine": None
        if mine is None
        else {
            "numbers": mine.numbers,
            "winning_symbols": mine.symbols,
            "series_count": mine.series_count,
            "at": mine.at,
        },
        "others": desk.others,
        "differences": None
        if desk.differing is None
        else [{"field": d.field, "mine": d.mine, "other": d.other} for d in desk.differing],
        "may_publish": desk.may_publish,
    }


def _publications(draw: Draw) -> list[dict[str, Any]]:
    """Every publication of the draw, the newest first."""
    known = DrawPublication.objects.filter(draw=draw).select_related(
        "first__by", "second__by", "by"
    )
    return [
        {
            "minutes_no": each.minutes_no,
            "keyed_by": [str(entry.by) for entry in (each.first, each.second) if entry],
            "by": str(each.by),
            "at": each.at,
            "reason": each.reason,
        }
        for each in known.order_by("-pk")
    ]


def _checked(checked: Checked) -> dict[str, Any]:
    tax = checked.tax
    return {
        "draw_date": checked.draw.date,
        "product": checked.prizes.product,
        "prizes": [
            {"kind": won.kind, "place": won.place, "amount": won.amount}
            for won in checked.outcome.prizes
        ],
        "gross_amount": checked.outcome.amount,
        "tax_amount": tax.amount,
        "net_amount": checked.net_amount,
        "tax_on": tax.on,
        "tax_free_amount": tax.tax_free_amount,
        "tax_is_confirmed": tax.is_confirmed,
        "prizes_are_confirmed": checked.prizes.is_confirmed,
        "needs_symbols": checked.outcome.needs_symbols,
        "claim_until": checked.claim_until,
    }
