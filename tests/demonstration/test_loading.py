"""Loading the demonstration: the same every time, all or nothing, and nothing left behind."""

import json
import random
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from attendance.collecting.collector import Collector
from attendance.models import Pull, Punch, Terminal, TimesheetRow
from backend import clock
from backend.clock import VN
from backend.org.models import Company, Region
from sales.models import Agent, ConsignmentEntry, JournalEntry
from scripts.demonstration.agents import shares
from scripts.demonstration.briefing import wait_for_attendance
from scripts.demonstration.bulk import checked_at_the_end
from scripts.demonstration.draws import padded, published_results
from scripts.demonstration.going_on import write_terminals
from scripts.demonstration.load import NotEmpty, load
from scripts.demonstration.names import invented_names
from scripts.demonstration.plan import Plan
from scripts.simulated_terminal.main import _build
from scripts.simulated_terminal.server import running
from tests.demonstration.company import NOW, TINY, fingerprint


@pytest.mark.parametrize("total", [54, 80, 320, 1000])
def test_agents_are_shared_out_without_remainder(total: int):
    counts = shares(total)
    assert sum(counts.values()) == total
    assert min(counts.values()) >= 1


def test_the_change_of_july_2025_moves_agents_from_old_units_to_new(db: None):
    plan = Plan(today=date(2025, 7, 10), draw_days=70, punch_days=40, agents=80, employees=30)
    load(plan, at=datetime(2025, 7, 10, 8, tzinfo=VN))
    one = ConsignmentEntry.objects.filter(agent__code="QN0001")
    before = one.filter(draw_date=date(2025, 6, 30)).first()
    after = one.filter(draw_date=date(2025, 7, 1)).first()
    assert before is not None
    assert after is not None
    assert before.region.valid_to == date(2025, 6, 30)
    assert before.region.successors.filter(new=after.region).exists()


def test_a_company_of_ones_own_is_never_touched(db: None):
    Company.objects.create(name="Công ty thật", short_name="Thật")
    with pytest.raises(NotEmpty):
        load(TINY, at=NOW)
    assert not Agent.objects.exists()
    assert not Region.objects.exists()


@dataclass(frozen=True)
class Once:
    """What one load of TINY made, and what the tables were like before and after it."""

    fingerprint: dict[str, str]
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Once:
    with django_db_blocker.unblock(), transaction.atomic():
        before = definitions()
        load(TINY, at=NOW)
        made = Once(fingerprint(), before, definitions())
        transaction.set_rollback(True)
    return made


def test_the_same_plan_makes_the_same_company(once: Once, db: None):
    first, second = once.fingerprint, fingerprint_of(TINY)
    assert first == second
    other = fingerprint_of(Plan(**{**vars(TINY), "seed": TINY.seed + 1}))
    assert set(first.values()).isdisjoint(other.values())


def fingerprint_of(plan: Plan) -> dict[str, str]:
    with transaction.atomic():
        load(plan, at=NOW)
        found = fingerprint()
        transaction.set_rollback(True)
    return found


def test_foreign_keys_and_indexes_are_back_after_the_load(once: Once):
    assert once.before
    assert once.after == once.before


def definitions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = current_schema()::regnamespace"
            " union all select tablename, indexdef from pg_indexes"
            " where schemaname = current_schema() order by 1, 2"
        )
        return list(cursor.fetchall())


def test_a_line_that_points_nowhere_stops_the_whole_load(db: None):
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        checked_at_the_end(["sales_journalentry"]) as cursor,
    ):
        cursor.execute(
            "insert into sales_journalentry (batch_id, event, agent_id, region_id, value_date,"
            " cash, receivable) values (999999, 'payment', 999999, 999999, '2026-11-22', 1, -1)"
        )
    assert not JournalEntry.objects.exists()


def test_published_results_get_their_zeros_back(tmp_path: Path):
    file = tmp_path / "results.csv"
    row = "2022-01-02,10676,86295,5069,4999,99344,69011,19745,52465,88708,22792,5082,6749,4377,9508"
    rest = ",2882,7999,8705,6962,6971,3666,221,107,86,10,56,62,7"
    file.write_text(f"date,{','.join(['x'] * 27)}\n{row}{rest}\n", encoding="utf-8")
    (numbers,) = published_results(file).values()
    assert numbers[2:4] == ["05069", "04999"]
    assert numbers[-5:] == ["086", "10", "56", "62", "07"]


@pytest.mark.parametrize("bad", ["123456", "12a45", ""])
def test_a_result_that_does_not_fit_its_prize_is_refused(bad: str):
    numbers = ["1"] * 27
    assert len(padded(numbers)) == 27
    with pytest.raises(ValueError, match="digits"):
        padded([bad or "x", *numbers[1:]])


def test_names_never_repeat():
    names = invented_names(random.Random(1))
    made = [next(names) for _ in range(500)]
    assert len(set(made)) == 500


@pytest.mark.django_db(transaction=True)
def test_a_first_start_pulls_the_last_month_over_the_wire_and_computes_it(tmp_path: Path):
    today = clock.today()
    load(Plan(**{**vars(TINY), "today": today}), at=clock.now())
    config = json.loads(write_terminals(tmp_path, on=today).read_text(encoding="utf-8"))
    before = Punch.objects.count()
    assert not wait_for_attendance(on=today, longest=timedelta(0))
    with ExitStack() as stack:
        for item in config:
            terminal = _build(item)
            port = stack.enter_context(running(terminal))
            Terminal.objects.filter(serial_number=item["serial"]).update(port=port)
        Collector(now=clock.now).run_once()
    pulls = Pull.objects.filter(source="pull", started_at__date__gte=today)
    assert {(pull.state, pull.read == pull.stored) for pull in pulls} == {("done", True)}
    assert Punch.objects.count() - before == sum(pull.stored for pull in pulls) > 300
    assert TimesheetRow.objects.filter(status="present", work_date__lt=today).exists()
    assert wait_for_attendance(on=today, longest=timedelta(0))
