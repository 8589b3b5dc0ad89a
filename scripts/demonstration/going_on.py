"""What a start with a loaded database needs: the terminals' files, the roster and sales since."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import TruncWeek

from attendance.models import Pull, PullSource, RosterEntry, Shift, Terminal
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee, Region
from sales.draws.calendar_keeping import keep_calendar
from sales.engine.lines import Line
from sales.engine.money_lines import MoneyLine
from sales.growth.advising import NothingAdvised, make_advice
from sales.ledger.closing import close_draw
from sales.ledger.partial import record_what_fits
from sales.ledger.recording import record_sales
from sales.models import (
    AgentDrawTotal,
    Draw,
    DrawStatus,
    JournalEntry,
    JournalEvent,
    Product,
    Source,
)
from sales.money.booking import record_money
from scripts.demonstration.advice import NEXT
from scripts.demonstration.agents import Seller, known_agents
from scripts.demonstration.attendance import invent_life
from scripts.demonstration.consignments import ISSUED_AHEAD, REFORM, DrawLines, invent_lines
from scripts.demonstration.draws import invent_results
from scripts.demonstration.issue_plans import plan_issues
from scripts.demonstration.load import CLERK, SECOND_CLERK
from scripts.demonstration.payments import WEEK, paid_for, place_of
from scripts.demonstration.plan import Plan
from scripts.demonstration.returned import finish_sheets
from scripts.demonstration.rosters import AHEAD, Duty, shifts
from scripts.demonstration.seasons import monday
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
    # A company made by an earlier version lacks the kinds of shifts that came later.
    Shift.objects.bulk_create(shifts(), ignore_conflicts=True)
    known = {shift.code: shift for shift in Shift.objects.all()}
    RosterEntry.objects.bulk_create(
        [
            RosterEntry(employee=duty.employee, work_date=duty.day, shift=known[duty.shift])
            for duty in duties
            if duty.day > last
        ],
        ignore_conflicts=True,
    )


def carry_on_sales(*, at: datetime) -> int:
    """Record what the agents did since the company was made; returns the number of lines.

    By the same door as everybody: each draw held since then gets its returns, the next ones their
    tickets, and weeks that are over their payments. Lines that stand there already are left alone.
    """
    plan, today = loaded_plan(), at.astimezone(VN).date()
    keep_calendar(at=at)
    clerk = User.objects.get(username=CLERK)
    second = User.objects.get(username=SECOND_CLERK)
    plan_issues(by=clerk, at=at)
    _results(plan, clerk, second, today)
    units = {unit.code: unit for unit in Region.objects.filter(valid_from=REFORM)}
    sellers = known_agents(plan, units)
    products = list(Product.objects.filter(code__in=["TT10", "LT10"]).order_by("-code"))
    draws = Draw.objects.filter(status__in=[DrawStatus.HELD, DrawStatus.SCHEDULED])
    draws = draws.between(plan.today - timedelta(days=1), today + ISSUED_AHEAD)
    draws = draws.select_related("close").order_by("date")
    count = 0
    for day in invent_lines(plan, sellers, products, list(draws)):
        if day.draw.status == DrawStatus.HELD and not hasattr(day.draw, "close"):
            finish_sheets(day.draw.date, first=clerk, second=second, at=at)
        if day.draw.date >= plan.today and (lines := _missing(day)):
            count += _record(lines, clerk, at)
        if day.draw.status == DrawStatus.HELD and not hasattr(day.draw, "close"):
            close_draw(day.draw.date, by=clerk, at=at, source=Source.DEMONSTRATION)
            _pay(plan, sellers, clerk, at, until=min(day.draw.date + timedelta(days=1), today))
    for draw in Draw.objects.filter(status=DrawStatus.HELD, close=None).order_by("date"):
        close_draw(draw.date, by=clerk, at=at, source=Source.DEMONSTRATION)
    _pay(plan, sellers, clerk, at, until=today)
    _advise(clerk, at)
    return count


def _record(lines: Sequence[Line], clerk: User, at: datetime) -> int:
    """All that may be: agents over their limit get no more tickets, as in the company's rules."""
    numbered = dict(enumerate(lines, start=1))
    # In life they came in time; only we look days later.
    record = partial(record_sales, by=clerk, at=at, source=Source.DEMONSTRATION, late=False)
    done = record_what_fits(numbered, record=lambda fitting: record(lines=fitting))
    return len(done.rows)


def _advise(clerk: User, at: datetime) -> None:
    """For the next draw that no tickets have gone out for, once."""
    day = at.astimezone(VN).date() + NEXT
    draw = Draw.objects.filter(date=day, status=DrawStatus.SCHEDULED, advicerun=None).first()
    if draw is not None:
        with suppress(NothingAdvised):
            make_advice(day, "TT10", by=clerk, at=at)


def _results(plan: Plan, clerk: User, second: User, today: date) -> None:
    """Of draws held since, unless somebody has begun to key theirs."""
    held = Draw.objects.filter(status=DrawStatus.HELD, numbers=None, entries=None)
    invent_results(plan, held.order_by("date"), first=clerk, second=second, until=today)


def _missing(day: DrawLines) -> list[Line]:
    """Lines of the draw that are not in the ledger: whole ones, or the tickets that came back."""
    known = {
        (agent, product): (issued, returned)
        for agent, product, issued, returned in AgentDrawTotal.objects.filter(
            draw=day.draw
        ).values_list("agent_id", "product_id", "issued", "returned")
    }
    lines = []
    for seller, product, issued, returned in day.lines:
        code = seller.agent.code
        stored = known.get((seller.agent.pk, product.pk))
        if stored is None:
            lines.append(Line(day.draw.date, code, product.code, issued, returned))
        elif returned and not stored[1]:
            back = min(returned, stored[0])
            lines.append(Line(day.draw.date, code, product.code, 0, back))
    return lines


def _pay(plan: Plan, sellers: Sequence[Seller], clerk: User, at: datetime, *, until: date) -> None:
    """Weeks whose day of payment came before `until` and after the last payment."""
    payments = JournalEntry.objects.filter(event=JournalEvent.PAYMENT)
    last = payments.aggregate(last=Max("value_date"))["last"]
    owed = {
        (week, code): int(amount)
        for week, code, amount in AgentDrawTotal.objects.filter(
            draw_date__gte=monday(last) - WEEK, draw__status=DrawStatus.HELD
        )
        .annotate(week=TruncWeek("draw_date"))
        .values_list("week", "agent__code")
        .annotate(owed=Sum(F("revenue_amount") - F("commission_amount")))
    }
    due = paid_for(plan, sellers, owed, until=until)
    lines = [
        MoneyLine(
            event="payment",
            agent=seller.agent.code,
            date=day,
            amount=amount,
            into=place_of(seller),
            reference=f"PT{day:%y%m%d}-{number:03}",
        )
        for day, paid in due.items()
        if day > last
        for number, (seller, amount) in enumerate(paid, start=1)
    ]
    if lines:
        record_money(by=clerk, at=at, lines=lines, source=Source.DEMONSTRATION)


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
