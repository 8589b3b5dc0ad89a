"""Facts by row and column, with their sums: every total is the sum of its cells. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from reporting.explorer.measures import Facts

#: The code of units of no territory.
NOWHERE: Final = "–"


@dataclass(frozen=True, slots=True)
class Head:
    """A row or a column: `code` names it (an ISO day, 2026-11, 0 for Monday), `place` is its order."""

    code: str
    name: str
    place: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Cell:
    row: Head
    column: Head | None
    facts: Facts
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Pivot:
    """`cells` by the codes of row and column ("" where nothing is told in columns)."""

    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: Mapping[tuple[str, str], Facts]
    row_sums: Mapping[str, Facts]
    column_sums: Mapping[str, Facts]
    total: Facts
    estimated: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not self.rows


def pivoted(cells: Iterable[Cell]) -> Pivot:
    """The cells by row and column, rows and columns in their own order."""
    rows: dict[str, Head] = {}
    columns: dict[str, Head] = {}
    told: dict[tuple[str, str], Facts] = {}
    row_sums: dict[str, Facts] = {}
    column_sums: dict[str, Facts] = {}
    estimated: set[str] = set()
    total, nothing = Facts(), Facts()
    for cell in cells:
        row, column = cell.row.code, cell.column.code if cell.column else ""
        rows.setdefault(row, cell.row)
        if cell.column is not None:
            columns.setdefault(column, cell.column)
        told[row, column] = told.get((row, column), nothing) + cell.facts
        row_sums[row] = row_sums.get(row, nothing) + cell.facts
        column_sums[column] = column_sums.get(column, nothing) + cell.facts
        total = total + cell.facts
        if cell.is_estimate:
            estimated.add(row)
    return Pivot(
        _in_order(rows),
        _in_order(columns),
        told,
        row_sums,
        column_sums,
        total,
        frozenset(estimated),
    )


def _in_order(heads: Mapping[str, Head]) -> tuple[Head, ...]:
    return tuple(sorted(heads.values(), key=lambda head: (head.place, head.code)))


#: Tickets planned, and sold in the months that have a plan.
Planned = tuple[int, int]


def with_plans(
    pivot: Pivot, *, rows: Mapping[str, Planned], columns: Mapping[str, Planned], total: Planned
) -> Pivot:
    """Totals against the plans of the totals: a company's plan may say more than those of its parts."""
    return replace(
        pivot,
        row_sums=_planned(pivot.row_sums, rows),
        column_sums=_planned(pivot.column_sums, columns),
        total=_with_plan(pivot.total, total),
    )


def _planned(sums: Mapping[str, Facts], plans: Mapping[str, Planned]) -> dict[str, Facts]:
    return {code: _with_plan(facts, plans.get(code, (0, 0))) for code, facts in sums.items()}


def _with_plan(facts: Facts, plan: Planned) -> Facts:
    planned, under_plan = plan
    return msgspec.structs.replace(facts, planned=planned, under_plan=under_plan)
