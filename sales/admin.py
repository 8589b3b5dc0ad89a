"""Reference data of sales in Django's admin. Ledgers are not here: they are only added to."""

from django.contrib import admin
from django.http import HttpRequest

from backend.adminsite import CapabilityAdmin
from sales.models import (
    Agent,
    Draw,
    DrawPause,
    DrawSchedule,
    PrizeLevel,
    PrizeTable,
    Product,
    SalesRule,
)


@admin.register(Product)
class ProductAdmin(CapabilityAdmin):
    list_display = ("code", "name", "kind", "face_value_amount", "valid_from", "valid_to")
    ordering = ("code",)


@admin.register(Agent)
class AgentAdmin(CapabilityAdmin):
    list_display = ("code", "name", "region", "status", "commission_bps", "credit_limit_amount")
    list_filter = ("status", "kind")
    list_select_related = ("region",)
    search_fields = ("code", "name", "search")
    raw_id_fields = ("region", "parent")
    ordering = ("code",)
    #: The status by AgentStatusChange, with a reason; the tax code by the agent's own page, which seals a person's.
    readonly_fields = ("status", "closed_date", "tax_code")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Agent | None = None
    ) -> tuple[str, ...]:
        """Whether its tax code is sealed hangs on the kind of an agent."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else ("kind", *fields)


@admin.register(DrawSchedule)
class DrawScheduleAdmin(CapabilityAdmin):
    list_display = ("weekday", "host", "valid_from", "source")
    ordering = ("weekday", "-valid_from")


@admin.register(DrawPause)
class DrawPauseAdmin(CapabilityAdmin):
    list_display = ("first_date", "last_date", "reason")
    ordering = ("-first_date",)


@admin.register(Draw)
class DrawAdmin(CapabilityAdmin):
    list_display = ("date", "host", "status")
    readonly_fields = ("numbers", "winning_symbols")
    list_filter = ("status", "host")
    date_hierarchy = "date"
    ordering = ("-date",)

    def get_readonly_fields(self, request: HttpRequest, obj: Draw | None = None) -> tuple[str, ...]:
        """What was recorded of a draw bears its day: the draw of another day is another row."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if obj is None else ("date", *fields)


@admin.register(SalesRule)
class SalesRuleAdmin(CapabilityAdmin):
    list_display = ("key", "value", "valid_from", "valid_to", "document", "is_confirmed")
    list_filter = ("key", "is_confirmed")
    ordering = ("key", "-valid_from")


@admin.register(PrizeTable)
class PrizeTableAdmin(CapabilityAdmin):
    list_display = ("product", "valid_from", "valid_to", "document", "is_confirmed")
    list_select_related = ("product",)
    ordering = ("product", "-valid_from")


@admin.register(PrizeLevel)
class PrizeLevelAdmin(CapabilityAdmin):
    list_display = ("table", "kind", "digits", "draws", "amount")
    list_select_related = ("table__product",)
    ordering = ("table", "-amount", "pk")
