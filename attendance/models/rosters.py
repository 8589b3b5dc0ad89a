"""When people are to work: shifts, roster, calendar, leave, and which terminal user is whom."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.db import DateRange, day_span
from backend.org.models import Employee
from backend.promises import in_order

__all__ = ["DateRange"]  # a migration names it here

#: Nobody can come later than this and have it called flexible (minutes).
MOST_FLEX = 120


@pghistory.track()
class Shift(models.Model):
    """A shift (ca làm việc) by the local clock; an end not after the start is on the next day.

    `breaks` is a list of {"from": "11:30", "to": "13:30", "paid": false} as in the working-time
    specification §2. `flex_minutes` is by how much one may come and go later (0: fixed hours).
    """

    code = models.CharField(_("mã ca"), max_length=20, unique=True)
    name = models.CharField(_("tên ca"), max_length=100)
    start = models.TimeField(_("giờ vào"))
    end = models.TimeField(_("giờ ra"))
    breaks = models.JSONField(_("giờ nghỉ"), default=list, blank=True)
    flex_minutes = models.PositiveSmallIntegerField(
        _("linh hoạt giờ vào (phút)"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(MOST_FLEX)],
        help_text=_(
            "0: vào đúng giờ. 30: vào muộn đến 30 phút thì ra muộn bấy nhiêu, không tính muộn."
        ),
    )

    class Meta:
        verbose_name = _("ca làm việc")
        verbose_name_plural = _("ca làm việc")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="shift_flex_not_too_long", condition=Q(flex_minutes__lte=MOST_FLEX)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.start:%H:%M}–{self.end:%H:%M}"


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    def between(self, first: date, last: date) -> Self:
        """Entries of work dates in [first, last], both included."""
        return self.filter(work_date__gte=first, work_date__lte=last)


@pghistory.track()
class RosterEntry(models.Model):
    """One shift of one person on one work date (dòng phân ca); the roster is final."""

    employee = models.ForeignKey(Employee, models.PROTECT)
    work_date = models.DateField(_("ngày công"))
    shift = models.ForeignKey(Shift, models.PROTECT, verbose_name=_("ca"))

    objects = RosterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("dòng phân ca")
        verbose_name_plural = _("bảng phân ca")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["employee", "work_date", "shift"], name="roster_entry_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["work_date"], name="roster_work_date")]

    def __str__(self) -> str:
        return f"{self.employee} {self.work_date:%d/%m/%Y} {self.shift.code}"


class DayKind(models.TextChoices):
    WORK = "work", _("ngày làm việc")
    REST = "rest", _("ngày nghỉ hằng tuần")
    HOLIDAY = "holiday", _("ngày lễ, tết")
    COMP_REST = "comp_rest", _("ngày nghỉ bù")
    SWAPPED_REST = "swapped_rest", _("ngày nghỉ hoán đổi")
    MAKEUP_WORK = "makeup_work", _("ngày làm bù")


class DayStatus(models.TextChoices):
    DRAFT = "draft", _("chờ xác nhận")
    CONFIRMED = "confirmed", _("đã xác nhận")


@pghistory.track()
class CalendarDay(models.Model):
    """A day that differs from the ordinary week (lịch nghỉ lễ): Monday to Friday work, the rest rest."""

    date = models.DateField(_("ngày"), primary_key=True)
    kind = models.CharField(_("loại ngày"), max_length=12, choices=DayKind.choices)
    name = models.CharField(_("tên"), max_length=100)
    document = models.CharField(_("văn bản"), max_length=200, blank=True)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=DayStatus.choices, default=DayStatus.DRAFT
    )

    class Meta:
        verbose_name = _("ngày đặc biệt")
        verbose_name_plural = _("lịch nghỉ lễ")

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


@pghistory.track()
class Enrolment(models.Model):
    """Whose the user id on the terminals is, and from when to when (mã chấm công). Ids are reused."""

    device_user_id = models.CharField(_("mã trên máy"), max_length=32, db_collation="C")
    employee = models.ForeignKey(Employee, models.PROTECT, verbose_name=_("nhân viên"))
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("mã chấm công")
        verbose_name_plural = _("mã chấm công")
        constraints: ClassVar = [
            in_order("enrolment_order", "valid_from", "valid_to"),
            ExclusionConstraint(
                name="enrolment_one_owner_at_a_time",
                expressions=[
                    ("device_user_id", RangeOperators.EQUAL),
                    (day_span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_user_id} → {self.employee}"


class DayPart(models.TextChoices):
    FULL = "full", _("cả ngày")
    AM = "am", _("buổi sáng")
    PM = "pm", _("buổi chiều")


@pghistory.track()
class Leave(models.Model):
    """Approved leave or a business trip (nghỉ phép, công tác); `code` is the timesheet symbol.

    Symbols are those of form 01a-LĐTL (P, Ô, Cô, TS, T, H, NB, KL, N), VR, and CT for a trip. Either
    `part` says which part of the day, or it is empty and [start, end) are the local clock times.
    `event` says what private leave (VR) is for, a key of `catalogue.EVENTS`.
    Granted by `leaves.grant_leave` with a reason; older rows have none.
    """

    employee = models.ForeignKey(Employee, models.PROTECT)
    date = models.DateField(_("ngày"))
    part = models.CharField(
        _("phần ngày"), max_length=4, choices=DayPart.choices, default=DayPart.FULL, blank=True
    )
    start = models.TimeField(_("từ giờ"), null=True, blank=True)
    end = models.TimeField(_("đến giờ"), null=True, blank=True)
    code = models.CharField(_("ký hiệu"), max_length=4)
    event = models.CharField(_("việc riêng"), max_length=16, blank=True, default="")
    reason = models.TextField(_("lý do"), blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("nghỉ phép, công tác")
        verbose_name_plural = _("nghỉ phép, công tác")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["employee", "date", "part", "start"],
                name="leave_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="leave_event_of_private_leave",
                condition=(Q(code="VR") & ~Q(event="")) | (~Q(code="VR") & Q(event="")),
            ),
            models.CheckConstraint(
                name="leave_part_or_hours",
                condition=Q(part="", start__isnull=False, end__gt=F("start"))
                | (~Q(part="") & Q(start__isnull=True, end__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.date:%d/%m/%Y} {self.code}"

    @property
    def is_trip(self) -> bool:
        return self.code == "CT"
