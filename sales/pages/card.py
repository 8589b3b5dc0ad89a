"""Sales on the start page: the last draw at a glance."""

from datetime import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from sales import figures
from sales.templatetags.sales_numbers import millions, percent, signed_percent


def card(user: User, now: datetime) -> HomeCard | None:
    """The last draw held, in the person's region; None for those who see no sales."""
    if not may(user, "sales.view"):
        return None
    path = user.scope_path
    day = figures.last_held_draw(now.astimezone(VN).date())
    return HomeCard(
        title=_("Bán vé"),
        url=reverse("sales"),
        lines=[] if day is None else _lines(figures.weekly_sales(day, day, path)),
        as_of=figures.recorded_until(),
        missing=[] if day is None else _missing(figures.completeness(day, day, path)),
    )


def _lines(sales: figures.WeeklySales) -> list[tuple[str, str]]:
    draw, now = sales.draws[0], sales.total.now
    return [
        (_("Kỳ gần nhất"), f"{formats.date_format(draw.date, 'SHORT_DATE_FORMAT')} {draw.host}"),
        (_("Doanh thu (triệu đồng)"), millions(now.revenue_amount)),
        (
            _("So với kỳ này tuần trước"),
            signed_percent(sales.total.previous_week.revenue_change_bps),
        ),
        (_("Tỷ lệ vé ế"), percent(now.unsold_bps)),
    ]


def _missing(found: figures.Completeness) -> list[str]:
    if not found.missing:
        return []
    return [
        ngettext(
            "{count} đại lý chưa có số liệu kỳ này, thường chiếm {share} doanh thu",
            "{count} đại lý chưa có số liệu kỳ này, thường chiếm {share} doanh thu",
            len(found.missing),
        ).format(count=len(found.missing), share=percent(found.missing_share_bps))
    ]
