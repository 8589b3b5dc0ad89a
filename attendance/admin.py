"""Terminals, and what people are to work, in Django's admin.

Punches, pulls and timesheet rows are not here: they are only looked at. What is changed here marks
the days it can change, in the same transaction; the collector computes them a moment later.
"""

from datetime import time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    Enrolment,
    Leave,
    PatternAssignment,
    RosterEntry,
    Shift,
    ShiftPattern,
    Terminal,
)
from attendance.roster.pattern_forms import ShiftPatternForm
from attendance.timesheet.dirty import hold_owners, mark_days, mark_shift, mark_user
from backend.accounts.permissions import may
from backend.adminsite import CapabilityAdmin


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
            "direction",
            "address",
            "port",
            "transport",
            "serial_number",
            "utc_offset_minutes",
            "record_layout",
            "collecting",
            "poll_seconds",
            "quiet_from",
            "quiet_until",
            "lock_keys",
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
        if "record_layout" in form.changed_data:
            # What is stored was read in another layout: the log is taken from its beginning.
            obj.log_bytes, obj.anchor = 0, b""
            typed += ["log_bytes", "anchor"]
        obj.next_poll_at = None
        obj.save(update_fields=[*typed, "next_poll_at"] if change else None)


class ShiftForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Shift
        fields = ("code", "name", "start", "end", "breaks", "flex_minutes")

    def clean_flex_minutes(self) -> int:
        return self.cleaned_data["flex_minutes"] or 0

    def clean_breaks(self) -> list[dict[str, Any]]:
        """Breaks as the engine reads them: [{"from": "11:30", "to": "13:00", "paid": false}]."""
        breaks = self.cleaned_data["breaks"] or []
        try:
            return [
                {
                    "from": f"{time.fromisoformat(pause['from']):%H:%M}",
                    "to": f"{time.fromisoformat(pause['to']):%H:%M}",
                    "paid": bool(pause.get("paid", False)),
                }
                for pause in breaks
            ]
        except (TypeError, KeyError, ValueError, AttributeError):
            raise forms.ValidationError(
                _('Ghi giờ nghỉ theo mẫu [{"from": "11:30", "to": "13:00", "paid": false}].')
            ) from None


@admin.register(Shift)
class ShiftAdmin(CapabilityAdmin):
    form = ShiftForm
    list_display = ("code", "name", "start", "end", "flex_minutes")
    ordering = ("code",)

    def save_model(self, request: HttpRequest, obj: Shift, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        mark_shift(obj)


class DaysAdmin(CapabilityAdmin):
    """Rows about one day of one person: where it was and where it is now are marked."""

    day = "date"
    raw_id_fields = ("employee",)
    search_fields = ("employee__code", "employee__search")
    list_select_related: ClassVar[tuple[str, ...]] = ("employee",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, self.capability)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stored = self.model._default_manager.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        self._mark([obj, stored] if stored else [obj])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._mark([obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        rows = list(queryset)
        super().delete_queryset(request, queryset)
        self._mark(rows)

    def _mark(self, rows: list[Any]) -> None:
        mark_days((row.employee_id, getattr(row, self.day)) for row in rows)


@admin.register(RosterEntry)
class RosterEntryAdmin(DaysAdmin):
    day = "work_date"
    list_display = ("work_date", "employee", "shift")
    list_filter = ("shift",)
    list_select_related = ("employee", "shift")
    date_hierarchy = "work_date"
    ordering = ("-work_date", "pk")


@admin.register(ShiftPattern)
class ShiftPatternAdmin(CapabilityAdmin):
    """A changed pattern changes no roster until it is rolled out (rostering.roll_out)."""

    form = ShiftPatternForm
    list_display = ("code", "name", "cycle", "anchor", "days")
    ordering = ("code",)


@admin.register(PatternAssignment)
class PatternAssignmentAdmin(CapabilityAdmin):
    list_display = ("pattern", "employee", "department", "first", "last", "offset")
    list_select_related = ("pattern", "employee", "department")
    raw_id_fields = ("employee",)
    ordering = ("-first", "pk")


@admin.register(Leave)
class LeaveAdmin(DaysAdmin):
    list_display = ("date", "employee", "part", "code")
    list_filter = ("code",)
    date_hierarchy = "date"
    ordering = ("-date", "pk")


@admin.register(Enrolment)
class EnrolmentAdmin(CapabilityAdmin):
    """Both the person who had the id and the one who has it now are computed anew."""

    list_display = ("device_user_id", "employee", "valid_from", "valid_to")
    list_select_related = ("employee",)
    search_fields = ("device_user_id", "employee__code", "employee__search")
    raw_id_fields = ("employee",)
    ordering = ("device_user_id", "valid_from")

    def save_model(self, request: HttpRequest, obj: Enrolment, form: Any, change: bool) -> None:
        hold_owners(to_change=True)
        stored = Enrolment.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        for row in (stored, obj):
            if row is not None:
                mark_user(
                    row.device_user_id,
                    employee_id=row.employee_id,
                    first=row.valid_from,
                    last=row.valid_to,
                )
