"""Weekdays of agents' years: their sums lie side by side in a row, and are told as rows of their own."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, compress
from operator import sub
from typing import TypeVar

from sales.figures.apart import joined, told_by
from sales.figures.asked import Asked

T = TypeVar("T")


def summed_by(asked: Asked) -> tuple[str, ...]:
    """The dimensions that facts are grouped by: all, but weekdays that lie side by side."""
    if not asked.has_weekdays_in_row:
        return asked.by
    return tuple(name for name in asked.by if name != "weekday")


def summed(asked: Asked, measures: Sequence[str]) -> tuple[str, ...]:
    """What facts are summed of: each measure, or each measure of each weekday (`issued_0`: of Mondays)."""
    days = asked.days_of_week if asked.has_weekdays_in_row else (0,)
    return tuple(name for day in days for name in at(day, dict.fromkeys(measures), asked))


def at(weekday: int, told: Mapping[str, T], asked: Asked) -> dict[str, T]:
    """What is told of measures on one weekday, by the names they are summed by."""
    end = f"_{weekday}" if asked.has_weekdays_in_row else ""
    return {f"{name}{end}": value for name, value in told.items()}


def are_at_an_end(asked: Asked) -> bool:
    """Whether rows in their order need only be put apart here, which takes a third of the time."""
    return (
        asked.has_weekdays_in_row
        and asked.at_least is None
        and "weekday" in (asked.by[0], asked.by[-1])
    )


def each_weekday(asked: Asked, sums: str, measures: Sequence[str]) -> str:
    """SQL that puts sums apart: a row for each weekday."""
    days = asked.days_of_week
    apart = [f"{told_by({day: f'{name}_{day}' for day in days})} as {name}" for name in measures]
    best = ""
    if asked.at_least is not None:
        greatest = ", ".join(asked.measure(f"_{day}") for day in days)
        best = f"where greatest({greatest}) >= %(at_least)s"
    return f"""
        select {", ".join([*summed_by(asked), "part.n as weekday", *apart])}
        from ({sums}) facts {joined(days)} {best}
    """  # noqa: S608 -- names of our own


def put_apart(
    asked: Asked,
    columns: Sequence[Sequence[int]],
    measures: Sequence[str],
    something: Collection[str],
) -> list[Sequence[int]]:
    """Columns of rows that hold all weekdays, as those of a row for each of which `something` is not 0."""
    days, by = asked.days_of_week, len(asked.by)
    keys, sums = columns[: by - 1], columns[by - 1 :]
    of_measures = [sums[place :: len(measures)] for place in range(len(measures))]
    count = len(sums[0])
    if asked.by[0] == "weekday":
        told = [
            [day for day in days for _ in range(count)],
            *(list(key) * len(days) for key in keys),
        ]
        apart = [list(chain.from_iterable(of_days)) for of_days in of_measures]
    else:
        told = [*([value for value in key for _ in days] for key in keys), list(days) * count]
        apart = [list(chain.from_iterable(zip(*of_days, strict=True))) for of_days in of_measures]
    looked_at = (of for name, of in zip(measures, apart, strict=True) if name in something)
    is_told = list(map(any, zip(*looked_at, strict=True)))
    rows = [list(compress(column, is_told)) for column in (*told, *apart)]
    return (
        _best(asked, rows, measures)
        if asked.order
        else [column[: asked.limit + 1] for column in rows]
    )


def _best(
    asked: Asked, rows: Sequence[Sequence[int]], measures: Sequence[str]
) -> list[Sequence[int]]:
    """The first rows by the measure of the order; those alike stay in the order they are in."""
    of = dict(zip(measures, rows[len(asked.by) :], strict=True))
    measure = (
        list(map(sub, of["issued"], of["returned"]))
        if asked.order == "sold"
        else of[asked.measure()]
    )
    places = sorted(range(len(measure)), key=measure.__getitem__, reverse=True)[: asked.limit + 1]
    return [list(map(column.__getitem__, places)) for column in rows]
