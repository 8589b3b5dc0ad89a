"""Money that came into the company's bank accounts, line by line."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.journal import JournalEntry


class BankStatement(models.Model):
    """A statement of one account as it was imported (sao kê); the same file is known by its SHA-256.

    `new` and `known` count its lines of money in, `outgoing` those of money out, left aside.
    """

    account = models.CharField(_("tài khoản"), max_length=30)
    name = models.CharField(_("tên tệp"), max_length=200)
    sha256 = models.CharField(max_length=64)
    new = models.PositiveIntegerField(_("dòng mới"))
    known = models.PositiveIntegerField(_("dòng đã có"))
    outgoing = models.PositiveIntegerField(_("dòng tiền ra"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sao kê ngân hàng")
        verbose_name_plural = _("sao kê ngân hàng")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.account} {self.name}"


#: What the bank said never changes; a booking is undone only by the reversal of its entry.
_KEPT = ("statement_id", "account", "reference", "day", "amount", "sender", "text")
_ONE_BOOKING = pgtrigger.Trigger(
    name="one_booking",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"""
        IF {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _KEPT)} THEN
            RAISE EXCEPTION 'a line of the bank says for ever what it said';
        END IF;
        IF OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id AND (
            NEW.entry_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM sales_journalentry WHERE reverses_id = OLD.entry_id
            )
        ) THEN
            RAISE EXCEPTION 'a booking is undone only by its reversal';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class BankLine(models.Model):
    """Money that came in (dòng sao kê), in đồng; booked as a payment at most once.

    `reference` is the bank's number, or ours where the bank gives none; of an account it comes
    once, however often the statement is imported. A line set aside says why in `reason`.
    """

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    account = models.CharField(_("tài khoản"), max_length=30)
    reference = models.CharField(_("số tham chiếu"), max_length=100)
    day = models.DateField(_("ngày"))
    amount = models.BigIntegerField(_("số tiền (đồng)"))
    sender = models.CharField(_("người chuyển"), max_length=150, blank=True, default="")
    text = models.CharField(_("nội dung"), max_length=500, blank=True, default="")
    entry = models.OneToOneField(
        JournalEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bank_line",
        verbose_name=_("bút toán"),
    )
    reason = models.CharField(_("lý do để riêng"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("dòng sao kê")
        verbose_name_plural = _("dòng sao kê")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "reference"], name="bank_line_once"),
            models.CheckConstraint(name="bank_line_came_in", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="bank_line_booked_or_aside",
                condition=Q(reason="")
                | Q(GreaterThanOrEqual(Length("reason"), REASON_MIN), entry__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["day", "id"], name="bank_line_open", condition=Q(entry=None, reason="")
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            _ONE_BOOKING,
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.reference}"
