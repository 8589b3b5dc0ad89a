"""Sums of the ledger, kept in the transaction that writes it and provable from it at any time.

`AgentDrawTotal` is what is locked and checked; the others are added to after it (`sales.ledger.rollups`).
The database checks the references of the ledger; checking the same ones again for its sums would
cost a bulk import a third of its time, so these foreign keys are not constraints.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from sales.engine.lines import MOST_TICKETS
from sales.models.agents import Agent
from sales.models.draws import Draw
from sales.models.products import Product
from sales.models.scope import InRegionQuerySet


class AgentDrawTotal(models.Model):
    """All movements of one agent, product and draw. The database refuses more returned than issued.

    Region, face value and commission are the terms at the first movement; later movements of the
    same draw follow them. Commission (hoa hồng) is in whole đồng, cut off.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)
    product = models.ForeignKey(Product, models.PROTECT, db_index=False, db_constraint=False)
    draw = models.ForeignKey(Draw, models.PROTECT, db_index=False, db_constraint=False)
    draw_date = models.DateField()
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, db_constraint=False)
    issued = models.IntegerField()
    returned = models.IntegerField()
    face_value_amount = models.BigIntegerField()
    commission_bps = models.PositiveSmallIntegerField()
    revenue_amount = models.GeneratedField(
        expression=(F("issued") - F("returned")) * F("face_value_amount"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    commission_amount = models.GeneratedField(
        expression=(F("issued") - F("returned"))
        * F("face_value_amount")
        * F("commission_bps")
        / 10_000,
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = InRegionQuerySet["AgentDrawTotal"].as_manager()

    class Meta:
        verbose_name = _("tổng theo đại lý và kỳ vé")
        verbose_name_plural = _("tổng theo đại lý và kỳ vé")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent", "product", "draw"], name="agent_draw_total_once"
            ),
            models.CheckConstraint(
                name="agent_draw_returned_within_issued",
                condition=Q(returned__gte=0, issued__gte=F("returned")),
            ),
            models.CheckConstraint(
                name="agent_draw_issued_within_reason",
                condition=Q(issued__lte=MOST_TICKETS),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["draw_date", "agent"], name="agent_draw_date")]

    def __str__(self) -> str:
        return f"{self.draw_date:%d/%m/%Y} {self.issued} − {self.returned}"


class TicketSums(models.Model):
    """What is summed of many agents' draws: tickets, and whole đồng.

    Commission is the sum of what is due for each agent, product and draw.
    """

    issued = models.BigIntegerField()
    returned = models.BigIntegerField()
    revenue_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()

    class Meta:
        abstract = True


class RegionSumsOfAll(TicketSums):
    """Sums of a region (as at the first movement): all products."""

    region = models.ForeignKey(Region, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True


class AgentSumsOfAll(RegionSumsOfAll):
    """Sums of an agent, in a region: all products."""

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True


class RegionSums(RegionSumsOfAll):
    """Sums of a region and product."""

    product = models.ForeignKey(Product, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True


class AgentSums(RegionSums):
    """Sums of an agent, in a region, and product."""

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True


class RegionDayTotal(RegionSums):
    """All movements of one draw date, region and product: what reports and summaries read."""

    draw_date = models.DateField()

    objects = InRegionQuerySet["RegionDayTotal"].as_manager()

    class Meta:
        verbose_name = _("tổng theo địa bàn và ngày")
        verbose_name_plural = _("tổng theo địa bàn và ngày")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw_date", "region", "product"], name="region_day_total_once"
            ),
        ]
        # A few units of many: an answer is read unit by unit.
        indexes: ClassVar = [
            models.Index(fields=["region", "draw_date"], name="region_day_total_region")
        ]

    def __str__(self) -> str:
        return f"{self.draw_date:%d/%m/%Y} {self.issued} − {self.returned}"


class RegionMonthTotal(RegionSums):
    """All movements of one month (its first day), region and product: for spans of years."""

    month = models.DateField()

    class Meta:
        verbose_name = _("tổng theo địa bàn và tháng")
        verbose_name_plural = _("tổng theo địa bàn và tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "region", "product"], name="region_month_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.issued} − {self.returned}"


class RegionWeekdayTotal(RegionSums):
    """All movements of a month's Mondays (weekday 0), Tuesdays …, of one region and product."""

    month = models.DateField()
    weekday = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("tổng theo địa bàn và thứ")
        verbose_name_plural = _("tổng theo địa bàn và thứ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "weekday", "region", "product"], name="region_weekday_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.weekday} {self.issued} − {self.returned}"


class MonthEdges(models.Model):
    """The revenue at the edges of a month, in whole đồng, by which it differs from what it is compared with."""

    revenue_last_week = models.BigIntegerField(db_default=0)
    revenue_first_two_days = models.BigIntegerField(db_default=0)
    revenue_first_day = models.BigIntegerField(db_default=0)

    class Meta:
        abstract = True


class AgentMonthTickets(AgentSums, MonthEdges):
    """All movements of one month (its first day), agent, region and product."""

    month = models.DateField()

    class Meta:
        verbose_name = _("tổng vé theo đại lý và tháng")
        verbose_name_plural = _("tổng vé theo đại lý và tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "agent", "region", "product"], name="agent_month_tickets_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="agent_month_tickets_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.month:%m/%Y} {self.issued} − {self.returned}"


class AgentYearTickets(AgentSums):
    """All movements of one year (its first day), agent, region and product."""

    year = models.DateField()

    class Meta:
        verbose_name = _("tổng vé theo đại lý và năm")
        verbose_name_plural = _("tổng vé theo đại lý và năm")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "agent", "region", "product"], name="agent_year_tickets_once"
            ),
        ]
        # Who sold in a unit.
        indexes: ClassVar = [
            models.Index(fields=["region", "agent"], name="agent_year_tickets_region")
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.year:%Y} {self.issued} − {self.returned}"


