"""The people whose attendance an account may read."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import NobodyThere, people_asked_for
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, query_of
from backend.org.models import Employee, EmployeeQuerySet

_COLUMNS = {
    "code": "code",
    "full_name": "full_name",
    "department": "department__code",
    "department_name": "department__name",
    "site": "site__code",
    "position": "position",
    "join_date": "join_date",
    "leave_date": "leave_date",
}


class EmployeeQuery(PageQuery):
    department = serializers.CharField(required=False, help_text="Code.")
    site = serializers.CharField(required=False, help_text="Code.")
    on = serializers.DateField(required=False, help_text="Only who is employed on this day.")


class EmployeeShape(serializers.Serializer[Any]):
    """A person. Pay is none of this list's business."""

    code = serializers.CharField()
    full_name = serializers.CharField()
    department = serializers.CharField(help_text="Code.")
    department_name = serializers.CharField()
    site = serializers.CharField(help_text="Code.")
    position = serializers.CharField()
    join_date = serializers.DateField()
    leave_date = serializers.DateField(allow_null=True, help_text="Last day of work.")


class EmployeePage(serializers.Serializer[Any]):
    results = EmployeeShape(many=True)
    next = serializers.URLField(allow_null=True)


class Employees(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="employees_list",
        parameters=[EmployeeQuery],
        responses=EmployeePage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """The people of the account's scope, by code."""
        query = query_of(request, EmployeeQuery)
        people = _people(request, query)
        if "site" in query:
            people = people.filter(site__code=query["site"])
        if "on" in query:
            people = people.employed_between(query["on"], query["on"])
        page = page_of(
            people,
            request=request,
            keys=("code",),
            columns=tuple(_COLUMNS.values()),
            show=_shown,
            limit=query["limit"],
            cursor=query.get("cursor"),
        )
        return json_response(page)


class EmployeeDetail(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(operation_id="employees_retrieve", responses=EmployeeShape, tags=["attendance"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """One person; outside the account's scope the answer is 404."""
        row = _people(request, {"employee": code}).values_list(*_COLUMNS.values()).first()
        if row is None:
            raise NobodyThere
        return json_response(_shown(row))


def _people(request: Request, query: dict[str, Any]) -> EmployeeQuerySet:
    people = people_asked_for(person(request), query)
    return Employee.objects.all() if people is None else people


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_COLUMNS, row, strict=True))
