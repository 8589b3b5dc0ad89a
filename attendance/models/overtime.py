"""Overtime that was allowed, and leave that was taken back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import WithdrawableQuerySet
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason


class OvertimeApproval(models.Model):
    """Overtime a person may work (duyệt làm thêm giờ), from `start` to `end`, whole minutes.

    Before or after the work; without it minutes outside a shift are not paid, they are asked about.
    A mistake is withdrawn (`OvertimeWithdrawal`), not changed.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    start = models.DateTimeField(_("từ"))
    end = models.DateTimeField(_("đến"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithdrawableQuerySet["OvertimeApproval"].as_manager()

    class Meta:
        verbose_name = _("duyệt làm thêm giờ")
        verbose_name_plural = _("duyệt làm thêm giờ")
        constraints: ClassVar = [
            models.CheckConstraint(name="overtime_order", condition=Q(start__lt=F("end"))),
            has_reason("overtime_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["employee", "start"], name="overtime_employee")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.start:%d/%m/%Y %H:%M}"


class OvertimeWithdrawal(models.Model):
    """Takes an approval of overtime back (thu hồi); both stay to be read."""

    approval = models.OneToOneField(OvertimeApproval, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi làm thêm giờ")
        verbose_name_plural = _("thu hồi làm thêm giờ")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.at:%d/%m/%Y %H:%M}"


class LeaveRevocation(models.Model):
    """Leave or a trip that was granted and taken back (thu hồi nghỉ phép), as it stood."""

    employee = models.ForeignKey(Employee, models.PROTECT)
    date = models.DateField(_("ngày"))
    code = models.CharField(_("ký hiệu"), max_length=4)
    event = models.CharField(_("việc riêng"), max_length=16, blank=True, default="")
    part = models.CharField(_("phần ngày"), max_length=4, blank=True)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi nghỉ phép")
        verbose_name_plural = _("thu hồi nghỉ phép")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date:%d/%m/%Y} {self.code}"
