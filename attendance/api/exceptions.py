"""What the timesheet asks people about: the rows that carry exceptions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from attendance.api.scoping import days_asked_for
from attendance.models import TimesheetRow
from attendance.review.exception_causes import ABSENT
from attendance.review.exception_words import asked
from attendance.review.open_exceptions import open_issues
from attendance.timesheet.sentences import QUESTIONS
from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, page_shape, query_of
from backend.org.models import Placement

_COLUMNS = ("work_date", "employee__code", "department_code", "status", "exceptions")


class ExceptionQuery(PageQuery):
    date_from = serializers.DateField(required=False, help_text="First work date.")
    date_to = serializers.DateField(required=False, help_text="Last work date.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")
    code = serializers.CharField(required=False, help_text="Such as missing_out.")

    def validate_code(self, value: str) -> str:
        """A misspelt code would silently find nothing."""
        if value not in (*QUESTIONS, ABSENT):
            known = ", ".join(sorted((*QUESTIONS, ABSENT)))
            raise serializers.ValidationError(f"{value}? {known}", code="exception.unknown")
        return value


class QuestionShape(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable; section 8 of the rules of working time.")
    question = serializers.CharField(help_text="For people, in the language they accept.")
    open = serializers.BooleanField(
        help_text="Waits for a decision: none holds, the shift is over, the month is not closed."
    )


class ExceptionShape(serializers.Serializer[Any]):
    """A work date of a person with at least one question."""

    work_date = serializers.DateField()
    employee = serializers.CharField(help_text="Code.")
    department = serializers.CharField(help_text="Code.")
    status = serializers.CharField()
    exceptions = QuestionShape(many=True)


ExceptionPage = page_shape("ExceptionPage", ExceptionShape)


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
        rows = TimesheetRow.objects.filter(Q(status=ABSENT) | Q(exceptions__len__gt=0))
        rows = rows.filter(days_asked_for(person(request), query))
        rows = rows.annotate(department_code=Subquery(_department_of_the_day()))
        if "date_from" in query:
            rows = rows.filter(work_date__gte=query["date_from"])
        if "date_to" in query:
            rows = rows.filter(work_date__lte=query["date_to"])
        if query.get("code") == ABSENT:
            rows = rows.filter(status=ABSENT)
        elif "code" in query:
            rows = rows.filter(exceptions__contains=[query["code"]])
        page = page_of(
            rows,
            request=request,
            keys=("work_date", "employee__code"),
            columns=_COLUMNS,
            show=_shown,
            query=query,
        )
        _say_what_is_open(page["results"])  # type: ignore[arg-type]
        return json_response(page)


def _department_of_the_day() -> QuerySet[Placement, Any]:
    held = Placement.objects.filter(
        employee=OuterRef("employee"),
        first__lte=OuterRef("work_date"),
        last__gte=OuterRef("work_date"),
    )
    return held.values("department__code")[:1]


def _say_what_is_open(shown: Sequence[dict[str, Any]]) -> None:
    """Whether each of the page's exceptions waits for a decision."""
    if not shown:
        return
    held = Placement.objects.filter(employee__code__in={row["employee"] for row in shown})
    first, last = shown[0]["work_date"], shown[-1]["work_date"]
    waiting = {
        (issue.person_code, issue.day, issue.code)
        for issue in open_issues(held, first=first, last=last, at=clock.now())
    }
    for row in shown:
        for each in row["exceptions"]:
            each["open"] = (row["employee"], row["work_date"], each["code"]) in waiting


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    day, code, department, status, exceptions = row
    codes = [*exceptions, ABSENT] if status == ABSENT else exceptions
    return {
        "work_date": day,
        "employee": code,
        "department": department,
        "status": status,
        "exceptions": [{"code": name, "question": asked(name)} for name in codes],
    }
