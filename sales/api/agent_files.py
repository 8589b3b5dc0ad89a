"""/agent-contracts/, /collaterals/, /points-of-sale/, /agent-contacts/, /agent-documents/,
/agent-notes/: the files of agents."""

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.accounts.models import User
from backend.api.pagination import page_shape
from backend.org.models import Region
from backend.validity import holding
from sales.agents.keeping import keep, keep_contract
from sales.api.codes import AgentFilter
from sales.api.queries import PlaceQuery
from sales.api.resources import RecordShape, Resource, VisibleAgent
from sales.models import (
    AgentContact,
    AgentContract,
    AgentDocument,
    AgentNote,
    Collateral,
    ContractRate,
    PointOfSale,
    Product,
)


class OfAgentQuery(PlaceQuery):
    agent = AgentFilter(required=False, help_text="Code.")


class ValidityQuery(OfAgentQuery):
    on = serializers.DateField(required=False, help_text="Only what is in force that day.")
    ends_by = serializers.DateField(required=False, help_text="Only what ends by that day.")


class DocumentQuery(OfAgentQuery):
    ends_by = serializers.DateField(required=False, help_text="Only what ends by that day.")


class CollateralQuery(ValidityQuery):
    kind = serializers.ChoiceField(["cash", "guarantee", "mortgage"], required=False)


class NoteQuery(OfAgentQuery):
    kind = serializers.ChoiceField(["note", "visit"], required=False)
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)


class RateShape(serializers.ModelSerializer[ContractRate]):
    product = serializers.SlugRelatedField(slug_field="code", queryset=Product.objects.all())
    commission_bps = serializers.IntegerField(min_value=0, max_value=10_000)

    class Meta:
        model = ContractRate
        fields = ("product", "commission_bps")


class ContractShape(RecordShape):
    agent = VisibleAgent()
    rates = RateShape(many=True, required=False)

    class Meta:
        model = AgentContract
        fields = (
            "id", "agent", "number", "valid_from", "valid_to", "settlement_days",
            "overdue_interest_bps", "pays_prizes", "rates", "note",
        )  # fmt: skip

    def validate_rates(self, rates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        products = [rate["product"].pk for rate in rates]
        if len(set(products)) < len(products):
            raise serializers.ValidationError(_("Mỗi loại vé chỉ ghi một lần."), code="duplicate")
        return rates


class CollateralShape(RecordShape):
    agent = VisibleAgent()
    limit_amount = serializers.IntegerField(read_only=True, help_text="đồng that count")

    class Meta:
        model = Collateral
        fields = (
            "id", "agent", "kind", "value_amount", "counted_bps", "limit_amount", "document",
            "issuer", "valid_from", "valid_to", "note",
        )  # fmt: skip


class VisibleRegion(serializers.SlugRelatedField[Region]):
    """The newest unit of a code, within the person's own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=Region.objects.all(), **kwargs)

    def to_internal_value(self, data: Any) -> Region:
        code = (
            str(data) if str(data).isprintable() else ""
        )  # of control signs the database knows none
        known = Region.objects.in_scope(self.context["user"].scope_path).filter(code=code)
        newest = known.order_by("-valid_from", "-pk").first()
        if newest is None:
            self.fail("does_not_exist", slug_name="code", value=str(data))
        return newest


class PointShape(RecordShape):
    agent = VisibleAgent()
    region = VisibleRegion()

    class Meta:
        model = PointOfSale
        fields = (
            "id", "agent", "code", "name", "address", "region", "latitude", "longitude",
            "opened_date", "closed_date", "is_listed", "opening_hours", "public_phone",
        )  # fmt: skip


class ContactShape(RecordShape):
    agent = VisibleAgent()

    class Meta:
        model = AgentContact
        fields = ("id", "agent", "name", "position", "phone", "email", "is_first", "is_former")


class DocumentShape(RecordShape):
    agent = VisibleAgent()
    file_name = serializers.CharField(read_only=True)
    sha256 = serializers.CharField(read_only=True)

    class Meta:
        model = AgentDocument
        fields = (
            "id", "agent", "kind", "number", "title", "issued_date", "valid_to", "kept_at",
            "file_name", "sha256",
        )  # fmt: skip


class VisiblePoint(serializers.SlugRelatedField[PointOfSale]):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=PointOfSale.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[PointOfSale]:
        return PointOfSale.objects.visible_to(self.context["user"])


class NoteShape(RecordShape):
    agent = VisibleAgent()
    point = VisiblePoint(required=False, allow_null=True)
    by = serializers.CharField(source="by.username", read_only=True)
    at = serializers.DateTimeField(read_only=True)

    class Meta:
        model = AgentNote
        fields = ("id", "agent", "kind", "date", "point", "text", "by", "at")


def _keep(record: Any, values: dict[str, Any], by: User, at: datetime) -> Model:
    kept: Model = keep(record, values)
    return kept


def _keep_contract(record: Any, values: dict[str, Any], by: User, at: datetime) -> Model:
    rates = values.pop("rates", None)
    by_product = None if rates is None else {r["product"]: r["commission_bps"] for r in rates}
    return keep_contract(record, values, rates=by_product)


def _note(record: Any, values: dict[str, Any], by: User, at: datetime) -> Model:
    kept: Model = keep(record, {**values, "by": by, "at": at})
    return kept


def _in_force(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
    on = query.get("on")
    if on is None:
        return rows
    return rows.filter(holding(on))


_OF_AGENT: dict[str, str] = {"agent": "agent__code"}
_ENDING = {**_OF_AGENT, "ends_by": "valid_to__lte"}

RESOURCES: dict[str, Resource] = {
    "agent-contracts": Resource(
        AgentContract, ContractShape, ValidityQuery, _ENDING, _keep_contract,
        prefetched=("rates__product",), narrow=_in_force,
    ),
    "collaterals": Resource(
        Collateral, CollateralShape, CollateralQuery, {**_ENDING, "kind": "kind"}, _keep,
        narrow=_in_force,
    ),
    "points-of-sale": Resource(
        PointOfSale, PointShape, OfAgentQuery, _OF_AGENT, _keep,
        related=("agent", "region"),
    ),
    "agent-contacts": Resource(AgentContact, ContactShape, OfAgentQuery, _OF_AGENT, _keep),
    "agent-documents": Resource(
        AgentDocument, DocumentShape, DocumentQuery, _ENDING, _keep, narrow=lambda rows, _query: rows.defer("data"),
    ),
    "agent-notes": Resource(
        AgentNote, NoteShape, NoteQuery,
        {**_OF_AGENT, "kind": "kind", "date_from": "date__gte", "date_to": "date__lte"}, _note,
        related=("agent", "point", "by"),
    ),
}  # fmt: skip
#: What is only added to.
APPENDED = frozenset({"agent-notes"})
PAGES = {
    name: page_shape(f"{resource.model.__name__}Page", resource.shape)
    for name, resource in RESOURCES.items()
}
