"""The 24-hour strip of a terminal as SVG: what came in above, how the contacts went below.

Each way a contact can go has a shape of its own, not only a colour. Drawn in Python, because a
board of 500 terminals has 12,000 hours.
"""

from collections.abc import Sequence
from functools import cache

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attendance.collecting.contacts import HourCounts

WIDTH, TALL = 10, 18
_SHAPES = {
    "none": '<rect x="3" y="24" width="3" height="1"/>',
    "good": '<rect x="1" y="21" width="8" height="7"/>',
    "mixed": '<path d="M1 28v-7h8l-8 7z"/>',
    "failed": '<path d="M1.5 21.5l7 6m0-6l-7 6"/>',
}


def strip(hours: Sequence[HourCounts | None], *, with_titles: bool = True) -> SafeString:
    """The picture with its meaning in words; with titles, each hour tells its numbers."""
    most = max((hour[2] for hour in hours if hour), default=0)
    parts = [
        _hour(place, hour, _height(hour[2], most) if hour else 0, titled=with_titles)
        for place, hour in enumerate(hours)
    ]
    drawn = mark_safe("".join(parts))  # noqa: S308 -- numbers, and titles that were escaped
    return format_html(
        '<svg class="strip" role="img" aria-label="{}" viewBox="0 0 {} 29"'
        ' preserveAspectRatio="none">{}</svg>',
        in_words(hours),
        WIDTH * len(hours),
        drawn,
    )


def in_words(hours: Sequence[HourCounts | None]) -> str:
    kinds = [_kind(hour) for hour in hours]
    return _(
        "24 giờ qua: %(good)s giờ liên lạc tốt, %(bad)s giờ có lỗi, %(none)s giờ không liên lạc;"
        " nhận %(punches)s lượt chấm"
    ) % {
        "good": kinds.count("good"),
        "bad": kinds.count("mixed") + kinds.count("failed"),
        "none": kinds.count("none"),
        "punches": sum(hour[2] for hour in hours if hour),
    }


def _kind(hour: HourCounts | None) -> str:
    if hour is None or not any(hour):
        return "none"
    contacts, failures, _punches = hour
    if not failures:
        return "good"
    return "mixed" if contacts else "failed"


def _height(punches: int, most: int) -> int:
    """Any punch at all is seen."""
    return 0 if not punches else max(2, round(TALL * punches / most))


def _hour(place: int, hour: HourCounts | None, height: int, *, titled: bool) -> str:
    title = ""
    if titled and hour is not None:
        words = _("%(contacts)s lần tốt, %(failures)s lần lỗi, %(punches)s lượt chấm") % {
            "contacts": hour[0],
            "failures": hour[1],
            "punches": hour[2],
        }
        title = f"<title>{conditional_escape(words)}</title>"
    return f'<g transform="translate({place * WIDTH})">{title}{_drawing(_kind(hour), height)}</g>'


@cache
def _drawing(kind: str, height: int) -> str:
    bar = (
        f'<rect class="in" x="2" y="{19 - height}" width="6" height="{height}"/>' if height else ""
    )
    return f'{bar}<g class="{kind}">{_SHAPES[kind]}</g>'
