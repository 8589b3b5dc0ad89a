"""What the administrator changes about work is computed anew."""

from datetime import date, datetime

import pytest

from attendance.models import (
    DirtyDay,
    Enrolment,
    Leave,
    RosterEntry,
    Shift,
    TimesheetRow,
)
from attendance.timesheet.sentences import sentences
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-02"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


def cell(person, day=MONDAY):
    make.timesheets(AT)
    row = TimesheetRow.objects.get(employee=person, work_date=day)
    return row.symbol, row.worked


@pytest.fixture
def an():
    person = make.employee("7")
    make.roster(person, MONDAY)
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 17:00")
    assert cell(person) == ("+", 480)
    return person


@pytest.fixture
def post(page):
    client = page("administrator")

    def send(place: str, **fields):
        answer = client.post(f"/quan-tri/attendance/{place}/", fields)
        assert answer.status_code == 302, answer.context["adminform"].errors
        return answer

    return send


def test_a_shift_with_other_hours(an, post):
    shift = Shift.objects.get()
    hours = {"start": "08:00", "end": "17:00"}
    breaks = '[{"from": "11:30:00", "to": "13:00", "paid": 0}]'
    post(f"shift/{shift.pk}/change", code="HC", name="Hành chính", breaks=breaks, **hours)
    assert cell(an) == ("+", 450)


def test_a_shift_made_flexible(an, post):
    make.punches("7", "2026-11-03 07:50", "2026-11-03 17:20")
    make.roster(an, "2026-11-03")
    shift = Shift.objects.get()
    sent = {
        "code": "HC", "name": "Hành chính", "start": "07:30", "end": "17:00",
        "breaks": '[{"from": "11:30", "to": "13:00", "paid": false}]',
    }  # fmt: skip
    post(f"shift/{shift.pk}/change", flex_minutes="30", **sent)
    assert cell(an, "2026-11-03") == ("+", 480)
    row = TimesheetRow.objects.get(employee=an, work_date="2026-11-03")
    assert row.late == 0
    assert "Ca linh hoạt: vào 07:50, ra từ 17:20." in sentences(row.explanation)
    post(f"shift/{shift.pk}/change", flex_minutes="", **sent)
    assert cell(an, "2026-11-03") == ("+", 460)


@pytest.mark.parametrize("breaks", ["{}", "[1]", '[{"from": "25:00", "to": "13:00"}]', '["x"]'])
def test_breaks_that_cannot_be_read_are_refused(page, breaks):
    answer = page("administrator").post(
        "/quan-tri/attendance/shift/add/",
        {"code": "X", "name": "X", "start": "08:00", "end": "17:00", "breaks": breaks},
    )
    assert answer.status_code == 200 or breaks == "{}"
    assert Shift.objects.filter(code="X").count() == (breaks == "{}")


def test_a_roster_entry_moved_to_another_day(an, post):
    entry = RosterEntry.objects.get()
    post(
        f"rosterentry/{entry.pk}/change",
        employee=an.pk,
        work_date="2026-11-03",
        shift=entry.shift_id,
    )
    assert cell(an) == ("", 0)
    assert cell(an, "2026-11-03") == ("V", 0)


def test_leave_given_and_taken_back(an, post):
    day = "2026-11-03"
    make.roster(an, day)
    post("leave/add", employee=an.pk, date=day, part="full", code="P")
    assert cell(an, day) == ("P", 0)
    post(f"leave/{Leave.objects.get().pk}/delete", post="yes")
    assert cell(an, day) == ("V", 0)


def test_a_user_id_given_to_somebody_else(an, post):
    binh = make.employee("8", "Trần Thị Bình")
    make.roster(binh, MONDAY)
    assert cell(binh) == ("V", 0)
    enrolment = Enrolment.objects.get(employee=an)
    post(
        f"enrolment/{enrolment.pk}/change",
        device_user_id="7",
        employee=binh.pk,
        valid_from=date(2020, 1, 1),
    )
    assert (cell(an), cell(binh)) == (("V", 0), ("+", 480))
    assert not DirtyDay.objects.exists()
