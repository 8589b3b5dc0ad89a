"""Reports the company owes to authorities, and what was done for each of their periods."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.mail.models import OutgoingMail, StoredFile
from backend.org.models import Department
from backend.promises import APPEND_ONLY
from reporting.models.editions import Edition


class Frequency(models.TextChoices):
    MONTH = "month", _("hằng tháng")
    QUARTER = "quarter", _("hằng quý")
    HALF_YEAR = "half_year", _("nửa năm")
    YEAR = "year", _("hằng năm")


@pghistory.track()
class Obligation(models.Model):
    """A report owed to an authority (nghĩa vụ báo cáo): by which law, how often, until when, by whom.

    Due `due_days` days after the period's end or, with `due_month_end`, on the last day of so many months
    after it (1: the first month after); a day off moves it to the next working day. `is_confirmed`:
    somebody has read the legal basis itself. Periods that end between `starts_on` and `ends_on` are owed.
    """

    code = models.SlugField(_("mã"), max_length=40, unique=True)
    name = models.CharField(_("tên báo cáo"), max_length=200)
    authority = models.CharField(_("nơi nhận"), max_length=200)
    legal_basis = models.CharField(_("căn cứ"), max_length=300)
    is_confirmed = models.BooleanField(_("đã đối chiếu văn bản"), default=False)
    frequency = models.CharField(_("kỳ"), max_length=10, choices=Frequency.choices)
    due_days = models.PositiveSmallIntegerField(_("số ngày sau kỳ"), null=True, blank=True)
    due_month_end = models.PositiveSmallIntegerField(
        _("cuối tháng thứ mấy sau kỳ"), null=True, blank=True
    )
    unit = models.ForeignKey(Department, models.PROTECT, verbose_name=_("đơn vị lập"))
    remind_days = models.PositiveSmallIntegerField(_("nhắc trước (ngày)"), default=5)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến ngày"), null=True, blank=True)

    class Meta:
        verbose_name = _("nghĩa vụ báo cáo")
        verbose_name_plural = _("nghĩa vụ báo cáo")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="obligation_one_due_rule",
                condition=Q(due_days__range=(1, 366), due_month_end=None)
                | Q(due_days=None, due_month_end__range=(1, 12)),
            ),
            models.CheckConstraint(
                name="obligation_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ObligationStepKind(models.TextChoices):
    PREPARED = "prepared", _("đã lập")
    APPROVED = "approved", _("đã duyệt")
    SUBMITTED = "submitted", _("đã nộp")


class ObligationStep(models.Model):
    """What was done for one period of an obligation (bước thực hiện). Append-only.

    Prepared with an edition or a file, approved by somebody else, submitted on a day under the
    receipt's number. A correction is another row with its reason.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="steps")
    first_date = models.DateField(_("từ ngày"))
    last_date = models.DateField(_("đến ngày"))
    kind = models.CharField(_("bước"), max_length=10, choices=ObligationStepKind.choices)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, verbose_name=_("bản phát hành")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    file_name = models.CharField(_("tên tệp"), max_length=200, blank=True)
    submitted_on = models.DateField(_("ngày nộp"), null=True, blank=True)
    receipt_number = models.CharField(_("số tiếp nhận"), max_length=80, blank=True)
    note = models.CharField(_("ghi chú, lý do"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("bước thực hiện nghĩa vụ")
        verbose_name_plural = _("bước thực hiện nghĩa vụ")
        indexes: ClassVar = [
            models.Index(fields=["obligation", "last_date"], name="obligation_step_period"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="obligation_step_prepared_has_what",
                condition=~Q(kind="prepared") | Q(edition__isnull=False) | Q(file__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_step_submitted_has_receipt",
                condition=Q(kind="submitted", submitted_on__isnull=False) & ~Q(receipt_number="")
                | ~Q(kind="submitted") & Q(submitted_on=None, receipt_number=""),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.last_date} {self.kind}"


class ReminderKind(models.TextChoices):
    BEFORE = "before", _("sắp đến hạn")
    OVERDUE = "overdue", _("quá hạn")


class ObligationReminder(models.Model):
    """A mail about a period that is due (thư nhắc): before and after, once for each reader. Append-only."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="reminders")
    last_date = models.DateField(_("kỳ đến ngày"))
    kind = models.CharField(_("loại"), max_length=10, choices=ReminderKind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mail = models.OneToOneField(OutgoingMail, models.PROTECT)

    class Meta:
        verbose_name = _("thư nhắc nghĩa vụ")
        verbose_name_plural = _("thư nhắc nghĩa vụ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["obligation", "last_date", "kind", "user"],
                name="obligation_reminder_once",
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.last_date} {self.kind}"
