"""What holds for a person from a first to a last day, and may be ended earlier by a row of its own.

Such rows are append-only: the ending is a table beside them, related as `ending`, with the `last`
day that holds still. One before `first` takes the row back altogether.
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


class EndedQuerySet(models.QuerySet[M]):
    """Tells of each row, as `until`, the last day on which it holds."""

    def until_or_after(self, day: date) -> Self:
        """Those whose last day is `day` or later."""
        return self.annotate(until=_UNTIL).filter(until__gte=day)

    def over_before(self, day: date) -> Self:
        return self.annotate(until=_UNTIL).filter(until__lt=day).order_by("-until", "pk")

    def between(self, first: date, last: date) -> Self:
        """Those that hold on some day of [first, last], both included."""
        return self.until_or_after(first).filter(first__lte=last, until__gte=F("first"))
