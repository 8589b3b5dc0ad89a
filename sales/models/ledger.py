"""The ledger of ticket movements: only added to, never changed."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.periods import TICKETS_STAY
from sales.models.products import Product
from sales.models.references import REFERS
from sales.models.scope import InRegionQuerySet


class Source(models.TextChoices):
    API = "api", _("API")
    PAGE = "page", _("nhập trên trang")
    IMPORT = "import", _("nhập từ tệp")
    DEMONSTRATION = "demonstration", _("dữ liệu trình diễn")


class ThisTransaction(models.Func):
    """The number of the transaction under way; numbers grow, and are never used again."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
    arity = 0


class RecordingBatch(models.Model):
    """What was recorded together, in one transaction (đợt ghi sổ): by whom, when, from where.

    `key` is the sender's Idempotency-Key, empty where there is none.
    """

    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source.choices)
    key = models.CharField(max_length=200, blank=True)
    line_count = models.PositiveIntegerField()
    # In which transaction it was written: what the feed of changes is read by (sales.ledger.feed).
    transaction = models.BigIntegerField(editable=False, db_default=ThisTransaction())

    class Meta:
        verbose_name = _("đợt ghi sổ")
        verbose_name_plural = _("đợt ghi sổ")
        indexes: ClassVar = [models.Index(fields=["transaction", "id"], name="batch_transaction")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.pk} {self.recorded_at:%d/%m/%Y %H:%M}"


class ConsignmentEntry(models.Model):
    """One movement of tickets between company and agent for a draw (giao vé, trả vé ế).

    Counts are tickets. `issued` and `returned` are negative only in a correction, which names
    the entry it corrects and its reason. `sold` is never typed in: it is issued − returned.
    Face value, commission and region are the terms of the first movement of this agent, product
    and draw (`AgentDrawTotal`), so that a return undoes exactly what an issue did. `is_late`: tickets
    that came back after the draw's cut-off, where the rule lets them. `draw_date` repeats the draw's date for range scans.
    """

    batch = models.ForeignKey(RecordingBatch, models.PROTECT, db_index=False, db_constraint=False)
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)
    product = models.ForeignKey(Product, models.PROTECT, db_index=False, db_constraint=False)
    draw = models.ForeignKey(Draw, models.PROTECT, db_index=False, db_constraint=False)
    draw_date = models.DateField()
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    issued = models.IntegerField()
    returned = models.IntegerField()
    face_value_amount = models.BigIntegerField()
    commission_bps = models.PositiveSmallIntegerField()
    is_late = models.BooleanField(_("trả trễ"), default=False, db_default=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_index=False)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    sold = models.GeneratedField(
        expression=F("issued") - F("returned"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    revenue_amount = models.GeneratedField(
        expression=(F("issued") - F("returned")) * F("face_value_amount"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = InRegionQuerySet["ConsignmentEntry"].as_manager()

    class Meta:
        verbose_name = _("bút toán vé")
        verbose_name_plural = _("sổ vé")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_moves_something", condition=~Q(issued=0) | ~Q(returned=0)
            ),
            models.CheckConstraint(
                name="entry_negative_only_in_correction",
                condition=Q(issued__gte=0, returned__gte=0)
                | (Q(corrects__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="entry_face_value_positive", condition=Q(face_value_amount__gt=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["draw_date", "id"], name="entry_date"),
            models.Index(fields=["agent", "draw_date", "id"], name="entry_agent_date"),
            # Batches grow with the ledger, so a few pages tell where one of them lies.
            BrinIndex(fields=["batch"], name="entry_batch", pages_per_range=32),
            # Only corrections carry `corrects`; the rest of the ledger stays out of this index.
            models.Index(
                fields=["corrects"],
                name="entry_corrects",
                condition=Q(corrects__isnull=False),
            ),
        ]
        triggers: ClassVar = [
            APPEND_ONLY,
            TICKETS_STAY,
            REFERS,  # what is not a foreign key
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.draw_date:%d/%m/%Y} +{self.issued} −{self.returned}"
