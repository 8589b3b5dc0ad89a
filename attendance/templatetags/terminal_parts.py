"""Small parts of the terminals' pages: the 24-hour strip, and a clock's error in words."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from attendance.collecting.contacts import HourCounts
from attendance.pages import strips

register = template.Library()


@register.filter
def strip(hours: Sequence[HourCounts | None]) -> SafeString:
    """The strip with a title an hour, for pages with few terminals."""
    return strips.strip(hours)


@register.filter
def plain_strip(hours: Sequence[HourCounts | None]) -> SafeString:
    """The strip without titles, for long tables."""
    return strips.strip(hours, with_titles=False)


@register.filter
def drift(seconds: int | None) -> str:
    """-95 → "chậm 95 giây"; 7200 → "nhanh 2 giờ"."""
    if seconds is None:
        return "–"
    if seconds == 0:
        return _("đúng")
    amount, unit = _amount(abs(seconds))
    words = _("nhanh %(amount)s %(unit)s") if seconds > 0 else _("chậm %(amount)s %(unit)s")
    return words % {"amount": amount, "unit": unit}


def _amount(seconds: int) -> tuple[int, str]:
    if seconds < 120:
        return seconds, _("giây")
    if seconds < 7200:
        return seconds // 60, _("phút")
    if seconds < 172_800:
        return seconds // 3600, _("giờ")
    return seconds // 86_400, _("ngày")
