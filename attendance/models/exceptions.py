"""What people decided about exceptions of computed days, and whom they were given to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.models.manual import ManualPunch
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason


class Verdict(models.TextChoices):
    """`ACCEPTED`: the day stays as it was computed. `EXCUSED`: so too, and nobody is to blame.
    `CORRECTED`: facts were added and the day is computed anew. `REOPENED` takes a decision back.
    """

    ACCEPTED = "accepted", _("giữ như đã tính")
    EXCUSED = "excused", _("có lý do chính đáng")
    CORRECTED = "corrected", _("đã bổ sung")
    REOPENED = "reopened", _("mở lại")


class Assignee(models.TextChoices):
    HR = "hr", _("nhân sự")
    MANAGER = "manager", _("trưởng bộ phận")


class ExceptionDecision(models.Model):
    """A decision about one exception of one day (quyết định ngoại lệ). The newest one counts.

    `code` is the specification's (§8), or "absent". `seen` tells the facts that were decided on:
    when the day is computed from others, its exceptions are open again.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    work_date = models.DateField()
    code = models.CharField(max_length=30)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField()
    seen = models.CharField(max_length=16)
    punches = models.ManyToManyField(ManualPunch, through="ExceptionFix", related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("quyết định ngoại lệ")
        verbose_name_plural = _("quyết định ngoại lệ")
        constraints: ClassVar = [
            has_reason("exception_decision_says_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["employee", "work_date", "code"], name="exception_decision_day"),
            models.Index(fields=["work_date"], name="exception_decision_date"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.work_date:%d/%m/%Y} {self.code}: {self.verdict}"


class ExceptionFix(models.Model):
    """A manual punch that was entered by a decision (lượt bổ sung)."""

    decision = models.ForeignKey(ExceptionDecision, models.PROTECT)
    punch = models.OneToOneField(ManualPunch, models.PROTECT)

    class Meta:
        verbose_name = _("lượt bổ sung theo quyết định")
        verbose_name_plural = _("lượt bổ sung theo quyết định")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.punch_id}"


class ExceptionAssignment(models.Model):
    """Who is to look at an exception (giao ngoại lệ), where that is not the usual one.

    The newest row counts.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    work_date = models.DateField()
    code = models.CharField(max_length=30)
    to = models.CharField(max_length=10, choices=Assignee.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("giao ngoại lệ")
        verbose_name_plural = _("giao ngoại lệ")
        indexes: ClassVar = [
            models.Index(fields=["employee", "work_date", "code"], name="exception_assign_day"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.work_date:%d/%m/%Y} {self.code} → {self.to}"
