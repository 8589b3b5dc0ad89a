"""Months of sales that are closed: nothing of theirs changes until they are opened again."""

from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY, looks_at_added

#: The name under which the database refuses rows of a closed month.
CLOSED = "sales_period_closed"


#: What stands closed, for a trigger.
_STANDING = """sales_periodclose closed
                WHERE NOT EXISTS (
                    SELECT FROM sales_periodreopening opened WHERE opened.close_id = closed.id
                )"""


def _refuse(condition: str) -> pgtrigger.Trigger:
    """Refuses rows (`added`) under a condition; one look for each statement."""
    return looks_at_added(
        "closed_months_stay",
        f"""
            IF {condition} THEN
                RAISE EXCEPTION 'a closed month of sales was to be changed'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{CLOSED}';
            END IF;
            RETURN NULL;
        """,
    )


#: Movements of tickets of a closed month. Older ones, of years before the first close, may still be brought
#: in: they move no money.
TICKETS_STAY = _refuse(
    f"""EXISTS (
                SELECT FROM {_STANDING} AND EXISTS (
                    SELECT FROM added
                    WHERE added.draw_date >= closed.month
                      AND added.draw_date < closed.month + interval '1 month'
                )
            )"""  # noqa: S608 -- names of our own
)
#: Money of a closed month or of any before it, which would change what the closed one began with.
MONEY_STAYS = _refuse(
    f"""(SELECT min(added.value_date) FROM added) < (
                SELECT max(closed.month) + interval '1 month' FROM {_STANDING}
            )"""  # noqa: S608 -- names of our own
)


class PeriodCloseQuerySet(models.QuerySet["PeriodClose"]):
    def standing(self) -> Self:
        """Those that were not reopened."""
        return self.filter(reopening__isnull=True)


class PeriodClose(models.Model):
    """A month whose books are closed (khóa sổ); `month` is its first day."""

    month = models.DateField(_("kỳ"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PeriodCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("khóa sổ bán vé")
        verbose_name_plural = _("khóa sổ bán vé")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="period_close_month", condition=models.Q(Exact(ExtractDay("month"), 1))
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class PeriodReopening(models.Model):
    """Opens a closed month again (mở lại sổ), by another person than the one who closed it."""

    close = models.OneToOneField(PeriodClose, models.PROTECT, related_name="reopening")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("mở lại sổ bán vé")
        verbose_name_plural = _("mở lại sổ bán vé")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.close_id} {self.at:%d/%m/%Y %H:%M}"


def closed_until() -> date | None:
    """The newest month that stands closed: its books and those of all before it."""
    newest: date | None = PeriodClose.objects.standing().aggregate(newest=models.Max("month"))[
        "newest"
    ]
    return newest
