"""Reference data of the company: places, departments, people."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from backend.accounts.permissions import may
from backend.adminsite import CapabilityAdmin
from backend.org.models import (
    Company,
    Department,
    Employee,
    Region,
    RegionSuccession,
    Site,
    Territory,
    TerritoryRegion,
)


@admin.register(Company)
class CompanyAdmin(CapabilityAdmin):
    list_display = ("name", "short_name", "is_demonstration")
    ordering = ("pk",)


@admin.register(Region)
class RegionAdmin(CapabilityAdmin):
    list_display = ("name", "code", "level", "parent", "valid_from", "valid_to")
    list_filter = ("level", "valid_from")
    list_select_related = ("parent",)
    search_fields = ("code", "name", "search")
    autocomplete_fields = ("parent",)
    ordering = ("path", "valid_from", "pk")


@admin.register(RegionSuccession)
class RegionSuccessionAdmin(CapabilityAdmin):
    """Shares of divided units: the company's own estimate."""

    list_display = ("old", "new", "effective_date", "share_bps", "is_estimate")
    list_filter = ("is_estimate",)
    list_select_related = ("old", "new")
    search_fields = ("old__search", "new__search")
    autocomplete_fields = ("old", "new")
    ordering = ("old__code", "new__code", "pk")


class TerritoryRegionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = TerritoryRegion
    autocomplete_fields = ("region",)
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, "reference.manage")

    has_view_permission = has_change_permission = has_add_permission

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Territory)
class TerritoryAdmin(CapabilityAdmin):
    list_display = ("code", "name", "manager")
    list_select_related = ("manager",)
    search_fields = ("code", "name")
    autocomplete_fields = ("manager",)
    inlines = (TerritoryRegionInline,)
    ordering = ("code",)


@admin.register(Site)
class SiteAdmin(CapabilityAdmin):
    list_display = ("code", "name", "region")
    list_select_related = ("region",)
    autocomplete_fields = ("region",)
    ordering = ("code",)


@admin.register(Department)
class DepartmentAdmin(CapabilityAdmin):
    list_display = ("code", "name", "manager")
    list_select_related = ("manager",)
    autocomplete_fields = ("manager",)
    ordering = ("code",)


@admin.register(Employee)
class EmployeeAdmin(CapabilityAdmin):
    """Where somebody belongs is entered once; later it changes by transfers, which have a date."""

    list_display = (
        "code",
        "full_name",
        "department",
        "site",
        "position",
        "join_date",
        "leave_date",
    )
    list_filter = ("department", "site")
    list_select_related = ("department", "site")
    search_fields = ("code", "full_name", "search")
    ordering = ("sort_key", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["department", "site", "position", "grade"] if obj else []
