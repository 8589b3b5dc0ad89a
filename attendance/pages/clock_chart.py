"""A terminal's clock error as a line over time, drawn as SVG. Pure but for the words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attendance.terminals.clocks import Reading
from backend.clock import VN

WIDTH: Final = 640
HEIGHT: Final = 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 26
#: A line is never blown up to less than this, so that a good clock looks calm.
_LEAST_SECONDS: Final = 10


def clock_chart(readings: Sequence[Reading], *, sets: Sequence[datetime] = ()) -> SafeString:
    """The error in seconds, zero in the middle; small marks below where the clock was set.

    "" where there is nothing to draw.
    """
    if len(readings) < 2:
        return SafeString("")
    begin, end = readings[0].at, readings[-1].at
    span = max(end - begin, timedelta(seconds=1))
    worst = max(_LEAST_SECONDS, *(abs(reading.offset_seconds) for reading in readings))
    middle = (_TOP + HEIGHT - _BOTTOM) / 2

    def across(at: datetime) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * ((at - begin) / span), 1)

    def down(seconds: int) -> float:
        return round(middle - (middle - _TOP) * seconds / worst, 1)

    points = " ".join(f"{across(at)},{down(offset)}" for at, offset in readings)
    bottom = HEIGHT - _BOTTOM
    parts = [
        f'<line class="zero" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{middle}" y2="{middle}"/>',
        *(
            f'<path class="set" d="M{across(at)} {bottom} l4 7 h-8 z"/>'
            for at in sets
            if begin <= at <= end
        ),
        f'<polyline class="error" points="{points}"/>',
        *(
            f'<text x="{_LEFT - 6}" y="{down(seconds) + 4}" text-anchor="end">{seconds:+d}</text>'
            for seconds in (worst, -worst)
        ),
        f'<text x="{_LEFT - 6}" y="{middle + 4}" text-anchor="end">0</text>',
        f'<text x="{_LEFT}" y="{HEIGHT - 4}">{begin.astimezone(VN):%d/%m}</text>',
        (
            f'<text x="{WIDTH - _RIGHT}" y="{HEIGHT - 4}" text-anchor="end">'
            f"{end.astimezone(VN):%d/%m}</text>"
        ),
    ]
    drawn = mark_safe("".join(parts))  # noqa: S308 -- numbers and dates
    return format_html(
        '<svg class="clock-chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>',
        _("Độ lệch đồng hồ (giây) từ %(begin)s đến %(end)s; xấu nhất %(worst)s giây")
        % {
            "begin": f"{begin.astimezone(VN):%d/%m/%Y}",
            "end": f"{end.astimezone(VN):%d/%m/%Y}",
            "worst": max(abs(reading.offset_seconds) for reading in readings),
        },
        WIDTH,
        HEIGHT,
        drawn,
    )
