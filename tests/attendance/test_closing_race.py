"""What happens while a month is being locked is either before the lock, or after it."""

import threading
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from attendance.models import Adjustment, PeriodLock, TimesheetRow
from attendance.timesheet.closing import AlreadyLocked, lock
from backend.clock import VN
from tests import make

MONDAY, OCTOBER = "2026-10-05", date(2026, 10, 1)
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)
NOTE = "Kỳ thử, còn việc vẫn khóa"


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_punch_being_stored_is_waited_for_and_computed_into_the_row(person):
    an, hr = make.employee("7"), person("hr")
    make.roster(an, MONDAY)
    make.punches("7", f"{MONDAY} 07:30")
    stored, may_commit = threading.Event(), threading.Event()

    def store_the_departure():
        with transaction.atomic():
            make.punches("7", f"{MONDAY} 17:00", terminal_code="M2")
            stored.set()
            may_commit.wait(20)

    storing = in_thread(store_the_departure)
    assert stored.wait(20)
    locking = in_thread(lambda: lock(OCTOBER, note=NOTE, by=hr, at=AT))
    locking.join(0.5)
    assert locking.is_alive()  # waits for the one who stores
    may_commit.set()
    storing.join(20)
    locking.join(20)
    make.timesheets(AT)
    assert PeriodLock.objects.count() == 1
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).worked == 480
    assert not Adjustment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_locking_at_once_lock_once(person):
    make.employee("7")
    people = [person("hr"), person("hr", username="hr2")]
    told = []

    def try_to(user):
        try:
            lock(OCTOBER, note=NOTE, by=user, at=AT)
            told.append("locked")
        except AlreadyLocked:
            told.append("was locked")

    threads = [in_thread(lambda user=user: try_to(user)) for user in people]
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["locked", "was locked"]
    assert PeriodLock.objects.count() == 1
