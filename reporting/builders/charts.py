"""Charts as SVG text, for page, PDF and screen readers alike. Pure.

Each chart carries a title and a description; the numbers stand in a table beside it. Colours are
presentation attributes, so a strict content security policy and WeasyPrint both accept them, and
`charts.css` tells each of them anew where the page is dark. For a screen a chart is drawn twice:
letters of the wide one would be 2 mm high on a telephone.
"""

from collections.abc import Sequence
from hashlib import sha256
from html import escape

from reporting.builders.content import Chart, Form, Series
from reporting.builders.writing import short, unit, written

INK = "#1b2430"
SOFT = "#5b6675"
GRID = "#dfe4ea"
MAIN = "#0f5f6b"
PALE = "#a9c9cd"
LOSS = "#b3401f"
#: One after the other for the lines of a chart and the parts of a whole.
COLOURS = (MAIN, "#b36b00", "#5b6675", "#7a3b8f", "#1d6b45", LOSS, PALE, "#c9b458")
FONT = "Be Vietnam Pro"
WIDTH = 640
#: Of a chart on a telephone.
NARROW = 340
#: Letters of a name beside a lying bar.
LONGEST_NAME = 34
#: Lines of more points than these have no dots.
MOST_DOTS = 92
#: From one row of names to the next in a legend.
LEGEND_ROW = 16
#: Room for one label under a chart, in pixels.
LABEL_ROOM = 46
#: Colours on which a label is white.
_DARK = frozenset({MAIN, SOFT, LOSS, "#b36b00", "#7a3b8f", "#1d6b45"})


def drawn(chart: Chart, *, wide: int = WIDTH) -> str:
    """The SVG of a chart, drawn for so many pixels."""
    draw = {Form.COLUMN: _columns, Form.BAR: _bars, Form.LINE: _lines, Form.SHARE: _shares}
    if chart.form is Form.BAR and wide < WIDTH:
        height, parts = _bars_below_names(chart, wide)
    else:
        height, parts = draw[chart.form](chart, wide)
    return _svg(chart, wide, height, parts)


def on_screen(chart: Chart) -> str:
    """The chart for a screen, then for a telephone: `charts.css` shows one of them."""
    return drawn(chart) + drawn(chart, wide=NARROW)


def has_labels(chart: Chart) -> bool:
    """Whether the picture itself writes out every number."""
    return chart.form is not Form.LINE and len(chart.series) == 1


def _columns(chart: Chart, wide: int) -> tuple[int, list[str]]:
    """Upright bars, side by side when there are several series; values above the first."""
    series, count = chart.series, len(chart.categories)
    left, right, top, bottom = 8, 8, 34 if len(series) > 1 else 22, 26
    height = 150 if len(series) > 1 else 175
    plot, base = height - top - bottom, height - bottom
    highest = _highest(series)
    step = (wide - left - right) / max(count, 1)
    thick = min(step * 0.72 / max(len(series), 1), 46)
    parts = [_line(left, base, wide - right, base, GRID)]
    for index in range(count):
        middle = left + step * (index + 0.5)
        for place, each in enumerate(series):
            value = each.values[index]
            if value is None:
                continue
            tall = max(plot * value / highest, 1.0)
            x = middle + (place - len(series) / 2) * thick
            pale = chart.highlight_last and index < count - 1
            parts.append(_bar(x + 1, base - tall, thick - 2, tall, _colour(each, place, pale=pale)))
            if place == 0 and (step >= LABEL_ROOM * 0.7 or index == count - 1):
                text, y = short(value, chart.kind), base - tall - 5
                at = min(x + thick / 2, wide - 3.5 * len(text))
                parts.append(_text(at, y, text, INK, anchor="middle", size=9.5))
    parts += _under(chart.categories, [left + step * (n + 0.5) for n in range(count)], height - 9)
    if len(series) > 1:
        names = [(each.name, _colour(each, at)) for at, each in enumerate(series)]
        parts += _legend(names, left, wide)
    return height, parts


