"""A company's own .xlsx of an official form: the cells HR has named in it, and what is wrong with them. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from attendance.forms.official import OfficialForm

DAYS: Final = 31
#: Beyond this a sheet is no form any more, and copying it would take long.
MOST_ROWS, MOST_COLUMNS = 300, 120
#: Formulas that call programs, other workbooks or the network; a form has no use for them.
_REACHING_OUT = re.compile(
    r"\b(WEBSERVICE|IMAGE|RTD|CALL|REGISTER(\.ID)?|EXEC|HYPERLINK|DDE)\s*\(|\[\d+\]|\|",
    re.IGNORECASE,
)

#: Cells a template must have, and may have, with what stands there afterwards.
REQUIRED: Final[Mapping[str, str]] = {
    "DON_VI": "tên công ty",
    "BO_PHAN": "tên phòng ban",
    "THANG": "tháng (số)",
    "NAM": "năm (số)",
    "DONG_DAU": "một ô trên dòng của người đầu tiên; dòng này được nhân lên theo số người",
    "DONG_CONG": "một ô trên dòng Cộng, dưới dòng của người",
    "COT_HO_TEN": "một ô trong cột họ và tên",
    "COT_NGAY_1": "một ô trong cột ngày 1; ba mươi cột sau nó là ngày 2 đến 31",
}
OPTIONAL: Final[Mapping[str, str]] = {
    "MAU_SO": "số mẫu, ví dụ 01a-LĐTL",
    "CAN_CU": "dòng căn cứ pháp lý",
    "COT_STT": "một ô trong cột số thứ tự",
    "COT_MA_NV": "một ô trong cột mã nhân viên",
    "COT_NGACH": "một ô trong cột ngạch, bậc hoặc chức vụ",
    "THU_1": "ô ghi thứ của ngày 1; các ô bên phải ghi thứ của ngày 2 đến 31",
    "NEN_NGAY_NGHI": "một ô có màu nền dùng cho các ngày nghỉ",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a template cannot be filled: what is wrong, and the names or cells it is about."""

    kind: str
    about: tuple[str, ...] = ()


class TemplateFaulty(Exception):
    """`faults` are all that is wrong with a template."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.kind} {fault.about}" for fault in self.faults))


def required_names(form: OfficialForm) -> dict[str, str]:
    """The names a template of this form must have, with what stands there."""
    return dict(REQUIRED) | {
        f"COT_{letter}": f"một ô trong cột {letter}: {heading}" for heading, letter in form.sums
    }


@dataclass(frozen=True, slots=True)
class Template:
    """A workbook with its sheet to copy and the cells (row, column) by name."""

    book: Workbook
    sheet: Worksheet
    cells: Mapping[str, tuple[int, int]]

    def row(self, name: str) -> int:
        return self.cells[name][0]

    def column(self, name: str) -> int:
        return self.cells[name][1]


def read_template(content: bytes, form: OfficialForm) -> Template:
    """Find the named cells. Raises TemplateFaulty with everything that is wrong.

    The file must be known to be a harmless workbook; here only its places are looked at.
    """
    book = load_workbook(BytesIO(content), keep_links=False, rich_text=True)
    if reaching := _reaching_out(book):
        raise TemplateFaulty([Fault("reaching", reaching)])
    found = _named_cells(book)
    needed = required_names(form)
    if missing := tuple(name for name in needed if name not in found):
        raise TemplateFaulty([Fault("missing", missing)])
    used = {name: found[name] for name in (*needed, *OPTIONAL) if name in found}
    titles = {title for title, _, _ in used.values()}
    if len(titles) > 1:
        raise TemplateFaulty([Fault("sheets", tuple(sorted(titles)))])
    sheet = book[titles.pop()]
    template = Template(
        book, sheet, {name: (row, column) for name, (_, row, column) in used.items()}
    )
    if faults := list(_faults(template)):
        raise TemplateFaulty(faults)
    return template


def _reaching_out(book: Workbook) -> tuple[str, ...]:
    """Cells and names whose formulas would fetch or start something."""
    cells = tuple(
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and _REACHING_OUT.search(_formula(cell.value))
    )
    names = tuple(
        name
        for name, defined in book.defined_names.items()
        if _REACHING_OUT.search(defined.attr_text or "")
    )
    return cells + names


def _formula(value: Any) -> str:
    """Also of an array, which is kept as an object."""
    return str(getattr(value, "text", value))


def _named_cells(book: Workbook) -> dict[str, tuple[str, int, int]]:
    """Sheet, row and column of every name that leads to one place; of a range its first cell."""
    found: dict[str, tuple[str, int, int]] = {}
    names = [*book.defined_names.items()]
    for sheet in book.worksheets:
        names += sheet.defined_names.items()
    for name, defined in names:
        places = [place for place in defined.destinations if place[0] in book.sheetnames]
        if len(places) == 1:
            title, address = places[0]
            left, top, _, _ = range_boundaries(address)
            found[name.upper()] = (title, top or 1, left or 1)
    return found


def _faults(template: Template) -> Iterable[Fault]:
    sheet, first, total = template.sheet, template.row("DONG_DAU"), template.row("DONG_CONG")
    if total <= first:
        yield Fault("order")
        return
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS + DAYS:
        yield Fault("size", (str(sheet.max_row), str(sheet.max_column)))
        return
    start = template.column("COT_NGAY_1")
    days = range(start, start + DAYS)
    columns: dict[int, str] = {}
    clashing = []
    for name in (name for name in template.cells if name.startswith("COT_")):
        column = template.column(name)
        if name != "COT_NGAY_1" and (column in days or column in columns):
            clashing.append(name)
        columns.setdefault(column, name)
    if clashing:
        yield Fault("columns", tuple(clashing))
    if below := [
        name
        for name in ("DON_VI", "BO_PHAN", "THANG", "NAM", "MAU_SO", "CAN_CU", "THU_1")
        if name in template.cells and template.row(name) >= first
    ]:
        yield Fault("heads", tuple(below))
    if formulas := _formulas_below(sheet, first):
        yield Fault("formulas", formulas)
    if merged := tuple(
        str(area) for area in sheet.merged_cells.ranges if not _in_one_part(area, first, total)
    ):
        yield Fault("merged", merged)


def _formulas_below(sheet: Worksheet, first: int) -> tuple[str, ...]:
    """Formulas under the first person would count rows that move; those of that row are copied."""
    return tuple(
        cell.coordinate
        for row in sheet.iter_rows(min_row=first + 1)
        for cell in row
        if cell.data_type == "f"
    )


def _in_one_part(area: Any, first: int, total: int) -> bool:
    """Whether a merged area is above the people, on one row of theirs, or from the total on."""
    return bool(area.max_row < first or area.min_row >= total or area.min_row == area.max_row)
