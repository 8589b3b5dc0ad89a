"""What the API says of punches and timesheet rows."""

from typing import Any

from rest_framework import serializers

from backend.api.pagination import page_shape

MINUTES = "Minutes."


class OvertimeShape(serializers.Serializer[Any]):
    """Minutes by kind of day and time of day."""

    weekday_day = serializers.IntegerField()
    weekday_night = serializers.IntegerField()
    restday_day = serializers.IntegerField()
    restday_night = serializers.IntegerField()
    holiday_day = serializers.IntegerField()
    holiday_night = serializers.IntegerField()


class TimesheetShape(serializers.Serializer[Any]):
    """One person's work date, as computed so far."""

    work_date = serializers.DateField()
    employee = serializers.CharField(help_text="Code.")
    status = serializers.CharField(
        help_text="present, incomplete, absent, leave, trip, holiday, rest, no_shift, not_employed."
    )
    symbol = serializers.CharField(help_text="As on form 01a-LĐTL.")
    scheduled = serializers.IntegerField(help_text=MINUTES)
    worked = serializers.IntegerField(help_text="Minutes: regular and overtime.")
    regular = serializers.IntegerField(help_text=MINUTES)
    late = serializers.IntegerField(help_text=MINUTES)
    early = serializers.IntegerField(help_text=MINUTES)
    leave = serializers.IntegerField(help_text=MINUTES)
    credited = serializers.IntegerField(help_text="Minutes on business trips.")
    care = serializers.IntegerField(help_text="Minutes of care hours taken; paid as work.")
    care_worked = serializers.IntegerField(
        help_text="Minutes of care hours worked through by agreement; paid once more."
    )
    night = serializers.IntegerField(help_text="Minutes between 22:00 and 06:00.")
    ot = OvertimeShape()
    weighted = serializers.FloatField(help_text="Minutes x percent of pay / 100.")
    exceptions = serializers.ListField(child=serializers.CharField())
    computed_at = serializers.DateTimeField()


TimesheetPage = page_shape("TimesheetPage", TimesheetShape)


class PunchShape(serializers.Serializer[Any]):
    """One punch as received; `employee` is null while the user id is nobody's."""

    id = serializers.IntegerField()
    device_user_id = serializers.CharField()
    employee = serializers.CharField(allow_null=True, help_text="Code.")
    terminal = serializers.CharField(help_text="Code.")
    device_time = serializers.DateTimeField(help_text="The terminal's own clock, without zone.")
    punched_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    verify = serializers.IntegerField()
    state = serializers.IntegerField(help_text="The terminal's in/out code; not to be trusted.")


PunchPage = page_shape("PunchPage", PunchShape)
