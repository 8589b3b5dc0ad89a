"""The holidays shipped with the program."""

from datetime import date

import pytest

from attendance.models import CalendarDay
from attendance.roster.holidays import load_calendar

pytestmark = pytest.mark.django_db


def kinds(*days: date) -> list[tuple[str, str]]:
    found = {day.date: day for day in CalendarDay.objects.all()}
    return [(found[day].kind, found[day].status) for day in days]


def test_new_year_2026_was_swapped_with_a_saturday():
    load_calendar()
    assert kinds(date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 10)) == [
        ("holiday", "confirmed"),
        ("swapped_rest", "confirmed"),
        ("makeup_work", "confirmed"),
    ]


def test_culture_day_waits_for_its_document():
    load_calendar()
    assert kinds(date(2026, 11, 24)) == [("holiday", "draft")]


@pytest.mark.parametrize(("year", "holidays"), [(2024, 11), (2025, 11), (2026, 12)])
def test_every_year_has_its_eleven_holidays_and_culture_day_since_2026(year: int, holidays: int):
    load_calendar()
    assert CalendarDay.objects.filter(date__year=year, kind="holiday").count() == holidays


def test_a_makeup_day_is_a_weekend_day_and_a_moved_rest_is_not():
    load_calendar()
    makeup = CalendarDay.objects.filter(kind="makeup_work")
    rest = CalendarDay.objects.filter(kind__in=["comp_rest", "swapped_rest"])
    assert {day.date.weekday() for day in makeup} == {5}
    assert all(day.date.weekday() < 5 for day in rest)


def test_loading_again_keeps_what_hr_confirmed():
    assert load_calendar() == 55
    CalendarDay.objects.filter(date=date(2026, 11, 24)).update(status="confirmed", document="NQ 1")
    assert load_calendar() == 0
    assert kinds(date(2026, 11, 24)) == [("holiday", "confirmed")]
