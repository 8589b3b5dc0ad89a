"""A year's holidays and the rest days they move, drafted for HR to confirm. Pure.

What the law fixes is computed here. The package `holidays` is a second opinion only: it misses
swaps, counts moved rest days as holidays and guesses how Tết is divided, so whatever it says
otherwise is named and left to HR.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from holidays import country_holidays

from backend.vncalendar import hung_kings_day, lunar_of, tet, year_name

LAW: Final = "Bộ luật Lao động 2019, điều 112"
#: A holiday on a weekly rest day: the next working day is free.
REST_LAW: Final = "Bộ luật Lao động 2019, khoản 3 điều 111"
#: Monday is 0. Where Saturday is worked, a holiday on it moves nothing.
SUNDAY: Final = frozenset({6})
SATURDAY_SUNDAY: Final = frozenset({5, 6})
#: The Labour Code of 2019 is in force since; the lunar calendar is computed until.
FIRST_YEAR, LAST_YEAR = 2021, 2100
#: The Culture Day is a holiday since, if the law says so in the end.
CULTURE_SINCE: Final = 2026
_A_DAY: Final = timedelta(days=1)
_SWAPPED: Final = re.compile(r"thay cho ngày (\d\d/\d\d/\d{4})")


class Kind(StrEnum):
    """The kinds a draft knows, as `DayKind` has them."""

    HOLIDAY = "holiday"
    COMP_REST = "comp_rest"
    SWAPPED_REST = "swapped_rest"
    MAKEUP_WORK = "makeup_work"


class TetSplit(StrEnum):
    """How the five days of Tết lie around mùng 1; announced each year, until then unknown."""

    UNKNOWN = ""
    TWO_BEFORE = "2+3"
    ONE_BEFORE = "1+4"


class NationalSplit(StrEnum):
    """The second day of the National Day; announced each year, until then unknown."""

    UNKNOWN = ""
    BEFORE = "1-2/9"
    AFTER = "2-3/9"


class Why(StrEnum):
    """Why a day is in the draft."""

    LAW = "law"
    #: Tết or National Day: the law gives the number of days, an announcement says which.
    ANNOUNCED = "announced"
    #: The rest day of `about`, on which a holiday fell.
    MOVED = "moved"
    CULTURE = "culture"
    #: The package tells of a swap with `about`; the dispatch is to be looked up.
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the company knows: its weekly rest days, and what has been announced."""

    rest_days: frozenset[int] = SATURDAY_SUNDAY
    tet: TetSplit = TetSplit.UNKNOWN
    national: NationalSplit = NationalSplit.UNKNOWN


@dataclass(frozen=True, order=True, slots=True)
class DraftDay:
    """A day to be entered; `document` is empty where one has to be looked up."""

    on: date
    kind: Kind
    name: str
    document: str
    why: Why
    about: date | None = None


class Otherwise(NamedTuple):
    """A day the package has and we do not (`ours` is None), has not (`theirs` empty), or classes otherwise."""

    on: date
    ours: DraftDay | None
    theirs: str


