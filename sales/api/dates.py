"""Dates in addresses."""

from datetime import date

from django.http import Http404
from rest_framework import serializers


def day_of(text: str) -> date:
    """The day an address names ("2026-11-24"). Raises Http404."""
    try:
        day: date = serializers.DateField().to_internal_value(text)
    except serializers.ValidationError:
        raise Http404 from None
    return day


def month_of(text: str) -> date:
    """The first day of the month an address names ("2026-11"). Raises Http404."""
    return day_of(f"{text}-01")
