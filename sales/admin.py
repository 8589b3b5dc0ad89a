"""Reference data of sales in Django's admin. Ledgers are not here: they are only added to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backend.accounts.permissions import may
from sales.models import Agent, Draw, DrawPause, DrawSchedule, Product


class ReferenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For whoever keeps reference data. Nothing is deleted: it has a last day instead."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "reference.manage")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "reference.manage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "reference.manage")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "reference.manage")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(ReferenceAdmin):
    list_display = ("code", "name", "face_value_amount", "valid_from", "valid_to")
    ordering = ("code",)


@admin.register(Agent)
class AgentAdmin(ReferenceAdmin):
    list_display = ("code", "name", "region", "status", "commission_bps", "credit_limit_amount")
    list_filter = ("status", "kind")
    list_select_related = ("region",)
    search_fields = ("code", "name", "search")
    raw_id_fields = ("region",)
    ordering = ("code",)


@admin.register(DrawSchedule)
class DrawScheduleAdmin(ReferenceAdmin):
    list_display = ("weekday", "host", "valid_from", "source")
    ordering = ("weekday", "-valid_from")


@admin.register(DrawPause)
class DrawPauseAdmin(ReferenceAdmin):
    list_display = ("first_date", "last_date", "reason")
    ordering = ("-first_date",)


@admin.register(Draw)
class DrawAdmin(ReferenceAdmin):
    list_display = ("date", "host", "status")
    list_filter = ("status", "host")
    date_hierarchy = "date"
    ordering = ("-date",)
