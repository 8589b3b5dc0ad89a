"""What people did to the calendar of holidays: added, confirmed, changed and removed days."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from attendance.models.closing import PeriodLock
from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN


class CalendarAction(models.TextChoices):
    DRAFTED = "drafted", _("soạn nháp")
    ADDED = "added", _("thêm")
    CONFIRMED = "confirmed", _("xác nhận")
    CHANGED = "changed", _("sửa")
    REMOVED = "removed", _("bỏ")


class CalendarChange(models.Model):
    """One change of one day of the calendar (thay đổi lịch nghỉ lễ), with who, when and why.

    `before` and `after` are {"kind", "name", "document", "status"} as `CalendarDay` has them; None
    where the day was, or becomes, like any other of its week. `closed` are the locks that stood
    and keep the day as it was before: only a month opened again is computed by the new calendar.
    """

    date = models.DateField(_("ngày"))
    action = models.CharField(_("việc"), max_length=10, choices=CalendarAction.choices)
    before = models.JSONField(_("trước"), null=True)
    after = models.JSONField(_("sau"), null=True)
    reason = models.TextField(_("lý do"), blank=True)
    closed = models.ManyToManyField(PeriodLock, through="CalendarChangeLock", related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thay đổi lịch nghỉ lễ")
        verbose_name_plural = _("thay đổi lịch nghỉ lễ")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="calendar_change_says_why",
                condition=Q(action__in=["drafted", "confirmed"])
                | Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
            ),
            models.CheckConstraint(
                name="calendar_change_sides",
                condition=Q(
                    action__in=["drafted", "added"], before__isnull=True, after__isnull=False
                )
                | Q(action__in=["confirmed", "changed"], before__isnull=False, after__isnull=False)
                | Q(action="removed", before__isnull=False, after__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["date"], name="calendar_change_date")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.action}"

    @property
    def kind_before(self) -> str | None:
        return self.before["kind"] if self.before else None


class CalendarChangeLock(models.Model):
    """A closed month that keeps the calendar as it was before the change (kỳ công giữ lịch cũ)."""

    change = models.ForeignKey(CalendarChange, models.PROTECT)
    lock = models.ForeignKey(PeriodLock, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("kỳ công giữ lịch cũ")
        verbose_name_plural = _("kỳ công giữ lịch cũ")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["change", "lock"], name="calendar_change_lock_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.lock_id}"
