"""kill -9 while HR enters or ends care hours and own rest days: wholly there with its days, or not at all."""

import os
import subprocess
import sys

import pytest

from attendance.models import (
    CareHours,
    CareHoursEnding,
    DirtyDay,
    OwnRest,
    OwnRestEnding,
    TimesheetRow,
)
from tests import make
from tests.faults.crashing_entry import MONDAY, enter
from tests.faults.database import database_url

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def killed(work):
    url = database_url()
    subprocess.run(
        [sys.executable, "-m", "tests.faults.crashing_entry", work],
        env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url},
        check=True,
        timeout=60,
    )


def computed():
    make.timesheets()
    row = TimesheetRow.objects.get(work_date=MONDAY)
    return row.care, [step for step in row.explanation if step["rule"] == "own_day"] != []


@pytest.mark.parametrize(
    ("work", "rows", "endings", "held"),
    [
        ("care", CareHours, CareHoursEnding, (60, False)),
        ("rest", OwnRest, OwnRestEnding, (0, True)),
    ],
)
def test_a_killed_entry_is_not_there_and_the_next_one_is_whole(person, work, rows, endings, held):
    make.roster(make.employee("7"), MONDAY.isoformat())
    make.punches("7", f"{MONDAY} 07:30", f"{MONDAY} 16:00")
    person("hr")
    assert computed() == (0, False)
    killed(work)
    assert (rows.objects.count(), DirtyDay.objects.count()) == (0, 0)
    enter(work)
    assert computed() == held
    killed(f"end-{work}")
    assert (endings.objects.count(), DirtyDay.objects.count()) == (0, 0)
    enter(f"end-{work}")
    assert computed() == (0, False)
