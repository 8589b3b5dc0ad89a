"""An official form as HTML documents for print, with the look of its sheet. Pure."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from attendance.forms.official import FormLine, FormSheet, OfficialForm
from backend.pdf import FAMILIES, FONT_FACES

_STYLES = Path(__file__).with_name("form.css")


def documents(form: OfficialForm) -> Iterator[str]:
    """One for each department, of a page or more; every text is escaped."""
    for sheet in form.sheets or (FormSheet("Không có ai", ()),):
        yield _document(form, sheet)


def _document(form: OfficialForm, sheet: FormSheet) -> str:
    head = form.head
    css = FONT_FACES + _STYLES.read_text(encoding="utf-8")
    css += _controlled(head.controlled)
    css += f"body {{ font-family: {FAMILIES}; }} td.day {{ font-size: {_symbol_points(form)}pt; }}"
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(form.title.capitalize())} {head.month:%m/%Y}</title>"
        f'<meta name="author" content="{escape(head.company)}"><style>{css}</style></head>'
        f"<body>{_section(form, sheet)}</body></html>"
    )


def _controlled(line: str) -> str:
    """Code and issue at the left of every foot. Codes hold no quote or backslash."""
    if not line:
        return ""
    return f'@page {{ @bottom-left {{ content: "{line}"; font: 400 7pt {FAMILIES}; }} }}'


def _symbol_points(form: OfficialForm) -> float:
    """Smaller than on the sheet, which is shrunk to the page's width when it is printed."""
    return form.symbol_size - 2


def _section(form: OfficialForm, sheet: FormSheet) -> str:
    head = form.head
    notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in form.notes)
    return (
        f'<section><header><div><p class="company">Đơn vị: {escape(head.company)}</p>'
        f"<p>Bộ phận: {escape(sheet.department)}</p></div>"
        f'<div class="number"><p><strong>Mẫu số {escape(head.number)}</strong></p>'
        f"<p><em>{escape(head.legal_line)}</em></p></div></header>"
        f'<h1>{escape(form.title)}</h1><p class="month">Tháng {head.month:%m năm %Y}</p>'
        f"{_table(form, sheet)}{notes}{_signatures(form)}</section>"
    )


def _table(form: OfficialForm, sheet: FormSheet) -> str:
    lines = "".join(_line(form, number, line) for number, line in enumerate(sheet.lines, start=1))
    columns = ["count", "wide", *(["grade"] if form.grade_heading else [])]
    columns += ["day"] * form.head.days + ["sum"] * len(form.sums)
    widths = "".join(f'<col class="{name}">' for name in columns)
    kind = "graded" if form.grade_heading else "ungraded"
    return f'<table class="{kind}">{widths}{_heads(form)}<tbody>{lines}{_total(form, sheet)}</tbody></table>'


def _heads(form: OfficialForm) -> str:
    grade = form.grade_heading
    days = range(1, form.head.days + 1)
    names = "".join(f"<th{_shade(form, day)}>{form.head.weekday(day)}</th>" for day in days)
    sums = "".join(f'<th class="sum">{escape(heading)}</th>' for heading, _ in form.sums)
    letters = "".join(
        f'<th class="letter">{letter}</th>'
        for letter in ("A", "B", *("C" if grade else ""), *days, *(name for _, name in form.sums))
    )
    return (
        '<thead><tr><th rowspan="2">STT</th><th rowspan="2">Họ và tên</th>'
        + (f'<th rowspan="2">{escape(grade)}</th>' if grade else "")
        + f'<th colspan="{form.head.days}">Ngày trong tháng</th>'
        f'<th colspan="{len(form.sums)}">{escape(form.sums_heading)}</th></tr>'
        f"<tr>{names}{sums}</tr>"
        f"<tr>{letters}</tr></thead>"
    )


def _shade(form: OfficialForm, day: int) -> str:
    return ' class="day rest"' if day in form.head.rest_days else ' class="day"'


def _line(form: OfficialForm, number: int, line: FormLine) -> str:
    grade = f'<td class="name small">{escape(line.grade)}</td>' if form.grade_heading else ""
    days = "".join(
        f"<td{_shade(form, day)}>{escape(line.symbols.get(day, ''))}</td>"
        for day in range(1, form.head.days + 1)
    )
    sums = "".join(f"<td>{_number(form, s) if s else ''}</td>" for s in form.sums_of(line))
    return f'<tr><td>{number}</td><td class="name">{escape(line.name)}</td>{grade}{days}{sums}</tr>'


def _total(form: OfficialForm, sheet: FormSheet) -> str:
    empty = "<td></td>" * (form.head.days + (1 if form.grade_heading else 0))
    sums = "".join(f"<td>{_number(form, total)}</td>" for total in form.totals(sheet.lines))
    return f'<tr class="total"><td></td><td class="name">Cộng</td>{empty}{sums}</tr>'


def _number(form: OfficialForm, value: float) -> str:
    return f"{value:.{form.decimals}f}".replace(".", ",")


def _signatures(form: OfficialForm) -> str:
    """The date stands above the last of them, as on the sheet."""
    dates = [""] * (len(form.signers) - 1) + ["Ngày …… tháng …… năm ……"]
    signers = "".join(
        f'<p><span class="date">{date}</span><strong>{escape(signer)}</strong>'
        "<em>(Ký, họ tên)</em></p>"
        for date, signer in zip(dates, form.signers, strict=True)
    )
    return f'<div class="signatures">{signers}</div>'
