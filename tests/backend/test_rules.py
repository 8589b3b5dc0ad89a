"""Schedules in words: when each rule falls due, and the sentence that says so."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.jobs import queue
from backend.jobs.models import Run, Schedule
from backend.jobs.rules import (
    BadRule,
    DayKind,
    Days,
    DrawEvening,
    Every,
    OnHoliday,
    Rule,
    occurrences,
    read,
    sentence,
    written,
)

VN = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 12, 1)
#: New Year's Day (Friday), the Monday after it given free, and Tết 2027 with its eve.
HOLIDAYS = {date(2027, 1, 1)} | {date(2027, 2, 5) + timedelta(days=n) for n in range(5)}
COMPENSATING = date(2027, 1, 4)


def known_days(length: int = 430) -> Days:
    def kind(day: date) -> DayKind:
        if day in HOLIDAYS:
            return "holiday"
        return "rest" if day.weekday() > 4 or day == COMPENSATING else "work"

    span = [FIRST + timedelta(days=n) for n in range(length)]
    over = time(18, 35)
    hosts = ("Hà Nội", "Quảng Ninh", "Bắc Ninh", "Hà Nội", "Hải Phòng", "Nam Định", "Thái Bình")
    draws = {day: DrawEvening(hosts[day.weekday()], over) for day in span if day not in HOLIDAYS}
    return Days({day: kind(day) for day in span}, draws)


def fires(rule: Rule, *, after: str = "2026-12-20T00:00", times: int = 3) -> list[str]:
    moments = occurrences(
        rule, known_days(), after=datetime.fromisoformat(after).replace(tzinfo=VN), zone=VN
    )
    return [f"{moment:%a %Y-%m-%d %H:%M}" for moment in moments[:times]]


MONDAYS = Rule(Every.WEEK, weekdays=(0,))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(Every.DAY, at="06:05"), ["Sun 2026-12-20 06:05", "Mon 2026-12-21 06:05"]),
        (MONDAYS, ["Mon 2026-12-21 07:30", "Mon 2026-12-28 07:30", "Mon 2027-01-04 07:30"]),
        (
            Rule(Every.WEEK, weekdays=(0,), on_holiday=OnHoliday.NEXT),
            ["Mon 2026-12-21 07:30", "Mon 2026-12-28 07:30", "Tue 2027-01-05 07:30"],
        ),
        (
            Rule(Every.WEEK, weekdays=(4,), on_holiday=OnHoliday.PREVIOUS),
            ["Fri 2026-12-25 07:30", "Thu 2026-12-31 07:30", "Fri 2027-01-08 07:30"],
        ),
        (
            Rule(Every.WEEK, weekdays=(4,), on_holiday=OnHoliday.SKIP),
            ["Fri 2026-12-25 07:30", "Fri 2027-01-08 07:30"],
        ),
        (
            Rule(Every.DRAW, host="Quảng Ninh", minutes=25),
            ["Tue 2026-12-22 19:00", "Tue 2026-12-29 19:00"],
        ),
        (
            Rule(Every.WORKING_DAY, number=3),
            ["Thu 2027-01-07 07:30", "Wed 2027-02-03 07:30", "Wed 2027-03-03 07:30"],
        ),
        (Rule(Every.LAST_WORKING_DAY), ["Thu 2026-12-31 07:30", "Fri 2027-01-29 07:30"]),
        (
            Rule(Every.MONTH, number=1, on_holiday=OnHoliday.NEXT),
            ["Tue 2027-01-05 07:30", "Mon 2027-02-01 07:30", "Mon 2027-03-01 07:30"],
        ),
        (Rule(Every.MONTH, number=31), ["Thu 2026-12-31 07:30", "Sun 2027-01-31 07:30"]),
        (
            Rule(Every.QUARTER, number=5, month=1, on_holiday=OnHoliday.PREVIOUS),
            ["Tue 2027-01-05 07:30", "Mon 2027-04-05 07:30", "Mon 2027-07-05 07:30"],
        ),
        (Rule(Every.YEAR, number=15, month=1), ["Fri 2027-01-15 07:30", "Sat 2028-01-15 07:30"]),
    ],
)
def test_rule_falls_due(rule: Rule, expected: list[str]) -> None:
    assert fires(rule, times=len(expected)) == expected


def test_two_occurrences_moved_to_one_day_are_one() -> None:
    """Tết: five daily runs in a row move to the first working day after it, which has its own."""
    daily = Rule(Every.DAY, on_holiday=OnHoliday.NEXT)
    days = fires(daily, after="2027-02-04T08:00", times=2)
    assert days == ["Wed 2027-02-10 07:30", "Thu 2027-02-11 07:30"]


def test_run_half_past_seven_in_vietnam_is_half_past_midnight_utc() -> None:
    (moment, *_) = occurrences(
        MONDAYS, known_days(), after=datetime(2026, 12, 20, 23, tzinfo=UTC), zone=VN
    )
    assert moment.astimezone(UTC) == datetime(2026, 12, 21, 0, 30, tzinfo=UTC)


def test_draw_far_into_the_night_belongs_to_the_next_day() -> None:
    late = Rule(Every.DRAW, host="Hà Nội", minutes=300)
    assert fires(late, after="2026-12-21T20:00", times=1) == ["Mon 2026-12-21 23:35"]
    assert fires(late, after="2026-12-21T23:35", times=1) == ["Thu 2026-12-24 23:35"]


@pytest.mark.parametrize(
    ("rule", "vietnamese", "english"),
    [
        (
            Rule(Every.WEEK, weekdays=(0,), on_holiday=OnHoliday.NEXT),
            "Mỗi thứ Hai 07:30, lễ thì dời sang ngày làm việc kế tiếp",
            "Every Monday at 07:30, on a holiday the next working day",
        ),
        (
            Rule(Every.WEEK, at="08:00", weekdays=(0, 2, 6), on_holiday=OnHoliday.SKIP),
            "Mỗi thứ Hai, thứ Tư và Chủ nhật 08:00, lễ thì bỏ qua",
            "Every Monday, Wednesday and Sunday at 08:00, not on holidays",
        ),
        (
            Rule(Every.DRAW, host="Quảng Ninh", minutes=25),
            "Mỗi kỳ quay của Quảng Ninh 25 phút sau khi quay xong",
            "25 minutes after each draw of Quảng Ninh is over",
        ),
        (
            Rule(Every.WORKING_DAY, number=3),
            "Ngày làm việc thứ 3 của tháng, 07:30",
            "Working day 3 of the month at 07:30",
        ),
        (
            Rule(Every.QUARTER, number=5, on_holiday=OnHoliday.PREVIOUS),
            (
                "Ngày 5 tháng thứ nhất của quý, 07:30,"
                " trùng ngày nghỉ thì chạy sớm vào ngày làm việc liền trước"
            ),
            "On day 5 of month 1 of each quarter at 07:30, on a day off the working day before",
        ),
        (
            Rule(Every.YEAR, number=31, month=12),
            "Ngày cuối tháng 12 hằng năm, 07:30",
            "On the last day of month 12 each year at 07:30",
        ),
    ],
)
def test_rule_says_itself(rule: Rule, vietnamese: str, english: str) -> None:
    assert sentence(rule) == vietnamese
    assert sentence(rule, "en") == english
    assert read(written(rule)) == rule


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"every": "hour"}, "every"),
        ({}, "every"),
        ({"every": "day", "at": "25:00"}, "at"),
        ({"every": "week"}, "weekdays"),
        ({"every": "week", "weekdays": [7]}, "weekdays"),
        ({"every": "month", "number": 29}, "number"),
        ({"every": "working_day", "number": 21}, "number"),
        ({"every": "quarter", "month": 4}, "month"),
        ({"every": "draw", "minutes": -1}, "minutes"),
    ],
)
def test_impossible_rule_is_refused_by_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRule) as refused:
        read(values)
    assert refused.value.field == field


#: Monday morning; the Monday a week later is in `closed_days`.
MONDAY = datetime(2026, 12, 21, 7, 30, tzinfo=VN)


def closed_days(first: date, last: date) -> dict[date, DayKind]:
    closed = MONDAY.date() + timedelta(days=7)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: "holiday" if day == closed else "work" for day in span}


def put(**fields: Any) -> Schedule:
    values: dict[str, Any] = {"code": "weekly", "name": "Giao ban", "handler": "test"}
    rule = Rule(Every.WEEK, weekdays=(0,), on_holiday=OnHoliday.NEXT)
    return queue.put_schedule(
        **(values | {"rule": rule, "at": MONDAY - timedelta(hours=1)} | fields)
    )


def runs(**filters: Any) -> list[str]:
    found = Run.objects.filter(**filters).order_by("due_at")
    return [f"{run.due_at.astimezone(VN):%a %d/%m}" for run in found]


@pytest.mark.django_db
class TestRows:
    def test_day_made_a_holiday_later_moves_the_coming_run(self, settings: Any) -> None:
        put()
        queue.materialise(at=MONDAY - timedelta(hours=1))
        assert runs() == ["Mon 21/12", "Mon 28/12", "Mon 04/01", "Mon 11/01", "Mon 18/01"]
        settings.DAY_KINDS = "tests.backend.test_rules.closed_days"
        queue.materialise(at=MONDAY + timedelta(hours=2))
        queue.materialise(at=MONDAY + timedelta(hours=2))
        assert runs()[:3] == ["Mon 21/12", "Tue 29/12", "Mon 04/01"]
        assert len(runs()) == 6

    @pytest.mark.parametrize(
        ("catch_up", "states"),
        [
            ("all", ["due", "due", "due"]),
            ("latest", ["coalesced", "coalesced", "due"]),
            ("skip", ["skipped", "skipped", "skipped"]),
        ],
    )
    def test_after_downtime_the_schedule_says_what_of_the_missed_is_done(
        self, catch_up: str, states: list[str]
    ) -> None:
        put(catch_up=catch_up)
        queue.materialise(at=MONDAY - timedelta(hours=1))
        back = MONDAY + timedelta(weeks=2, hours=3)
        assert queue.claim(worker="a", at=back) is None, "first the rule speaks"
        queue.materialise(at=back)
        missed = Run.objects.filter(due_at__lte=back).order_by("due_at")
        assert [run.state for run in missed] == states
        taken = queue.claim(worker="a", at=back)
        assert (taken is None) is (catch_up == "skip")
        assert len(runs(state="due", due_at__gt=back)) == 5

    def test_run_only_minutes_late_is_not_missed(self) -> None:
        put(catch_up="skip")
        queue.materialise(at=MONDAY - timedelta(hours=1))
        queue.materialise(at=MONDAY + timedelta(minutes=9))
        assert queue.claim(worker="a", at=MONDAY + timedelta(minutes=9)) is not None
