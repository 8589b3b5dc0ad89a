"""Lists that writers of sales need: products, draws, regions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.pagination import FieldsQuery, PageQuery, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from backend.api.versions import versioned
from backend.org.models import Region, RegionSuccession
from sales.api.dates import day_of
from sales.api.queries import DrawsQuery, ProductsQuery, RegionsQuery, filtered
from sales.api.shapes import (
    DrawDetailShape,
    DrawPage,
    DrawShape,
    ProductPage,
    ProductShape,
    RegionPage,
    RegionShape,
    SuccessionPage,
    SuccessionShape,
)
from sales.models import Draw, Product
from sales.tickets.return_sheets import cutoff_of

_DRAW = ("date", "host", "status", "numbers", "winning_symbols", "series_count")
_DRAWS = {
    "date_from": "date__gte",
    "date_to": "date__lte",
    "host": "host",
    "status": "status",
    "weekday": "date__iso_week_day",
}


class Products(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="products_list",
        parameters=[ProductsQuery],
        responses=tabular(ProductPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Kinds of tickets by code."""
        query = query_of(request, ProductsQuery)
        products = Product.objects.on_sale(query["on"]) if "on" in query else Product.objects.all()
        if "kind" in query:
            products = products.filter(kind=query["kind"])
        columns = ("code", "name", "kind", "face_value_amount", "valid_from", "valid_to")
        return _page(request, query, products, ("code",), columns, ProductShape, "products")


class Draws(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="draws_list",
        parameters=[DrawsQuery],
        responses=tabular(DrawPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Draws, latest first."""
        query = query_of(request, DrawsQuery)
        if "weekday" in query:
            query["weekday"] += 1
        draws = filtered(Draw.objects, query, _DRAWS)
        return _page(request, query, draws, ("-date",), _DRAW, DrawShape, "draws")


class OneDraw(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=DrawDetailShape, tags=["reference"])
    def get(self, request: Request, day: str) -> HttpResponse:
        """One draw: until when tickets may come back, and whether its sales are booked."""
        query_of(request, FieldsQuery)
        draw = get_object_or_404(Draw.objects.select_related("close__batch"), date=day_of(day))
        close = getattr(draw, "close", None)
        shown = {
            **{name: getattr(draw, name) for name in _DRAW},
            "return_cutoff_at": cutoff_of(draw.date),
            "closed_at": close.batch.recorded_at if close else None,
        }
        return versioned(request, shown)


class Regions(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="regions_list",
        parameters=[RegionsQuery],
        responses=tabular(RegionPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """The person's region and those below it, by code and validity."""
        query = query_of(request, RegionsQuery)
        regions = Region.objects.in_scope(person(request).scope_path)
        if "on" in query:
            regions = regions.in_force(query["on"])
        columns = ("code", "valid_from", "name", "level", "parent__code", "valid_to")
        return _page(
            request, query, regions, ("code", "valid_from"), columns, RegionShape, "regions"
        )


class Successions(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="region_successions_list",
        parameters=[PageQuery],
        responses=tabular(SuccessionPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Which unit took over which, with the share of its business that went over."""
        query = query_of(request, PageQuery)
        columns = (
            "id", "old__code", "old__valid_from", "new__code", "new__valid_from",
            "effective_date", "share_bps", "is_estimate",
        )  # fmt: skip
        links = RegionSuccession.objects.all()
        return _page(request, query, links, ("id",), columns, SuccessionShape, "region-successions")


def _page(
    request: Request,
    query: dict[str, Any],
    rows: Any,
    keys: tuple[str, ...],
    columns: tuple[str, ...],
    shape: type[Serializer[Any]],
    name: str,
) -> HttpResponse:
    return listed_rows(
        request, query, rows, keys=keys, columns=columns, names=tuple(shape().fields), name=name
    )
