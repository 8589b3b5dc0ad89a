"""How figures of sales are written on pages."""

from django import template
from django.utils import formats

register = template.Library()


@register.filter
def percent(bps: int | None) -> str:
    """654 basis points → "6,5 %"; a dash where there is nothing to divide by."""
    return "–" if bps is None else f"{formats.number_format(bps / 100, 1)} %"


@register.filter
def signed_percent(bps: int | None) -> str:
    """The same with its sign: "+6,5 %", "−6,5 %"."""
    if bps is None:
        return "–"
    sign = "−" if bps < 0 else "+"
    return f"{sign}{percent(abs(bps))}"


@register.filter
def millions(amount: int | None) -> str:
    """1,234,567,000 đồng → "1.234,6" (triệu đồng)."""
    return "" if amount is None else formats.number_format(amount / 1_000_000, 1)
