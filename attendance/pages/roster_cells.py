"""The roster's rows as HTML: 15,000 cells a month, so that equal cells are written once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backend.org.models import Employee


@dataclass(frozen=True)
class Cell:
    """One day of one person: shifts after swaps, what the day is to them, and what the law says."""

    day: date
    kind: str
    own_rest: bool
    text: str
    swapped: bool
    employed: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One person's days in the grid."""

    employee: Employee
    cells: tuple[Cell, ...]

    @property
    def problems(self) -> int:
        return sum(len(cell.problems) for cell in self.cells)


def rows(lines: list[Line], *, may_manage: bool) -> SafeString:
    """All lines, with a head before each department's."""
    written = cell_writer(may_manage=may_manage)
    parts: list[str] = []
    department = None
    for line in lines:
        if line.employee.department_id != department:
            department = line.employee.department_id
            parts.append(
                format_html(
                    '<tr class="group"><th colspan="{}" scope="colgroup">{}</th></tr>',
                    len(line.cells) + 1,
                    line.employee.department.name,
                )
            )
        parts.append(row(line, written))
    return mark_safe("".join(parts))  # noqa: S308 -- every text in it was escaped


def row(line: Line, written: Callable[[Cell], str]) -> str:
    """One person's row; `written` comes from `cell_writer`."""
    code = escape(line.employee.code)
    cells = "".join(map(written, line.cells))
    return (
        f'<tr data-person="{code}"><th scope="row">{escape(line.employee.full_name)}'
        f"<small>{code}</small></th>{cells}</tr>"
    )


def cell_writer(*, may_manage: bool) -> Callable[[Cell], str]:
    """What writes a cell, in the language of the moment; conflicts are told in words too."""
    swapped, own_rest = _("đổi ca"), _("ngày nghỉ hằng tuần riêng")

    def write(cell: Cell) -> str:
        text = escape(cell.text)
        classes, attributes, signs = cell.kind, "", ""
        if not cell.employed:
            classes += " outside"
        if cell.own_rest:
            signs += (
                f' <span class="muted" title="{own_rest}"><span aria-hidden="true">N</span>'
                f'<span class="visually-hidden">{own_rest}</span></span>'
            )
        if cell.swapped:
            signs += (
                f' <span title="{swapped}"><span aria-hidden="true">⇄</span>'
                f'<span class="visually-hidden">{swapped}</span></span>'
            )
        elif may_manage and cell.employed and cell.text:
            attributes += ' draggable="true"'
        if cell.problems:
            told = escape("; ".join(cell.problems))
            classes += " ask"
            attributes += f' title="{told}"'
            signs += f'<b aria-hidden="true">!</b><span class="visually-hidden">{told}</span>'
        return (
            f'<td class="{classes}" data-day="{cell.day:%Y-%m-%d}" data-shifts="{text}"'
            f"{attributes}>{text}{signs}</td>"
        )

    return cache(write)
