"""What changed since: the feed of timesheet changes, and the events that tell of it."""

import json
from datetime import date, datetime

import pytest

from attendance.collecting.manual import enter_punch
from attendance.telling import DAYS
from attendance.timesheet.closing import LeftUndone, lock, reopen
from backend.clock import VN
from backend.jobs.models import Run
from backend.jobs.work import work_off
from backend.webhooks.models import Event, EventKind, Subscription
from backend.webhooks.publishing import give_secret
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-10-05"
OCTOBER = date(2026, 10, 1)
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)
FEED = "/api/v1/timesheet-changes/"


@pytest.fixture
def an():
    someone = make.employee("7", department=make.department("KD"))
    make.roster(someone, MONDAY)
    make.punches("7", f"{MONDAY} 07:30")
    return someone


def punch_out(person, by, clock=17):
    moment = datetime(2026, 10, 5, clock, 0, tzinfo=VN)
    enter_punch(employee=person, moment=moment, reason="quên chấm ra", by=by, at=AT)
    make.timesheets(AT)


def told():
    return [(each.kind, json.loads(each.body)["data"]) for each in Event.objects.order_by("pk")]


def listen(*kinds):
    subscription = Subscription(name="Lương", url="http://127.0.0.1/", kinds=list(kinds))
    give_secret(subscription)
    subscription.save()


def test_reading_on_from_the_cursor_misses_nothing_and_repeats_nothing(an, api, person):
    hr = person("hr")
    make.timesheets(AT)
    client = api(hr)
    seen, cursor, more = [], 0, True
    while more:
        answer = client.get(f"{FEED}?cursor={cursor}&limit=2").json()
        seen += answer["results"]
        cursor, more = answer["cursor"], answer["more"]
    assert [each["id"] for each in seen] == sorted({each["id"] for each in seen})
    [first] = [each for each in seen if each["work_date"] == MONDAY]
    assert first["before"] is None
    assert first["after"]["exceptions"] == ["missing_out"]
    assert client.get(f"{FEED}?cursor={cursor}").json() == {
        "results": [], "cursor": cursor, "more": False,
    }  # fmt: skip
    punch_out(an, hr)
    [change] = client.get(f"{FEED}?cursor={cursor}").json()["results"]
    assert (change["employee"], change["work_date"]) == ("7", MONDAY)
    assert (change["before"]["worked"], change["after"]["worked"]) == (0, 480)
    assert change["adjustment"] is None


def test_what_comes_after_the_lock_is_an_adjustment_of_the_next_month(an, api, person):
    hr = person("hr")
    make.timesheets(AT)
    lock(OCTOBER, note="vẫn khóa để thử", by=hr, at=AT)
    client = api(hr)
    cursor = client.get(f"{FEED}?limit=1000").json()["cursor"]
    punch_out(an, hr)
    [change] = client.get(f"{FEED}?cursor={cursor}").json()["results"]
    assert change["adjustment"]["into"] == "2026-11-01"
    assert change["adjustment"]["delta"]["worked"] == 480


