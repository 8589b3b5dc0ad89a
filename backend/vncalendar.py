"""The Vietnamese lunar calendar (âm lịch) from the sky: new moons and the sun's longitude. Pure.

A lunar month begins on the day of a new moon by Vietnam's clock (UTC+7, in use since 1968). The
month that holds the winter solstice is the eleventh; of thirteen months between two of those, the
first one during which the sun enters no new twelfth of its way (trung khí) is the leap month and
repeats the number of the one before.

The moments are those of Jean Meeus, "Astronomical Algorithms" (2nd edition, 1998): new moons of
chapter 49 (to some seconds), the sun's apparent longitude of chapter 25 (to 0.01 degree). The
years 1968 to 2100 are meant; before 1968 other rules were in force.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import floor, radians, sin
from typing import Final, NamedTuple

#: 00:00 UTC+7 of day 0 of `date.toordinal`, as a Julian day.
_MIDNIGHT: Final = 1_721_424.5 - 7 / 24
#: Days from one new moon to the next, and the new moon of 6 January 2000 (Meeus 49.1).
_LUNATION: Final = 29.530588861
_FIRST_MOON: Final = 2_451_550.09766
#: The twelfth of the sun's way that ends with the winter solstice (longitude 270 degrees).
_BEFORE_SOLSTICE: Final = 8
_ELEVENTH: Final = 11

_STEMS: Final = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
_BRANCHES: Final = (
    "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi",
)  # fmt: skip

# Meeus, chapter 49: size in days of each term and its multiples of the sun's anomaly, the moon's
# anomaly and the moon's argument of latitude.
_MOON_TERMS: Final = (
    (-0.40720, 0, 1, 0), (0.17241, 1, 0, 0), (0.01608, 0, 2, 0), (0.01039, 0, 0, 2),
    (0.00739, -1, 1, 0), (-0.00514, 1, 1, 0), (0.00208, 2, 0, 0), (-0.00111, 0, 1, -2),
    (-0.00057, 0, 1, 2), (0.00056, 1, 2, 0), (-0.00042, 0, 3, 0), (0.00042, 1, 0, 2),
    (0.00038, 1, 0, -2), (-0.00024, -1, 2, 0), (-0.00007, 2, 1, 0), (0.00004, 0, 2, -2),
    (0.00004, 3, 0, 0), (0.00003, 1, 1, -2), (0.00003, 0, 2, 2), (-0.00003, 1, 1, 2),
    (0.00003, -1, 1, 2), (-0.00002, -1, 1, -2), (-0.00002, 1, 3, 0), (0.00002, 0, 4, 0),
)  # fmt: skip
# The planets' pull: size in days, angle at moon 0 and its growth from moon to moon, in degrees.
_PLANET_TERMS: Final = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)  # fmt: skip


class NoSuchLunarDay(ValueError):
    """The lunar year has no such month, or the month no such day."""


@dataclass(frozen=True, order=True, slots=True)
class LunarDate:
    """A day of the lunar calendar; the year is the solar year its Tết lies in."""

    year: int
    month: int
    is_leap: bool
    day: int


class _Month(NamedTuple):
    first: int  # as date.toordinal
    year: int
    month: int
    is_leap: bool
    days: int


def lunar_of(day: date) -> LunarDate:
    """The lunar date of a solar one."""
    ordinal = day.toordinal()
    months = _months(day.year if ordinal < _eleventh_month(day.year) else day.year + 1)
    month = months[bisect_right([each.first for each in months], ordinal) - 1]
    return LunarDate(month.year, month.month, month.is_leap, ordinal - month.first + 1)


def solar_of(lunar: LunarDate) -> date:
    """The solar date of a lunar one. Raises NoSuchLunarDay."""
    wanted = (lunar.year, lunar.month, lunar.is_leap)
    for month in (*_months(lunar.year), *_months(lunar.year + 1)):
        if month[1:4] == wanted and 1 <= lunar.day <= month.days:
            return date.fromordinal(month.first + lunar.day - 1)
    raise NoSuchLunarDay(lunar)


def tet(year: int) -> date:
    """The first day of the lunar year (mùng 1 Tết) in this solar year."""
    return solar_of(LunarDate(year, 1, is_leap=False, day=1))


def hung_kings_day(year: int) -> date:
    """The Hùng Kings' day (Giỗ Tổ Hùng Vương): the tenth of the third lunar month."""
    return solar_of(LunarDate(year, 3, is_leap=False, day=10))


