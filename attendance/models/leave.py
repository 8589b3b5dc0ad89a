"""What somebody's annual leave stands on beside the law: their terms, and days granted on top."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear, Length
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import WithdrawableQuerySet
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason
from backend.reasons import REASON_MIN

#: Days a year of work gives by law (Labour Code 45/2019 art. 113.1); nobody gets fewer.
LEAST_BASE_DAYS = 12
MOST_DAYS = 60


class LeaveTerms(models.Model):
    """How many days a year of work gives one person (mức phép năm), in force from a day on.

    12, 14 or 16 by law, or more where the company gives more; who has no terms has 12. Of those
    standing the latest `from_date` counts, of the same day the newest.
    """

    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="leave_terms", db_index=False
    )
    from_date = models.DateField(_("từ ngày"))
    base_days = models.PositiveSmallIntegerField(
        _("số ngày một năm"),
        validators=[MinValueValidator(LEAST_BASE_DAYS), MaxValueValidator(MOST_DAYS)],
    )
    document = models.TextField(_("căn cứ"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithdrawableQuerySet["LeaveTerms"].as_manager()

    class Meta:
        verbose_name = _("mức phép năm")
        verbose_name_plural = _("mức phép năm")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="leave_terms_by_law",
                condition=Q(base_days__gte=LEAST_BASE_DAYS, base_days__lte=MOST_DAYS),
            ),
            models.CheckConstraint(
                name="leave_terms_say_why",
                condition=GreaterThanOrEqual(Length("document"), REASON_MIN),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["employee", "from_date"], name="leave_terms_person")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.from_date:%d/%m/%Y}: {self.base_days}"


class LeaveTermsWithdrawal(models.Model):
    """Takes terms back (thu hồi mức phép năm); both stay to be read."""

    terms = models.OneToOneField(LeaveTerms, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi mức phép năm")
        verbose_name_plural = _("thu hồi mức phép năm")
        constraints: ClassVar = [has_reason("leave_terms_withdrawal_says_why")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.terms_id} {self.at:%d/%m/%Y %H:%M}"


class LeaveGrantKind(models.TextChoices):
    CARRIED_OVER = "carried_over", _("phép năm cũ chuyển sang")
    EXTRA = "extra", _("phép cấp thêm")
    CORRECTION = "correction", _("điều chỉnh")


class LeaveGrant(models.Model):
    """Days of annual leave beside the year's own (cấp phép), usable on [valid_from, valid_to].

    Both days are of one calendar year. Only a correction may take days away. What is carried over
    names the year it comes `from_year`; the first such row of a person and year stands alone, each
    later one `replaces` the one before, so that carrying a year over twice adds nothing.
    """

    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="leave_grants", db_index=False
    )
    kind = models.CharField(_("loại"), max_length=12, choices=LeaveGrantKind.choices)
    days = models.DecimalField(_("số ngày"), max_digits=4, decimal_places=1)
    valid_from = models.DateField(_("dùng từ ngày"))
    valid_to = models.DateField(_("dùng đến hết ngày"))
    from_year = models.PositiveSmallIntegerField(_("của năm"), null=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("thay cho")
    )
    reason = models.TextField(_("lý do"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithdrawableQuerySet["LeaveGrant"].as_manager()

    class Meta:
        verbose_name = _("cấp phép năm")
        verbose_name_plural = _("cấp phép năm")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="leave_grant_days",
                condition=Q(days__gt=0, days__lte=MOST_DAYS)
                | Q(kind="correction", days__lt=0, days__gte=-MOST_DAYS),
            ),
            models.CheckConstraint(
                name="leave_grant_within_a_year",
                condition=Q(valid_from__lte=F("valid_to"))
                & Q(Exact(ExtractYear("valid_from"), ExtractYear("valid_to"))),
            ),
            models.CheckConstraint(
                name="leave_grant_from_year",
                condition=Q(kind="carried_over", from_year__isnull=False)
                | (~Q(kind="carried_over") & Q(from_year__isnull=True, replaces__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["employee", "from_year"],
                condition=Q(kind="carried_over", replaces__isnull=True),
                name="leave_carried_over_once",
            ),
            has_reason("leave_grant_says_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["employee", "valid_from"], name="leave_grant_person")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} {self.days}"


class LeaveGrantWithdrawal(models.Model):
    """Takes granted days back (thu hồi phép đã cấp); both stay to be read."""

    grant = models.OneToOneField(LeaveGrant, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi phép đã cấp")
        verbose_name_plural = _("thu hồi phép đã cấp")
        constraints: ClassVar = [has_reason("leave_grant_withdrawal_says_why")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.at:%d/%m/%Y %H:%M}"
