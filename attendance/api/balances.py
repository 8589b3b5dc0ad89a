"""Annual leave by the API."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import people_asked_for
from attendance.leave.balance import Balance
from attendance.leave.leave_balances import leave_balances
from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of_together, page_shape, query_of
from backend.org.models import Employee


class BalanceQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Today unless told.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")


class LapsingShape(serializers.Serializer[Any]):
    """Days that lapse within the year unless they are used."""

    days = serializers.FloatField()
    last = serializers.DateField(help_text="The last day on which they can be used.")


class BalanceShape(serializers.Serializer[Any]):
    """Days of annual leave of a year, to a tenth.

    left = entitled + carried + granted - lapsed - taken - planned.
    """

    employee = serializers.CharField(help_text="Code.")
    year = serializers.IntegerField()
    entitled = serializers.FloatField(help_text="Of the year itself, pro rata.")
    base = serializers.IntegerField(help_text="Days a year of work gives, in force on the day.")
    seniority = serializers.IntegerField(help_text="Days more for each five full years.")
    months = serializers.IntegerField(help_text="Months of the year that count.")
    carried = serializers.FloatField(help_text="From the year before, by the company's rule.")
    granted = serializers.FloatField(help_text="Extra days and corrections; may be below zero.")
    lapsed = serializers.FloatField(help_text="Carried or extra days unused at their date.")
    lapsing = LapsingShape(many=True)
    taken = serializers.FloatField(help_text="Up to the day, as computed.")
    planned = serializers.FloatField(help_text="Granted after the day.")
    waiting = serializers.FloatField(help_text="In open requests; not part of left.")
    left = serializers.FloatField(help_text="Below zero: more is granted than the year gives.")


BalancePage = page_shape("BalancePage", BalanceShape)


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
        page = page_of_together(
            people.employed_between(date(on.year, 1, 1), date(on.year, 12, 31)),
            request=request,
            keys=("code",),
            columns=("code", "pk"),
            show_all=lambda rows: _balances(rows, on),
            query=query,
        )
        return json_response(page)


def _balances(rows: list[tuple[str, int]], on: date) -> list[dict[str, Any]]:
    """Of people told by code and key."""
    found = leave_balances(Employee.objects.filter(pk__in=[pk for _code, pk in rows]), on=on)
    return [_shown(code, found[pk]) for code, pk in rows]


def _shown(code: str, balance: Balance) -> dict[str, Any]:
    return {
        "employee": code,
        "year": balance.year,
        "entitled": float(balance.entitled),
        "base": balance.entitlement.base,
        "seniority": balance.entitlement.seniority,
        "months": balance.entitlement.months,
        "carried": float(balance.carried),
        "granted": float(balance.granted),
        "lapsed": float(balance.lapsed),
        "lapsing": [
            {"days": float(each.unused), "last": each.lot.last} for each in balance.lapsing
        ],
        "taken": float(balance.taken),
        "planned": float(balance.planned),
        "waiting": float(balance.waiting),
        "left": float(balance.left),
    }