class Awaited(NamedTuple):
    """Days that nobody has announced yet, and the ways in which they may fall."""

    title: str
    ways: tuple[tuple[date, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the law, the choices and the package give; what has to be announced; where they disagree."""

    days: tuple[DraftDay, ...]
    awaited: tuple[Awaited, ...]
    otherwise: tuple[Otherwise, ...]


class _Occasion(NamedTuple):
    """Holidays in a row; the rest days under them move together. Unsettled ones move nothing yet."""

    title: str
    days: tuple[DraftDay, ...]
    is_settled: bool = True


#: Days from mùng 1, and days of September, that an announcement adds.
_TET_DAYS: Final[dict[TetSplit, tuple[int, ...]]] = {
    TetSplit.UNKNOWN: (),
    TetSplit.TWO_BEFORE: (-2, -1),
    TetSplit.ONE_BEFORE: (-1, 3),
}
_NATIONAL_DAYS: Final[dict[NationalSplit, tuple[int, ...]]] = {
    NationalSplit.UNKNOWN: (),
    NationalSplit.BEFORE: (1,),
    NationalSplit.AFTER: (3,),
}


def package_says(year: int) -> dict[date, str]:
    """What the package `holidays` has for the year and the Januaries and Decembers around it."""
    around = (year - 1, year, year + 1)
    return dict(country_holidays("VN", years=around, language="vi"))


def draft_year(year: int, choices: Choices, *, package: Mapping[date, str]) -> Draft:
    """The year's days by article 112, what moves for them by 111.3, and what the package says else.

    What is not announced is left out and named in `awaited`; so is the rest that moves for it.
    """
    occasions = _occasions(year, choices)
    holidays = [day for occasion in occasions for day in occasion.days]
    moved = _moved_rests(occasions, choices.rest_days)
    known = {day.on: day for day in (*holidays, *moved)}
    for pair in _swaps(package):
        if not any(day.on in known for day in pair):
            known |= {day.on: day for day in pair if day.on.year == year}
    return Draft(
        days=tuple(sorted(known.values())),
        awaited=tuple(_awaited(year, choices)),
        otherwise=tuple(_otherwise(year, known, package)),
    )


def choices_of(
    year: int, holidays: Collection[date], rest_days: frozenset[int] = SATURDAY_SUNDAY
) -> Choices:
    """What the year's stored holidays tell of the announcements."""
    first = tet(year)
    tet_split, national = TetSplit.UNKNOWN, NationalSplit.UNKNOWN
    if first - 2 * _A_DAY in holidays:
        tet_split = TetSplit.TWO_BEFORE
    elif first + 3 * _A_DAY in holidays:
        tet_split = TetSplit.ONE_BEFORE
    if date(year, 9, 1) in holidays:
        national = NationalSplit.BEFORE
    elif date(year, 9, 3) in holidays:
        national = NationalSplit.AFTER
    return Choices(rest_days, tet_split, national)


def _occasions(year: int, choices: Choices) -> list[_Occasion]:
    occasions = [
        _by_law("Tết Dương lịch", date(year, 1, 1)),
        _tet(year, choices.tet),
        _by_law("Giỗ Tổ Hùng Vương", hung_kings_day(year)),
        _by_law("Ngày Chiến thắng", date(year, 4, 30)),
        _by_law("Ngày Quốc tế lao động", date(year, 5, 1)),
        _national(year, choices.national),
    ]
    if year >= CULTURE_SINCE:
        day = date(year, 11, 24)
        title = "Ngày Văn hóa Việt Nam"
        culture = DraftDay(day, Kind.HOLIDAY, title, "", Why.CULTURE)
        occasions.append(_Occasion(title, (culture,)))
    return occasions


def _by_law(title: str, day: date) -> _Occasion:
    return _Occasion(title, (DraftDay(day, Kind.HOLIDAY, title, LAW, Why.LAW),))


def _tet(year: int, split: TetSplit) -> _Occasion:
    """Mùng 1 to 3 lie in every split; the other two days only in the one announced."""
    title = f"Tết {year_name(year)}"
    first = tet(year)
    days = []
    for offset in sorted({0, 1, 2, *_TET_DAYS[split]}):
        day = first + offset * _A_DAY
        lunar = lunar_of(day)
        said = f"mùng {lunar.day}" if offset >= 0 else f"{lunar.day} tháng Chạp"
        document, why = (LAW, Why.LAW) if offset in (0, 1, 2) else ("", Why.ANNOUNCED)
        days.append(DraftDay(day, Kind.HOLIDAY, f"{title} ({said})", document, why))
    return _Occasion(title, tuple(days), split != TetSplit.UNKNOWN)


def _national(year: int, split: NationalSplit) -> _Occasion:
    title = "Quốc khánh"
    days = [
        DraftDay(date(year, 9, 2), Kind.HOLIDAY, title, LAW, Why.LAW),
        *(
            DraftDay(date(year, 9, day), Kind.HOLIDAY, title, "", Why.ANNOUNCED)
            for day in _NATIONAL_DAYS[split]
        ),
    ]
    return _Occasion(title, tuple(sorted(days)), split != NationalSplit.UNKNOWN)


def _moved_rests(occasions: Iterable[_Occasion], rest_days: Collection[int]) -> list[DraftDay]:
    """Article 111.3: for each holiday on a weekly rest day the next working day after it is free."""
    occasions = list(occasions)
    taken = {day.on for occasion in occasions for day in occasion.days}
    moved = []
    for occasion in occasions:
        if not occasion.is_settled:
            continue
        for holiday in (day for day in occasion.days if day.on.weekday() in rest_days):
            free = holiday.on + _A_DAY
            while free in taken or free.weekday() in rest_days:
                free += _A_DAY
            taken.add(free)
            name = f"Nghỉ bù {occasion.title}"
            moved.append(DraftDay(free, Kind.COMP_REST, name, REST_LAW, Why.MOVED, holiday.on))
    return moved


def _swaps(package: Mapping[date, str]) -> Iterator[tuple[DraftDay, DraftDay]]:
    """The free day and the day worked for it."""
    for free, name in package.items():
        if found := _SWAPPED.search(name):
            day, month, year = map(int, found[1].split("/"))
            work = date(year, month, day)
            rest, made_up = f"Nghỉ hoán đổi với ngày {work:%d/%m}", f"Làm bù ngày {free:%d/%m}"
            yield (
                DraftDay(free, Kind.SWAPPED_REST, rest, "", Why.PACKAGE, work),
                DraftDay(work, Kind.MAKEUP_WORK, made_up, "", Why.PACKAGE, free),
            )


def _awaited(year: int, choices: Choices) -> Iterator[Awaited]:
    if choices.tet == TetSplit.UNKNOWN:
        ways = (_TET_DAYS[TetSplit.TWO_BEFORE], _TET_DAYS[TetSplit.ONE_BEFORE])
        days = tuple(tuple(tet(year) + offset * _A_DAY for offset in way) for way in ways)
        yield Awaited(f"Tết {year_name(year)}", days)
    if choices.national == NationalSplit.UNKNOWN:
        yield Awaited("Quốc khánh", ((date(year, 9, 1),), (date(year, 9, 3),)))


def _otherwise(
    year: int, known: Mapping[date, DraftDay], package: Mapping[date, str]
) -> Iterator[Otherwise]:
    for day in sorted({*known, *package}):
        ours, theirs = known.get(day), package.get(day, "")
        if day.year != year or (ours and ours.kind == Kind.MAKEUP_WORK):
            continue
        if ours is None or ours.kind != _kind_in_package(theirs):
            yield Otherwise(day, ours, theirs)


def _kind_in_package(name: str) -> Kind | None:
    if not name:
        return None
    if _SWAPPED.search(name):
        return Kind.SWAPPED_REST
    return Kind.COMP_REST if name.endswith("(nghỉ bù)") else Kind.HOLIDAY
