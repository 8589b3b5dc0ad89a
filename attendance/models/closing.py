"""The closing of a month: what changed, who confirmed, who locked, what came after the lock."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from backend.org.models import Department, Employee
from backend.promises import APPEND_ONLY, has_reason


def _first_of_month(field: str) -> Q:
    return Q(Exact(ExtractDay(field), 1))


class PeriodLockQuerySet(models.QuerySet["PeriodLock"]):
    def standing(self) -> Self:
        """Those that were not reopened."""
        return self.filter(reopening__isnull=True)

    def holding(self, day: date) -> Self:
        """The standing lock of the day's month, if there is one."""
        return self.standing().filter(period=day.replace(day=1))


class PeriodLock(models.Model):
    """A month closed at a moment (khóa kỳ công), specification §11; `period` is its first day.

    `left` is what the checklist still counted then, by its codes; `note` is the reason for closing
    all the same. A mistake is reopened (`PeriodReopening`), never changed.
    """

    period = models.DateField(_("kỳ công"))
    left = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PeriodLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("khóa kỳ công")
        verbose_name_plural = _("khóa kỳ công")
        constraints: ClassVar = [
            models.CheckConstraint(name="period_lock_month", condition=_first_of_month("period")),
        ]
        indexes: ClassVar = [models.Index(fields=["period"], name="period_lock_period")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.period:%m/%Y}"


class PeriodReopening(models.Model):
    """Opens a closed month again (mở lại kỳ công), by another person than the one who closed it."""

    lock = models.OneToOneField(PeriodLock, models.PROTECT, related_name="reopening")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("mở lại kỳ công")
        verbose_name_plural = _("mở lại kỳ công")
        constraints: ClassVar = [
            has_reason("period_reopening_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.lock_id} {self.at:%d/%m/%Y %H:%M}"


class DepartmentConfirmation(models.Model):
    """A department's month confirmed by its head or by HR (xác nhận bảng công); the newest counts."""

    period = models.DateField(_("kỳ công"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("phòng ban"), db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("xác nhận bảng công")
        verbose_name_plural = _("xác nhận bảng công")
        constraints: ClassVar = [
            models.CheckConstraint(name="confirmation_month", condition=_first_of_month("period")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["period", "department", "-at"], name="confirmation_newest")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.department_id} {self.period:%m/%Y}"


class Adjustment(models.Model):
    """What later data would change in a row of a closed month (điều chỉnh), specification §11.

    `delta` is new minus known, in minutes, of the numeric fields that differ, overtime classes as
    "ot.<class>"; it is paid in the month that begins `into`. Known is the frozen row and the
    adjustments before this one, so frozen row + all deltas is always the day as it is known now.
    One that only renames the leave has no delta. It counts while its lock stands: in a month
    opened again the row itself is made anew.
    """

    lock = models.ForeignKey(PeriodLock, models.PROTECT, related_name="adjustments")
    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False, related_name="+")
    work_date = models.DateField(_("ngày công"))
    into = models.DateField(_("tính vào kỳ"))
    delta = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("điều chỉnh công")
        verbose_name_plural = _("điều chỉnh công")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="adjustment_into_later",
                condition=Q(into__gt=F("work_date")) & _first_of_month("into"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["employee", "work_date"], name="adjustment_day"),
            models.Index(fields=["into"], name="adjustment_into"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.work_date:%d/%m/%Y}: {self.delta}"


class TimesheetChange(models.Model):
    """A computed day that became, or would have become, another one (thay đổi của ngày công).

    `before` and `after` are the row's columns but its explanation, minutes as in `TimesheetRow`
    ("weighted" a number); `before` is None where the day had no row. `why` is how the explanation
    differs: {"lost": [steps], "gained": [steps]}, the engine's steps as they are, empty for a
    first row. With an `adjustment` the month was closed: the row stayed and this is what the
    adjustment carries over. The primary key grows in the order of writing (one writer at a time),
    so it is the cursor of those who read changes.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False, related_name="+")
    work_date = models.DateField(_("ngày công"))
    before = models.JSONField(null=True)
    after = models.JSONField()
    why = models.JSONField()
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="change")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thay đổi ngày công")
        verbose_name_plural = _("thay đổi ngày công")
        indexes: ClassVar = [
            models.Index(fields=["employee", "work_date"], name="timesheet_change_day"),
            models.Index(fields=["work_date", "at"], name="timesheet_change_when"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.work_date:%d/%m/%Y} {self.at:%d/%m/%Y %H:%M}"
