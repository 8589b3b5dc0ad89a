"""Unsold tickets on their way back: a sheet an agent and draw, its steps, and what each step says."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.ledger import RecordingBatch, Source
from sales.models.products import Product
from sales.models.scope import InRegionQuerySet


class ReturnState(models.TextChoices):
    DECLARED = "declared", _("đã kê")
    RECEIVED = "received", _("đã nhận")
    COUNTED = "counted", _("đã kiểm đếm")
    CONFIRMED = "confirmed", _("đã xác nhận")
    SEALED = "sealed", _("đã niêm phong")
    DESTROYED = "destroyed", _("đã tiêu hủy")
    REVERSED = "reversed", _("đã đảo")


#: From which states a sheet comes to a state; a count may be repeated until it is confirmed. A sheet that was
#: opened wrongly, or whose tickets never came, is taken back before it is confirmed, too.
BEFORE: dict[str, tuple[str, ...]] = {
    ReturnState.DECLARED: (),
    ReturnState.RECEIVED: (ReturnState.DECLARED,),
    ReturnState.COUNTED: (ReturnState.RECEIVED, ReturnState.COUNTED),
    ReturnState.CONFIRMED: (ReturnState.COUNTED,),
    ReturnState.SEALED: (ReturnState.CONFIRMED,),
    ReturnState.DESTROYED: (ReturnState.SEALED,),
    ReturnState.REVERSED: (
        ReturnState.DECLARED,
        ReturnState.RECEIVED,
        ReturnState.COUNTED,
        ReturnState.CONFIRMED,
        ReturnState.SEALED,
    ),
}
#: States that stand in minutes with a number.
WITH_MINUTES = (ReturnState.CONFIRMED, ReturnState.SEALED, ReturnState.DESTROYED)


def never_changed() -> pgtrigger.Trigger:
    """Refuses change and deletion, yet leaves the program the right to lock the row."""
    return pgtrigger.Trigger(
        name="never_changed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func="RAISE EXCEPTION 'rows of this table are never changed';",
    )


def _order() -> str:
    """The allowed pairs of states, as SQL."""
    pairs = [(before, state) for state, befores in BEFORE.items() for before in befores]
    return ", ".join(f"('{before}', '{state}')" for before, state in pairs)


_IN_ORDER = pgtrigger.Trigger(
    name="in_order",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("newest", "sales_returnstep")],
    func=f"""
        SELECT * INTO newest FROM sales_returnstep
        WHERE sheet_id = NEW.sheet_id ORDER BY id DESC LIMIT 1;
        IF newest.id IS NULL THEN
            IF NEW.state <> 'declared' THEN
                RAISE EXCEPTION 'a return begins with its declaration';
            END IF;
        ELSIF (newest.state, NEW.state) NOT IN ({_order()}) THEN
            RAISE EXCEPTION 'a return goes from % to no %', newest.state, NEW.state;
        END IF;
        IF NEW.state = 'confirmed' AND newest.by_id = NEW.by_id THEN
            RAISE EXCEPTION 'who counted does not confirm';
        END IF;
        RETURN NEW;
    """,  # noqa: S608 -- states of our own
)


class ReturnSheetQuerySet(InRegionQuerySet["ReturnSheet"]):
    def in_state(self, *states: str) -> Self:
        """Sheets whose newest step is one of these."""
        newest = ReturnStep.objects.filter(sheet=OuterRef("pk")).order_by("-pk")
        return self.annotate(now=Subquery(newest.values("state")[:1])).filter(now__in=states)

    def of_product(self, code: str) -> Self:
        """Sheets on which tickets of the product were declared or counted."""
        tallies = ReturnTally.objects.filter(step__sheet=OuterRef("pk"), product__code=code)
        return self.filter(Exists(tallies))


class ReturnSheet(models.Model):
    """Unsold tickets an agent brings back of a draw (bảng kê vé trả); `region` is that of its time."""

    agent = models.ForeignKey(Agent, models.PROTECT, verbose_name=_("đại lý"))
    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name=_("kỳ vé"))
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    source = models.CharField(max_length=20, choices=Source.choices)

    objects = ReturnSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("bảng kê vé trả")
        verbose_name_plural = _("bảng kê vé trả")
        triggers: ClassVar = [never_changed()]

    def __str__(self) -> str:
        return f"{self.pk}"


class ReturnStep(models.Model):
    """What was done with a sheet, by whom, when, in which minutes (biên bản).

    `is_late`: declared or received after the draw's cut-off. `batch` is what a confirmation or a
    reversal recorded; null where no ticket was accepted.
    """

    sheet = models.ForeignKey(ReturnSheet, models.PROTECT, related_name="steps", db_index=False)
    state = models.CharField(_("bước"), max_length=10, choices=ReturnState.choices)
    minutes_no = models.CharField(_("số biên bản"), max_length=100, blank=True)
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)
    is_late = models.BooleanField(_("trễ giờ khóa"), default=False)
    batch = models.ForeignKey(RecordingBatch, models.PROTECT, null=True, db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bước xử lý vé trả")
        verbose_name_plural = _("bước xử lý vé trả")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="return_step_once",
                fields=["sheet", "state"],
                condition=~Q(state=ReturnState.COUNTED),
            ),
            models.CheckConstraint(
                name="return_step_with_minutes",
                condition=~Q(state__in=WITH_MINUTES) | ~Q(minutes_no=""),
            ),
            models.CheckConstraint(
                name="return_reversal_says_why",
                condition=~Q(state=ReturnState.REVERSED) | ~Q(note=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["sheet", "-id"], name="return_step_newest")]
        triggers: ClassVar = [APPEND_ONLY, _IN_ORDER]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.state} {self.at:%d/%m/%Y %H:%M}"


class ReturnTally(models.Model):
    """Tickets of a product as a step says: declared, counted, or accepted by the confirmation.

    `serials` are the stretches that were counted ("8KX 00450-00499"), none where a company works
    by counts.
    """

    step = models.ForeignKey(ReturnStep, models.PROTECT, related_name="tallies", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, db_index=False)
    tickets = models.PositiveIntegerField(_("số vé"))
    serials = ArrayField(models.CharField(max_length=30), default=list)

    class Meta:
        verbose_name = _("số vé của bước")
        verbose_name_plural = _("số vé của bước")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "product"], name="return_tally_once")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.step_id} {self.product_id}: {self.tickets}"
