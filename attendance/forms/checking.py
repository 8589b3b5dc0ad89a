"""Formulas that recompute a form's sums in Excel, and say whether they agree with ours. Pure.

They stand beside the form, outside the print area, and count from the sheet "Đối chiếu", which has
the minutes of every day behind each sum. The form itself holds our values, so that it reads the
same everywhere; whoever doubts one follows the formula.
"""

from collections.abc import Mapping

from openpyxl.utils import get_column_letter, quote_sheetname

from attendance.forms.official import FormLine, FormSheet, OfficialForm
from attendance.forms.paper import Look, Paper, landscape_a4

AGREES, DIFFERS = "khớp", "lệch"
_HEADS = ("Bộ phận", "Mã NV", "Họ và tên", "Cột")
#: Sums of floating numbers are never exactly equal; one hundredth squared is ten times this.
_TOLERANCE = "0.00001"


class Evidence:
    """The sheet of minutes: a line a person and column of the form, days of the month across."""

    def __init__(self, paper: Paper, form: OfficialForm) -> None:
        self.paper = paper
        self._days, self._row = form.head.days, 1
        self._letters = [letter for _, letter in form.sums]
        bold = Look(bold=True, box=True, size=9)
        heads = (*_HEADS, *range(1, self._days + 1), "Cộng (phút)")
        for column, head in enumerate(heads, start=1):
            paper.put(1, column, head, bold)
        paper.sheet.freeze_panes = paper.sheet.cell(2, len(_HEADS) + 1)
        for letter, width in zip("ABCD", (24, 10, 25, 5), strict=True):
            paper.sheet.column_dimensions[letter].width = width
        for column in range(len(_HEADS) + 1, len(_HEADS) + self._days + 1):
            paper.sheet.column_dimensions[get_column_letter(column)].width = 5
        landscape_a4(paper.sheet)
        paper.sheet.print_title_rows = "1:1"

    def note(self, sheet: FormSheet, line: FormLine) -> list[str]:
        """Write the line's minutes; returns for each sum the address of its minutes, or "0"."""
        return [
            self._write(sheet.department, line, letter, minutes) if minutes else "0"
            for letter, minutes in zip(self._letters, line.minutes, strict=True)
        ]

    def _write(
        self, department: str, line: FormLine, letter: str, minutes: Mapping[int, int]
    ) -> str:
        self._row += 1
        row, paper = self._row, self.paper
        text, number = Look(align="name", size=9), Look(size=9)
        for column, value in enumerate((department, line.code, line.name, letter), start=1):
            paper.put(row, column, value, text)
        for day, count in minutes.items():
            paper.put(row, len(_HEADS) + day, count, number)
        first, last = (get_column_letter(len(_HEADS) + day) for day in (1, self._days))
        column = len(_HEADS) + self._days + 1
        paper.formula(row, column, f"=SUM({first}{row}:{last}{row})", Look(bold=True, size=9))
        return f"{quote_sheetname(paper.sheet.title)}!{get_column_letter(column)}{row}"


def head_of_checks(paper: Paper, form: OfficialForm, row: int, last: int) -> None:
    """`last` is the last column of the page; a free column sets the checks apart from it."""
    grey = Look(bold=True, size=8)
    paper.put(row, last + 2, "Kiểm tra bằng công thức (không in)", grey)
    paper.merge(row, last + 2, row, last + 2 + len(form.sums))
    for column, (_, letter) in enumerate(form.sums, start=last + 2):
        paper.put(row + 2, column, letter, Look(size=8))
    paper.put(row + 2, last + 2 + len(form.sums), "Kết quả", Look(size=8))


def check_line(paper: Paper, form: OfficialForm, row: int, last: int, minutes: list[str]) -> None:
    for column, address in enumerate(minutes, start=last + 2):
        formula = f"=ROUND({address}/{form.unit_minutes},{form.decimals})"
        paper.formula(row, column, formula, Look(size=8))
    paper.formula(
        row, last + 2 + len(minutes), f"=IF({_same(form, row, last)},{_SAID})", Look(size=8)
    )


def check_totals(paper: Paper, form: OfficialForm, first: int, row: int, last: int) -> None:
    """The row "Cộng": sums of the columns, and whether the whole sheet agrees."""
    width = len(form.sums)
    bold = Look(bold=True, size=8)
    for column in range(last + 2, last + 2 + width):
        summed = get_column_letter(column - width - 1)
        formula = f"SUM({summed}{first}:{summed}{row - 1})" if row > first else "0"
        paper.formula(row, column, f"=ROUND({formula},{form.decimals})", bold)
    result = get_column_letter(last + 2 + width)
    agrees = _same(form, row, last)
    if row > first:
        agrees += f',COUNTIF({result}{first}:{result}{row - 1},"{DIFFERS}")=0'
    paper.formula(row, last + 2 + width, f"=IF(AND({agrees}),{_SAID})", bold)


_SAID = f'"{AGREES}","{DIFFERS}"'


def _same(form: OfficialForm, row: int, last: int) -> str:
    """Every sum of the row differs from its check by less than what is shown."""
    width = len(form.sums)
    ours = f"{get_column_letter(last - width + 1)}{row}:{get_column_letter(last)}{row}"
    theirs = f"{get_column_letter(last + 2)}{row}:{get_column_letter(last + 1 + width)}{row}"
    return f"SUMXMY2({ours},{theirs})<{_TOLERANCE}"
