"""When briefings are held, what calendars are told, and the way of a task: the pure rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from reporting.briefings.invitation import Invitation, Method, Person, invitation_text
from reporting.briefings.rhythm import DayOff, Rhythm, Rule, meetings
from reporting.briefings.votes import reminded_at
from reporting.tasks.reminding import is_day
from reporting.tasks.states import State, percent_of, steps

#: 2026-11-30 is a Monday.
MONDAY = date(2026, 11, 30)


def held(rule, first, last, off=()):
    found = meetings(rule, first=first, last=last, is_working=lambda day: day not in off)
    return [(meeting.planned, meeting.held) for meeting in found]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            Rule(Rhythm.WEEKLY, time(8), weekday=0),
            "Thứ Hai hằng tuần, 08:00; trùng ngày nghỉ thì dời sang ngày làm việc kế tiếp",
        ),
        (
            Rule(Rhythm.MONTHLY_DAY, time(14, 30), month_day=31, day_off=DayOff.BEFORE),
            "Ngày 31 hằng tháng, 14:30; trùng ngày nghỉ thì họp sớm vào ngày làm việc liền trước",
        ),
        (
            Rule(Rhythm.MONTHLY_WEEKDAY, time(9), weekday=4, nth=-1, day_off=DayOff.SKIP),
            "Thứ Sáu cuối cùng của tháng, 09:00; trùng ngày nghỉ thì không họp kỳ đó",
        ),
    ],
)
def test_a_rule_in_words(rule, words):
    assert rule.in_words() == words


def test_weekly_and_moved_by_a_holiday():
    rule = Rule(Rhythm.WEEKLY, time(8), weekday=0)
    week = timedelta(days=7)
    assert held(rule, date(2026, 11, 27), MONDAY + week, off={MONDAY}) == [
        (MONDAY, MONDAY + timedelta(days=1)),
        (MONDAY + week, MONDAY + week),
    ]


def test_monthly_on_the_31st_is_the_last_day_of_short_months():
    rule = Rule(Rhythm.MONTHLY_DAY, time(8), month_day=31)
    days = [day for day, _held in held(rule, date(2027, 1, 1), date(2027, 4, 30))]
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


def test_the_last_friday_before_a_holiday_or_not_at_all():
    last = date(2026, 12, 25)
    for day_off, wanted in ((DayOff.BEFORE, [(last, date(2026, 12, 24))]), (DayOff.SKIP, [])):
        rule = Rule(Rhythm.MONTHLY_WEEKDAY, time(8), weekday=4, nth=-1, day_off=day_off)
        assert held(rule, date(2026, 12, 1), date(2026, 12, 31), off={last}) == wanted


def invitation(**changes):
    plain = Invitation(
        uid="u@giao-ban",
        sequence=0,
        title="Giao ban tuần",
        starts_at=datetime(2026, 11, 30, 1, tzinfo=UTC),
        duration=timedelta(hours=1),
        place="Phòng họp",
        description="Mời",
        link="https://g.vn/giao-ban/1/",
        organizer=Person("Thư ký", "giaoban@xskt.vn"),
        attendee=Person("Nguyễn Văn An", "an@xskt.vn"),
        made_at=datetime(2026, 11, 27, 1, tzinfo=UTC),
    )
    return replace(plain, **changes)


def test_an_invitation_as_calendars_read_it():
    text = invitation_text(invitation(), Method.REQUEST)
    lines = text.split("\r\n")
    for line in (
        "METHOD:REQUEST", "UID:u@giao-ban", "SEQUENCE:0", "DTSTART:20261130T010000Z",
        "DTEND:20261130T020000Z", "STATUS:CONFIRMED",
        'ORGANIZER;CN="Thư ký":mailto:giaoban@xskt.vn',
    ):  # fmt: skip
        assert line in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    cancelled = invitation_text(invitation(sequence=2), Method.CANCEL)
    assert "METHOD:CANCEL\r\n" in cancelled
    assert "STATUS:CANCELLED\r\n" in cancelled
    assert "SEQUENCE:2\r\n" in cancelled


@pytest.mark.parametrize("field", ["uid", "title", "place", "description", "link"])
def test_no_field_of_an_invitation_can_add_a_line(field):
    evil = 'x\r\nATTENDEE:mailto:evil@x.vn\nX-A:1\u2028X-B:2\x0bX-C:3";CN=x'
    plain = invitation_text(invitation(**{field: "x"}), Method.REQUEST)
    text = invitation_text(invitation(**{field: evil}), Method.REQUEST).replace("\r\n ", "")
    assert len(text.split("\r\n")) == len(plain.replace("\r\n ", "").split("\r\n"))
    assert "\nATTENDEE:mailto:evil" not in text


def test_no_name_or_address_can_add_a_line():
    evil = Person('An"\r\nX-A:1', "a@b.vn\r\nX-B:2")
    text = invitation_text(invitation(attendee=evil, organizer=evil), Method.REQUEST)
    assert "\nX-A" not in text
    assert "\nX-B" not in text


def test_steps_of_a_task():
    new, doing, reported, confirmed, cancelled = State
    assert steps(new, is_owner=True, is_chair=False) == {doing, reported}
    assert steps(doing, is_owner=True, is_chair=False) == {doing, reported}
    assert steps(reported, is_owner=True, is_chair=False) == set()
    assert steps(reported, is_owner=False, is_chair=True) == {confirmed, doing, cancelled}
    assert steps(new, is_owner=False, is_chair=False) == set()
    for ended in (confirmed, cancelled):
        assert steps(ended, is_owner=True, is_chair=True) == set()
    assert [percent_of(state, 100) for state in State] == [0, 99, 100, 100, 99]


def test_days_on_which_a_task_is_spoken_of():
    due = date(2026, 11, 30)
    told = [n for n in range(-10, 11) if is_day(due, due + timedelta(days=n))]
    assert told == [-3, -1, 0, 1, 4, 7, 10]


@pytest.mark.parametrize(("days_open", "hours_before"), [(7, 24), (2, 24), (1, 12), (0.25, 3)])
def test_who_has_not_answered_is_reminded_a_day_before_or_halfway(days_open, hours_before):
    asked = datetime(2026, 11, 23, 8, tzinfo=UTC)
    due = asked + timedelta(days=days_open)
    assert reminded_at(asked, due) == due - timedelta(hours=hours_before)
