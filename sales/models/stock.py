"""Tickets by serial: where each is, and every move that brought it there."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Site
from backend.promises import APPEND_ONLY
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.ledger import RecordingBatch
from sales.models.products import Product
from sales.models.returns import never_changed

if TYPE_CHECKING:
    from backend.accounts.models import User


class TicketPlace(models.TextChoices):
    WAREHOUSE = "warehouse", _("kho công ty")
    BRANCH = "branch", _("chi nhánh")
    AGENT = "agent", _("đại lý")
    RETURNED = "returned", _("kho vé trả")
    DESTROYED = "destroyed", _("đã tiêu hủy")
    LOST = "lost", _("mất")
    DAMAGED = "damaged", _("hỏng")


class TicketSeries(models.Model):
    """A series (sê-ri) printed for a draw: a symbol and the numbers that came from the printer."""

    product = models.ForeignKey(Product, models.PROTECT, db_index=False)
    draw = models.ForeignKey(Draw, models.PROTECT, db_index=False)
    symbol = models.CharField(_("ký hiệu"), max_length=6)

    class Meta:
        verbose_name = _("sê-ri vé")
        verbose_name_plural = _("sê-ri vé")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "product", "symbol"], name="ticket_series_once")
        ]
        triggers: ClassVar = [never_changed()]

    def __str__(self) -> str:
        return self.symbol


def _is_whose(place: str, agent: str, site: str) -> Q:
    """An agent's tickets name the agent, a branch's the branch, others nobody."""
    return (
        Q(**{place: TicketPlace.AGENT, f"{agent}__isnull": False, f"{site}__isnull": True})
        | Q(**{place: TicketPlace.BRANCH, f"{agent}__isnull": True, f"{site}__isnull": False})
        | (
            ~Q(**{f"{place}__in": [TicketPlace.AGENT, TicketPlace.BRANCH]})
            & Q(**{f"{agent}__isnull": True, f"{site}__isnull": True})
        )
    )


class TicketMoveQuerySet(models.QuerySet["TicketMove"]):
    def visible_to(self, user: "User") -> Self:
        """Moves that concern no agent outside of the person's region."""
        if user.is_whole_company:
            return self
        seen = Agent.objects.visible_to(user)
        return self.filter(Q(source_agent=None) | Q(source_agent__in=seen)).filter(
            Q(target_agent=None) | Q(target_agent__in=seen)
        )

    def in_scope(self, path: str | None) -> Self:
        """Moves from or to agents of these units (`User.scope_path`); None means no limit."""
        if path is None:
            return self
        there = Agent.objects.in_scope(path)
        return self.filter(Q(source_agent__in=there) | Q(target_agent__in=there))

    def of_agent(self, code: str) -> Self:
        """Moves from or to the agent."""
        return self.filter(Q(source_agent__code=code) | Q(target_agent__code=code))


class TicketMove(models.Model):
    """Tickets that went from one place to another (nhập, xuất, trả, hủy, mất, hỏng); never changed.

    No source: they came from the printer; no target: that was recorded wrongly and is undone.
    `is_counted`: what agents got and gave back stood in the ledger of counts already; else the
    same batch wrote it there.
    """

    batch = models.ForeignKey(RecordingBatch, models.PROTECT)
    series = models.ForeignKey(TicketSeries, models.PROTECT, db_index=False)
    numbers = IntegerRangeField(_("số vé"))
    source = models.CharField(_("từ"), max_length=10, choices=TicketPlace.choices, blank=True)
    source_agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    source_site = models.ForeignKey(
        Site, models.PROTECT, null=True, related_name="+", db_index=False
    )
    target = models.CharField(_("đến"), max_length=10, choices=TicketPlace.choices, blank=True)
    target_agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    target_site = models.ForeignKey(
        Site, models.PROTECT, null=True, related_name="+", db_index=False
    )
    document = models.CharField(_("số chứng từ"), max_length=100, blank=True)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    is_counted = models.BooleanField(default=False)

    objects = TicketMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("di chuyển vé")
        verbose_name_plural = _("di chuyển vé")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ticket_move_some",
                condition=Q(numbers__isempty=False, numbers__startswith__gte=0),
            ),
            models.CheckConstraint(
                name="ticket_move_source_is_whose",
                condition=_is_whose("source", "source_agent", "source_site"),
            ),
            models.CheckConstraint(
                name="ticket_move_target_is_whose",
                condition=_is_whose("target", "target_agent", "target_site"),
            ),
            models.CheckConstraint(
                name="ticket_move_with_minutes",
                condition=~Q(target__in=["destroyed", "lost", "damaged"]) | ~Q(document=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["series", "id"], name="ticket_move_series")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.series_id} {self.numbers}: {self.source} → {self.target}"


class TicketHoldingQuerySet(models.QuerySet["TicketHolding"]):
    def visible_to(self, user: "User") -> Self:
        """What the company holds, and what agents of the person's region hold."""
        if user.is_whole_company:
            return self
        return self.filter(Q(agent=None) | Q(agent__in=Agent.objects.visible_to(user)))

    #: A holding belongs to where its agent is now.
    known_to = visible_to

    def in_scope(self, path: str | None) -> Self:
        """What agents of these units hold (`User.scope_path`); None means no limit."""
        return self if path is None else self.filter(agent__in=Agent.objects.in_scope(path))


class TicketHolding(models.Model):
    """Where tickets are now: the sum of their moves, kept in the transaction that writes them.

    The database refuses a serial in two places.
    """

    series = models.ForeignKey(TicketSeries, models.PROTECT, db_index=False)
    numbers = IntegerRangeField(_("số vé"))
    place = models.CharField(_("nơi giữ"), max_length=10, choices=TicketPlace.choices)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, db_index=False)

    objects = TicketHoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("vé đang giữ")
        verbose_name_plural = _("vé đang giữ")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="ticket_in_one_place",
                expressions=[
                    (F("series"), RangeOperators.EQUAL),
                    (F("numbers"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="ticket_holding_is_whose", condition=_is_whose("place", "agent", "site")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.numbers}: {self.place}"
