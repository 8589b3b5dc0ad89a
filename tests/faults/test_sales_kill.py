"""kill -9 of the scheduler while it records a file, undoes one and settles a month: each done once."""

import os
import random
import time
from datetime import date, timedelta
from functools import partial

import pytest

from backend.accounts.models import Role
from backend.clock import now, today
from backend.jobs import work
from backend.jobs.models import Heartbeat, Run, RunState
from sales.imports import committing, importing
from sales.ledger.proving import differences
from sales.models import (
    AgentDrawTotal,
    ConsignmentEntry,
    DrawClose,
    ImportKind,
    ImportState,
    PeriodClose,
    Reconciliation,
    RecordingBatch,
    SettlementRun,
)
from sales.money import settlement_run
from tests import make
from tests.faults.test_export_kill import kill, start
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

__all__ = ["start"]  # the fixture

AGENTS = 200
LAST_MONTH = (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def days() -> list[date]:
    return [
        day for n in range(31) if (day := LAST_MONTH + timedelta(days=n)).month == LAST_MONTH.month
    ]


def long_file() -> bytes:
    """Every agent takes ten tickets and more for every draw of the month."""
    lines = [
        f"{day:%d/%m/%Y};D{number:03};TT10;{10 + number}"
        for day in days()
        for number in range(AGENTS)
    ]
    return "\n".join(["Kỳ vé;Mã đại lý;Loại vé;Vé giao", *lines]).encode()


def is_taken_or_done(run: Run, times: int, done) -> bool:
    return done() or Run.objects.get(pk=run.pk).attempt == times


def is_at_work(scheduler) -> bool:
    return Heartbeat.objects.filter(instance__endswith=f":{scheduler.pid}").exists()


def interrupted(run: Run, start, *, within: float, chance: random.Random, done) -> None:
    """Kill two schedulers at the work, then let one end it."""
    for killed in range(2):
        scheduler = start()
        # What the one killed before had sent may have been committed after we looked.
        until(partial(is_taken_or_done, run, killed + 1, done), "it is taken")
        time.sleep(chance.uniform(0, within))
        kill(scheduler)
        if done():
            break  # killed too late to hurt
    else:
        scheduler = start()
        until(done, "the work")
        # What the second one had sent may be committed before the third can hear a signal.
        until(partial(is_at_work, scheduler), "the third to work")
        scheduler.terminate()
        assert scheduler.wait(timeout=60) == 0
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_killed_import_undo_and_settlement_are_done_once(person, start):
    lines = AGENTS * len(days())
    seed = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    manager = person(Role.SALES_MANAGER)
    region = make.region("06685", parent=make.region("22"))
    make.product("TT10")
    for number in range(AGENTS):
        make.agent(f"D{number:03}", region, credit_limit_amount=0)
    for day in days():
        make.draw(day)

    file = importing.keep_file(
        long_file(), name="giao.csv", kind=ImportKind.ISSUES, sender="", by=manager, at=now()
    )
    committing.commit(file, by=manager, at=now())
    file.refresh_from_db()
    assert file.run is not None, "too short a file: it was recorded at once"

    def recorded() -> bool:
        count = ConsignmentEntry.objects.count()
        assert count in (0, lines), f"half of a file; FAULT_SEED={seed}"
        return count > 0

    interrupted(file.run, start, within=0.5, chance=chance, done=recorded)
    file.refresh_from_db()
    assert (file.state, file.line_count) == (ImportState.DONE, lines)
    assert RecordingBatch.objects.count() == 1

    committing.undo(file, reason="Gửi nhầm tháng", by=manager, at=now())
    file.refresh_from_db()

    def undone() -> bool:
        count = ConsignmentEntry.objects.count()
        assert count in (lines, 2 * lines), f"half of an undo; FAULT_SEED={seed}"
        return count > lines

    interrupted(file.run, start, within=1.0, chance=chance, done=undone)
    file.refresh_from_db()
    assert file.state == ImportState.UNDONE
    assert file.undo_batch is not None
    assert file.undo_batch.line_count == lines
    assert not AgentDrawTotal.objects.exclude(issued=0).exists()
    file = importing.keep_file(
        long_file(), name="giao.csv", kind=ImportKind.ISSUES, sender="", by=manager, at=now()
    )
    committing.commit(file, by=manager, at=now())
    work.work_off(worker="tests:1")

    asked = settlement_run.start(LAST_MONTH, by=manager, at=now())

    def settled() -> bool:
        assert PeriodClose.objects.count() <= 1, f"FAULT_SEED={seed}"
        return PeriodClose.objects.exists() and not SettlementRun.objects.get().is_going_on

    interrupted(asked.run, start, within=2.0, chance=chance, done=settled)
    assert sorted(DrawClose.objects.values_list("draw__date", flat=True)) == days()
    assert PeriodClose.objects.get().settlements.count() == AGENTS
    assert Reconciliation.objects.count() == AGENTS
    assert differences() == []