def _bars(chart: Chart, wide: int) -> tuple[int, list[str]]:
    """Lying bars with their names at the left; negative values go to the left in another colour."""
    values = [value or 0 for value in chart.series[0].values]
    row = 21 if len(values) <= 12 else 19
    names, height = 215, row * max(len(values), 1) + 8
    lowest, highest = min(0, *values, 0), max(0, *values, 0)
    scale = (wide - names - 150) / ((highest - lowest) or 1)
    zero = names + 70 + (-lowest) * scale if lowest < 0 else names + 8
    parts = []
    for index, (category, value) in enumerate(zip(chart.categories, values, strict=True)):
        y = 4 + row * index
        long = max(abs(value) * scale, 1.0)
        start = zero if value >= 0 else zero - long
        parts.append(
            _text(names - 4, y + row * 0.66, _short(category), INK, anchor="end", size=10.5)
        )
        parts.append(_bar(start, y + 3, long, row - 7, MAIN if value >= 0 else LOSS))
        at, anchor = (start + long + 5, "start") if value >= 0 else (start - 5, "end")
        label = written(chart.series[0].values[index], chart.kind)
        parts.append(_text(at, y + row * 0.66, label, INK, anchor=anchor, size=10))
    parts.append(_line(zero, 2, zero, height - 2, GRID))
    return height, parts


def _bars_below_names(chart: Chart, wide: int) -> tuple[int, list[str]]:
    """The same where there is no room beside them: each below its name and its number."""
    values = [value or 0 for value in chart.series[0].values]
    row, height = 29, 29 * max(len(values), 1) + 4
    lowest, highest = min(0, *values, 0), max(0, *values, 0)
    scale = wide / ((highest - lowest) or 1)
    zero = -lowest * scale
    parts = []
    for index, (category, value) in enumerate(zip(chart.categories, values, strict=True)):
        y, long = row * index, max(abs(value) * scale, 1.0)
        start = zero if value >= 0 else zero - long
        label = written(chart.series[0].values[index], chart.kind)
        parts.append(_text(0, y + 13, _short(category), INK, anchor="start", size=11))
        parts.append(_text(wide, y + 13, label, INK, anchor="end", size=11))
        parts.append(_bar(start, y + 18, long, 8, MAIN if value >= 0 else LOSS))
    return height, parts


def _lines(chart: Chart, wide: int) -> tuple[int, list[str]]:
    """Lines over categories with dots; the last value of each is written out. A gap breaks the line."""
    named = [(each.name, _colour(each, at)) for at, each in enumerate(chart.series)]
    legend = _legend(named, 12, wide)
    more = LEGEND_ROW * (_legend_rows(chart.series, 12, wide) - 1)
    left = max(12, 3 * max(map(len, chart.categories[:1]), default=0))
    height, right, top, bottom = 200 + more, 80 if wide == WIDTH else 56, 30 + more, 26
    highest = _highest(chart.series)
    lowest = min((v for each in chart.series for v in each.values if v is not None), default=0)
    lowest = min(lowest, 0)
    count = len(chart.categories)
    step = (wide - left - right) / max(count - 1, 1)
    scale = (height - top - bottom) / ((highest - lowest) or 1)

    def point(index: int, value: int) -> tuple[float, float]:
        return left + step * index, height - bottom - (value - lowest) * scale

    zero = point(0, 0)[1]
    parts = [_line(left, zero, wide - right, zero, GRID)]
    parts += _under(chart.categories, [left + step * n for n in range(count)], height - 9)
    ends: list[tuple[float, str]] = []
    for place, each in enumerate(chart.series):
        colour = _colour(each, place)
        for run in _runs(each.values):
            path = " ".join(f"{_n(x)},{_n(y)}" for x, y in (point(i, v) for i, v in run))
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
            if count <= MOST_DOTS:
                parts += [_dot(*point(i, v), colour) for i, v in run]
        last = [(i, v) for i, v in enumerate(each.values) if v is not None][-1:]
        ends += [(point(i, v)[1], short(v, chart.kind)) for i, v in last]
    parts += _beside(ends, wide - right + 8)
    return height, [*parts, *legend]


