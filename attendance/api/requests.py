"""What people asked for about their working time, and who decided what."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request as Call
from rest_framework.views import APIView

from attendance.api.scoping import days_narrowed
from attendance.models import Request, RequestKind, RequestState, RequestStep
from attendance.models.requests import RequestQuerySet
from attendance.requests.protecting import protections
from attendance.requests.rights import Desk
from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.api.pagination import PageQuery, page_of, page_shape, query_of

_COLUMNS = {
    "id": "id",
    "employee": "employee__code",
    "kind": "kind",
    "state": "state",
    "first": "first",
    "last": "last",
    "start": "start",
    "end": "end",
    "code": "code",
    "event": "event",
    "part": "part",
    "partner": "partner__code",
    "reason": "reason",
    "at": "at",
}


class RequestQuery(PageQuery):
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")
    kind = serializers.ChoiceField(RequestKind.choices, required=False)
    state = serializers.ChoiceField(RequestState.choices, required=False)
    date_from = serializers.DateField(required=False, help_text="Touching this day or a later one.")
    date_to = serializers.DateField(
        required=False, help_text="Touching this day or an earlier one."
    )


class StepShape(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="submitted, manager_approved, hr_rejected, ...")
    by = serializers.CharField(help_text="User name.")
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)


class RequestShape(serializers.Serializer[Any]):
    """A request; `start` and `end` are local clock times, `code` a leave's symbol."""

    id = serializers.IntegerField()
    employee = serializers.CharField(help_text="Code.")
    kind = serializers.ChoiceField(RequestKind.choices)
    state = serializers.ChoiceField(
        RequestState.choices, help_text="Whom it waits for, or its end."
    )
    first = serializers.DateField()
    last = serializers.DateField()
    start = serializers.TimeField(allow_null=True)
    end = serializers.TimeField(allow_null=True)
    code = serializers.CharField(allow_blank=True)
    event = serializers.CharField(allow_blank=True, help_text="What private leave (VR) is for.")
    part = serializers.CharField(help_text="full, am, pm.")
    partner = serializers.CharField(allow_null=True, help_text="Code of who swaps.")
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    protected_until = serializers.DateField(
        allow_null=True,
        help_text="Of open overtime or a trip: until when the person may not (Labour Code art. 137).",
    )
    steps = StepShape(many=True)


RequestPage = page_shape("RequestPage", RequestShape)


class Requests(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(
        operation_id="requests_list",
        parameters=[RequestQuery],
        responses=RequestPage,
        tags=["attendance"],
    )
    def get(self, request: Call) -> HttpResponse:
        """The requests the account sees on the pages, the newest first.

        A department has those about days on which their person belonged to it.
        """
        query = query_of(request, RequestQuery)
        page = page_of(
            _chosen(request, query),
            request=request,
            keys=("-id",),
            columns=tuple(_COLUMNS.values()),
            show=_shown,
            query=query,
        )
        _complete(page["results"])  # type: ignore[arg-type]
        return json_response(page)


class RequestDetail(APIView):
    permission_classes = (can("attendance.own"),)

    @extend_schema(operation_id="requests_retrieve", responses=RequestShape, tags=["attendance"])
    def get(self, request: Call, pk: int) -> HttpResponse:
        """One request; outside the account's scope the answer is 404."""
        row = get_object_or_404(_chosen(request, {}).values_list(*_COLUMNS.values()), pk=pk)
        shown = _shown(row)
        _complete([shown])
        return json_response(shown)


def _chosen(request: Call, query: dict[str, Any]) -> RequestQuerySet:
    user = person(request)
    rows = Desk(user, clock.today()).visible()
    rows = rows.filter(days_narrowed(user, query, "first", "last"))
    for name in ("kind", "state"):
        if name in query:
            rows = rows.filter(**{name: query[name]})
    if "date_from" in query:
        rows = rows.filter(last__gte=query["date_from"])
    if "date_to" in query:
        rows = rows.filter(first__lte=query["date_to"])
    return rows


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_COLUMNS, row, strict=True))


def _complete(shown: Sequence[dict[str, Any]]) -> None:
    """Add the steps and the protection of all of them, in two queries."""
    _add_steps(shown)
    found = Request.objects.filter(pk__in=[each["id"] for each in shown])
    until = protections(found)
    for each in shown:
        each["protected_until"] = until.get(each["id"])


def _add_steps(shown: Sequence[dict[str, Any]]) -> None:
    requests = {each["id"]: each for each in shown}
    steps: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = RequestStep.objects.filter(request__in=requests).order_by("pk")
    for pk, *row in rows.values_list("request_id", "kind", "by__username", "at", "note"):
        steps[pk].append(dict(zip(("kind", "by", "at", "note"), row, strict=True)))
    for pk, each in requests.items():
        each["steps"] = steps[pk]
