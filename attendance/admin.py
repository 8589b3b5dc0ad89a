"""Terminals in Django's admin. Punches and pulls are not here: they are only looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attendance.models import Terminal
from backend.accounts.permissions import may


class TerminalForm(forms.ModelForm):  # type: ignore[type-arg]
    """The comm key can be given but never read back."""

    comm_key = forms.IntegerField(
        label=_("Comm Key mới"),
        min_value=0,
        max_value=999_999,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Để trống là giữ khóa cũ; 0 là máy không đặt khóa."),
    )

    class Meta:
        model = Terminal
        fields = (
            "code",
            "name",
            "site",
            "address",
            "port",
            "transport",
            "serial_number",
            "utc_offset_minutes",
            "record_layout",
            "poll_seconds",
            "enabled",
        )


@admin.register(Terminal)
class TerminalAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For whoever manages terminals. None is deleted: its punches keep it; it is switched off."""

    form = TerminalForm
    list_display = ("code", "name", "site", "address", "port", "transport", "enabled")
    list_select_related = ("site",)
    ordering = ("code",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "terminals.manage")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "terminals.manage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "terminals.manage")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "terminals.manage")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Terminal, form: Any, change: bool) -> None:
        """Save what was typed and make the terminal due; the lease columns belong to collectors."""
        typed = list(TerminalForm.Meta.fields)
        key = form.cleaned_data.get("comm_key")
        if key is not None:
            obj.set_comm_key(key)
            typed.append("comm_key_sealed")
        obj.next_poll_at = None
        obj.save(update_fields=[*typed, "next_poll_at"] if change else None)
