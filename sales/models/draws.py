"""When winning numbers are drawn, and for whom. The draw (kỳ vé) is the unit of work."""

from datetime import date
from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sales.models.references import stays_while_used


class Market(models.TextChoices):
    NORTH = "north", _("miền Bắc")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("thứ Hai")
    TUESDAY = 1, _("thứ Ba")
    WEDNESDAY = 2, _("thứ Tư")
    THURSDAY = 3, _("thứ Năm")
    FRIDAY = 4, _("thứ Sáu")
    SATURDAY = 5, _("thứ Bảy")
    SUNDAY = 6, _("Chủ nhật")


@pghistory.track()
class DrawSchedule(models.Model):
    """Which province hosts the joint draw on a weekday (lịch quay), from a date on.

    The row with the latest `valid_from` not after the draw date counts.
    """

    market = models.CharField(
        _("khu vực"), max_length=10, choices=Market.choices, default=Market.NORTH
    )
    weekday = models.PositiveSmallIntegerField(_("thứ"), choices=Weekday.choices)
    host = models.CharField(_("đơn vị quay"), max_length=50)
    valid_from = models.DateField(_("có hiệu lực từ"))
    source = models.CharField(_("căn cứ"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lịch quay")
        verbose_name_plural = _("lịch quay")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["market", "weekday", "valid_from"], name="draw_schedule_once"
            ),
            models.CheckConstraint(
                name="draw_schedule_weekday", condition=Q(weekday__gte=0, weekday__lte=6)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}: {self.host}"


@pghistory.track()
class DrawPause(models.Model):
    """Days without draws, both included (tạm ngừng quay): the Tết holiday, or an epidemic."""

    first_date = models.DateField(_("từ ngày"))
    last_date = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=200)

    class Meta:
        verbose_name = _("tạm ngừng quay")
        verbose_name_plural = _("tạm ngừng quay")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="draw_pause_order", condition=Q(last_date__gte=F("first_date"))
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class DrawStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("chưa quay")
    HELD = "held", _("đã quay")
    VOID = "void", _("hủy")


class DrawQuerySet(models.QuerySet["Draw"]):
    def between(self, first: date, last: date) -> Self:
        """Draws on [first, last], both included."""
        return self.filter(date__gte=first, date__lte=last)


_PUBLISHED = pgtrigger.Trigger(
    name="published",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("entry", "sales_drawresultentry")],
    func="""
        IF TG_OP = 'INSERT' AND NEW.numbers IS NULL AND NEW.winning_symbols IS NULL THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF NEW.numbers IS NOT DISTINCT FROM OLD.numbers
                AND NEW.winning_symbols IS NOT DISTINCT FROM OLD.winning_symbols
            THEN
                RETURN NEW;
            END IF;
        END IF;
        SELECT e.* INTO entry
        FROM sales_drawpublication p JOIN sales_drawresultentry e ON e.id = p.first_id
        WHERE p.draw_id = NEW.id ORDER BY p.id DESC LIMIT 1;
        IF NEW.numbers IS DISTINCT FROM entry.numbers
            OR NEW.winning_symbols IS DISTINCT FROM nullif(entry.symbols, '{}')
        THEN
            RAISE EXCEPTION 'the numbers of a draw are those of its newest publication';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Draw(models.Model):
    """One draw (kỳ quay mở thưởng). A date without a row has no draw, so nothing is sold for it.

    `numbers` are the 27 winning numbers as strings (leading zeros count) in the order
    special, 1, 2 (×2), 3 (×6), 4 (×4), 5 (×6), 6 (×3), 7 (×4); null until published, and then
    those of the newest publication. `winning_symbols` are the series whose special number wins the
    special prize, null where the published result does not tell them. `claim_until` is the last day to
    present a ticket, by the rule and the working days as they were known last; null: by the rule alone.
    """

    date = models.DateField(_("ngày quay"), unique=True)
    market = models.CharField(
        _("khu vực"), max_length=10, choices=Market.choices, default=Market.NORTH
    )
    host = models.CharField(_("đơn vị quay"), max_length=50)
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=DrawStatus.choices, default=DrawStatus.SCHEDULED
    )
    numbers = ArrayField(
        models.CharField(max_length=5), verbose_name=_("kết quả"), null=True, blank=True
    )
    winning_symbols = ArrayField(
        models.CharField(max_length=6), verbose_name=_("ký hiệu trúng"), null=True, blank=True
    )
    series_count = models.PositiveSmallIntegerField(_("số sê-ri phát hành"), null=True, blank=True)
    claim_until = models.DateField(_("hạn lĩnh thưởng"), null=True, editable=False)

    objects = DrawQuerySet.as_manager()

    class Meta:
        verbose_name = _("kỳ quay")
        verbose_name_plural = _("kỳ quay")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="draw_has_27_numbers",
                condition=Q(numbers__isnull=True) | Q(numbers__len=27),
            ),
            models.CheckConstraint(
                name="draw_numbers_only_when_held",
                condition=Q(numbers__isnull=True) | Q(status=DrawStatus.HELD),
            ),
            models.CheckConstraint(
                name="draw_symbols_of_a_result",
                condition=Q(winning_symbols__isnull=True)
                | (Q(numbers__isnull=False) & Q(winning_symbols__len__gte=1)),
            ),
            models.CheckConstraint(
                name="draw_symbols_within_series",
                condition=Q(series_count__isnull=True)
                | Q(winning_symbols__isnull=True)
                | Q(series_count__gte=Coalesce(F("winning_symbols__len"), 0)),
            ),
        ]
        triggers: ClassVar = [
            _PUBLISHED,
            stays_while_used("draw_id"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.host}"

    def clean(self) -> None:
        """A draw whose sales are booked or whose numbers are published took place."""
        took_place = self.numbers is not None or (self.pk and hasattr(self, "close"))
        if took_place and self.status != DrawStatus.HELD:
            told = _(
                "Kỳ này đã chốt bán hoặc đã công bố kết quả nên không đổi trạng thái được nữa."
            )
            raise ValidationError({"status": told})
