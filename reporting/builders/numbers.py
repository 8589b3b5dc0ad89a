"""Numbers and dates in words people read: Vietnamese ("1.234,5") or English ("1,234.5"). Pure.

Without a `language` it is the one being spoken.

Rounding is half up and exact: whole numbers in, no floats.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from reporting.builders.speaking import Language, spoken

VN = ZoneInfo("Asia/Ho_Chi_Minh")
MINUS = "−"
NOTHING = "–"

_MILLION = 1_000_000
_BILLION = 1_000_000_000


def whole(number: int, language: Language | None = None) -> str:
    """1234567 → "1.234.567"."""
    text = f"{abs(number):,}"
    vietnamese = (language or spoken()) == "vi"
    return ("" if number >= 0 else MINUS) + (text.replace(",", ".") if vietnamese else text)


def decimal(number: int, unit: int, places: int, language: Language | None = None) -> str:
    """`number` in units of `unit` with `places` decimals: decimal(1234567, 1000, 1) → "1.234,6"."""
    scale = 10**places
    scaled = (2 * abs(number) * scale + unit) // (2 * unit)
    sign = MINUS if number < 0 and scaled else ""
    point = "," if (language or spoken()) == "vi" else "."
    return f"{sign}{whole(scaled // scale, language)}{point}{scaled % scale:0{places}d}"


def millions(amount: int, language: Language | None = None) -> str:
    """Amount in millions of đồng with one decimal, as in tables."""
    return decimal(amount, _MILLION, 1, language)


def signed(text: str) -> str:
    """A plus before a number that has no minus and is not zero."""
    return text if text.startswith(MINUS) or not text.strip("0,.% ") else f"+{text}"


def percent(bps: int | None, language: Language | None = None) -> str:
    """Basis points as percent with one decimal: 8264 → "82,6 %"."""
    if bps is None:
        return NOTHING
    return decimal(bps, 100, 1, language) + (" %" if (language or spoken()) == "vi" else "%")


def change(bps: int | None, language: Language | None = None) -> str:
    """A change with its sign: 310 → "+3,1 %"."""
    return NOTHING if bps is None else signed(percent(bps, language))


def money(amount: int, language: Language | None = None) -> str:
    """An amount as one says it: "8,42 tỷ đồng", "120,5 triệu đồng", "900.000 đồng"."""
    vietnamese = (language or spoken()) == "vi"
    billion, million = ("tỷ", "triệu") if vietnamese else ("billion", "million")
    if abs(amount) >= _BILLION:
        return f"{decimal(amount, _BILLION, 2, language)} {billion} đồng"
    if abs(amount) >= _MILLION:
        return f"{decimal(amount, _MILLION, 1, language)} {million} đồng"
    return f"{whole(amount, language)} đồng"


def day(moment: date) -> str:
    """23/11/2026."""
    return moment.strftime("%d/%m/%Y")


def short_day(moment: date) -> str:
    """23/11."""
    return moment.strftime("%d/%m")


def weekday(moment: date) -> str:
    """T2 … T7, CN."""
    return ("T2", "T3", "T4", "T5", "T6", "T7", "CN")[moment.weekday()]


def clock(moment: datetime | None) -> str:
    """07:30 23/11/2026, Vietnamese time."""
    return NOTHING if moment is None else moment.astimezone(VN).strftime("%H:%M %d/%m/%Y")


def hours(minutes: int) -> str:
    """Minutes as hours: 1234 → "20:34", -30 → "−0:30"."""
    full, rest = divmod(abs(minutes), 60)
    return f"{MINUS if minutes < 0 else ''}{whole(full)}:{rest:02d}"
