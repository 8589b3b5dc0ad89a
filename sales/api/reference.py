"""Lists that writers of sales need: products, draws, regions."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.pagination import PageQuery, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from backend.org.models import Region, RegionSuccession
from sales.api.queries import DrawsQuery, RegionsQuery
from sales.api.shapes import (
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


class Products(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="products_list",
        parameters=[PageQuery],
        responses=tabular(ProductPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Kinds of tickets by code."""
        query = query_of(request, PageQuery)
        columns = ("code", "name", "face_value_amount", "valid_from", "valid_to")
        return _page(
            request, query, Product.objects.all(), ("code",), columns, ProductShape, "products"
        )


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
        wanted = Q()
        if "date_from" in query:
            wanted &= Q(date__gte=query["date_from"])
        if "date_to" in query:
            wanted &= Q(date__lte=query["date_to"])
        columns = ("date", "host", "status", "numbers", "winning_symbols", "series_count")
        return _page(
            request, query, Draw.objects.filter(wanted), ("-date",), columns, DrawShape, "draws"
        )


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
