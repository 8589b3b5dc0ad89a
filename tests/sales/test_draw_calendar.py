"""Hosts by weekday, and the days on which nothing is drawn."""

from datetime import date

import pytest

from sales.drawing import load_draw_calendar, planned_draws
from sales.models import DrawPause, DrawSchedule

pytestmark = pytest.mark.django_db


def test_quang_ninh_hosts_the_tuesday_draw():
    load_draw_calendar()
    week = planned_draws(date(2026, 11, 23), date(2026, 11, 29))
    assert [draw.host for draw in week] == [
        "Hà Nội", "Quảng Ninh", "Bắc Ninh", "Hà Nội", "Hải Phòng", "Nam Định", "Thái Bình"
    ]  # fmt: skip


def test_nothing_is_drawn_on_the_four_days_of_tet():
    load_draw_calendar()
    days = [draw.date for draw in planned_draws(date(2026, 2, 14), date(2026, 2, 21))]
    assert days == [date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 20), date(2026, 2, 21)]


def test_a_year_has_all_its_days_but_the_pauses():
    load_draw_calendar()
    assert len(planned_draws(date(2025, 1, 1), date(2025, 12, 31))) == 365 - 4


def test_a_later_row_of_the_schedule_takes_over_from_its_first_day():
    load_draw_calendar()
    DrawSchedule.objects.create(weekday=5, host="Ninh Bình", valid_from=date(2027, 1, 1))
    saturdays = [date(2026, 12, 26), date(2027, 1, 2)]
    assert [planned_draws(day, day)[0].host for day in saturdays] == ["Nam Định", "Ninh Bình"]


def test_loading_again_adds_nothing_and_keeps_corrections():
    assert load_draw_calendar() == 7 + 7
    DrawPause.objects.filter(first_date=date(2027, 2, 5)).update(last_date=date(2027, 2, 9))
    assert load_draw_calendar() == 0
    assert DrawPause.objects.get(first_date=date(2027, 2, 5)).last_date == date(2027, 2, 9)