class WeekdaySums(models.Model):
    """Sums of an agent, in a region, in a year (its first day): each measure of `TicketSums` by weekday.

    `issued_0` are the tickets of Mondays, `issued_6` those of Sundays.
    """

    year = models.DateField()
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True


for _measure in TicketSums._meta.local_fields:
    for _weekday in range(7):
        models.BigIntegerField(db_default=0).contribute_to_class(
            WeekdaySums, f"{_measure.name}_{_weekday}"
        )


class AgentWeekdayTickets(WeekdaySums):
    """All movements of the weekdays of a year, of one agent, region and product."""

    product = models.ForeignKey(Product, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        verbose_name = _("tổng vé theo đại lý và thứ")
        verbose_name_plural = _("tổng vé theo đại lý và thứ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "agent", "region", "product"], name="agent_weekday_tickets_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="agent_weekday_tickets_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.year:%Y}"


class AgentWeekdayAll(WeekdaySums):
    """All movements of the weekdays of a year, of one agent and region: all products."""

    class Meta:
        verbose_name = _("tổng mọi loại vé theo đại lý và thứ")
        verbose_name_plural = _("tổng mọi loại vé theo đại lý và thứ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "agent", "region"], name="agent_weekday_all_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="agent_weekday_all_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.year:%Y}"


class AgentMonthAll(AgentSumsOfAll, MonthEdges):
    """All movements of a month (its first day) of one agent and region: all products."""

    month = models.DateField()

    class Meta:
        verbose_name = _("tổng mọi loại vé theo đại lý và tháng")
        verbose_name_plural = _("tổng mọi loại vé theo đại lý và tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "agent", "region"], name="agent_month_all_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agent"], name="agent_month_all_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.month:%m/%Y} {self.issued} − {self.returned}"


class AgentYearAll(AgentSumsOfAll):
    """All movements of a year (its first day) of one agent and region: all products."""

    year = models.DateField()

    class Meta:
        verbose_name = _("tổng mọi loại vé theo đại lý và năm")
        verbose_name_plural = _("tổng mọi loại vé theo đại lý và năm")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "agent", "region"], name="agent_year_all_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.year:%Y} {self.issued} − {self.returned}"


class AgentMonthDays(models.Model):
    """All movements of each day of a month, of one agent and region: all products.

    A measure is an array of 31 numbers, of the first day, the second, …; 0 where nothing moved.
    `best_…` are the greatest of them, by which the best days are found without looking at all.
    """

    month = models.DateField()
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, db_constraint=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, db_constraint=False)
    best_sold = models.GeneratedField(
        expression=Greatest(*(F(f"issued__{n}") - F(f"returned__{n}") for n in range(31))),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    best_returned = models.GeneratedField(
        expression=Greatest(*(F(f"returned__{n}") for n in range(31))),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    best_revenue_amount = models.GeneratedField(
        expression=Greatest(*(F(f"revenue_amount__{n}") for n in range(31))),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    issued = ArrayField(models.IntegerField())
    returned = ArrayField(models.IntegerField())
    revenue_amount = ArrayField(models.BigIntegerField())
    commission_amount = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("tổng theo ngày của đại lý trong tháng")
        verbose_name_plural = _("tổng theo ngày của đại lý trong tháng")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "agent", "region"],
                # The best days are found in the index alone; the rows take forty times as much room.
                include=["id", "best_sold", "best_returned", "best_revenue_amount"],
                name="agent_month_days_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.month:%m/%Y}"


class RegionDayAll(RegionSumsOfAll):
    """All movements of one draw date and region: all products."""

    draw_date = models.DateField()

    class Meta:
        verbose_name = _("tổng mọi loại vé theo địa bàn và ngày")
        verbose_name_plural = _("tổng mọi loại vé theo địa bàn và ngày")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw_date", "region"], name="region_day_all_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_date:%d/%m/%Y} {self.issued} − {self.returned}"


class RegionWeekdayAll(RegionSumsOfAll):
    """All movements of a month's Mondays (weekday 0), Tuesdays …, of one region: all products."""

    month = models.DateField()
    weekday = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("tổng mọi loại vé theo địa bàn và thứ")
        verbose_name_plural = _("tổng mọi loại vé theo địa bàn và thứ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "weekday", "region"], name="region_weekday_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.weekday} {self.issued} − {self.returned}"


class CompanyDayTotal(TicketSums):
    """All movements of one draw date and product, in eight parts of the regions (`region % 8`).

    One row would make everybody who records for a draw wait for everybody else.
    """

    draw_date = models.DateField()
    part = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        verbose_name = _("tổng toàn công ty theo ngày")
        verbose_name_plural = _("tổng toàn công ty theo ngày")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw_date", "product", "part"], name="company_day_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_date:%d/%m/%Y} {self.issued} − {self.returned}"