def _shares(chart: Chart, wide: int) -> tuple[int, list[str]]:
    """One bar whose parts are the whole; each part with its number and its share in the legend."""
    values = [max(value or 0, 0) for value in chart.series[0].values]
    whole, beside = sum(values), 2 if wide == WIDTH else 1
    parts: list[str] = []
    x = 0.0
    for place, value in enumerate(values):
        long = wide * value / whole if whole else 0
        colour = COLOURS[place % len(COLOURS)]
        if long > 0:
            parts.append(_bar(x, 4, max(long - 1, 0.5), 26, colour))
        if long > LABEL_ROOM:
            ink = "#ffffff" if colour in _DARK else INK
            share = f"{(200 * value + whole) // (2 * whole)} %"
            parts.append(_text(x + long / 2, 21, share, ink, anchor="middle", size=11))
        x += long
    for place, (category, value) in enumerate(zip(chart.categories, values, strict=True)):
        y = 50 + 18 * (place // beside)
        at = (wide / 2) * (place % beside)
        parts.append(_bar(at, y - 9, 11, 11, COLOURS[place % len(COLOURS)]))
        label = f"{_short(category)}: {written(value, chart.kind)}"
        parts.append(_text(at + 16, y, label, INK, anchor="start", size=10.5))
    return 46 + 18 * -(-len(values) // beside), parts


def _highest(series: Sequence[Series]) -> int:
    return max((v for each in series for v in each.values if v is not None), default=0) or 1


def _colour(series: Series, place: int, *, pale: bool = False) -> str:
    return PALE if pale or series.pale else COLOURS[place % len(COLOURS)]


def _runs(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """The stretches without a gap."""
    runs: list[list[tuple[int, int]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _under(categories: Sequence[str], places: Sequence[float], y: float) -> list[str]:
    """The names under a chart; where there is no room for all, every second, third …"""
    step = (places[1] - places[0]) if len(places) > 1 else 2 * places[0] if places else 1.0
    longest = max(map(len, categories), default=0)
    every = max(1, -(-int(max(LABEL_ROOM * 0.8, 8 + 6.2 * min(longest, 12))) // max(int(step), 1)))
    return [
        _text(x, y, category if len(category) <= 14 else f"{category[:13]}…", SOFT,
              anchor="middle", size=10.5)
        for index, (category, x) in enumerate(zip(categories, places, strict=True))
        if (len(categories) - 1 - index) % every == 0
    ]  # fmt: skip


def _beside(ends: Sequence[tuple[float, str]], x: float) -> list[str]:
    """Labels at the ends of lines, pushed apart so that none covers another."""
    parts, lowest = [], -100.0
    for y, text in sorted(ends):
        lowest = max(y, lowest + 12)
        parts.append(_text(x, lowest + 4, text, INK, anchor="start", size=10))
    return parts


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{colour}"/>'


def _svg(chart: Chart, wide: int, height: int, parts: Sequence[str]) -> str:
    body = "".join(parts)
    of = unit(chart.kind)
    title = f"{chart.title} ({of})" if of else chart.title
    key = sha256(f"{title}{chart.description}{body}".encode()).hexdigest()[:8]
    narrow = ' class="narrow" display="none"' if wide == NARROW else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" role="img"{narrow}'
        f' aria-labelledby="t{key} d{key}" font-family="{FONT}, {FONT} Vi, {FONT} Ext, sans-serif">'
        f'<title id="t{key}">{escape(title)}</title>'
        f'<desc id="d{key}">{escape(chart.description)}</desc>{body}</svg>'
    )


def _legend(series: Sequence[tuple[str, str]], x: float, wide: int, y: float = 12) -> list[str]:
    parts = []
    places = _placed([each[0] for each in series], x, wide)
    for (name, colour), (at, row) in zip(series, places, strict=True):
        parts.append(_bar(at, y - 9 + LEGEND_ROW * row, 11, 11, colour))
        parts.append(
            _text(at + 16, y + LEGEND_ROW * row, _short(name), SOFT, anchor="start", size=10.5)
        )
    return parts


def _legend_rows(series: Sequence[Series], x: float, wide: int) -> int:
    places = _placed([each.name for each in series], x, wide)
    return 1 + max((row for _at, row in places), default=0)


def _placed(names: Sequence[str], left: float, wide: int) -> list[tuple[float, int]]:
    """Where each name of a legend stands, and in which row: as many side by side as there is room for."""
    places, x, row = [], left, 0
    for name in names:
        long = 34 + 6.2 * len(_short(name))
        if x > left and x + long > wide + 18:
            x, row = left, row + 1
        places.append((x, row))
        x += long
    return places


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        f' rx="1.5" fill="{colour}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        f' stroke="{colour}" stroke-width="1"/>'
    )


def _text(x: float, y: float, text: str, colour: str, *, anchor: str, size: float) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" fill="{colour}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _short(name: str) -> str:
    """A name that fits beside its bar."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
