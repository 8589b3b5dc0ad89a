"""What the timesheet asks people about: the rows that carry exceptions."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import people_asked_for
from attendance.models import TimesheetRow
from attendance.sentences import QUESTIONS, question
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, query_of

_COLUMNS = ("work_date", "employee__code", "employee__department__code", "status", "exceptions")


class ExceptionQuery(PageQuery):
    date_from = serializers.DateField(required=False, help_text="First work date.")
    date_to = serializers.DateField(required=False, help_text="Last work date.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")
    code = serializers.CharField(required=False, help_text="Such as missing_out.")

    def validate_code(self, value: str) -> str:
        """A misspelt code would silently find nothing."""
        if value not in QUESTIONS:
            raise serializers.ValidationError(
                f"{value}? {', '.join(sorted(QUESTIONS))}", code="exception.unknown"
            )
        return value


class QuestionShape(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable; section 8 of the rules of working time.")
    question = serializers.CharField(help_text="For people, in the language they accept.")


class ExceptionShape(serializers.Serializer[Any]):
    """A work date of a person with at least one question."""

    work_date = serializers.DateField()
    employee = serializers.CharField(help_text="Code.")
    department = serializers.CharField(help_text="Code.")
    status = serializers.CharField()
    exceptions = QuestionShape(many=True)


class ExceptionPage(serializers.Serializer[Any]):
    results = ExceptionShape(many=True)
    next = serializers.URLField(allow_null=True)


class Exceptions(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="exceptions_list",
        parameters=[ExceptionQuery],
        responses=ExceptionPage,
        tags=["attendance"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Work dates with exceptions, as computed last, by date and person."""
        query = query_of(request, ExceptionQuery)
        rows = TimesheetRow.objects.filter(exceptions__len__gt=0)
        people = people_asked_for(person(request), query)
        if people is not None:
            rows = rows.filter(employee__in=people)
        if "date_from" in query:
            rows = rows.filter(work_date__gte=query["date_from"])
        if "date_to" in query:
            rows = rows.filter(work_date__lte=query["date_to"])
        if "code" in query:
            rows = rows.filter(exceptions__contains=[query["code"]])
        page = page_of(
            rows,
            request=request,
            keys=("work_date", "employee__code"),
            columns=_COLUMNS,
            show=_shown,
            limit=query["limit"],
            cursor=query.get("cursor"),
        )
        return json_response(page)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    day, code, department, status, exceptions = row
    return {
        "work_date": day,
        "employee": code,
        "department": department,
        "status": status,
        "exceptions": [{"code": name, "question": question(name)} for name in exceptions],
    }
