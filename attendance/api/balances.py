"""Annual leave by the API."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import people_asked_for
from attendance.leave.leave_balances import LeaveBalance, leave_balances
from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, query_of
from backend.org.models import Employee


class BalanceQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Today unless told.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")


class BalanceShape(serializers.Serializer[Any]):
    """Days of annual leave of a year, to a tenth; what was carried over is not in it."""

    employee = serializers.CharField(help_text="Code.")
    year = serializers.IntegerField()
    entitled = serializers.FloatField()
    taken = serializers.FloatField(help_text="Up to the day, as computed.")
    planned = serializers.FloatField(help_text="Granted after the day.")
    left = serializers.FloatField(help_text="Below zero: more is granted than the year gives.")


class BalancePage(serializers.Serializer[Any]):
    results = BalanceShape(many=True)
    next = serializers.URLField(allow_null=True)


class LeaveBalances(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="leave_balances_list",
        parameters=[BalanceQuery],
        responses=BalancePage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Annual leave of the account's people who work in the year of `on`, by code."""
        query = query_of(request, BalanceQuery)
        on = query.get("on", clock.today())
        chosen = people_asked_for(person(request), query)
        people = Employee.objects.all() if chosen is None else chosen
        page = page_of(
            people.employed_between(date(on.year, 1, 1), date(on.year, 12, 31)),
            request=request,
            keys=("code",),
            columns=("code", "pk"),
            show=lambda row: row,
            limit=query["limit"],
            cursor=query.get("cursor"),
        )
        rows: Any = page["results"]
        found = leave_balances(Employee.objects.filter(pk__in=[pk for _code, pk in rows]), on=on)
        return json_response({**page, "results": [_shown(code, found[pk]) for code, pk in rows]})


def _shown(code: str, balance: LeaveBalance) -> dict[str, Any]:
    return {
        "employee": code,
        "year": balance.year,
        "entitled": float(balance.entitled),
        "taken": float(balance.taken),
        "planned": float(balance.planned),
        "left": float(balance.left),
    }
