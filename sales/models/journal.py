"""The journal of money: one balanced entry a row, only added to; and the balances beside it."""

from functools import reduce
from operator import add
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from sales.engine.posting import ACCOUNTS
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.ledger import RecordingBatch
from sales.models.periods import MONEY_STAYS
from sales.models.products import Product
from sales.models.scope import InRegionQuerySet


class JournalEvent(models.TextChoices):
    SALE = "sale", _("bán vé")
    PAYMENT = "payment", _("nộp tiền")
    PRIZE = "prize", _("trả thưởng hộ")
    PAYOUT = "payout", _("công ty trả thưởng")
    COLLATERAL = "collateral", _("ký quỹ")
    INTEREST = "interest", _("lãi chậm nộp")
    ADJUSTMENT = "adjustment", _("điều chỉnh công nợ")


class JournalEntry(models.Model):
    """One business event as a balanced entry (bút toán) of one agent, in whole đồng.

    Only a prize the company itself pays (`payout`) is no agent's; it names product and draw.

    A column for each account: debit positive, credit negative; the database refuses an entry whose
    legs do not add up to nothing. A sale and what corrects it name product and draw. A mistake is
    reversed (`reverses`), once, with a reason.
    """

    batch = models.ForeignKey(RecordingBatch, models.PROTECT, db_index=False)
    event = models.CharField(_("loại"), max_length=10, choices=JournalEvent.choices)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, null=True, db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, null=True, db_index=False)
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, db_index=False)
    value_date = models.DateField(_("ngày hạch toán"))
    receivable = models.BigIntegerField(_("phải thu đại lý"), default=0, db_default=0)
    collateral = models.BigIntegerField(_("nhận ký quỹ"), default=0, db_default=0)
    cash = models.BigIntegerField(_("tiền mặt"), default=0, db_default=0)
    bank = models.BigIntegerField(_("tiền gửi ngân hàng"), default=0, db_default=0)
    offset = models.BigIntegerField(_("bù trừ"), default=0, db_default=0)
    revenue = models.BigIntegerField(_("doanh thu"), default=0, db_default=0)
    commission = models.BigIntegerField(_("hoa hồng"), default=0, db_default=0)
    withheld_tax = models.BigIntegerField(_("thuế khấu trừ"), default=0, db_default=0)
    prizes = models.BigIntegerField(_("trả thưởng"), default=0, db_default=0)
    payout_fee = models.BigIntegerField(_("phí trả thưởng hộ"), default=0, db_default=0)
    interest = models.BigIntegerField(_("lãi chậm nộp"), default=0, db_default=0)
    adjustment = models.BigIntegerField(_("điều chỉnh"), default=0, db_default=0)
    reference = models.CharField(
        _("số chứng từ"), max_length=100, blank=True, default="", db_default=""
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    reason = models.CharField(_("lý do"), max_length=200, blank=True, default="", db_default="")

    objects = InRegionQuerySet["JournalEntry"].as_manager()

    class Meta:
        verbose_name = _("bút toán tiền")
        verbose_name_plural = _("nhật ký tiền")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="journal_debits_equal_credits",
                condition=Q(receivable=-reduce(add, (F(name) for name in ACCOUNTS[1:]))),
            ),
            models.CheckConstraint(
                name="journal_moves_something",
                condition=reduce(lambda a, b: a | b, (~Q(**{name: 0}) for name in ACCOUNTS)),
            ),
            models.CheckConstraint(
                name="journal_reversal_says_why",
                condition=Q(reverses__isnull=True) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="journal_sale_names_its_draw",
                condition=~Q(event="sale") | Q(product__isnull=False, draw__isnull=False),
            ),
            models.CheckConstraint(
                name="journal_payout_is_no_agents",
                condition=Q(~Q(event="payout"), Q(agent__isnull=False, region__isnull=False))
                | Q(
                    event="payout",
                    agent__isnull=True,
                    region__isnull=True,
                    product__isnull=False,
                    draw__isnull=False,
                    receivable=0,
                ),
            ),
        ]
        indexes: ClassVar = [
            # What the age of a debt is told by lies in the index: its days are all over the table.
            models.Index(
                fields=["agent", "value_date", "id"],
                include=["event", "receivable"],
                name="journal_agent_date",
            ),
            models.Index(fields=["draw", "product"], name="journal_prizes", condition=~Q(prizes=0)),
            models.Index(fields=["value_date", "id"], name="journal_date"),
            BrinIndex(fields=["batch"], name="journal_batch", pages_per_range=32),
            models.Index(
                fields=["agent", "value_date"], name="journal_interest", condition=~Q(interest=0)
            ),
            # Of prizes an agent paid those few that were taxed.
            models.Index(
                fields=["agent", "value_date"],
                name="journal_winners_tax",
                condition=Q(event="prize") & ~Q(withheld_tax=0),
            ),
        ]
        triggers: ClassVar = [
            APPEND_ONLY,
            MONEY_STAYS,
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.value_date:%d/%m/%Y} {self.receivable}"


class DrawClose(models.Model):
    """A draw whose sales were booked (chốt bán kỳ vé): from then on only corrections."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="close")
    batch = models.OneToOneField(RecordingBatch, models.PROTECT)
    sold = models.BigIntegerField()
    revenue_amount = models.BigIntegerField()

    class Meta:
        verbose_name = _("chốt bán kỳ vé")
        verbose_name_plural = _("chốt bán kỳ vé")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.sold}"


class AgentMonthTotal(models.Model):
    """An agent's month (its first day) in the journal: the sum of each account it moves.

    A balance on a day is the months before it and the entries of its own month until then.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)
    month = models.DateField()
    receivable = models.BigIntegerField()
    collateral = models.BigIntegerField()
    revenue = models.BigIntegerField()
    commission = models.BigIntegerField()
    withheld_tax = models.BigIntegerField()
    prizes = models.BigIntegerField()
    payout_fee = models.BigIntegerField()
    paid = models.BigIntegerField()

    class Meta:
        verbose_name = _("tổng tiền theo đại lý và tháng")
        verbose_name_plural = _("tổng tiền theo đại lý và tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "month"], name="agent_month_total_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.month:%m/%Y} {self.receivable}"


class AgentBalance(models.Model):
    """What an agent owes and has deposited now; its row is locked by whoever changes either."""

    agent = models.OneToOneField(Agent, models.PROTECT, primary_key=True, db_constraint=False)
    receivable = models.BigIntegerField()
    collateral = models.BigIntegerField()

    class Meta:
        verbose_name = _("số dư đại lý")
        verbose_name_plural = _("số dư đại lý")
        constraints: ClassVar = [
            # A credit: what is held of the agent. More is never given back than was deposited.
            models.CheckConstraint(
                name="agent_balance_collateral_held", condition=Q(collateral__lte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.receivable}"
