"""Weekly rest days of one person that are not the company's, and when that ended."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import EndedQuerySet
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason, in_order


class OwnRest(models.Model):
    """Weekly rest days of one's own (ngày nghỉ hằng tuần riêng) on [first, last], Labour Code art. 111.

    `weekdays` are ISO days of the week (1 is Monday) on which the person rests; every other day is
    one of work. None of them: the days that the person's roster leaves free are the days of rest.
    Without `last` it holds until it is ended. A change is an ending and a new row.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, db_index=False)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name=_("ngày nghỉ hằng tuần"),
        blank=True,
        default=list,
    )
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến hết ngày"), null=True, blank=True)
    reason = models.TextField(_("căn cứ"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    #: The last day on which it holds; told by the queryset.
    until: date

    objects = EndedQuerySet["OwnRest"].as_manager()

    class Meta:
        verbose_name = _("ngày nghỉ hằng tuần riêng")
        verbose_name_plural = _("ngày nghỉ hằng tuần riêng")
        constraints: ClassVar = [
            in_order("own_rest_order", "first", "last"),
            models.CheckConstraint(
                name="own_rest_days_of_the_week",
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]) & Q(weekdays__len__lt=7),
            ),
            has_reason("own_rest_says_why"),
        ]
        indexes: ClassVar = [models.Index(fields=["employee", "first"], name="own_rest_person")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.first:%d/%m/%Y} {self.weekdays}"


class OwnRestEnding(models.Model):
    """Lets rest days of one's own end (thôi): `last` is their last day.

    One before their first day takes them back altogether; both rows stay to be read.
    """

    own_rest = models.OneToOneField(OwnRest, models.PROTECT, related_name="ending")
    last = models.DateField(_("đến hết ngày"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thôi ngày nghỉ hằng tuần riêng")
        verbose_name_plural = _("thôi ngày nghỉ hằng tuần riêng")
        constraints: ClassVar = [
            has_reason("own_rest_ending_says_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.own_rest_id} {self.at:%d/%m/%Y %H:%M}"
