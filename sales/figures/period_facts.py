"""Facts of whole years and months, and of the days and edges of months that are missing or too many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from backend.months import months_of, shifted
from sales.engine.periods import DAY, YEAR
from sales.figures.apart import joined, told_by
from sales.figures.asked import WEEKDAYS, Asked
from sales.figures.facts import OF_START, array_of, columns_of, limits_of, table_of, told_of
from sales.figures.sources import Source
from sales.figures.weekdays import at
from sales.ledger.rollups import (
    DaysInRows,
    MonthsWithEdges,
    Rollup,
    WeekdaysInRow,
    edge_column,
)


def by_period(
    asked: Asked, placed: Sequence[tuple[int, Source]], values: dict[str, Any], also: str = "true"
) -> str:
    """Facts of whole periods and the days that are missing in them, or too many.

    `also` is what rows of whole periods must be as well, where nothing is compared.
    """
    parts = list(_in_rows(asked, (each for _, each in placed if _is_read_once(asked, each))))
    for place, source in placed:
        if _is_read_once(asked, source):
            continue
        rollup = source.rollup
        for weekday, starts in _by_weekday(asked, source).items():
            name = f"{place}_{weekday}"
            values |= {
                f"starts{name}": array_of(starts),
                f"first{name}": starts[0],
                f"last{name}": starts[-1],
            }
            of_day = {key: of for key, of in OF_START.items() if key not in rollup.keys}
            of_day["month"] = _later(of_day.get("month", "t.month"), source.later, starts)
            is_part = "weekday" in rollup.keys and asked.days_of_week != WEEKDAYS
            parts.append(
                f"""
                select {columns_of(asked, _of_source(asked, source, weekday), of_day)} from {table_of(asked, rollup)}
                where t.{rollup.start} {_among(rollup, starts).format(place=name)}
                  {"and t.weekday between %(weekday)s and %(last_weekday)s" if is_part else ""} and {limits_of(asked)} and {also}
                """  # noqa: S608 -- names of our own
            )
    return " union all ".join(parts)


def _by_weekday(asked: Asked, source: Source) -> dict[int, list[date]]:
    """The first days of periods; of single days whose weekdays are told side by side, by the weekday."""
    found: dict[int, list[date]] = defaultdict(list)
    is_apart = asked.has_weekdays_in_row and source.rollup.grain == DAY
    for start in sorted(source.starts):
        found[start.weekday() if is_apart else 0].append(start)
    return found


def _of_source(asked: Asked, source: Source, weekday: int) -> dict[str, str]:
    """What a row of the source tells of each measure."""

    def told(of: str) -> dict[str, str]:
        added = dict.fromkeys(source.added, of.format)
        return told_of(added | dict.fromkeys(source.taken, f"-{of}".format))

    if not isinstance(source.rollup, WeekdaysInRow):
        return at(weekday, told("t.{0}"), asked)
    if not asked.has_weekdays_in_row:
        return told(f"({' + '.join(f't.{{0}}_{day}' for day in asked.days_of_week)})")
    return _together(at(day, told(f"t.{{0}}_{day}"), asked) for day in asked.days_of_week)


def _together(told: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for each in told for name, value in each.items()}


def _among(rollup: Rollup, starts: Sequence[date]) -> str:
    """That a period is one of these; as a span it is told in half the time."""
    periods = months_of(starts[0], starts[-1])[:: 12 if rollup.grain == YEAR else 1]
    if rollup.grain != DAY and len(starts) == len(periods):
        return "between %(first{place})s and %(last{place})s"
    return "= any(%(starts{place})s::date[])"


def _is_read_once(asked: Asked, source: Source) -> bool:
    """Whether several things may be told of a row: of the days of a month, or what is compared with it."""
    is_month = isinstance(source.rollup, MonthsWithEdges) and asked.is_compared
    return is_month or isinstance(source.rollup, DaysInRows)


#: What rows of months tell, by how many months later and of which weekday: each measure's terms.
_Parts = dict[tuple[int, int], dict[str, str]]


def _in_rows(asked: Asked, found: Iterable[Source]) -> Iterator[str]:
    """Facts of months, their edges and days: what is told of one row is added up there.

    A row is read once for all that is told of it, also later: branches of a union are planned, and
    read, one by one.
    """
    rows: dict[tuple[str, date], _Parts] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(str))
    )
    for source in found:
        for start in source.starts:
            weekday = start.weekday() if asked.has_weekdays_in_row else 0
            part = rows[source.rollup.table, start.replace(day=1)][source.later, weekday]
            for sign, names in (("+", source.added), ("-", source.taken)):
                for name in names:
                    part[name] += f" {sign} {_term(source, start)}"
    alike: dict[tuple[str, str], list[date]] = defaultdict(list)
    for (table, month), parts in rows.items():
        alike[table, repr({key: dict(part) for key, part in sorted(parts.items())})].append(month)
    for (table, _), months in alike.items():
        parts = rows[table, months[0]]
        yield f"""
            select {_columns_of_parts(asked, parts, months)} from {table} t {joined(range(len(parts))) if _are_apart(asked, parts) else ""}
            where t.month {_among_months(months)} and {limits_of(asked)}
        """  # noqa: S608 -- names of our own


def _term(source: Source, start: date) -> str:
    """A number of the row; {0} is the measure. Of edges there is one alone."""
    if source.edge:
        return f"t.{edge_column(source.edge)}"
    return f"t.{{0}}[{start.day}]" if isinstance(source.rollup, DaysInRows) else "t.{0}"


def _columns_of_parts(asked: Asked, parts: _Parts, months: Sequence[date]) -> str:
    keys = sorted(parts)
    told = [
        at(key[1], told_of({name: f"(0{sum_})".format for name, sum_ in parts[key].items()}), asked)
        for key in keys
    ]
    later = [_later("t.month", key[0], months) for key in keys]
    if not _are_apart(asked, parts):
        return columns_of(asked, _together(told), {"month": later[0]})
    each = {
        name: told_by({place: some[name] for place, some in enumerate(told) if name in some})
        for name in sorted(_together(told))
    }
    return columns_of(asked, each, {"month": told_by(dict(enumerate(later)))})


def _are_apart(asked: Asked, parts: _Parts) -> bool:
    """Whether a row is told several times, of another month each; weekdays lie side by side."""
    return len(parts) > 1 and not asked.has_weekdays_in_row


def _among_months(months: Sequence[date]) -> str:
    first, last = min(months), max(months)
    if len(months_of(first, last)) == len(months):
        return f"between '{first}' and '{last}'"
    return f"= any('{array_of(months)}'::date[])"


def _later(month: str, months: int, of: Iterable[date]) -> str:
    """The month that many months later, of these: by days, as an interval takes ten times as long."""
    if not months:
        return month
    days: dict[int, list[date]] = defaultdict(list)
    for start in {day.replace(day=1) for day in of}:
        days[(shifted(start, months) - start).days].append(start)
    usual = max(days, key=lambda count: len(days[count]))
    cases = "".join(
        f" when {month} = any('{array_of(some)}'::date[]) then {count}"
        for count, some in days.items()
        if count != usual
    )
    return f"({month} + {f'case{cases} else {usual} end' if cases else usual})"
