"""The people a unit has, and campaigns to sell more to them."""

from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.org.models import Region
from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.agents import Agent
from sales.models.scope import OfAgentQuerySet


class RegionCensus(models.Model):
    """Inhabitants and area of a unit (dân số, diện tích) as of a day; only added to.

    What was entered last for the newest day is in force. `is_estimate`: by the company itself.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="census")
    as_of = models.DateField(_("số liệu đến ngày"))
    inhabitants = models.PositiveIntegerField(_("dân số (người)"))
    area_km2 = models.DecimalField(
        _("diện tích (km²)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("nguồn"), max_length=200)
    is_estimate = models.BooleanField(_("công ty ước tính"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("dân số và diện tích địa bàn")
        verbose_name_plural = _("dân số và diện tích địa bàn")
        constraints: ClassVar = [
            models.CheckConstraint(name="census_has_people", condition=Q(inhabitants__gt=0)),
            models.CheckConstraint(
                name="census_has_area", condition=Q(area_km2__isnull=True) | Q(area_km2__gt=0)
            ),
            models.CheckConstraint(
                name="census_says_where_from",
                condition=Q(GreaterThanOrEqual(Length("source"), REASON_MIN)),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.region_id} {self.as_of:%d/%m/%Y}: {self.inhabitants}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        """Campaigns whose agents the person sees, all of them: a part would tell another effect."""
        if user.scope_path is None:
            return self
        hidden = CampaignAgent.objects.exclude(
            agent__region__in=Region.objects.in_scope(user.scope_path)
        )
        return self.exclude(pk__in=hidden.values("campaign"))

    def in_scope(self, path: str | None) -> Self:
        """Campaigns with an agent in these units (`User.scope_path`); None means no limit."""
        if path is None:
            return self
        return self.filter(pk__in=CampaignAgent.objects.in_scope(path).values("campaign"))

    def with_agent_counts(self) -> Self:
        """Each with `agent_count`."""
        return self.annotate(agent_count=models.Count("agents"))


@pghistory.track()
class Campaign(models.Model):
    """Something done for some agents to sell more (chương trình hỗ trợ bán), both days included.

    Tickets may not be promoted with gifts or discounts; a campaign is a visit, a training, a sign,
    a new stand. `cost_amount` is in đồng. One that was entered wrongly is cancelled with a reason.
    """

    name = models.CharField(_("tên chương trình"), max_length=120)
    purpose = models.CharField(_("nội dung, mục tiêu"), max_length=500)
    starts = models.DateField(_("từ kỳ"))
    ends = models.DateField(_("đến hết kỳ"))
    cost_amount = models.BigIntegerField(_("chi phí (đồng)"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("lý do hủy"), max_length=300, blank=True, default="")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("chương trình hỗ trợ bán")
        verbose_name_plural = _("chương trình hỗ trợ bán")
        constraints: ClassVar = [
            models.CheckConstraint(name="campaign_order", condition=Q(ends__gte=F("starts"))),
            models.CheckConstraint(
                name="campaign_cost_not_negative", condition=Q(cost_amount__gte=0)
            ),
            models.CheckConstraint(
                name="campaign_cancelled_says_why",
                condition=Q(cancelled_at__isnull=True, cancel_reason="")
                | Q(
                    GreaterThanOrEqual(Length("cancel_reason"), REASON_MIN),
                    cancelled_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignAgent(models.Model):
    """An agent of a campaign; chosen when it is entered, and kept."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="agents", db_index=False)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")

    objects = OfAgentQuerySet["CampaignAgent"].as_manager()

    class Meta:
        verbose_name = _("đại lý của chương trình")
        verbose_name_plural = _("đại lý của chương trình")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "agent"], name="campaign_agent_once")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.agent_id}"
