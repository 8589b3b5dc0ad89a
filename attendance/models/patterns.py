"""What makes a roster: rotating patterns and whose they are; and swaps of two people's shifts."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import WithdrawableQuerySet
from backend.db import day_span
from backend.org.models import Department, Employee
from backend.promises import APPEND_ONLY, has_reason


class PatternDays(models.TextChoices):
    """On which of the cycle's days a pattern makes people work."""

    OFFICE = "office", _("theo lịch: chỉ ngày làm việc, có làm bù")
    HOLIDAYS_OFF = "holidays_off", _("theo chu kỳ, nghỉ lễ tết")
    CONTINUOUS = "continuous", _("theo chu kỳ, kể cả lễ tết")


@pghistory.track()
class ShiftPattern(models.Model):
    """A rotating pattern of shifts (mẫu xoay ca): a cycle of days, the first of them on `anchor`.

    `cycle` is one word a day, by shift codes: "S S C C Đ Đ - -"; "-" is a day off and "S+T" are two
    shifts of one day (`attendance.roster.patterns` reads it). `days` tells what the calendar changes.
    """

    code = models.CharField(_("mã mẫu"), max_length=20, unique=True)
    name = models.CharField(_("tên mẫu"), max_length=100)
    cycle = models.CharField(_("chu kỳ"), max_length=1000)
    anchor = models.DateField(_("ngày đầu chu kỳ"))
    days = models.CharField(
        _("ngày áp dụng"), max_length=12, choices=PatternDays.choices, default=PatternDays.OFFICE
    )

    class Meta:
        verbose_name = _("mẫu xoay ca")
        verbose_name_plural = _("mẫu xoay ca")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def _one_at_a_time(field: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"pattern_{field}_one_at_a_time",
        expressions=[
            (field, RangeOperators.EQUAL),
            (day_span("first", "last"), RangeOperators.OVERLAPS),
        ],
        violation_error_message=_("Đã có mẫu xoay ca khác trong khoảng ngày này."),
    )


@pghistory.track()
class PatternAssignment(models.Model):
    """Who works by a pattern (áp dụng mẫu xoay ca): a person, or a department's everybody else.

    From `first` to `last`, both included. `offset` is how many days later in the cycle they begin,
    so that crews (kíp) share one pattern.
    """

    pattern = models.ForeignKey(ShiftPattern, models.PROTECT, verbose_name=_("mẫu xoay ca"))
    employee = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, verbose_name=_("nhân viên")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("phòng ban")
    )
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến hết ngày"), null=True, blank=True)
    offset = models.PositiveSmallIntegerField(_("lệch chu kỳ (ngày)"), default=0)

    class Meta:
        verbose_name = _("áp dụng mẫu xoay ca")
        verbose_name_plural = _("áp dụng mẫu xoay ca")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pattern_of_a_person_or_a_department",
                condition=Q(employee__isnull=True) ^ Q(department__isnull=True),
                violation_error_message=_("Hãy chọn một nhân viên hoặc một phòng ban."),
            ),
            models.CheckConstraint(
                name="pattern_assignment_order",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("Ngày cuối phải không trước ngày đầu."),
            ),
            _one_at_a_time("employee"),
            _one_at_a_time("department"),
        ]

    def __str__(self) -> str:
        return f"{self.pattern.code} → {self.employee or self.department}"


class SwapQuerySet(WithdrawableQuerySet["Swap"]):
    def between(self, first: date, last: date) -> Self:
        """Swaps of dates in [first, last], both included."""
        return self.filter(date__range=(first, last))


class Swap(models.Model):
    """Two people exchange their shifts of a date (đổi ca), working-time specification §3.

    A mistake is withdrawn (`SwapWithdrawal`), not changed. A person has at most one standing swap
    a date (`swapping.approve_swap`), so the order of swaps never matters.
    """

    date = models.DateField(_("ngày"))
    a = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("người đổi"))
    b = models.ForeignKey(Employee, models.PROTECT, related_name="+", verbose_name=_("đổi với"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = _("đổi ca")
        verbose_name_plural = _("đổi ca")
        constraints: ClassVar = [
            models.CheckConstraint(name="swap_two_people", condition=~Q(a=F("b"))),
            has_reason("swap_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["date"], name="swap_date")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.a_id} ↔ {self.b_id}"


class SwapWithdrawal(models.Model):
    """Takes a swap back (thu hồi); both stay to be read."""

    swap = models.OneToOneField(Swap, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi đổi ca")
        verbose_name_plural = _("thu hồi đổi ca")
        constraints: ClassVar = [
            has_reason("swap_withdrawal_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.swap_id} {self.at:%d/%m/%Y %H:%M}"
