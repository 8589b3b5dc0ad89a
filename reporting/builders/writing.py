"""Values as people read them, by what they are. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from reporting.builders import numbers
from reporting.builders.content import Figure, Kind, Part, Value
from reporting.builders.numbers import NOTHING
from reporting.builders.speaking import Language, t

_UNITS: dict[Kind, str] = {
    Kind.TICKETS: "vé",
    Kind.AMOUNT: "đồng",
    Kind.MILLIONS: "triệu đồng",
    Kind.SIGNED_AMOUNT: "đồng",
    Kind.SIGNED_MILLIONS: "triệu đồng",
    Kind.MINUTES: "phút",
    Kind.HOURS: "giờ",
    Kind.POINTS: "điểm %",
}
#: In Excel the millions are whole đồng.
_EXACT = {Kind.MILLIONS: "đồng", Kind.SIGNED_MILLIONS: "đồng"}


def written(value: Value, kind: Kind, language: Language | None = None) -> str:
    """The value without its unit: 8264 as a share is "82,6 %"."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return _text(value, kind)
    return _number(value, kind, language)


def _number(value: int, kind: Kind, language: Language | None) -> str:
    match kind:
        case Kind.MILLIONS:
            return numbers.millions(value, language)
        case Kind.SIGNED_MILLIONS:
            return numbers.signed(numbers.millions(value, language))
        case Kind.MONEY:
            return numbers.money(value, language)
        case Kind.SHARE:
            return numbers.percent(value, language)
        case Kind.CHANGE:
            return numbers.change(value, language)
        case Kind.POINTS:
            return numbers.signed(numbers.decimal(value, 100, 1, language))
        case Kind.HOURS:
            return numbers.hours(value)
        case Kind.SIGNED | Kind.SIGNED_AMOUNT:
            return numbers.signed(numbers.whole(value, language))
        case _:
            return numbers.whole(value, language)


def _text(value: str, kind: Kind) -> str:
    if kind is Kind.DAY:
        return numbers.day(date.fromisoformat(value))
    return numbers.clock(datetime.fromisoformat(value)) if kind is Kind.MOMENT else value


def short(value: int, kind: Kind) -> str:
    """For a label in a chart, where room is scarce: millions without decimals."""
    if kind is Kind.MILLIONS:
        return numbers.whole((value + 500_000) // 1_000_000)
    return written(value, kind)


def said(figure: Figure, language: Language | None = None) -> str:
    """The number of a figure as it stands in words."""
    return written(figure.value, figure.kind, language)


def words(parts: Iterable[Part], language: Language | None = None) -> str:
    """A sentence as plain text."""
    return "".join(part if isinstance(part, str) else said(part, language) for part in parts)


def unit(kind: Kind, *, exact: bool = False) -> str:
    """What a value of this kind counts; `exact` as the workbook holds it."""
    return t((_EXACT.get(kind) if exact else None) or _UNITS.get(kind, ""))
