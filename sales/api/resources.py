"""One way to list, add, show and change the records of an agent's file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, PageQuery, query_of
from backend.api.tables import RENDERERS, listed_records, tabular
from backend.api.versions import check_version, match_parameter, versioned
from backend.db import lock_rows
from sales.api.queries import rows_asked_for
from sales.messages import message
from sales.models import Agent


class VisibleAgent(serializers.SlugRelatedField[Agent]):
    """An agent by its code, among those the person sees."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs["queryset"] = Agent.objects.all()
        super().__init__(slug_field="code", **kwargs)

    def get_queryset(self) -> QuerySet[Agent]:
        return Agent.objects.visible_to(self.context["user"])

    def to_internal_value(self, data: Any) -> Agent:
        """As in lines of tickets and money: the code of the fault is agent.unknown."""
        code = data if isinstance(data, str) and data.isprintable() else ""
        agent = self.get_queryset().filter(code=code).first()
        if agent is None:
            text = message("agent.unknown", {"agent": str(data)[:20]})
            raise serializers.ValidationError(text, code="agent.unknown")
        return agent


class RecordShape(serializers.ModelSerializer[Any]):
    """Shape of a record; a field it does not have is refused, not passed over."""

    #: Told once, when the record is made.
    made_once: ClassVar[frozenset[str]] = frozenset({"agent"})

    def build_relational_field(self, *args: Any) -> Any:
        raise AssertionError("relations are declared, so that nobody reaches what he may not see")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            faults: dict[str, Any] = {
                name: serializers.ErrorDetail(str(_("Không có trường này.")), "unknown_field")
                for name in data
                if name not in writable
            }
            if self.instance is not None:
                faults |= {
                    name: serializers.ErrorDetail(str(_("Không đổi được nữa.")), "made_once")
                    for name in self.made_once & data.keys()
                }
            if faults:
                raise serializers.ValidationError({n: [fault] for n, fault in faults.items()})
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Shape only: `full_clean` checks what holds between fields and rows."""
        return self.to_internal_value(data)


Save = Callable[[Any, dict[str, Any], User, datetime], Model]


@dataclass(frozen=True)
class Resource:
    """What there is to know to serve one kind of record."""

    model: type[Model]
    shape: type[serializers.BaseSerializer[Any]]
    query: type[PageQuery]
    filters: Mapping[str, str]
    save: Save
    related: tuple[str, ...] = ("agent",)
    prefetched: tuple[str, ...] = ()
    narrow: Callable[[QuerySet[Any], dict[str, Any]], QuerySet[Any]] = lambda rows, _query: rows

    def known(self) -> Any:
        rows = self.model._default_manager.select_related(*self.related)
        return rows.prefetch_related(*self.prefetched)

    def rows(self, user: User) -> QuerySet[Any]:
        return self.known().visible_to(user)  # type: ignore[no-any-return]

    def shown(self, record: Model) -> dict[str, Any]:
        return dict(self.shape(record).data)


def collection_of(resource: Resource, name: str, tag: str, page: type[Any]) -> type[APIView]:
    """List and add."""

    class Collection(APIView):
        permission_classes = (can("sales.view", "sales.record"),)
        renderer_classes = RENDERERS

        @extend_schema(
            operation_id=f"{name.replace('-', '_')}_list",
            parameters=[resource.query],
            responses=tabular(page),
            tags=[tag],
        )
        def get(self, request: Request) -> HttpResponse:
            query = query_of(request, resource.query)
            user, on = person(request), clock.today()
            rows = rows_asked_for(resource.known(), query, resource.filters, user=user, on=on)
            return listed_records(
                request, query, resource.narrow(rows, query), keys=("-pk",), show=resource.shown,
                name=name,
            )  # fmt: skip

        @extend_schema(
            request=resource.shape,
            responses={201: resource.shape},
            parameters=[key_parameter(required=False)],
            tags=[tag],
        )
        def post(self, request: Request) -> HttpResponse:
            by, at = person(request), clock.now()

            def work() -> HttpResponse:
                record = resource.model()
                values = _values(resource, request, by)
                saved = resource.save(record, values, by, at)
                shown = resource.shown(resource.rows(by).get(pk=saved.pk))
                return versioned(request, shown, status=201)

            return once(request, work)

    return Collection


def item_of(resource: Resource, tag: str, *, is_changed: bool = True) -> type[APIView]:
    """Show one, and change it where it is not only added to."""

    class Item(APIView):
        permission_classes = (can("sales.view", "sales.record"),)
        http_method_names = ["get", "head", "options", *(["patch"] if is_changed else [])]  # noqa: RUF012 -- read by Django as it is

        @extend_schema(parameters=[FieldsQuery], responses=resource.shape, tags=[tag])
        def get(self, request: Request, pk: int) -> HttpResponse:
            query_of(request, FieldsQuery)
            record = get_object_or_404(resource.rows(person(request)), pk=pk)
            return versioned(request, resource.shown(record))

        @extend_schema(
            request=resource.shape,
            responses=resource.shape,
            parameters=[match_parameter()],
            tags=[tag],
        )
        def patch(self, request: Request, pk: int) -> HttpResponse:
            by, at = person(request), clock.now()
            with transaction.atomic():
                found = lock_rows(resource.rows(by).filter(pk=pk))
                if not found:
                    raise Http404
                check_version(request, resource.shown(found[0]))
                values = _values(resource, request, by, record=found[0])
                resource.save(found[0], values, by, at)
                shown = resource.shown(resource.rows(by).get(pk=pk))
            return versioned(request, shown)

    return Item


def _values(
    resource: Resource, request: Request, by: User, *, record: Model | None = None
) -> dict[str, Any]:
    shape: Any = resource.shape(
        record, data=request.data, partial=record is not None, context={"user": by}
    )
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
