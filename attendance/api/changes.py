"""The feed of what changed in timesheets: read on from where the last answer ended."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import days_asked_for
from attendance.models import TimesheetChange
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.feeds import feed
from backend.api.pagination import DEFAULT_LIMIT, MOST, query_of

_COLUMNS = (
    "pk",
    "employee__code",
    "work_date",
    "before",
    "after",
    "at",
    "adjustment__into",
    "adjustment__delta",
)
_NAMES = ("id", "employee", "work_date", "before", "after", "at")


class ChangeQuery(serializers.Serializer[Any]):
    cursor = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=2**63 - 1,
        help_text="As in the last answer; 0 is from the beginning.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=DEFAULT_LIMIT)
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")


class AdjustmentShape(serializers.Serializer[Any]):
    into = serializers.DateField(help_text="First day of the month it is paid in.")
    delta = serializers.DictField(
        child=serializers.IntegerField(), help_text="Minutes, new minus known, by field."
    )


class ChangeShape(serializers.Serializer[Any]):
    """A work date that became another one.

    With an `adjustment` the month was closed: the row stayed, the difference is carried over.
    """

    id = serializers.IntegerField()
    employee = serializers.CharField(help_text="Code.")
    work_date = serializers.DateField()
    before = serializers.JSONField(help_text="null: the day had no row.")
    after = serializers.JSONField()
    at = serializers.DateTimeField()
    adjustment = AdjustmentShape(allow_null=True)


class ChangePage(serializers.Serializer[Any]):
    results = ChangeShape(many=True)
    cursor = serializers.IntegerField(help_text="Ask with it next time, at once while `more`.")
    more = serializers.BooleanField()


class TimesheetChanges(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="timesheet_changes_list",
        parameters=[ChangeQuery],
        responses=ChangePage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Changes after `cursor`, in the order they were written; none is ever skipped."""
        query = query_of(request, ChangeQuery)
        asked = days_asked_for(person(request), query)
        changes = TimesheetChange.objects.filter(asked, pk__gt=query["cursor"])
        found = list(changes.order_by("pk").values_list(*_COLUMNS)[: query["limit"] + 1])
        return json_response(
            feed(
                found,
                limit=query["limit"],
                cursor=query["cursor"],
                show=_shown,
                cursor_of=lambda row: row[0],
            )
        )


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    *plain, into, delta = row
    adjustment = None if into is None else {"into": into, "delta": delta}
    return {**dict(zip(_NAMES, plain, strict=True)), "adjustment": adjustment}
