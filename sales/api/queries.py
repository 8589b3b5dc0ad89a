"""What lists and summaries may be asked for."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.accounts.models import User
from backend.api.pagination import PageQuery
from backend.org.models import Region


class SalesQuery(PageQuery):
    date_from = serializers.DateField(required=False, help_text="First draw date.")
    date_to = serializers.DateField(required=False, help_text="Last draw date.")
    region = serializers.CharField(required=False, help_text="Code; sub-regions are included.")
    agent = serializers.CharField(required=False, help_text="Code.")
    product = serializers.CharField(required=False, help_text="Code.")
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class SummaryQuery(serializers.Serializer[Any]):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    region = serializers.CharField(required=False, help_text="Code; sub-regions are included.")
    group_by = serializers.ChoiceField(
        ["province", "area", "unit"],
        default="unit",
        help_text=(
            "unit: as recorded; area: directly below the province (today's wards and communes, "
            "the districts of before 2025-07-01); province."
        ),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["date_from"] > attrs["date_to"]:
            raise serializers.ValidationError(
                {"date_to": _("Ngày cuối phải từ ngày đầu trở đi.")}, code="dates.reversed"
            )
        return attrs


class AgentsQuery(PageQuery):
    region = serializers.CharField(required=False, help_text="Code; sub-regions are included.")
    status = serializers.ChoiceField(["active", "suspended", "ended"], required=False)
    kind = serializers.ChoiceField(["person", "org"], required=False)
    parent = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="Code of the first-level agent."
    )
    search = serializers.CharField(
        required=False, help_text="Part of the code or of the name, accents or none."
    )


class DrawsQuery(PageQuery):
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)


class RegionsQuery(PageQuery):
    on = serializers.DateField(required=False, help_text="Only units in force that day.")


def region_of(code: str | None, *, user: User, on: date) -> Region | None:
    """The region asked for, within the person's own; without a code the person's own.

    A code can have returned with another meaning: the unit in force `on` comes first, else the
    latest. Raises ValidationError for a code the person cannot see or that does not exist.
    """
    if not code:
        return user.region
    known = list(Region.objects.within(user.region).filter(code=code).order_by("-valid_from"))
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
