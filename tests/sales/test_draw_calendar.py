"""Hosts by weekday, and the days on which nothing is drawn."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from backend.clock import VN
from backend.jobs.models import Run, Schedule
from backend.jobs.work import do
from sales.draws.calendar_keeping import keep_calendar
from sales.draws.drawing import load_draw_calendar, planned_draws
from sales.models import Draw, DrawPause, DrawSchedule

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


def test_draws_are_made_ahead_and_marked_when_over():
    call_command("load_draw_calendar", stdout=StringIO())
    Draw.objects.all().delete()
    before = datetime(2026, 12, 1, 18, 34, tzinfo=VN)
    assert keep_calendar(at=before) == (61, 0)
    assert Draw.objects.get(date=date(2026, 12, 1)).status == "scheduled"
    assert keep_calendar(at=before + timedelta(minutes=1)) == (0, 1)
    assert Draw.objects.get(date=date(2026, 12, 1)).status == "held"
    Draw.objects.filter(date=date(2026, 12, 2)).update(status="void")
    # Three days without the program: all that is behind us is made up for, what is void stays.
    assert keep_calendar(at=datetime(2026, 12, 4, 19, 0, tzinfo=VN)) == (3, 2)
    assert Draw.objects.get(date=date(2026, 12, 2)).status == "void"


def test_the_calendar_keeps_itself_every_evening():
    call_command("load_draw_calendar", stdout=StringIO())
    assert Draw.objects.count() >= 55
    Draw.objects.all().delete()
    schedule = Schedule.objects.get(code="draws-keep")
    run = Run.objects.create(
        schedule=schedule,
        handler=schedule.handler,
        due_at=datetime(2026, 12, 1, 18, 40, tzinfo=VN),
        runnable_at=datetime(2026, 12, 1, 18, 40, tzinfo=VN),
    )
    Run.objects.filter(pk=run.pk).update(
        state="doing", attempt=1, lease_until=datetime(2026, 12, 1, 18, 41, tzinfo=VN)
    )
    run.refresh_from_db()
    do(run)
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    assert Draw.objects.get(date=date(2026, 12, 1)).status == "held"
