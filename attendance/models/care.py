"""Care hours: who need not work so much of a day, why, and when that ended."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import EndedQuerySet
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason


class CareKind(models.TextChoices):
    """Why (Labour Code 45/2019 art. 137). Nobody's business but HR's and the person's own."""

    NURSING = "nursing", _("nuôi con dưới 12 tháng tuổi")
    PREGNANCY = "pregnancy", _("mang thai từ tháng thứ 7 (vùng cao, sâu, xa, đảo: thứ 6)")
    LIGHTER = "lighter", _("mang thai, việc nặng nhọc: bớt 1 giờ một ngày")
    MENSTRUAL = "menstrual", _("thời gian hành kinh")


class CarePlace(models.TextChoices):
    """Where in the day's work the minutes lie."""

    START = "start", _("đầu ca (vào muộn hơn)")
    END = "end", _("cuối ca (về sớm hơn)")
    SPREAD = "spread", _("lúc nào trong ca cũng được")


class CareHours(models.Model):
    """Care hours of one person on every work date of [first, last] (giờ chế độ).

    `minutes` a day lie where `place` says; 0 where only night work and overtime are kept away.
    `paid_if_worked`: the person needs no rest and the company agreed that working through it is
    paid once more (Decree 145/2020 art. 80). `agrees_to_extra`: who nurses agreed to night work,
    overtime and distant trips (art. 137.1b). A change is an ending and a new row.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    kind = models.CharField(_("chế độ"), max_length=10, choices=CareKind.choices)
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến hết ngày"))
    minutes = models.PositiveSmallIntegerField(_("phút một ngày"))
    place = models.CharField(_("nghỉ lúc"), max_length=6, choices=CarePlace.choices)
    paid_if_worked = models.BooleanField(_("thỏa thuận làm cả giờ này, trả thêm"))
    agrees_to_extra = models.BooleanField(_("đồng ý làm đêm, làm thêm, công tác xa"))
    reason = models.TextField(_("căn cứ"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    #: The last day on which they hold, before `first` where they never did; told by the queryset.
    until: date

    objects = EndedQuerySet["CareHours"].as_manager()

    class Meta:
        verbose_name = _("giờ chế độ")
        verbose_name_plural = _("giờ chế độ")
        constraints: ClassVar = [
            models.CheckConstraint(name="care_hours_order", condition=Q(first__lte=F("last"))),
            has_reason("care_hours_say_why"),
            models.CheckConstraint(
                name="care_hours_consent_of_who_nurses",
                condition=Q(agrees_to_extra=False) | Q(kind="nursing"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["employee", "first"], name="care_hours_person")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.first:%d/%m}–{self.last:%d/%m/%Y}"


class CareHoursEnding(models.Model):
    """Lets care hours end earlier (thôi giờ chế độ): `last` is their last day.

    One before their first day takes them back altogether; both rows stay to be read.
    """

    care = models.OneToOneField(CareHours, models.PROTECT, related_name="ending")
    last = models.DateField(_("đến hết ngày"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thôi giờ chế độ")
        verbose_name_plural = _("thôi giờ chế độ")
        constraints: ClassVar = [
            has_reason("care_hours_ending_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.care_id} {self.at:%d/%m/%Y %H:%M}"
