"""What moves a roster: approved swaps of two people's shifts."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from attendance.models.manual import REASON_MIN
from attendance.models.terminals import APPEND_ONLY
from backend.org.models import Employee


class SwapQuerySet(models.QuerySet["Swap"]):
    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawal__isnull=True)

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
            models.CheckConstraint(
                name="swap_says_why",
                condition=GreaterThanOrEqual(Length("reason"), REASON_MIN),
            ),
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
            models.CheckConstraint(
                name="swap_withdrawal_says_why",
                condition=GreaterThanOrEqual(Length("reason"), REASON_MIN),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.swap_id} {self.at:%d/%m/%Y %H:%M}"
