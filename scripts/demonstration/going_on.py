"""What a start with a loaded database needs: the terminals' files, and the roster ahead."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from attendance.models import Pull, PullSource, RosterEntry, Shift, Terminal
from backend.clock import VN
from backend.org.models import Employee
from scripts.demonstration.attendance import invent_life
from scripts.demonstration.plan import Plan
from scripts.demonstration.rosters import AHEAD, Duty
from scripts.demonstration.terminals import MACHINES, write_config
from scripts.launcher.ports import any_free, is_free


def write_terminals(folder: Path, *, on: date) -> Path:
    """Write the files of the simulated terminals; returns the one that names them all.

    A port that is taken is replaced, in the file and in the table. The roster is carried on to
    some weeks after `on`, so that people still come when the demonstration is months old.
    """
    plan = loaded_plan()
    employees = Employee.objects.select_related("department", "site").order_by("pk")
    life = invent_life(plan, list(employees), max(on, plan.today) + AHEAD)
    with transaction.atomic():
        _carry_on(life.duties)
        ports = _ports()
    return write_config(folder, plan, life.crowds, ports)


def loaded_plan() -> Plan:
    """The plan this database was loaded with: its last import was made when the logs were emptied."""
    codes = [machine.serial for machine in MACHINES]
    emptied = Pull.objects.filter(
        source=PullSource.FILE, terminal__serial_number__in=codes
    ).aggregate(last=Max("started_at"))["last"]
    first_logged: date = emptied.astimezone(VN).date()
    return Plan(today=first_logged + timedelta(days=Plan.log_days))


def _carry_on(duties: Iterable[Duty]) -> None:
    last = RosterEntry.objects.aggregate(last=Max("work_date"))["last"]
    shifts = {shift.code: shift for shift in Shift.objects.all()}
    RosterEntry.objects.bulk_create(
        [
            RosterEntry(employee=duty.employee, work_date=duty.day, shift=shifts[duty.shift])
            for duty in duties
            if duty.day > last
        ],
        ignore_conflicts=True,
    )


def _ports() -> dict[str, int]:
    """By serial number, each free now."""
    ports: dict[str, int] = {}
    for terminal in Terminal.objects.filter(
        serial_number__in=[machine.serial for machine in MACHINES]
    ).order_by("pk"):
        if not is_free(terminal.port):
            terminal.port = any_free()
            terminal.save(update_fields=["port"])
        ports[terminal.serial_number] = terminal.port
    return ports
