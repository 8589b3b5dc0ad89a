"""A punch stored while its day is being computed is never forgotten."""

import threading
from datetime import datetime

import pytest
from django.db import connection, transaction

from attendance.models import TimesheetRow
from attendance.timesheets import recompute_dirty
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
    while recompute_dirty(at=AT):
        pass
    assert TimesheetRow.objects.get(employee=an, work_date=MONDAY).worked == 480
