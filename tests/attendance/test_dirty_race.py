"""A punch stored while its day is being computed is never forgotten."""

import threading
from datetime import date, datetime

import pytest
from django.db import connection, transaction

from attendance.models import Enrolment, TimesheetRow
from attendance.people.enrolment import enrol
from attendance.timesheet.timesheets import recompute_dirty
from backend.clock import VN
from tests import make

MONDAY = "2026-11-02"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


@pytest.mark.django_db(transaction=True)
def test_a_punch_committed_during_the_computation_is_computed_afterwards():
    an = make.employee("7")
    make.roster(an, MONDAY)
    make.punches("7", f"{MONDAY} 07:30")
    stored, may_commit = threading.Event(), threading.Event()

    def store_the_departure():
        with transaction.atomic():
            make.punches("7", f"{MONDAY} 17:00", terminal_code="M2")
            stored.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=store_the_departure)
    writer.start()
    assert stored.wait(10)
    recompute_dirty(at=AT)  # cannot see the departure yet
    may_commit.set()
    writer.join(10)
    make.timesheets(AT)
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).worked == 480


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mapping_first", [False, True])
def test_a_punch_stored_while_its_number_is_mapped_is_computed(mapping_first):
    """Neither sees what the other has not committed; still one of them marks the day."""
    an = make.employee("7")
    Enrolment.objects.all().delete()
    make.roster(an, MONDAY)
    make.timesheets(AT)
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).worked == 0

    def store():
        make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 17:00")

    def give():
        enrol(device_user_id="7", employee=an, first=date(2026, 11, 1))

    slow, quick = (give, store) if mapping_first else (store, give)
    done, may_commit = threading.Event(), threading.Event()

    def hold_on():
        with transaction.atomic():
            slow()
            done.set()
            may_commit.wait(10)
        connection.close()

    def meanwhile():
        with transaction.atomic():
            quick()
        connection.close()

    threads = [threading.Thread(target=hold_on), threading.Thread(target=meanwhile)]
    threads[0].start()
    assert done.wait(10)
    threads[1].start()
    threads[1].join(0.5)
    may_commit.set()
    for thread in threads:
        thread.join(10)
    make.timesheets(AT)
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).worked == 480
