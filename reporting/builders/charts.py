"""Bar and line charts as SVG text, for page, PDF and screen readers alike. Pure.

Each chart carries a title and a description; the numbers stand in a table beside it. Colours are
presentation attributes, so a strict content security policy and WeasyPrint both accept them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

INK = "#1b2430"
SOFT = "#5b6675"
GRID = "#dfe4ea"
MAIN = "#0f5f6b"
PALE = "#a9c9cd"
LOSS = "#b3401f"
FONT = "Be Vietnam Pro"
#: Letters of a name beside a lying bar.
LONGEST_NAME = 38

Label = Callable[[int], str]


@dataclass(frozen=True)
class Series:
    """One row of values (None is a gap) with its name in the legend and its colour."""

    name: str
    values: Sequence[int | None]
    colour: str = MAIN


def column_chart(
    *,
    title: str,
    description: str,
    categories: Sequence[str],
    series: Sequence[Series],
    label: Label,
    highlight_last: bool = False,
    width: int = 640,
    height: int = 220,
) -> str:
    """Upright bars, side by side when there are several series; values above a single series."""
    left, right, top, bottom = 8, 8, 34 if len(series) > 1 else 22, 26
    highest = max((v for s in series for v in s.values if v is not None), default=0) or 1
    plot = height - top - bottom
    step = (width - left - right) / max(len(categories), 1)
    thick = min(step * 0.72 / max(len(series), 1), 46)
    parts = [_line(left, height - bottom, width - right, height - bottom, GRID)]
    for index, category in enumerate(categories):
        middle = left + step * (index + 0.5)
        parts.append(_text(middle, height - 9, category, SOFT, anchor="middle", size=10.5))
        for place, each in enumerate(series):
            value = each.values[index]
            if value is None:
                continue
            tall = max(plot * value / highest, 1.0)
            x = middle + (place - len(series) / 2) * thick
            last = index == len(categories) - 1
            colour = PALE if highlight_last and not last else each.colour
            parts.append(_bar(x + 1, height - bottom - tall, thick - 2, tall, colour))
            if len(series) == 1 or place == 0:
                y = height - bottom - tall - 5
                parts.append(_text(x + thick / 2, y, label(value), INK, anchor="middle", size=9.5))
    if len(series) > 1:
        parts += _legend(series, left, 12)
    return _svg(title, description, width, height, parts)


def bar_chart(
    *,
    title: str,
    description: str,
    categories: Sequence[str],
    values: Sequence[int],
    label: Label,
    width: int = 640,
    row: int = 21,
) -> str:
    """Lying bars with their names at the left; negative values go to the left in another colour."""
    names = 215
    height = row * max(len(categories), 1) + 8
    lowest, highest = min(0, *values, 0), max(0, *values, 0)
    room = width - names - 150
    scale = room / ((highest - lowest) or 1)
    zero = names + 70 + (-lowest) * scale if lowest < 0 else names + 8
    parts = []
    for index, (category, value) in enumerate(zip(categories, values, strict=True)):
        y = 4 + row * index
        long = max(abs(value) * scale, 1.0)
        start = zero if value >= 0 else zero - long
        parts.append(
            _text(names - 4, y + row * 0.66, _short(category), INK, anchor="end", size=10.5)
        )
        parts.append(_bar(start, y + 3, long, row - 7, MAIN if value >= 0 else LOSS))
        at, anchor = (start + long + 5, "start") if value >= 0 else (start - 5, "end")
        parts.append(_text(at, y + row * 0.66, label(value), INK, anchor=anchor, size=10))
    parts.append(_line(zero, 2, zero, height - 2, GRID))
    return _svg(title, description, width, height, parts)


def line_chart(
    *,
    title: str,
    description: str,
    categories: Sequence[str],
    series: Sequence[Series],
    label: Label,
    width: int = 640,
    height: int = 200,
) -> str:
    """Lines over categories with dots; the last value of each is written out."""
    left, right, top, bottom = 12, 80, 30, 26
    highest = max((v for s in series for v in s.values if v is not None), default=0) or 1
    step = (width - left - right) / max(len(categories) - 1, 1)
    plot = height - top - bottom

    def point(index: int, value: int) -> tuple[float, float]:
        return left + step * index, height - bottom - plot * value / highest

    parts = [_line(left, height - bottom, width - right, height - bottom, GRID)]
    for index, category in enumerate(categories):
        x = left + step * index
        parts.append(_text(x, height - 9, category, SOFT, anchor="middle", size=10.5))
    for each in series:
        points = [point(i, v) for i, v in enumerate(each.values) if v is not None]
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{each.colour}" stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{each.colour}"/>' for x, y in points
        ]
        value = next((v for v in reversed(each.values) if v is not None), None)
        if value is not None:
            x, y = points[-1]
            parts.append(_text(x + 8, y + 4, label(value), INK, anchor="start", size=10))
    parts += _legend(series, left, 12)
    return _svg(title, description, width, height, parts)


def _svg(title: str, description: str, width: int, height: int, parts: Sequence[str]) -> str:
    body = "".join(parts)
    key = sha256(f"{title}{description}{body}".encode()).hexdigest()[:8]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="t{key} d{key}" font-family="{FONT}, {FONT} Vi, {FONT} Ext, sans-serif">'
        f'<title id="t{key}">{escape(title)}</title><desc id="d{key}">{escape(description)}</desc>'
        f"{body}</svg>"
    )


def _legend(series: Sequence[Series], x: float, y: float) -> list[str]:
    parts = []
    for each in series:
        parts.append(_bar(x, y - 9, 11, 11, each.colour))
        parts.append(_text(x + 16, y, each.name, SOFT, anchor="start", size=10.5))
        x += 34 + 6.2 * len(each.name)
    return parts


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
