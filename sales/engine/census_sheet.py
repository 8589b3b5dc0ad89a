"""Inhabitants and areas of communes as statistics offices publish them: any table with a head for
the commune and one for its people. Pure; people, and km² to the hundredth.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from backend.vntext import bare_words
from sales.engine.cell_values import code_of, whole
from sales.engine.unit_names import named, ways

#: What the heads of columns begin with, accents left out.
_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("ma don vi", "ma xa", "ma phuong", "ma dia ban", "ma dvhc", "ma so", "code", "ma"),
    "people": ("dan so", "so dan", "population", "so nguoi", "nhan khau"),
    "area": ("dien tich", "area"),
    "name": ("ten don vi", "ten xa", "xa phuong", "phuong xa", "don vi hanh chinh", "dia ban",
             "don vi", "ten", "name"),
}  # fmt: skip
#: The heads stand within so many rows from the top.
_SEARCHED: Final = 40
_SUMS: Final = ("tong", "toan tinh", "cong", "ca tinh")
_DECIMAL: Final = re.compile(r"[0-9]{1,3}(?:[.][0-9]{3})*,[0-9]+|[0-9]{1,9}(?:[.,][0-9]+)?")
_AREA_UNIT: Final = re.compile(r"\s*km\s*[2²]?$", re.IGNORECASE)
MOST_PEOPLE: Final = 10_000_000
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CensusRow:
    """What the file says of one commune, by its code of today."""

    row: int
    code: str
    inhabitants: int
    area_km2: Decimal | None


@dataclass(frozen=True, slots=True)
class CensusFault:
    """What is wrong in a row: no_heads, unknown, ambiguous, twice, people or area."""

    row: int
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class CensusSheet:
    """The communes of a file, and every fault in it."""

    rows: tuple[CensusRow, ...]
    faults: tuple[CensusFault, ...]


def read_census(cells: Sequence[Sequence[Any]], names: Mapping[str, str]) -> CensusSheet:
    """The communes in the cells of a sheet; `names` are those that may be meant, by code.

    Sums and rows that tell no number (titles, former districts) are left out.
    """
    top, places = _heads(cells)
    if "people" not in places or not places.keys() & {"code", "name"}:
        return CensusSheet((), (CensusFault(0, "no_heads", ""),))
    in_thousands = "nghin" in bare_words(str(cells[top][places["people"]]))
    known = ways(names)
    rows: dict[str, CensusRow] = {}
    faults: list[CensusFault] = []
    for number, cell in enumerate(cells[top + 1 :], start=top + 2):
        told = {name: _text(cell, at) for name, at in places.items()}
        if (not told["people"] and not told.get("area")) or _is_sum(told):
            continue
        one = _row(number, told, _meant(told, names, known), in_thousands=in_thousands)
        if isinstance(one, CensusRow) and one.code in rows:
            one = CensusFault(number, "twice", names[one.code])
        if isinstance(one, CensusFault):
            faults.append(one)
        else:
            rows[one.code] = one
    return CensusSheet(tuple(rows.values()), tuple(faults))


def _heads(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The row of the heads and the column of each; no column where there is no such row."""
    for top, row in enumerate(cells[:_SEARCHED]):
        keys = [bare_words(str(cell or "")) for cell in row]
        places = dict(_places(keys))
        if "people" in places and len(places) > 1:
            return top, places
    return 0, {}


def _places(keys: Sequence[str]) -> Iterator[tuple[str, int]]:
    taken: set[int] = set()
    for field, heads in _HEADS.items():
        for at, key in enumerate(keys):
            if at not in taken and any(re.match(rf"{head}\b", key) for head in heads):
                taken.add(at)
                yield field, at
                break


def _is_sum(told: Mapping[str, str]) -> bool:
    return bare_words(told.get("name", "")).startswith(_SUMS)


def _row(
    number: int, told: Mapping[str, str], meant: set[str], *, in_thousands: bool
) -> CensusRow | CensusFault:
    if len(meant) != 1:
        fault = "ambiguous" if meant else "unknown"
        return CensusFault(number, fault, told.get("name") or told.get("code", ""))
    people = _people(told["people"], in_thousands=in_thousands)
    if people is None or not 0 < people <= MOST_PEOPLE:
        return CensusFault(number, "people", told["people"])
    area = _area(told["area"]) if told.get("area") else None
    if told.get("area") and area is None:
        return CensusFault(number, "area", told["area"])
    return CensusRow(number, next(iter(meant)), people, area)


def _people(text: str, *, in_thousands: bool) -> int | None:
    """People, also where the office counts them in thousands ("nghìn người")."""
    if not in_thousands:
        return whole(text)
    thousands = _decimal(text)
    return None if thousands is None else round(thousands * 1_000)


def _meant(
    told: Mapping[str, str], names: Mapping[str, str], known: Mapping[str, set[str]]
) -> set[str]:
    """The communes the row may mean: by its code, which a workbook may have robbed of its zero."""
    if code := told.get("code", ""):
        return {code.zfill(5)} & names.keys()
    return named(told.get("name", ""), known)


def _area(text: str) -> Decimal | None:
    """km² of "41,5", "41.5 km2", "1.041,5"; None where it is no area."""
    area = _decimal(_AREA_UNIT.sub("", text))
    return area.quantize(_HUNDREDTH) if area else None


def _decimal(text: str) -> Decimal | None:
    if not _DECIMAL.fullmatch(text):
        return None
    return Decimal(text.replace(".", "").replace(",", ".") if "," in text else text)


def _text(cell: Sequence[Any], at: int) -> str:
    return code_of(cell[at]) if at < len(cell) else ""
