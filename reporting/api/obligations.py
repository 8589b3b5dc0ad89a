"""The register of reports owed to authorities, over the API; only to be read."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import acting, can
from backend.api.pagination import query_of
from reporting.obligations.due import Standing
from reporting.obligations.register import Owed, owed


class ObligationQuery(serializers.Serializer[Any]):
    """The year in which the periods fall due; without it this one."""

    year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)


class OwedShape(serializers.Serializer[Any]):
    """One period of a report owed to an authority."""

    obligation = serializers.CharField()
    name = serializers.CharField()
    authority = serializers.CharField()
    legal_basis = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    frequency = serializers.CharField()
    unit = serializers.CharField()
    first_date = serializers.DateField()
    last_date = serializers.DateField()
    due_date = serializers.DateField()
    state = serializers.ChoiceField(choices=[each.value for each in Standing])
    is_overdue = serializers.BooleanField()
    days_late = serializers.IntegerField()
    submitted_on = serializers.DateField(allow_null=True)
    receipt_number = serializers.CharField()


class Obligations(APIView):
    permission_classes = (can("obligations.view"),)

    @extend_schema(
        operation_id="obligations_list",
        parameters=[ObligationQuery],
        responses=OwedShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """The periods that fall due in the year, by due date; none for people of one region."""
        today = clock.today()
        year = query_of(request, ObligationQuery).get("year", today.year)
        if not acting(request).is_whole_company:
            return Response([])
        lines = owed(on=today, first=date(year, 1, 1), last=date(year, 12, 31))
        return Response([_shown(line) for line in lines])


def _shown(line: Owed) -> dict[str, Any]:
    each, sent = line.obligation, line.submission
    values = {
        "obligation": each.code,
        "name": each.name,
        "authority": each.authority,
        "legal_basis": each.legal_basis,
        "is_confirmed": each.is_confirmed,
        "frequency": each.frequency,
        "unit": each.unit.code,
        "first_date": line.period.first,
        "last_date": line.period.last,
        "due_date": line.due,
        "state": line.standing.value,
        "is_overdue": line.is_overdue,
        "days_late": line.days_late,
        "submitted_on": sent.submitted_on if sent else None,
        "receipt_number": sent.receipt_number if sent else "",
    }
    return dict(OwedShape(values).data)
