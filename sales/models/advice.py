"""Advice on how many tickets to give, and what was decided: both kept for ever."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.ledger import RecordingBatch
from sales.models.products import Product
from sales.models.scope import InRegionQuerySet


class AdviceRun(models.Model):
    """The advice for one draw and product, made at one moment (lần lập khuyến nghị).

    The two costs, đồng a ticket, are the rules it was made by.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, db_index=False)
    unsold_amount = models.BigIntegerField(_("chi phí một vé ế (đồng)"))
    lost_sale_amount = models.BigIntegerField(_("thiệt hại một vé thiếu (đồng)"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("lần lập khuyến nghị phân vé")
        verbose_name_plural = _("các lần lập khuyến nghị phân vé")
        indexes: ClassVar = [
            models.Index(fields=["draw", "product", "-id"], name="advice_run_draw")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="advice_costs_above_nothing",
                condition=Q(unsold_amount__gt=0, lost_sale_amount__gt=0),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.product_id} {self.at:%d/%m/%Y %H:%M}"


class Advice(models.Model):
    """Tickets advised for one agent (khuyến nghị phân vé), and what they follow from.

    `usual` is the demand of an ordinary day, `index_bps` what weekday and Tết make of it,
    `reserve_bps` what is given of that; `draws` were looked at, of which `sold_out` sold all; `last_week` what the agent was given for
    the draw a week before. `is_probe`: demand unknown, a tenth more is tried.
    """

    run = models.ForeignKey(AdviceRun, models.PROTECT, related_name="advice", db_index=False)
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False)
    tickets = models.PositiveIntegerField(_("số vé nên giao"))
    usual = models.PositiveIntegerField()
    index_bps = models.PositiveIntegerField()
    reserve_bps = models.PositiveIntegerField()
    draws = models.PositiveSmallIntegerField()
    sold_out = models.PositiveSmallIntegerField()
    is_probe = models.BooleanField()
    last_week = models.PositiveIntegerField(null=True)

    objects = InRegionQuerySet["Advice"].as_manager()

    class Meta:
        verbose_name = _("khuyến nghị phân vé")
        verbose_name_plural = _("khuyến nghị phân vé")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "agent"], name="advice_once"),
            models.CheckConstraint(
                name="advice_sold_out_within_draws", condition=Q(sold_out__lte=F("draws"))
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.tickets}"


class AdviceDecision(models.Model):
    """What somebody made of an advice (quyết định phân vé): as advised, or another number and why.

    `batch` holds the tickets issued by it; null where the agent had them already.
    """

    advice = models.OneToOneField(Advice, models.PROTECT, related_name="decision")
    tickets = models.PositiveIntegerField(_("số vé quyết định giao"))
    reason = models.CharField(_("lý do"), max_length=200, blank=True, default="")
    batch = models.ForeignKey(RecordingBatch, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("quyết định phân vé")
        verbose_name_plural = _("quyết định phân vé")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.advice_id}: {self.tickets}"
