"""/reconciliations/: accounts agreed with agents, from proposal to both signatures."""

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, page_shape, query_of
from backend.api.tables import RENDERERS, listed_rows, tabular
from backend.api.versions import versioned
from sales.api.codes import AgentFilter
from sales.api.money_shapes import AccountAmountsShape
from sales.api.queries import PlaceQuery, rows_asked_for
from sales.api.resources import VisibleAgent
from sales.models import Reconciliation, ReconciliationStepKind
from sales.models.account import AMOUNTS
from sales.money.reconciling import Step, is_current, propose, take_step

_STATES = ("proposed", *ReconciliationStepKind.values)


class ReconciliationsQuery(PlaceQuery):
    date_from = serializers.DateField(required=False, help_text="Periods that end on or after it.")
    date_to = serializers.DateField(required=False, help_text="Periods that end on or before it.")
    agent = AgentFilter(required=False, help_text="Code.")
    state = serializers.ChoiceField(_STATES, required=False)


class ReconciliationKey(serializers.Serializer[Any]):
    last = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    region = serializers.CharField()
    first = serializers.DateField()
    version = serializers.IntegerField()
    state = serializers.CharField(
        help_text=f"{', '.join(_STATES)}: the last step; agent and company: signed by that side."
    )


class ReconciliationRow(ReconciliationKey, AccountAmountsShape):
    by = serializers.CharField()
    at = serializers.DateTimeField()


ReconciliationPage = page_shape("ReconciliationPage", ReconciliationRow)


class ReconciliationStepShape(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text=", ".join(ReconciliationStepKind.values))
    signer = serializers.CharField()
    signed_date = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ReconciliationShape(ReconciliationRow):
    number = serializers.CharField(help_text="On paper.")
    tickets = serializers.ListField(
        child=serializers.DictField(),
        help_text="Of closed draws: product, name, issued, returned, sold, revenue, commission.",
    )
    steps = ReconciliationStepShape(many=True)
    is_current = serializers.BooleanField(help_text="The books still say what the record says.")


class AccountProposalShape(serializers.Serializer[Any]):
    agent = VisibleAgent()
    first = serializers.DateField()
    last = serializers.DateField(help_text="A day that is over.")


class NewStepShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        ReconciliationStepKind.values,
        help_text="agent, company: signed; disputed, withdrawn: with a note that says why.",
    )
    signer = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    signed_date = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)


COLUMNS = (
    "last", "id", "agent__code", "region__code", "first", "version", "state", *AMOUNTS,
    "by__username", "at",
)  # fmt: skip
NAMES = tuple(ReconciliationRow().fields)
FILTERS = {
    "date_from": "last__gte",
    "date_to": "last__lte",
    "agent": "agent__code",
    "state": "state",
}


class Reconciliations(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="reconciliations_list",
        parameters=[ReconciliationsQuery],
        responses=tabular(ReconciliationPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Records, those of the latest periods first."""
        query = query_of(request, ReconciliationsQuery)
        on = query.get("date_to") or clock.today()
        known = Reconciliation.objects.with_state()
        rows = rows_asked_for(known, query, FILTERS, user=person(request), on=on)
        return listed_rows(
            request, query, rows, keys=("-last", "-id"), columns=COLUMNS,
            names=NAMES, name="reconciliations",
        )  # fmt: skip

    @extend_schema(
        request=AccountProposalShape,
        responses={201: ReconciliationShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Write down an agent's account of some days for the agent to sign."""
        by, at = person(request), clock.now()
        sent = sent_of(request, AccountProposalShape, context={"user": by})

        def work() -> HttpResponse:
            record = propose(**sent, by=by, at=at)
            return versioned(request, _shown(record.pk, by), status=201)

        return once(request, work)


class OneReconciliation(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=ReconciliationShape, tags=["money"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One record with its steps."""
        query_of(request, FieldsQuery)
        return versioned(request, _shown(pk, person(request)))


class ReconciliationSteps(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=NewStepShape,
        responses={201: ReconciliationShape},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """A signature, an objection or a withdrawal; who proposed does not sign for the company."""
        by, at = person(request), clock.now()
        sent = sent_of(request, NewStepShape)
        step = Step(
            kind=ReconciliationStepKind(sent["kind"]),
            signer=sent["signer"],
            signed=sent["signed_date"],
            note=sent["note"],
        )

        def work() -> HttpResponse:
            take_step(pk, step, by=by, at=at)
            return versioned(request, _shown(pk, by), status=201)

        return once(request, work)


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(NAMES, row, strict=True))


def _shown(pk: int, user: User) -> dict[str, Any]:
    known = Reconciliation.objects.known_to(user).with_state().filter(pk=pk)
    record = known.select_related("agent").first()
    if record is None:
        raise Http404
    steps = record.steps.order_by("pk").values_list(
        "kind", "signer", "signed_date", "note", "by__username", "at"
    )
    names = tuple(ReconciliationStepShape().fields)
    return {
        **_row(known.values_list(*COLUMNS)[0]),
        "number": record.number,
        "tickets": record.tickets,
        "steps": [dict(zip(names, step, strict=True)) for step in steps],
        "is_current": is_current(record),
    }
