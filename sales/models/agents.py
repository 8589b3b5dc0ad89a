"""Who sells."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.vntext import search_key
from sales.models.scope import InRegionQuerySet


class AgentKind(models.TextChoices):
    PERSON = "person", _("cá nhân")
    ORGANISATION = "org", _("tổ chức")


class AgentStatus(models.TextChoices):
    ACTIVE = "active", _("đang hoạt động")
    SUSPENDED = "suspended", _("tạm ngừng")
    ENDED = "ended", _("đã chấm dứt")


class AgentQuerySet(InRegionQuerySet["Agent"]):
    def under_contract(self, first: date, last: date) -> Self:
        """Agents open on at least one day of [first, last], both included, and not suspended."""
        return (
            self.exclude(status=AgentStatus.SUSPENDED)
            .filter(opened_date__lte=last)
            .filter(Q(closed_date__isnull=True) | Q(closed_date__gte=first))
        )


@pghistory.track()
class Agent(models.Model):
    """A sales agent (đại lý) with its present region, commission (hoa hồng) and credit limit.

    `region` is where the agent is today; every entry keeps the region of its own time.
    `closed_date` is the last day of business, set when the contract has ended.
    """

    code = models.CharField(_("mã đại lý"), max_length=20, unique=True)
    name = models.CharField(_("tên đại lý"), max_length=150)
    search = models.CharField(max_length=150, editable=False)
    kind = models.CharField(_("loại"), max_length=10, choices=AgentKind.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("địa bàn"))
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=AgentStatus.choices, default=AgentStatus.ACTIVE
    )
    opened_date = models.DateField(_("ngày bắt đầu"))
    closed_date = models.DateField(_("ngày làm đại lý cuối cùng"), null=True, blank=True)
    commission_bps = models.PositiveSmallIntegerField(_("hoa hồng (phần vạn)"))
    credit_limit_amount = models.BigIntegerField(_("hạn mức công nợ (đồng)"), default=0)
    is_demonstration = models.BooleanField(_("dữ liệu trình diễn"), default=False)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("đại lý")
        verbose_name_plural = _("đại lý")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="agent_opened_before_closed",
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
            ),
            models.CheckConstraint(
                name="agent_ended_has_last_day",
                condition=~Q(status=AgentStatus.ENDED) | Q(closed_date__isnull=False),
            ),
            models.CheckConstraint(
                name="agent_commission_is_a_share", condition=Q(commission_bps__lte=10_000)
            ),
            models.CheckConstraint(
                name="agent_credit_limit_not_negative", condition=Q(credit_limit_amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, **kwargs: object) -> None:
        self.search = search_key(self.name)
        super().save(**kwargs)  # type: ignore[arg-type]