def test_the_feed_tells_of_the_people_in_charge_only(an, api, person):
    other = make.employee("8", department=make.department("HC"))
    make.roster(other, MONDAY)
    make.punches("8", f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    make.timesheets(AT)
    mine = api(person("employee", employee=an)).get(f"{FEED}?limit=1000").json()["results"]
    assert {each["employee"] for each in mine} == {"7"}
    limited = person("hr")
    limited.departments.set([make.department("HC")])
    client = api(limited)
    assert {each["employee"] for each in client.get(FEED).json()["results"]} == {"8"}
    assert client.get(f"{FEED}?employee=7").status_code == 404


@pytest.mark.parametrize(
    "query", ["cursor=-1", "cursor=abc", "limit=0", "since=5", f"cursor={9**30}"]
)
def test_a_wrong_cursor_is_refused(api, query):
    assert api("hr").get(f"{FEED}?{query}").status_code == 400


def test_exceptions_are_told_once_when_they_open(an, person):
    listen(EventKind.EXCEPTION_OPENED)
    make.timesheets(AT)
    days = [day for _kind, data in told() for day in data["days"]]
    assert days == [{"employee": "7", "work_date": MONDAY, "opened": ["missing_out"]}]
    make.punches("7", f"{MONDAY} 07:31", terminal_code="M2")
    make.timesheets(AT)
    assert len(told()) == 1, "still open is no news"


def test_many_exceptions_make_few_events(person):
    listen(EventKind.EXCEPTION_OPENED)
    for number in range(DAYS + 1):
        make.roster(make.employee(f"x{number}"), MONDAY)
        make.punches(f"x{number}", f"{MONDAY} 07:30")
    make.timesheets(AT)
    counts = [len(data["days"]) for _kind, data in told()]
    assert counts == [DAYS, 1]


def test_a_running_shift_is_told_when_it_is_over(an, person):
    """At nine everybody seems to have forgotten to punch out; at six only who did."""
    listen(EventKind.EXCEPTION_OPENED)
    day = "2026-11-03"
    for code in ("8", "9"):
        make.roster(make.employee(code), day)
    make.punches("8", f"{day} 07:30")
    make.timesheets(AT)
    assert all(each["work_date"] != day for _kind, data in told() for each in data["days"])
    runs = list(
        Run.objects.filter(handler="attendance.exceptions").values_list("due_at", flat=True)
    )
    assert runs == [datetime(2026, 11, 3, 18, 0, tzinfo=VN)]
    already = len(told())
    assert work_off(worker="test") == 1
    [(_kind, data)] = told()[already:]
    assert data["days"] == [
        {"employee": "8", "work_date": day, "opened": ["missing_out"]},
        {"employee": "9", "work_date": day, "opened": ["absent"]},
    ]
    make.punches("9", f"{day} 07:40", terminal_code="M2")
    make.timesheets(datetime(2026, 11, 3, 19, 0, tzinfo=VN))
    [(_kind, data)] = told()[already + 1 :]
    assert data["days"] == [{"employee": "9", "work_date": day, "opened": ["missing_out"]}]


def test_who_came_before_the_shift_was_over_is_not_told(an, person):
    listen(EventKind.EXCEPTION_OPENED)
    make.roster(make.employee("8"), "2026-11-03")
    make.punches("8", "2026-11-03 07:30")
    make.timesheets(AT)
    already = len(told())
    make.punches("8", "2026-11-03 17:02", terminal_code="M2")
    make.timesheets(datetime(2026, 11, 3, 17, 5, tzinfo=VN))
    work_off(worker="test")
    assert [each for _kind, data in told()[already:] for each in data["days"]] == []


def test_nobody_listening_writes_nothing(an):
    make.timesheets(AT)
    assert told() == []


def test_locking_and_reopening_are_told(an, person):
    listen(EventKind.TIMESHEET_LOCKED, EventKind.TIMESHEET_REOPENED)
    make.timesheets(AT)
    closed = lock(OCTOBER, note="vẫn khóa để thử", by=person("hr"), at=AT)
    reopen(closed, reason="bổ sung đơn nghỉ", by=person("hr", username="hr2"), at=AT)
    (first, locked), (second, reopened) = told()
    assert (first, second) == ("timesheet.locked", "timesheet.reopened")
    assert (locked["month"], locked["lock"], locked["by"]) == ("2026-10", closed.pk, "hr")
    assert reopened == {
        "month": "2026-10", "lock": closed.pk, "by": "hr2", "reason": "bổ sung đơn nghỉ",
    }  # fmt: skip


def test_a_lock_that_failed_is_not_told(an, person):
    listen(EventKind.TIMESHEET_LOCKED)
    hr = person("hr")
    with pytest.raises(LeftUndone):
        lock(OCTOBER, note="", by=hr, at=AT)
    assert told() == []
