"""/agents/: who sells."""

from typing import Any

from django.db import transaction
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
from backend.api.pagination import (
    FieldsQuery,
    PageQuery,
    page_shape,
    query_of,
)
from backend.api.tables import RENDERERS, listed_records, listed_rows, tabular
from backend.api.versions import check_version, match_parameter, versioned
from backend.db import lock_rows
from sales.agents.keeping import change_status, keep_agent
from sales.api.agent_files import VisibleRegion
from sales.api.queries import AgentsQuery, rows_asked_for
from sales.api.resources import RecordShape, VisibleAgent
from sales.models import Agent, AgentStatus, AgentStatusChange


class AgentShape(RecordShape):
    """An agent. `identity_number` is only taken, and shown as `identity_shown`.

    Of a person `tax_code` is answered by its end; sent back so it stays as it is.
    """

    made_once = frozenset({"code", "opened_date"})

    region = VisibleRegion()
    parent = VisibleAgent(required=False, allow_null=True)  # type: ignore[assignment]
    level = serializers.IntegerField(read_only=True)
    identity_number = serializers.RegexField(
        r"^[0-9A-Za-z ]{0,20}$", required=False, allow_blank=True, write_only=True
    )
    identity_shown = serializers.CharField(read_only=True)

    class Meta:
        model = Agent
        fields = (
            "code", "name", "kind", "region", "status", "opened_date", "closed_date",
            "commission_bps", "credit_limit_amount", "parent", "level", "tax_code", "address",
            "unrelated_date", "identity_number", "identity_shown",
        )  # fmt: skip
        read_only_fields = ("status", "closed_date")


AgentPage = page_shape("AgentPage", AgentShape)


class StatusShape(serializers.Serializer[Any]):
    status = serializers.ChoiceField(AgentStatus.choices)
    effective_date = serializers.DateField(help_text="Of an end: the last day of business.")
    reason = serializers.CharField(max_length=300)


class StatusChangeShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    before = serializers.CharField()
    status = serializers.CharField()
    effective_date = serializers.DateField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


StatusChangePage = page_shape("StatusChangePage", StatusChangeShape)


class Agents(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="agents_list",
        parameters=[AgentsQuery],
        responses=tabular(AgentPage),
        tags=["agents"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Agents by code."""
        query = query_of(request, AgentsQuery)
        known = Agent.objects.select_related("region", "parent")
        agents = rows_asked_for(known, query, FILTERS, user=person(request), on=clock.today())
        if text := query.get("search"):
            agents = agents.found_by(text)
        return listed_records(request, query, agents, keys=("code",), show=_shown, name="agents")

    @extend_schema(
        request=AgentShape,
        responses={201: AgentShape},
        parameters=[key_parameter(required=False)],
        tags=["agents"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Take on an agent."""

        def work() -> HttpResponse:
            agent = keep_agent(Agent(), _values(request))
            return versioned(request, _shown(agent), status=201)

        return once(request, work)


class OneAgent(APIView):
    permission_classes = (can("sales.view", "sales.record"),)

    @extend_schema(parameters=[FieldsQuery], responses=AgentShape, tags=["agents"])
    def get(self, request: Request, code: str) -> HttpResponse:
        """One agent."""
        query_of(request, FieldsQuery)
        return versioned(request, _shown(_agent(code, person(request))))

    @extend_schema(
        request=AgentShape,
        responses=AgentShape,
        parameters=[match_parameter()],
        tags=["agents"],
    )
    def patch(self, request: Request, code: str) -> HttpResponse:
        """Change an agent, as you have last read it. The status has its own changes."""
        with transaction.atomic():
            (agent,) = lock_rows(Agent.objects.filter(pk=_agent(code, person(request)).pk))
            check_version(request, _shown(agent))
            keep_agent(agent, _values(request, agent))
        return versioned(request, _shown(agent))


class AgentStatusChanges(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="agent_status_changes_list",
        parameters=[PageQuery],
        responses=tabular(StatusChangePage),
        tags=["agents"],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """How the agent began, paused and ended, the last change first."""
        query = query_of(request, PageQuery)
        changes = AgentStatusChange.objects.filter(agent=_agent(code, person(request)))
        return listed_rows(
            request, query, changes, keys=("-id",), columns=_CHANGE_COLUMNS, names=_CHANGE_NAMES,
            name="status-changes",
        )  # fmt: skip

    @extend_schema(
        request=StatusShape,
        responses={201: StatusChangeShape},
        parameters=[key_parameter(required=False)],
        tags=["agents"],
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Suspend, resume or end an agent, for a reason."""
        at = clock.now()

        def work() -> HttpResponse:
            told = sent_of(request, StatusShape)
            change = change_status(
                _agent(code, person(request)), to=AgentStatus(told["status"]),
                from_day=told["effective_date"], reason=told["reason"], by=person(request), at=at,
            )  # fmt: skip
            row = AgentStatusChange.objects.filter(pk=change.pk).values_list(*_CHANGE_COLUMNS)[0]
            return json_response(_shown_change(row), status=201)

        return once(request, work)


FILTERS = {"status": "status", "kind": "kind", "parent": "parent__code"}
_CHANGE_COLUMNS = ("id", "before", "status", "effective_date", "reason", "by__username", "at")
_CHANGE_NAMES = tuple(StatusChangeShape().fields)


def _agent(code: str, user: User) -> Agent:
    """Raises Http404."""
    agents = Agent.objects.visible_to(user).select_related("region", "parent")
    return get_object_or_404(agents, code=code)


def _shown(agent: Agent) -> dict[str, Any]:
    return dict(AgentShape(agent).data)


def _shown_change(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_CHANGE_NAMES, row, strict=True))


def _values(request: Request, agent: Agent | None = None) -> dict[str, Any]:
    shape = AgentShape(
        agent, data=request.data, partial=agent is not None, context={"user": person(request)}
    )
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
