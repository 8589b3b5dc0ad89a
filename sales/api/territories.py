"""/territories/: units under one manager, beside the administrative tree, and their moves."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, PageQuery, page_shape, query_of
from backend.api.tables import RENDERERS, listed_records, listed_rows, tabular
from backend.api.versions import check_version, match_parameter, versioned
from backend.db import lock_rows
from backend.org.models import Territory
from backend.org.territories import (
    CODE,
    change_territory,
    change_units,
    make_territory,
    territories_of,
)
from backend.validity import holding
from sales.whole_company import require_whole_company


class TerritoryShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    manager = serializers.CharField(allow_null=True, help_text="Code of the employee.")
    regions = serializers.ListField(child=serializers.CharField(), help_text="Codes, today.")


class NewTerritoryShape(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20, validators=[CODE])
    name = serializers.CharField(max_length=100)
    manager = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Code of the employee."
    )


class TerritoryChangeShape(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)
    manager = serializers.CharField(
        required=False, allow_blank=True, help_text='Code of the employee; "": nobody.'
    )


class TerritoryUnitShape(serializers.Serializer[Any]):
    region = serializers.CharField(help_text="Code of the unit.")
    valid_from = serializers.DateField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    valid_to = serializers.DateField(allow_null=True)


class TerritoryUnitsQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Only those it has that day.")


class TerritoryMoveShape(serializers.Serializer[Any]):
    first = serializers.DateField(
        help_text="From this day on; before today, today, or up to a year ahead."
    )
    add = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Codes of units that come."
    )
    remove = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Codes of units that leave."
    )


TerritoryPage = page_shape("TerritoryPage", TerritoryShape)
TerritoryUnitPage = page_shape("TerritoryUnitPage", TerritoryUnitShape)


class Territories(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="territories_list",
        parameters=[PageQuery],
        responses=tabular(TerritoryPage),
        tags=["reference"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Sales territories: all of them for who sees the whole company, else one's own."""
        query = query_of(request, PageQuery)
        known = territories_of(person(request)).prefetch_related("units__region")
        return listed_records(
            request, query, known, keys=("code",), show=_shown, name="territories"
        )

    @extend_schema(
        request=NewTerritoryShape,
        responses={201: TerritoryShape},
        parameters=[key_parameter(required=False)],
        tags=["reference"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Make a territory; its units come by moves. Of the whole company only."""

        def work() -> HttpResponse:
            require_whole_company(person(request))
            made = make_territory(**sent_of(request, NewTerritoryShape))
            return versioned(request, _shown(made), status=201)

        return once(request, work)


class OneTerritory(APIView):
    permission_classes = (can("sales.view", "sales.record"),)

    @extend_schema(parameters=[FieldsQuery], responses=TerritoryShape, tags=["reference"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """One territory."""
        query_of(request, FieldsQuery)
        return versioned(request, _shown(_territory(code, person(request))))

    @extend_schema(
        request=TerritoryChangeShape,
        responses=TerritoryShape,
        parameters=[match_parameter()],
        tags=["reference"],
    )
    def patch(self, request: Request, code: str) -> HttpResponse:
        """Name it anew, or put it in somebody else's charge, as you have last read it."""
        known = _territory(code, person(request))
        require_whole_company(person(request))
        sent = sent_of(request, TerritoryChangeShape)
        with transaction.atomic():
            (territory,) = lock_rows(Territory.objects.filter(pk=known.pk))
            shown = _shown(territory)
            check_version(request, shown)
            was = {"name": shown["name"], "manager": shown["manager"] or ""}
            change_territory(territory, **was | sent)
        return versioned(request, _shown(territory))


class TerritoryUnits(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="territory_units_list",
        parameters=[TerritoryUnitsQuery],
        responses=tabular(TerritoryUnitPage),
        tags=["reference"],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """The units it had, has and will have, with their days."""
        query = query_of(request, TerritoryUnitsQuery)
        rows = _territory(code, person(request)).units.all()
        if "on" in query:
            rows = rows.filter(holding(query["on"]))
        columns = ("region__code", "valid_from", "id", "region__name", "valid_to")
        return listed_rows(
            request, query, rows, keys=("region__code", "valid_from", "id"), columns=columns,
            names=tuple(TerritoryUnitShape().fields), name="territory-units",
        )  # fmt: skip


class TerritoryMoves(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=TerritoryMoveShape,
        responses={201: TerritoryShape},
        parameters=[key_parameter(required=False)],
        tags=["reference"],
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Let units come and go from a day on, all of them or none; also from a day to come.

        A unit that comes leaves the territory it was in the day before.
        """

        def work() -> HttpResponse:
            territory = _territory(code, person(request))
            require_whole_company(person(request))
            change_units(territory, today=clock.today(), **sent_of(request, TerritoryMoveShape))
            return versioned(request, _shown(territory), status=201)

        return once(request, work)


def _territory(code: str, user: User) -> Territory:
    """Raises Http404."""
    return get_object_or_404(territories_of(user), code=code)


def _shown(territory: Territory) -> dict[str, Any]:
    today = clock.today()
    now = [
        unit.region.code
        for unit in territory.units.all()
        if unit.valid_from <= today and (unit.valid_to is None or unit.valid_to >= today)
    ]
    return {
        "code": territory.code,
        "name": territory.name,
        "manager": territory.manager.code if territory.manager else None,
        "regions": sorted(now),
    }
