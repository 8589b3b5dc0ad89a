"""What lists of attendance may be asked for."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from attendance.timesheet.timesheets import month_of
from backend.api.pagination import PageQuery


class MonthField(serializers.Field[tuple[date, date], str, str, tuple[date, date]]):
    """A month "2026-11" as its first and last day."""

    def to_internal_value(self, data: str) -> tuple[date, date]:
        try:
            return month_of(datetime.strptime(data, "%Y-%m").date())  # noqa: DTZ007 -- no time
        except ValueError:
            raise serializers.ValidationError(
                _("Tháng phải có dạng 2026-11."), code="month.invalid"
            ) from None

    def to_representation(self, value: tuple[date, date]) -> str:
        return f"{value[0]:%Y-%m}"


class TimesheetQuery(PageQuery):
    month = MonthField(help_text="As 2026-11.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")


class PunchQuery(PageQuery):
    date_from = serializers.DateField(required=False, help_text="First day, Vietnamese time.")
    date_to = serializers.DateField(required=False, help_text="Last day, Vietnamese time.")
    employee = serializers.CharField(required=False, help_text="Code.")
    department = serializers.CharField(required=False, help_text="Code.")
    terminal = serializers.CharField(required=False, help_text="Code.")
