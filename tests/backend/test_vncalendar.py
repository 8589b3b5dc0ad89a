"""The lunar calendar against known days, another computation, and its own laws."""

from datetime import date, timedelta

import pytest
from holidays.calendars.chinese import VIETNAMESE_CALENDAR, _ChineseLunisolar
from hypothesis import given
from hypothesis import strategies as st

from backend.vncalendar import (
    LunarDate,
    NoSuchLunarDay,
    hung_kings_day,
    lunar_of,
    solar_of,
    tet,
    year_name,
)

days = st.dates(min_value=date(1968, 2, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "year", "month", "of_month", "is_leap"),
    [
        ("1968-01-29", 1968, 1, 1, False),  # the North's Tết, a day before the South's
        ("1969-09-02", 1969, 7, 21, False),
        ("1985-01-21", 1985, 1, 1, False),  # a month before China's
        ("2000-01-01", 1999, 11, 25, False),
        ("2007-02-17", 2007, 1, 1, False),  # a day before China's
        ("2010-10-10", 2010, 9, 3, False),
        ("2020-05-23", 2020, 4, 1, True),
        ("2023-03-22", 2023, 2, 1, True),
        ("2024-02-09", 2023, 12, 30, False),
        ("2025-01-28", 2024, 12, 29, False),
        ("2025-07-25", 2025, 6, 1, True),
        ("2026-02-17", 2026, 1, 1, False),
        ("2026-11-24", 2026, 10, 16, False),
        ("2030-02-02", 2030, 1, 1, False),  # a day before China's
        ("2033-12-22", 2033, 11, 1, True),
        ("2050-01-23", 2050, 1, 1, False),
    ],
)
def test_known_days(day: str, year: int, month: int, of_month: int, is_leap: bool):
    assert lunar_of(date.fromisoformat(day)) == LunarDate(year, month, is_leap, of_month)


def leap_month(year: int) -> int:
    for month in range(1, 13):
        try:
            solar_of(LunarDate(year, month, is_leap=True, day=1))
        except NoSuchLunarDay:
            continue
        return month
    return 0


def test_leap_months_of_this_century_so_far():
    found = {year: month for year in range(2000, 2034) if (month := leap_month(year))}
    assert found == {
        2001: 4, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2,
        2025: 6, 2028: 5, 2031: 3, 2033: 11,
    }  # fmt: skip


def test_years_have_their_names():
    assert {year: year_name(year) for year in (1984, 2000, 2024, 2025, 2026, 2027)} == {
        1984: "Giáp Tý",
        2000: "Canh Thìn",
        2024: "Giáp Thìn",
        2025: "Ất Tỵ",
        2026: "Bính Ngọ",
        2027: "Đinh Mùi",
    }


def test_a_second_opinion_on_tet_and_the_hung_kings_day():
    package = _ChineseLunisolar(calendar=VIETNAMESE_CALENDAR)
    told = {
        year: (package.lunar_new_year_date(year)[0], package.hung_kings_date(year)[0])
        for year in range(1968, 2101)
    }
    assert {year: (tet(year), hung_kings_day(year)) for year in told} == told


@given(days)
def test_there_and_back(day: date):
    assert solar_of(lunar_of(day)) == day


@given(days)
def test_days_follow_each_other_in_months_of_29_or_30(day: date):
    today, tomorrow = lunar_of(day), lunar_of(day + timedelta(days=1))
    if tomorrow.day == 1:
        assert today.day in (29, 30)
        assert tomorrow.month in (today.month, today.month % 12 + 1)
    else:
        assert (tomorrow.year, tomorrow.month, tomorrow.is_leap) == (
            today.year,
            today.month,
            today.is_leap,
        )
        assert tomorrow.day == today.day + 1


@given(st.integers(min_value=1968, max_value=2100))
def test_tet_is_between_20_january_and_21_february(year: int):
    assert date(year, 1, 20) <= tet(year) <= date(year, 2, 21)
    assert (tet(year + 1) - tet(year)).days in (353, 354, 355, 383, 384, 385)


@pytest.mark.parametrize(
    "lunar",
    [
        LunarDate(2026, 4, is_leap=True, day=1),
        LunarDate(2026, 13, is_leap=False, day=1),
        LunarDate(2024, 12, is_leap=False, day=30),  # that year's last month has 29 days
        LunarDate(2026, 1, is_leap=False, day=0),
    ],
)
def test_a_day_that_does_not_exist_is_refused(lunar: LunarDate):
    with pytest.raises(NoSuchLunarDay):
        solar_of(lunar)
