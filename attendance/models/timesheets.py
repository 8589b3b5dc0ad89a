"""What the engine made of the punches, one row a person and work date, and what is to be made anew."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.org.models import Employee


class DirtyDay(models.Model):
    """A work date of a person to be computed anew (ngày cần tính lại); gone when that is done."""

    employee = models.ForeignKey(Employee, models.CASCADE, db_index=False)
    work_date = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["employee", "work_date"], name="dirty_day_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-work_date"], name="dirty_day_newest")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.work_date:%d/%m/%Y}"


class TimesheetRowQuerySet(models.QuerySet["TimesheetRow"]):
    def between(self, first: date, last: date) -> Self:
        """Rows of work dates in [first, last], both included."""
        return self.filter(work_date__gte=first, work_date__lte=last)


class TimesheetRow(models.Model):
    """The computed day of one person (dòng công). Minutes, named as the specification names them.

    `exceptions` are the specification's §8 codes and those of §5 of punches that belong to nothing,
    `status` its §9 words, `weighted` §10.
    `care` are care hours taken (giờ chế độ), `care_worked` those paid once more.
    `explanation` is the engine's list of steps, `scheduled` the minutes of the shifts before leave.
    The row is derived: the punches are the truth.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    work_date = models.DateField(_("ngày công"))
    status = models.CharField(max_length=20)
    symbol = models.CharField(_("ký hiệu"), max_length=12, blank=True)
    scheduled = models.PositiveSmallIntegerField(default=0)
    worked = models.PositiveSmallIntegerField(default=0)
    regular = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    early = models.PositiveSmallIntegerField(default=0)
    leave = models.PositiveSmallIntegerField(default=0)
    leave_code = models.CharField(max_length=4, blank=True, default="", db_default="")
    credited = models.PositiveSmallIntegerField(default=0)
    care = models.PositiveSmallIntegerField(default=0)
    care_worked = models.PositiveSmallIntegerField(default=0)
    night = models.PositiveSmallIntegerField(default=0)
    ot_weekday_day = models.PositiveSmallIntegerField(default=0)
    ot_weekday_night = models.PositiveSmallIntegerField(default=0)
    ot_restday_day = models.PositiveSmallIntegerField(default=0)
    ot_restday_night = models.PositiveSmallIntegerField(default=0)
    ot_holiday_day = models.PositiveSmallIntegerField(default=0)
    ot_holiday_night = models.PositiveSmallIntegerField(default=0)
    weighted = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    exceptions = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    explanation = models.JSONField(default=list, blank=True)
    computed_at = models.DateTimeField()

    objects = TimesheetRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng công")
        verbose_name_plural = _("bảng công")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["employee", "work_date"], name="timesheet_row_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["work_date"], name="timesheet_work_date")]

    def __str__(self) -> str:
        return f"{self.employee} {self.work_date:%d/%m/%Y}: {self.worked}"
