"""What became of a day is kept: before, after, why, when."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from attendance.models import TimesheetChange
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-02"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


@pytest.fixture
def an():
    person = make.employee("7")
    make.roster(person, MONDAY)
    make.punches("7", f"{MONDAY} 17:03")
    make.timesheets(AT)
    return person


def changes(person):
    return list(TimesheetChange.objects.filter(employee=person, work_date=MONDAY).order_by("pk"))


def test_a_first_row_is_a_change_from_nothing(an):
    [first] = changes(an)
    assert (first.before, first.why, first.at) == (None, {"lost": [], "gained": []}, AT)
    assert (first.after["symbol"], first.after["exceptions"]) == ("?", ["missing_in"])


def test_a_late_punch_is_told_with_the_steps_it_brought(an):
    make.punches("7", f"{MONDAY} 07:37", terminal_code="M2")
    make.timesheets(AT.replace(hour=10))
    change = changes(an)[-1]
    assert (change.before["worked"], change.after["worked"], change.after["late"]) == (0, 473, 7)
    assert [step["rule"] for step in change.why["lost"]] == ["missing_in"]
    assert {"rule": "in", "at": f"{MONDAY}T07:37", "terminal": "M2"} in change.why["gained"]
    assert change.at == AT.replace(hour=10)
    assert change.adjustment is None


def test_what_changes_no_number_is_no_change(an):
    make.punches("7", f"{MONDAY} 17:02")
    make.timesheets(AT)
    assert len(changes(an)) == 1


def test_changes_stay_as_they_were_written(an):
    [change] = changes(an)
    with pytest.raises(DatabaseError), transaction.atomic():
        TimesheetChange.objects.filter(pk=change.pk).update(after={})
    with pytest.raises(DatabaseError), transaction.atomic():
        change.delete()
