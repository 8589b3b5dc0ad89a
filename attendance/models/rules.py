"""The company's own rules of working time (specification §1), each set in force from a month on."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY, has_reason

DAY_MINUTES = 1440
YEAR_HOURS = 8784


class InOutMode(models.TextChoices):
    """How arrivals and departures are told apart, by the names HR knows from other programs."""

    AUTOMATIC = "automatic", _("tự động (theo ca, lượt đầu là vào, lượt cuối là ra)")
    FIRST_LAST = "first_last", _("giờ đầu, giờ cuối (cả ngày một lượt vào, một lượt ra)")
    ALTERNATING = "alternating", _("vào ra luân phiên (lượt lẻ là vào, lượt chẵn là ra)")
    DEVICE_CODE = "device_code", _("theo phím vào/ra trên máy")
    TERMINAL_DIRECTION = "terminal_direction", _("theo máy vào, máy ra")
    SHIFT_WINDOW = "shift_window", _("theo cửa sổ từng ca (mỗi ca một lượt vào, một lượt ra)")


class NormalRegime(models.TextChoices):
    DAY = "day", _("theo ngày (làm thêm tối đa 50 % giờ bình thường)")
    WEEK = "week", _("theo tuần (tổng tối đa 12 giờ một ngày)")


def _minutes(label: Any, default: int, most: int = DAY_MINUTES) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MaxValueValidator(most)]
    )


def day_of_year(text: str, year: int = 2001) -> date:
    """ "31/03" as that day of a year that need not be a leap year. Raises ValidationError."""
    try:
        day, month = text.split("/")
        return date(year, int(month), int(day))
    except ValueError:
        raise ValidationError(
            _("Hãy ghi ngày/tháng, ví dụ 31/03 (29/02 không dùng được).")
        ) from None


def check_day_of_year(text: str) -> None:
    day_of_year(text)


class WorkingRules(models.Model):
    """Rules of working time (quy tắc tính công), in force from the first day of a month.

    Append-only: the newest row of the latest month not after a month is that month's. Minutes,
    unless the name says hours or seconds; the names are the specification's.
    """

    from_month = models.DateField(_("áp dụng từ tháng"))
    in_out_mode = models.CharField(
        _("cách nhận lượt vào, ra"),
        max_length=20,
        choices=InOutMode.choices,
        default=InOutMode.AUTOMATIC,
    )
    works_saturdays = models.BooleanField(
        _("thứ bảy là ngày làm việc bình thường"), default=False, db_default=False
    )
    late_grace = _minutes(_("cho phép đi muộn (phút)"), 0, 240)
    early_grace = _minutes(_("cho phép về sớm (phút)"), 0, 240)
    ot_requires_approval = models.BooleanField(_("làm thêm phải được duyệt trước"), default=True)
    ot_min = _minutes(_("làm thêm ít nhất (phút)"), 30, 480)
    ot_block = models.PositiveSmallIntegerField(
        _("làm thêm tròn xuống theo (phút)"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    extra_alert = _minutes(_("báo ở lại ngoài ca từ (phút)"), 60)
    min_span = _minutes(_("lượt vào và lượt ra cách nhau ít nhất (phút)"), 30, 240)
    dup_minutes = _minutes(_("gộp các lượt cách nhau không quá (phút)"), 2, 30)
    window_before = _minutes(_("nhận lượt chấm trước ca tối đa (phút)"), 240)
    window_after = _minutes(_("nhận lượt chấm sau ca tối đa (phút)"), 480)
    chain_gap = _minutes(_("hai ca cách nhau không quá (phút) thì không phải chấm giữa ca"), 60)
    drift_alert_seconds = models.PositiveSmallIntegerField(
        _("báo đồng hồ máy lệch từ (giây)"), default=120, validators=[MinValueValidator(1)]
    )
    normal_regime = models.CharField(
        _("chế độ giờ làm việc"),
        max_length=4,
        choices=NormalRegime.choices,
        default=NormalRegime.DAY,
    )
    ot_month_cap_hours = models.PositiveSmallIntegerField(
        _("giới hạn làm thêm một tháng (giờ)"), default=40, validators=[MaxValueValidator(744)]
    )
    ot_year_cap_hours = models.PositiveSmallIntegerField(
        _("giới hạn làm thêm một năm (giờ)"),
        default=200,
        validators=[MaxValueValidator(YEAR_HOURS)],
    )
    leave_carry_days = models.PositiveSmallIntegerField(
        _("phép năm cũ chuyển sang tối đa (ngày; 0 là không chuyển)"),
        default=0,
        validators=[MaxValueValidator(60)],
    )
    leave_carry_until = models.CharField(
        _("phép năm cũ dùng đến hết (ngày/tháng của năm sau)"),
        max_length=5,
        default="31/03",
        validators=[check_day_of_year],
    )
    leave_may_overdraw = models.BooleanField(
        _("nghỉ quá số phép năm còn lại: chỉ cảnh báo, không chặn"), default=True
    )
    remind_after_days = models.PositiveSmallIntegerField(
        _("nhắc đơn chờ duyệt sau (ngày làm việc; 0 là không nhắc)"),
        default=1,
        validators=[MaxValueValidator(30)],
    )
    reason = models.TextField(_("căn cứ, lý do"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("quy tắc tính công")
        verbose_name_plural = _("quy tắc tính công")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="working_rules_from_first_of_month", condition=Q(from_month__day=1)
            ),
            has_reason("working_rules_say_why"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.from_month:%m/%Y}"
