"""What the tables of several rooms promise alike, and which promise an error tells of."""

from typing import Final

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from backend.reasons import REASON_MIN

#: Rows are added, never changed nor deleted.
APPEND_ONLY: Final = pgtrigger.Protect(
    name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
)


def looks_at_added(
    name: str, func: str, *, declare: list[tuple[str, str]] | None = None
) -> pgtrigger.Trigger:
    """Looks once at all rows (`added`) that a statement has inserted."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
        declare=declare,
        func=func,
    )


def has_reason(name: str) -> models.CheckConstraint:
    """Every row has a `reason`."""
    reason = GreaterThanOrEqual(Length("reason"), REASON_MIN)
    return models.CheckConstraint(name=name, condition=reason)


def in_order(name: str, first: str, last: str) -> models.CheckConstraint:
    """The day `last`, where a row has one, is not before the day `first`."""
    ordered = Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)})
    return models.CheckConstraint(name=name, condition=ordered)


def broken_by(error: Exception) -> str:
    """The name of the constraint that refused; "" where it was something else."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
