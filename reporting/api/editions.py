"""Editions over the API: which there are, and one with its frozen numbers."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import can
from backend.api.pagination import PageQuery, page_of, page_shape, query_of
from reporting.models import Edition

COLUMNS = (
    "cut_off_at",
    "id",
    "code",
    "report",
    "period_first_date",
    "period_last_date",
    "region__code",
    "territory__code",
    "department__code",
    "number",
    "is_complete",
    "sha256",
)


class EditionShape(serializers.Serializer[Any]):
    """One edition in a list."""

    code = serializers.CharField()
    report = serializers.CharField()
    period_first_date = serializers.DateField()
    period_last_date = serializers.DateField()
    region = serializers.CharField(allow_null=True)
    territory = serializers.CharField(allow_null=True)
    department = serializers.CharField(allow_null=True)
    number = serializers.IntegerField()
    cut_off_at = serializers.DateTimeField()
    is_complete = serializers.BooleanField()
    sha256 = serializers.CharField()


EditionPage = page_shape("EditionPage", EditionShape)


class EditionDetail(EditionShape):
    """An edition with its frozen numbers."""

    figures = serializers.JSONField()


class Editions(APIView):
    permission_classes = (can("reports.view"),)

    @extend_schema(operation_id="editions_list", parameters=[PageQuery], responses=EditionPage)
    def get(self, request: Request) -> Response:
        """Editions the token's owner may see, newest first."""
        query = query_of(request, PageQuery)
        return Response(
            page_of(
                Edition.objects.visible_to(request.user),
                request=request,
                keys=("-cut_off_at", "-id"),
                columns=COLUMNS,
                show=_shown,
                query=query,
            )
        )


class OneEdition(APIView):
    permission_classes = (can("reports.view"),)

    @extend_schema(responses=EditionDetail)
    def get(self, request: Request, code: str) -> Response:
        """One edition and its frozen numbers."""
        visible = Edition.objects.visible_to(request.user)
        found = get_object_or_404(visible, code=code)
        row = visible.values_list(*COLUMNS).get(pk=found.pk)
        return Response({**_shown(row), "figures": found.data})


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    values = dict(zip(COLUMNS, row, strict=True))
    for part in ("region", "territory", "department"):
        values[part] = values.pop(f"{part}__code")
    del values["id"]
    return dict(EditionShape(values).data)
