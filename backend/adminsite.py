"""Django's admin, for reference data and accounts only, opened by role and not by flags."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from backend.accounts.permissions import may

DOORS = ("reference.manage", "accounts.manage")


class GiaoBanAdmin(admin.AdminSite):
    """The admin with the product's own login page: one door, one lock-out."""

    site_header = _("Danh mục và tài khoản")
    site_title = "Giao Ban"
    index_title = _("Chọn danh mục")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return any(may(request.user, capability) for capability in DOORS)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A stranger logs in on our page; a person without the right is told so (403)."""
        wanted = request.GET.get("next", request.get_full_path())
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")


class CapabilityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A page of the admin for whoever holds `capability`. Nothing is deleted: rows have a last day."""

    capability: ClassVar[str] = "reference.manage"
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, self.capability)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self.capability)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, self.capability)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self.capability)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
