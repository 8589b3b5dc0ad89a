"""The people whose attendance an account may read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import NobodyThere, NoSuchDepartment
from backend import clock
from backend.accounts.permissions import can
from backend.accounts.scope import departments_for, employees_for, sees_company
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, page_shape, query_of
from backend.org.models import Employee, Placement, PlacementQuerySet

#: Of a placement: where the person belongs on the day asked about.
_COLUMNS = {
    "code": "employee__code",
    "full_name": "employee__full_name",
    "department": "department__code",
    "department_name": "department__name",
    "site": "site__code",
    "position": "position",
    "join_date": "employee__join_date",
    "leave_date": "employee__leave_date",
}


class EmployeeQuery(PageQuery):
    department = serializers.CharField(required=False, help_text="Code.")
    site = serializers.CharField(required=False, help_text="Code.")
    on = serializers.DateField(
        required=False,
        help_text="Only who is employed on this day, with the department and site of that day.",
    )


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


EmployeePage = page_shape("EmployeePage", EmployeeShape)


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
        placements = _placements(request, query, on=query.get("on"))
        if "site" in query:
            placements = placements.filter(site__code=query["site"])
        page = page_of(
            placements,
            request=request,
            keys=("employee__code",),
            columns=tuple(_COLUMNS.values()),
            show=_shown,
            query=query,
        )
        return json_response(page)


class EmployeeDetail(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(operation_id="employees_retrieve", responses=EmployeeShape, tags=["attendance"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """One person; outside the account's scope the answer is 404."""
        found = _placements(request, {}, on=None).filter(employee__code=code)
        row = found.values_list(*_COLUMNS.values()).first()
        if row is None:
            raise NobodyThere
        return json_response(_shown(row))


def _placements(
    request: Request, query: Mapping[str, Any], *, on: date | None
) -> PlacementQuerySet:
    """Where the account's people belong on the day (else today), those employed on it."""
    user, day = person(request), on or clock.today()
    placements = Placement.objects.between(day, day)
    if on is not None:
        placements = placements.filter(employee__in=Employee.objects.employed_between(on, on))
    if not sees_company(user):
        placements = placements.filter(employee__in=employees_for(user, during=(day, day)))
    if "department" in query:
        if not departments_for(user).filter(code=query["department"]).exists():
            raise NoSuchDepartment
        placements = placements.filter(department__code=query["department"])
    return placements


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_COLUMNS, row, strict=True))
