"""A server whose clock is set to another zone makes the same reports at the same moments."""

import os
import subprocess
import sys

import pytest

#: Half past midnight of Monday in Vietnam; it is still Sunday in UTC, and Sunday noon in New York.
TOLD = """
import django
django.setup()
from datetime import UTC, datetime
from itertools import islice
import time_machine
from django.template import Context, Template
from backend import clock
from backend.jobs.occurrences import occurrences
from reporting.builders import numbers
from reporting.periods import PeriodKind, last_ended, week_before
with time_machine.travel(datetime(2026, 11, 22, 17, 30, tzinfo=UTC), tick=False):
    at = clock.now()
    print(clock.today(), *week_before(at), last_ended(PeriodKind.DAY, at).last)
    runs = occurrences("30 7 * * mon", "Asia/Ho_Chi_Minh", after=at)
    print(*(each.astimezone(UTC).isoformat() for each in islice(runs, 2)))
    print(numbers.clock(at), Template("{{ at|date:'H:i d/m/Y' }}").render(Context({"at": at})))
"""


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_days_and_due_times_are_vietnam_s_whatever_the_clock_s_zone(zone: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", TOLD],
        env={**os.environ, "TZ": zone, "DJANGO_SETTINGS_MODULE": "backend.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.splitlines() == [
        "2026-11-23 2026-11-16 2026-11-22 2026-11-22",
        "2026-11-23T00:30:00+00:00 2026-11-30T00:30:00+00:00",
        "00:30 23/11/2026 00:30 23/11/2026",
    ]
