"""What was entered and may be withdrawn, or ended earlier, by a row of its own: such rows are append-only.

An ending is a table beside them, related as `ending`, with the `last` day that holds still. One before
`first` takes the row back altogether.
"""

from datetime import date
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least

M = TypeVar("M", bound=models.Model, covariant=True)

#: A row without a last day holds until somebody ends it.
FOR_EVER = date(9998, 12, 31)
_UNTIL: Any = Coalesce(Least("last", "ending__last"), Value(FOR_EVER))


class WithdrawableQuerySet(models.QuerySet[M]):
    """Rows that a row of its own beside them, related as `withdrawal`, takes back as if they had never been."""

    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawal__isnull=True)


class EndedQuerySet(models.QuerySet[M]):
    """What holds for a person from a first to a last day; tells of each row, as `until`, on which it holds last."""

    def until_or_after(self, day: date) -> Self:
        """Those whose last day is `day` or later."""
        return self.annotate(until=_UNTIL).filter(until__gte=day)

    def over_before(self, day: date) -> Self:
        return self.annotate(until=_UNTIL).filter(until__lt=day).order_by("-until", "pk")

    def between(self, first: date, last: date) -> Self:
        """Those that hold on some day of [first, last], both included."""
        return self.until_or_after(first).filter(first__lte=last, until__gte=F("first"))
