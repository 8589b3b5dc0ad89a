"""Rows that hold from a day to a day, both included; without a last day they have no end."""

from datetime import date

from django.db.models import Q


def holding(on: date) -> Q:
    """Of rows with `valid_from` and `valid_to`, those that hold on the day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
