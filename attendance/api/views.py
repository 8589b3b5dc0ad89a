"""Timesheet rows and the punches they come from, to read."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, QuerySet, Subquery
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.queries import PunchQuery, TimesheetQuery
from attendance.api.scoping import days_asked_for, people_asked_for
from attendance.api.shapes import PunchPage, TimesheetPage
from attendance.engine.rows import OVERTIME_CLASSES
from attendance.models import Punch, TimesheetRow
from attendance.people.owners import owners
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import page_of, query_of
from backend.clock import VN

_PLAIN = (
    "work_date",
    "employee__code",
    "status",
    "symbol",
    "scheduled",
    "worked",
    "regular",
    "late",
    "early",
    "leave",
    "credited",
    "care",
    "care_worked",
    "night",
    "weighted",
    "exceptions",
    "computed_at",
)
_OVERTIME = tuple(f"ot_{name}" for name in OVERTIME_CLASSES)
_PUNCH = (
    "id",
    "device_user_id",
    "employee_code",
    "terminal__code",
    "device_time",
    "punched_at",
    "received_at",
    "verify",
    "state",
)


class Timesheets(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="timesheets_list",
        parameters=[
            OpenApiParameter("month", OpenApiTypes.STR, required=True, description="As 2026-11."),
            OpenApiParameter("employee", OpenApiTypes.STR, description="Code."),
            OpenApiParameter("department", OpenApiTypes.STR, description="Code."),
            OpenApiParameter("limit", OpenApiTypes.INT),
            OpenApiParameter("cursor", OpenApiTypes.STR),
        ],
        responses=TimesheetPage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """A month's rows of the account's people by date and person."""
        query = query_of(request, TimesheetQuery)
        first, last = query["month"]
        asked = days_asked_for(person(request), query)
        rows = TimesheetRow.objects.between(first, last).filter(asked)
        page = page_of(
            rows,
            request=request,
            keys=("work_date", "employee__code"),
            columns=(*_PLAIN, *_OVERTIME),
            show=_shown,
            query=query,
        )
        return json_response(page)


class Punches(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="punches_list",
        parameters=[PunchQuery],
        responses=PunchPage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Punches of the account's people, the last stored first.

        What is nobody's yet is shown to accounts that see the whole company.
        """
        query = query_of(request, PunchQuery)
        punches = _chosen(query).annotate(
            employee_code=Subquery(owners().values("employee__code")[:1])
        )
        people = people_asked_for(person(request), query)
        if people is not None:
            punches = punches.filter(Exists(owners().filter(employee__in=people)))
        page = page_of(
            punches,
            request=request,
            keys=("-id",),
            columns=_PUNCH,
            show=lambda row: dict(
                zip(
                    (name.split("__")[0].removesuffix("_code") for name in _PUNCH), row, strict=True
                )
            ),
            query=query,
        )
        return json_response(page)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    plain = dict(zip((name.split("__")[0] for name in _PLAIN), row, strict=False))
    plain["weighted"] = float(plain["weighted"])
    plain["ot"] = dict(zip(OVERTIME_CLASSES, row[len(_PLAIN) :], strict=True))
    return plain


def _chosen(query: dict[str, Any]) -> QuerySet[Punch]:
    punches = Punch.objects.all()
    if "date_from" in query:
        first = datetime.combine(query["date_from"], time.min, tzinfo=VN)
        punches = punches.filter(punched_at__gte=first)
    if "date_to" in query:
        until = datetime.combine(query["date_to"] + timedelta(days=1), time.min, tzinfo=VN)
        punches = punches.filter(punched_at__lt=until)
    if "terminal" in query:
        punches = punches.filter(terminal__code=query["terminal"])
    return punches
