"""What the company means to sell: a year by month, product and region or agent, in versions."""

from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.agents import Agent
from sales.models.products import Product


class PlanState(models.TextChoices):
    DRAFT = "draft", _("bản nháp")
    SUBMITTED = "submitted", _("chờ duyệt")
    APPROVED = "approved", _("đã duyệt")
    REJECTED = "rejected", _("không duyệt")
    WITHDRAWN = "withdrawn", _("đã rút lại")


class SalesPlanQuerySet(models.QuerySet["SalesPlan"]):
    def in_force(self, year: int) -> Self:
        """The newest approved version of the year first."""
        return self.filter(year=year, state=PlanState.APPROVED).order_by("-version")


_ONE_WAY = pgtrigger.Trigger(
    name="one_way",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF (OLD.year, OLD.version, OLD.made_by_id, OLD.made_at)
            IS DISTINCT FROM (NEW.year, NEW.version, NEW.made_by_id, NEW.made_at)
            OR (OLD.state, NEW.state) NOT IN (
                ('draft', 'submitted'), ('submitted', 'approved'), ('submitted', 'rejected'),
                ('draft', 'withdrawn'), ('submitted', 'withdrawn')
            )
        THEN
            RAISE EXCEPTION 'a plan goes from draft to submitted to approved or rejected, or is withdrawn before';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class SalesPlan(models.Model):
    """A version of a year's plan (kế hoạch năm): submitted, then approved by another person.

    Until then it may be withdrawn (rút lại), by whoever.

    The newest approved version of a year is in force; earlier ones stay to be read.
    """

    year = models.PositiveSmallIntegerField(_("năm"))
    version = models.PositiveSmallIntegerField(_("bản"))
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("lý do"), max_length=300, blank=True, default="")

    objects = SalesPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("kế hoạch năm")
        verbose_name_plural = _("kế hoạch năm")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "version"], name="sales_plan_once"),
            models.CheckConstraint(
                name="sales_plan_year", condition=Q(year__range=(2000, 2100), version__gte=1)
            ),
            models.CheckConstraint(
                name="sales_plan_decided_by_another",
                condition=Q(state__in=["draft", "submitted"], decided_by__isnull=True)
                | Q(
                    Q(state="withdrawn") | ~Q(decided_by=models.F("made_by")),
                    state__in=["approved", "rejected", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="sales_plan_rejected_says_why",
                condition=~Q(state__in=["rejected", "withdrawn"])
                | Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
            ),
        ]
        triggers: ClassVar = [
            _ONE_WAY,
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.version}"


class SalesPlanLine(models.Model):
    """What is to be sold of a product in a month: by the company, a region, or an agent.

    The three levels are told apart; a line has neither region nor agent when it is the company's.
    """

    plan = models.ForeignKey(SalesPlan, models.PROTECT, related_name="lines", db_index=False)
    month = models.PositiveSmallIntegerField(_("tháng"))
    product = models.ForeignKey(Product, models.PROTECT, db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, db_index=False)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, db_index=False)
    tickets = models.BigIntegerField(_("số vé"))
    revenue_amount = models.BigIntegerField(_("doanh thu (đồng)"))

    class Meta:
        verbose_name = _("dòng kế hoạch")
        verbose_name_plural = _("dòng kế hoạch")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "month", "product", "region", "agent"],
                name="sales_plan_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="sales_plan_line_of_one_level",
                condition=Q(region__isnull=True) | Q(agent__isnull=True),
            ),
            models.CheckConstraint(
                name="sales_plan_line_amounts",
                condition=Q(month__range=(1, 12), tickets__gte=0, revenue_amount__gte=0),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.month}: {self.tickets}"
