"""Weekdays of agents' years: their sums lie side by side in a row, and are told as rows of their own."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, compress
from typing import TypeVar

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
        asked.has_weekdays_in_row and not asked.order and "weekday" in (asked.by[0], asked.by[-1])
    )


def each_weekday(asked: Asked, sums: str, measures: Sequence[str]) -> str:
    """SQL that puts sums apart: a row for each weekday."""
    days = asked.days_of_week
    told = {"weekday": list(map(str, days))}
    told |= {name: [f"{name}_{day}" for day in days] for name in measures}
    apart = [f"unnest(array[{', '.join(each)}]::bigint[]) as {name}" for name, each in told.items()]
    return f"select {', '.join([*summed_by(asked), *apart])} from ({sums}) facts"  # noqa: S608 -- names of our own


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
    return [list(compress(column, is_told))[: asked.limit + 1] for column in (*told, *apart)]
