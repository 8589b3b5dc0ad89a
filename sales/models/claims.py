"""Winning tickets presented for payment."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.reasons import REASON_MIN
from sales.models.draws import Draw
from sales.models.journal import JournalEntry
from sales.models.products import Product
from sales.models.scope import InRegionQuerySet


class ClaimState(models.TextChoices):
    OPEN = "open", _("chờ trả")
    PAID = "paid", _("đã trả")
    WITHDRAWN = "withdrawn", _("đã hủy phiếu")


#: What a claim said when it was registered never changes; a payment is undone only by its reversal.
_KEPT = (
    "product_id", "draw_id", "number", "symbol", "prizes", "gross_amount", "presented_date",
    "claim_until", "due_date", "winner_sealed", "region_id", "by_id", "at",
)  # fmt: skip
_ONE_PAYMENT = pgtrigger.Trigger(
    name="one_payment",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"""
        IF {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT)} THEN
            RAISE EXCEPTION 'a claim says for ever what it said';
        END IF;
        IF OLD.state = 'withdrawn' THEN
            RAISE EXCEPTION 'a withdrawn claim stays withdrawn';
        END IF;
        IF OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id AND (
            NEW.payment_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM sales_journalentry WHERE reverses_id = OLD.payment_id
            )
        ) THEN
            RAISE EXCEPTION 'a payment is undone only by its reversal';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track(exclude=["winner_sealed"])
class PrizeClaim(models.Model):
    """A winning ticket presented for payment (phiếu lĩnh thưởng); of a ticket one at most stands.

    `prizes` are what it won when it was registered, each with `kind`, `place` and `amount` in đồng.
    `claim_until` is the last day to present it, `due_date` the last day to pay. Who the winner is
    lies sealed in `winner_sealed`. The tax and the fee are in the entry that pays.
    """

    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("loại vé"))
    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name=_("kỳ quay"))
    number = models.CharField(_("số vé"), max_length=5)
    symbol = models.CharField(_("ký hiệu"), max_length=6)
    prizes = models.JSONField(_("giải"))
    gross_amount = models.BigIntegerField(_("giá trị giải (đồng)"))
    presented_date = models.DateField(_("ngày xuất trình"))
    claim_until = models.DateField(_("hạn lĩnh thưởng"))
    due_date = models.DateField(_("hạn trả thưởng"))
    winner_sealed = models.TextField(editable=False, blank=True, default="")
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("địa bàn")
    )
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=ClaimState.choices, default=ClaimState.OPEN
    )
    payment = models.OneToOneField(
        JournalEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claim",
        verbose_name=_("bút toán trả"),
    )
    reason = models.CharField(_("lý do hủy"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người lập")
    )
    at = models.DateTimeField(_("lập lúc"))

    objects = InRegionQuerySet["PrizeClaim"].as_manager()

    class Meta:
        verbose_name = _("phiếu lĩnh thưởng")
        verbose_name_plural = _("phiếu lĩnh thưởng")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="claim_one_per_ticket",
                fields=["draw", "product", "number", "symbol"],
                condition=~Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="claim_of_a_ticket",
                condition=Q(number__regex=r"^[0-9]{5}$", symbol__regex=r"^[0-9A-Z]{1,6}$"),
            ),
            models.CheckConstraint(name="claim_of_a_prize", condition=Q(gross_amount__gt=0)),
            models.CheckConstraint(
                name="claim_in_time", condition=Q(presented_date__lte=F("claim_until"))
            ),
            models.CheckConstraint(
                name="claim_paid_by_an_entry",
                condition=Q(state="paid", payment__isnull=False)
                | (~Q(state="paid") & Q(payment__isnull=True)),
            ),
            models.CheckConstraint(
                name="claim_withdrawn_says_why",
                condition=~Q(state="withdrawn")
                | Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_date", "id"], name="claim_due", condition=Q(state="open")),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            _ONE_PAYMENT,
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.symbol}"
