"""What every page's frame shows of the company."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backend.org.models import Company
from backend.pages.sent_once import FIELD, form_key

register = template.Library()


@register.simple_tag
def company_short_name() -> str:
    return Company.objects.own().short_name


@register.simple_tag
def demonstration_notice() -> SafeString | str:
    """Says on every page that the numbers are invented, when they are."""
    if not Company.objects.filter(is_demonstration=True).exists():
        return ""
    return format_html(
        '<aside class="demonstration">{}</aside>',
        _("Dữ liệu trình diễn: mọi tên người và con số trên trang này đều được đặt ra"),
    )


@register.simple_tag(takes_context=True)
def excel_link(context: dict[str, Any]) -> SafeString:
    """A link to the list the person sees as a workbook: all of it, however long the page is."""
    asked = context["request"].GET.copy()
    asked.pop("sau", None)
    asked["dang"] = "xlsx"
    return format_html(
        '<a href="?{}" role="button" class="quiet">{}</a>', asked.urlencode(), _("Xuất Excel")
    )


@register.simple_tag
def once() -> SafeString:
    """The hidden field by which a form that is sent twice is done once (backend.pages.sent_once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, form_key())


@register.filter
def dong(amount: int | None) -> str:
    """1234567 → "1.234.567": whole đồng with Vietnamese thousands dots."""
    return "" if amount is None else f"{amount:,}".replace(",", ".")
