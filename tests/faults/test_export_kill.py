"""kill -9 of the scheduler while it makes an export: nothing half-kept, made once by the next one."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from attendance.exports import exporting
from attendance.exports.documents import Wanted
from attendance.models import (
    ExportFormat,
    ExportKind,
    ExportPart,
    ExportResult,
    TimesheetRow,
)
from backend.accounts.models import Role
from backend.clock import now
from backend.jobs import queue
from backend.jobs.models import Run, RunState
from tests import make
from tests.faults.database import database_url
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

PEOPLE, MONTH = 300, date(2025, 11, 1)


@pytest.fixture
def start() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    url = database_url()
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "GIAOBAN_JOB_LEASE": "2",
    }
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "backend", "scheduler"]
        started.append(subprocess.Popen(command, env=environment, start_new_session=True))
        return started[-1]

    yield begin
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until_taken(run: Run, times: int) -> None:
    until(lambda: Run.objects.get(pk=run.pk).attempt == times, "it is taken")


def absences() -> None:
    """A month in which nobody ever came: 9,000 exceptions take a while to write."""
    people = [make.employee(f"{number:04}") for number in range(PEOPLE)]
    TimesheetRow.objects.bulk_create(
        TimesheetRow(
            employee=person, work_date=MONTH.replace(day=day), status="absent", computed_at=now()
        )
        for person in people
        for day in range(1, 31)
    )


def test_a_killed_export_is_made_once_by_the_next_scheduler(person, start):
    absences()
    wanted = Wanted(ExportKind.EXCEPTIONS, ExportFormat.XLSX, MONTH, MONTH.replace(day=30))
    result, _kept = made_after_kills(2, wanted, person(Role.HR), start)
    assert result.rows == PEOPLE * 30


def test_a_killed_form_on_paper_is_printed_once_by_the_next_scheduler(person, start):
    """Six departments are six documents of one PDF; a killed one leaves no page of it."""
    for number in range(60):
        make.employee(f"{number:02}", department=make.department(f"P{number % 6}"))
    wanted = Wanted(ExportKind.TIMESHEET_FORM, ExportFormat.PDF, MONTH, MONTH.replace(day=30))
    _result, kept = made_after_kills(1, wanted, person(Role.HR), start)
    assert len(PdfReader(BytesIO(kept)).pages) == 6


def made_after_kills(times, wanted, hr, start):
    """The result, and its bytes, of an export whose scheduler was killed so often while it made it."""
    seed = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    export = exporting.ask(wanted, by=hr, at=queue.database_now())

    run = export.run
    assert run is not None
    for killed in range(times):
        scheduler = start()
        until_taken(run, killed + 1)
        time.sleep(chance.uniform(0, 0.5))
        kill(scheduler)
        assert not ExportResult.objects.exists(), f"killed too late; FAULT_SEED={seed}"
        assert not ExportPart.objects.exists()

    scheduler = start()
    until(lambda: ExportResult.objects.exists(), "the file")
    scheduler.terminate()
    assert scheduler.wait(timeout=60) == 0
    result = ExportResult.objects.get()
    kept = b"".join(bytes(part.data) for part in ExportPart.objects.order_by("number"))
    assert (result.problem, result.size) == ("", len(kept))
    assert result.sha256 == hashlib.sha256(kept).hexdigest()
    run.refresh_from_db()
    assert (run.state, run.attempt) == (RunState.DONE, times + 1)
    assert Run.objects.filter(handler=exporting.EXPIRY).count() == 1
    return result, kept
