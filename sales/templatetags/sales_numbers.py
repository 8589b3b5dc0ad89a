"""How figures of sales are written on pages."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import formats

register = template.Library()


@register.filter
def percent(bps: int | None) -> str:
    """654 basis points → "6,5 %"; a dash where there is nothing to divide by."""
    return "–" if bps is None else f"{_one_decimal(Decimal(bps) / 100)} %"


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
    return "" if amount is None else _one_decimal(Decimal(amount) / 1_000_000)


def _one_decimal(number: Decimal) -> str:
    """Rounded first: Django's own formatting would cut the rest off."""
    rounded = number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return formats.number_format(rounded, 1)
