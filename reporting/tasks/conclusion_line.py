"""A conclusion typed in one line: "Đẩy mạnh bán vé @KD @TCHC #30/11 !kpi:doanh-thu". Pure.

`@` names a unit by its code (the first one leads), `#` the last day, `!kpi:` the figure that is to
move, also without the "!": forgotten, the figure would be lost in the text unseen. A mark that means
itself is written with a backslash: "\\@".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from backend.vntext import clean, unaccented

#: A conclusion is a sentence or two; what was said stands in the minutes.
LONGEST: Final = 2_000
#: A day without a year lies within so many days ahead.
AHEAD: Final = timedelta(days=366)

_MARK: Final = re.compile(
    r"(?<!\S)(?:@(?P<unit>[^\s,;]+)|#(?P<day>\d[^\s,;]*)|(?i:!kpi:|kpi:(?=[^\s,;]))(?P<kpi>[^\s,;]*))"
)
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_ENDING: Final = ".:!?)"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the line: a stable code, the piece it is about, what was meant perhaps."""

    code: str
    piece: str = ""
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the line says. `units` are keys of the known units, the leading one first."""

    text: str
    units: tuple[str, ...]
    due: date
    kpi: str


def read_conclusion(
    line: str, *, today: date, units: Mapping[str, str], kpis: Mapping[str, str]
) -> Conclusion | tuple[Fault, ...]:
    """The conclusion of a line, or everything that is wrong with it.

    `units` and `kpis` map what may be typed, folded by `folded`, to the key it stands for.
    """
    if len(line) > LONGEST:
        return (Fault("too_long", str(len(line))),)
    marks = list(_MARK.finditer(line))
    text = _text_without(line, marks)
    faults: list[Fault] = [] if text else [Fault("no_text")]
    owners = _owners(marks, units, faults)
    due = _due(marks, today, faults)
    kpi = _kpi(marks, kpis, faults)
    if faults or due is None:
        return tuple(faults)
    return Conclusion(text, owners, due, kpi)


def folded(name: str) -> str:
    """How a code or name is compared: without accents, case, spaces, dots and dashes."""
    return re.sub(r"[\s._–-]+", "", unaccented(clean(name)).lower())


def next_such_day(day: int, month: int, *, today: date) -> date | None:
    """The first dd/mm from today on; None where the coming year has no such day."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if today <= found <= today + AHEAD:
            return found
    return None


def _owners(
    marks: list[re.Match[str]], units: Mapping[str, str], faults: list[Fault]
) -> tuple[str, ...]:
    found: list[str] = []
    named = [piece.rstrip(_ENDING) for mark in marks if (piece := mark["unit"]) is not None]
    for piece in named:
        key = units.get(folded(piece))
        if key is None:
            near = get_close_matches(folded(piece), list(units), n=3, cutoff=0.5)
            faults.append(
                Fault("unknown_unit", piece, tuple(dict.fromkeys(units[n] for n in near)))
            )
        elif key not in found:
            found.append(key)
    if not named:
        faults.append(Fault("no_unit"))
    return tuple(found)


def _due(marks: list[re.Match[str]], today: date, faults: list[Fault]) -> date | None:
    named = [piece.rstrip(_ENDING) for mark in marks if (piece := mark["day"]) is not None]
    if len(named) != 1:
        faults.append(Fault("two_days", " ".join(named)) if named else Fault("no_day"))
        return None
    parts = _DAY.fullmatch(named[0])
    if parts is None:
        faults.append(Fault("not_a_day", named[0]))
        return None
    return _day_of(parts, named[0], today, faults)


def _day_of(parts: re.Match[str], piece: str, today: date, faults: list[Fault]) -> date | None:
    day, month = int(parts[1]), int(parts[2])
    if parts[3] is None:
        found = next_such_day(day, month, today=today)
        if found is None:
            faults.append(Fault("not_a_day", piece))
        return found
    try:
        found = date(int(parts[3]), month, day)
    except ValueError:
        faults.append(Fault("not_a_day", piece))
        return None
    if not today <= found <= today + 3 * AHEAD:
        faults.append(Fault("past_day" if found < today else "far_day", piece))
        return None
    return found


def _kpi(marks: list[re.Match[str]], kpis: Mapping[str, str], faults: list[Fault]) -> str:
    named = [piece.rstrip(_ENDING) for mark in marks if (piece := mark["kpi"]) is not None]
    if len(named) > 1:
        faults.append(Fault("two_kpis", " ".join(named)))
    if len(named) != 1:
        return ""
    key = kpis.get(folded(named[0]))
    if key is None:
        faults.append(Fault("unknown_kpi", named[0], tuple(dict.fromkeys(kpis.values()))))
    return key or ""


def _text_without(line: str, marks: list[re.Match[str]]) -> str:
    """What is left without the marks, and without the commas and dashes that stood before them."""
    parts, end = [], 0
    for mark in marks:
        parts.append(line[end : mark.start()])
        end = mark.end()
    parts.append(line[end:])
    text = clean(" ".join(part.strip(" \t,;–-") for part in parts))
    text = re.sub(r"\\([@#!]|kpi:)", r"\1", text)
    return "".join(c for c in text if c.isprintable()).strip()
