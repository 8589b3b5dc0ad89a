"""What people write into cells: texts, whole numbers, days. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.vntext import clean, writable

#: "1.234.567", "1,234,567.00", "1 234 567": thousands set apart by one sign, a fraction of nothing.
_WHOLE: Final = re.compile(
    r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?P<by>[., ])[0-9]{3}(?:(?P=by)[0-9]{3}){0,3})([.,]0{1,2})?"
)
_UNIT: Final = re.compile(r"\s*(đồng|vnđ|vnd|đ|₫|vé)\.?$", re.IGNORECASE)
_DATE: Final = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[ T].*)?")
_ISO: Final = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})(?:[ T].*)?")
#: Serial numbers of days in Excel: 2000-01-01 to 2099-12-31.
_DAYS: Final = range(36_526, 73_051)
_EPOCH: Final = date(1899, 12, 30)
_CENTURY: Final = 2000


def text_of(cell: Any) -> str:
    """What a person sees in the cell, as NFC; whole numbers without ".0"."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(writable(str(cell)))


def whole(cell: Any) -> int | None:
    """A whole number: as a number, or as text with thousands set apart and a unit behind it."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else None
    found = _WHOLE.fullmatch(_UNIT.sub("", text_of(cell)))
    if found is None or (found[4] and found[4][0] == found["by"]):
        return None
    number = int(re.sub(r"[^0-9]", "", found[2]))
    return -number if found[1] == "-" else number


def day(cell: Any) -> date | None:
    """A day: as a date, as Excel's number of one, "25/11/2026", "25-11-26" or "2026-11-25"."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if len(text) == 5 and text.isascii() and text.isdecimal():
        return _EPOCH + timedelta(days=int(text)) if int(text) in _DAYS else None
    if isinstance(cell, float):  # Excel's number with a time of day behind the point
        return _EPOCH + timedelta(days=int(cell)) if int(cell) in _DAYS else None
    if found := _ISO.fullmatch(text):
        year, month, number = int(found[1]), int(found[3]), int(found[4])
    elif found := _DATE.fullmatch(text):
        number, month, year = int(found[1]), int(found[3]), int(found[4])
        year += _CENTURY if year < 100 else 0
    else:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def code_of(cell: Any) -> str:
    """A code; an apostrophe that keeps Excel from dropping zeros is not part of it."""
    return text_of(cell).removeprefix("'").removeprefix("’").strip()
