"""What lists and summaries may be asked for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend import clock
from backend.accounts.models import User
from backend.api.pagination import PageQuery
from backend.org.models import Region, Territory, common_path
from sales.api.codes import AgentFilter, DrawFilter, ProductFilter
from sales.figures.asked import LEVELS
from sales.models import DrawStatus, ProductKind


class InPlaceQuery(serializers.Serializer[Any]):
    """What lies in units."""

    region = serializers.CharField(required=False, help_text="Code; sub-regions are included.")
    territory = serializers.CharField(required=False, help_text="Code of a sales territory.")


class PlaceQuery(InPlaceQuery, PageQuery):
    """A list of what lies in units."""


class SalesQuery(PlaceQuery):
    date_from = serializers.DateField(required=False, help_text="First draw date.")
    date_to = serializers.DateField(required=False, help_text="Last draw date.")
    draw = DrawFilter(required=False, help_text="Of this draw alone.")
    weekday = serializers.IntegerField(
        required=False, min_value=0, max_value=6, help_text="Of the draw; 0 is Monday."
    )
    agent = AgentFilter(required=False, help_text="Code.")
    product = ProductFilter(required=False, help_text="Code.")
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    late = serializers.BooleanField(
        required=False, help_text="Whether tickets came back after the cut-off."
    )


class SpanQuery(serializers.Serializer[Any]):
    """Two days, both included."""

    date_from = serializers.DateField()
    date_to = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["date_from"] > attrs["date_to"]:
            raise serializers.ValidationError(
                {"date_to": _("Ngày cuối phải từ ngày đầu trở đi.")}, code="dates.reversed"
            )
        return attrs


class SummaryQuery(InPlaceQuery, SpanQuery):
    tree = serializers.ChoiceField(
        ["then", "now"],
        default="then",
        help_text=(
            "then: units as they were when tickets were sold; now: today's units, where a divided "
            "unit is told by the company's own shares. Only by unit."
        ),
    )
    group_by = serializers.ChoiceField(
        list(LEVELS),
        default="unit",
        help_text=(
            "unit: as recorded; area: directly below the province (today's wards and communes, "
            "the districts of before 2025-07-01); province."
        ),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["tree"] == "now" and attrs["group_by"] != "unit":
            raise serializers.ValidationError(
                {"tree": _("Cây địa bàn hiện nay chỉ xem được theo từng đơn vị (unit).")},
                code="tree.only_by_unit",
            )
        return attrs


class AgentsQuery(PlaceQuery):
    status = serializers.ChoiceField(["active", "suspended", "ended"], required=False)
    kind = serializers.ChoiceField(["person", "org"], required=False)
    parent = AgentFilter(  # type: ignore[assignment]
        required=False, help_text="Code of the first-level agent."
    )
    search = serializers.CharField(
        required=False, help_text="Part of the code or of the name, accents or none."
    )


class ProductsQuery(PageQuery):
    kind = serializers.ChoiceField(ProductKind.values, required=False)
    on = serializers.DateField(required=False, help_text="Only what is on sale that day.")


class DrawsQuery(PageQuery):
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)
    host = serializers.CharField(required=False, help_text="The whole name.")
    status = serializers.ChoiceField(DrawStatus.values, required=False)
    weekday = serializers.IntegerField(
        required=False, min_value=0, max_value=6, help_text="0 is Monday."
    )


class RegionsQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Only units in force that day.")


def rows_asked_for(
    rows: Any, query: dict[str, Any], filters: Mapping[str, str], *, user: User, on: date
) -> Any:
    """Of the rows those the person sees, in the units asked for (`PlaceQuery`) and by `filters`.

    Of one `agent` of theirs also what it brought from elsewhere; else rows belong to the unit of their time.
    """
    is_of_one = "agent" in query and filters.get("agent") == "agent__code"
    seen = rows.known_to(user) if is_of_one else rows.visible_to(user)
    if query.keys() & {"region", "territory"}:
        seen = seen.in_scope(scope_of(query, user=user, on=on))
    return filtered(seen, query, filters)


def filtered(rows: Any, query: Mapping[str, Any], filters: Mapping[str, str]) -> Any:
    """The rows that hold what was asked for; `filters` are lookups by parameter."""
    asked = {lookup: query[name] for name, lookup in filters.items() if name in query}
    return rows.filter(**asked)


def scope_of(query: dict[str, Any], *, user: User, on: date) -> str | None:
    """The units asked for by `region`, `territory` or both, within the person's own; None is all.

    Raises ValidationError for what the person cannot see or what does not exist.
    """
    code = query.get("territory")
    region = region_of(query.get("region"), user=user, on=on)
    path = region.path if region is not None else user.scope_path
    return path if code is None else common_path(_territory_path(code, user), path)


def _territory_path(code: str, user: User) -> str:
    territory = Territory.objects.filter(code=code).first()
    if territory is None or not (user.is_whole_company or user.territory == territory):
        raise serializers.ValidationError(
            {
                "territory": _("Không có vùng bán hàng mã {code} trong phạm vi của bạn.").format(
                    code=code
                )
            },
            code="territory.unknown",
        )
    return territory.scope_path(clock.today())


def region_of(code: str | None, *, user: User, on: date) -> Region | None:
    """The region asked for, within the person's own; without a code the person's own.

    A code can have returned with another meaning: the unit in force `on` comes first, else the
    latest. Raises ValidationError for a code the person cannot see or that does not exist.
    """
    if not code:
        return user.region
    known = list(Region.objects.in_scope(user.scope_path).filter(code=code).order_by("-valid_from"))
    if not known:
        raise serializers.ValidationError(
            {"region": _("Không có địa bàn mã {code} trong phạm vi của bạn.").format(code=code)},
            code="region.unknown",
        )
    return next(
        (
            region
            for region in known
            if region.valid_from <= on and (region.valid_to is None or on <= region.valid_to)
        ),
        known[0],
    )
