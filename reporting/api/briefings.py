"""Briefings and tasks over the API: what the pages show, and a step of a task."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import PageQuery, page_of, page_shape, query_of
from reporting.models import (
    AgendaItem,
    Briefing,
    BriefingState,
    Conclusion,
    Task,
    TaskOwner,
    TaskProgress,
    TaskQuerySet,
    TaskState,
)
from reporting.tasks.progress import Step, take_step
from reporting.tasks.states import State
from reporting.tasks.units import key_of as unit_key
from reporting.tasks.units import unit_of

_BRIEFING = {
    "id": "id",
    "series": "series__name",
    "title": "title",
    "starts_at": "starts_at",
    "duration_minutes": "duration_minutes",
    "place": "place",
    "join_url": "join_url",
    "chair": "chair__username",
    "secretary": "secretary__username",
    "state": "state",
    "items_due_at": "items_due_at",
}
_TASK = {
    "due_date": "due_date",
    "id": "id",
    "briefing": "conclusion__briefing_id",
    "conclusion": "conclusion__text",
    "first_due_date": "first_due_date",
    "state": "state",
    "percent": "percent",
    "changed_at": "changed_at",
    "kpi": "kpi",
    "kpi_value": "kpi_value",
}


class BriefingShape(serializers.Serializer[Any]):
    """A briefing the account is invited to, leads or keeps."""

    id = serializers.IntegerField()
    series = serializers.CharField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField()
    place = serializers.CharField(allow_blank=True)
    join_url = serializers.CharField(allow_blank=True)
    chair = serializers.CharField(help_text="User name.")
    secretary = serializers.CharField(help_text="User name.")
    state = serializers.ChoiceField(BriefingState.choices)
    items_due_at = serializers.DateTimeField()


BriefingPage = page_shape("BriefingPage", BriefingShape)


class AgendaShape(serializers.Serializer[Any]):
    title = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    edition = serializers.CharField(allow_null=True, help_text="Code of a frozen edition.")


class ConclusionShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    text = serializers.CharField()
    task = serializers.IntegerField()


class BriefingDetail(BriefingShape):
    """A briefing with its agenda and conclusions."""

    agenda = AgendaShape(many=True)
    conclusions = ConclusionShape(many=True)


class TaskQuery(PageQuery):
    state = serializers.ChoiceField(TaskState.choices, required=False)
    unit = serializers.CharField(
        required=False, help_text="d-KD: a department, s-CP: a branch, r-06673: a region."
    )


class TaskShape(serializers.Serializer[Any]):
    """A task of the account's units or briefings; `owners` are units, the leading one first.

    `kpi_value` is the figure of the week before the decision: đồng, tickets, basis points or times.
    """

    id = serializers.IntegerField()
    briefing = serializers.IntegerField()
    conclusion = serializers.CharField()
    owners = serializers.ListField(child=serializers.CharField())
    first_due_date = serializers.DateField()
    due_date = serializers.DateField()
    state = serializers.ChoiceField(TaskState.choices)
    percent = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    kpi = serializers.CharField(allow_blank=True)
    kpi_value = serializers.IntegerField(allow_null=True)


TaskPage = page_shape("TaskPage", TaskShape)


class TaskStepShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(TaskState.choices)
    percent = serializers.IntegerField()
    due_date = serializers.DateField()
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(help_text="User name.")
    at = serializers.DateTimeField()


class TaskDetail(TaskShape):
    """A task with every step."""

    steps = TaskStepShape(many=True)


class NewTaskStepShape(serializers.Serializer[Any]):
    """A step to record. Only the chair or the secretary gives a new `due_date`."""

    state = serializers.ChoiceField(TaskState.choices)
    percent = serializers.IntegerField(required=False, min_value=0, max_value=100, default=0)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=100_000)
    due_date = serializers.DateField(required=False, allow_null=True, default=None)


class Briefings(APIView):
    permission_classes = (can("briefings.attend"),)

    @extend_schema(
        operation_id="briefings_list", parameters=[PageQuery], responses=BriefingPage,
        tags=["briefings"],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Briefings the account may see, the newest first."""
        query = query_of(request, PageQuery)
        return json_response(
            page_of(
                Briefing.objects.visible_to(person(request)),
                request=request,
                keys=("-id",),
                columns=tuple(_BRIEFING.values()),
                show=lambda row: dict(zip(_BRIEFING, row, strict=True)),
                query=query,
            )
        )