def year_name(year: int) -> str:
    """The lunar year's name by stem and branch (can chi): 2026 is "Bính Ngọ"."""
    return f"{_STEMS[(year - 4) % 10]} {_BRANCHES[(year - 4) % 12]}"


@lru_cache(maxsize=512)
def _months(year: int) -> tuple[_Month, ...]:
    """The twelve or thirteen months from the eleventh of the year before to that of the year."""
    start, end = _eleventh_month(year - 1), _eleventh_month(year)
    moon = _moon_near(start)
    firsts = [start]
    while firsts[-1] < end:
        moon += 1
        firsts.append(_new_moon(moon))
    twelfths = [_twelfth(first) for first in firsts]
    is_long = len(firsts) == 14
    months: list[_Month] = []
    number = _ELEVENTH - 1
    for (first, after), (at, then) in zip(pairwise(firsts), pairwise(twelfths), strict=True):
        is_leap = is_long and at == then
        is_long = is_long and not is_leap
        number = number if is_leap else number % 12 + 1
        belongs = year - 1 if number >= _ELEVENTH else year
        months.append(_Month(first, belongs, number, is_leap, after - first))
    return tuple(months)


@lru_cache(maxsize=512)
def _eleventh_month(year: int) -> int:
    """The first day of the month that holds the year's winter solstice."""
    solstice = date(year, 12, 19).toordinal()
    while _twelfth(solstice + 1) == _BEFORE_SOLSTICE:
        solstice += 1
    moon = _moon_near(solstice) + 1
    while _new_moon(moon) > solstice:
        moon -= 1
    return _new_moon(moon)


def _moon_near(ordinal: int) -> int:
    """The number of a new moon within a day of this one, if there is one; else one of its sides."""
    return round((ordinal + _MIDNIGHT + 0.5 - _FIRST_MOON) / _LUNATION)


def _century(day: float) -> float:
    """Julian centuries since 2000."""
    return (day - 2_451_545.0) / 36_525


def _clock_lag(day: float) -> float:
    """Days by which the sky's time is ahead of the clocks': a line through 38 s in 1968 and 93 s
    in 2050 (measured, then predicted), which is never 20 s off."""
    return (60 + 65 * _century(day)) / 86_400


def _new_moon(number: int) -> int:
    """The day (UTC+7) of the new moon of this number, counted from January 2000."""
    t = number / 1_236.85
    narrow = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = 2.5534 + 29.10535670 * number - 0.0000014 * t**2
    moon = 201.5643 + 385.81693528 * number + 0.0107582 * t**2 + 0.00001238 * t**3
    latitude = 160.7108 + 390.67050284 * number - 0.0016118 * t**2 - 0.00000227 * t**3
    node = 124.7746 - 1.56375588 * number + 0.0020672 * t**2
    mean = _FIRST_MOON + _LUNATION * number + 0.00015437 * t**2 - 0.00000015 * t**3
    true = mean - 0.00017 * _sin(node)
    for size, of_sun, of_moon, of_latitude in _MOON_TERMS:
        angle = of_sun * sun + of_moon * moon + of_latitude * latitude
        true += size * narrow ** abs(of_sun) * _sin(angle)
    for size, angle, growth in _PLANET_TERMS:
        true += size * _sin(angle + growth * number)
    return floor(true - _clock_lag(true) - _MIDNIGHT)


def _twelfth(ordinal: int) -> int:
    """Which twelfth (0 to 11) of its way the sun is in when the day begins (00:00 UTC+7)."""
    midnight = ordinal + _MIDNIGHT
    return int(_sun_longitude(midnight + _clock_lag(midnight)) // 30)


def _sun_longitude(day: float) -> float:
    """The sun's apparent longitude in degrees, at a moment of the sky's time (Meeus 25)."""
    t = _century(day)
    mean = 280.46646 + 36_000.76983 * t + 0.0003032 * t**2
    anomaly = 357.52911 + 35_999.05029 * t - 0.0001537 * t**2
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * _sin(anomaly)
        + (0.019993 - 0.000101 * t) * _sin(2 * anomaly)
        + 0.000289 * _sin(3 * anomaly)
    )
    node = 125.04 - 1_934.136 * t
    return (mean + centre - 0.00569 - 0.00478 * _sin(node)) % 360


def _sin(degrees: float) -> float:
    return sin(radians(degrees))