class OneBriefing(APIView):
    permission_classes = (can("briefings.attend"),)

    @extend_schema(operation_id="briefings_retrieve", responses=BriefingDetail, tags=["briefings"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One briefing with its agenda and conclusions; outside the account's scope 404."""
        rows = Briefing.objects.visible_to(person(request)).values_list(*_BRIEFING.values())
        row = get_object_or_404(rows, pk=pk)
        items = AgendaItem.objects.filter(briefing=pk, withdrawn_at=None).order_by("position", "pk")
        decided = Conclusion.objects.filter(briefing=pk).order_by("number")
        shown = dict(zip(_BRIEFING, row, strict=True))
        shown["agenda"] = [
            dict(zip(("title", "unit", "edition"), each, strict=True))
            for each in items.values_list("title", "unit", "edition__code")
        ]
        shown["conclusions"] = [
            dict(zip(("number", "text", "task"), each, strict=True))
            for each in decided.values_list("number", "text", "task__id")
        ]
        return json_response(shown)


class Tasks(APIView):
    permission_classes = (can("briefings.attend"),)

    @extend_schema(
        operation_id="tasks_list", parameters=[TaskQuery], responses=TaskPage, tags=["briefings"]
    )
    def get(self, request: Request) -> HttpResponse:
        """Tasks of the account's units and briefings, the earliest due day first."""
        query = query_of(request, TaskQuery)
        page = page_of(
            _chosen(person(request), query),
            request=request,
            keys=("due_date", "id"),
            columns=tuple(_TASK.values()),
            show=_shown,
            query=query,
        )
        _add_owners(page["results"])  # type: ignore[arg-type]
        return json_response(page)


class OneTask(APIView):
    permission_classes = (can("briefings.attend"),)

    @extend_schema(operation_id="tasks_retrieve", responses=TaskDetail, tags=["briefings"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One task with every step; outside the account's scope 404."""
        return json_response(_task(_visible(person(request), pk)))


class TaskSteps(APIView):
    permission_classes = (can("briefings.attend"),)

    @extend_schema(
        operation_id="tasks_steps_create", request=NewTaskStepShape, responses={201: TaskDetail},
        parameters=[key_parameter(required=False)], tags=["briefings"],
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Record a step, as the account's unit or as the chair or secretary of the briefing."""
        user, at = person(request), clock.now()
        found = _visible(user, pk)
        sent = sent_of(request, NewTaskStepShape)
        step = Step(State(sent["state"]), sent["percent"], sent["note"], sent["due_date"])

        def record() -> HttpResponse:
            take_step(found, step, by=user, at=at)
            return json_response(_task(found), status=201)

        return once(request, record)


def _chosen(user: User, query: dict[str, Any]) -> TaskQuerySet:
    rows = Task.objects.visible_to(user)
    if "state" in query:
        rows = rows.filter(state=query["state"])
    if "unit" in query:
        unit = unit_of(query["unit"])
        owned = TaskOwner.objects.none()
        if unit is not None:
            owned = TaskOwner.objects.filter(**{type(unit).__name__.lower(): unit})
        rows = rows.filter(pk__in=owned.values("task"))
    return rows


def _visible(user: User, pk: int) -> Task:
    return get_object_or_404(Task.objects.visible_to(user), pk=pk)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_TASK, row, strict=True))


def _task(task: Task) -> dict[str, Any]:
    shown = _shown(Task.objects.filter(pk=task.pk).values_list(*_TASK.values()).get())
    _add_owners([shown])
    names = ("number", "state", "percent", "due_date", "note", "by", "at")
    steps = TaskProgress.objects.filter(task=task).order_by("number")
    columns = ("number", "state", "percent", "due_date", "note", "by__username", "at")
    shown["steps"] = [dict(zip(names, row, strict=True)) for row in steps.values_list(*columns)]
    return shown


def _add_owners(shown: Sequence[dict[str, Any]]) -> None:
    """The units of all of them in one query."""
    found: dict[int, list[str]] = defaultdict(list)
    owners = TaskOwner.objects.filter(task__in=[each["id"] for each in shown])
    for owner in owners.select_related("department", "site", "region").order_by("-is_lead", "pk"):
        found[owner.task_id].append(unit_key(owner.unit))
    for each in shown:
        each["owners"] = found[each["id"]]
