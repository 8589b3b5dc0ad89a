"""Fills an empty database with the demonstration company, all or nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.db import connection, transaction

from attendance.roster.holidays import load_calendar
from backend.accounts.models import Role, User
from backend.db import hold_lock
from backend.org.importing import load_regions
from backend.org.models import Company, Employee, Region
from sales.draws.calendar_keeping import schedule_keeping
from sales.draws.drawing import load_draw_calendar
from sales.draws.prize_tables import load_prize_tables
from sales.ledger.proving import fill_balances, fill_totals
from sales.models import Draw, DrawStatus
from sales.rules import load_rules
from scripts.demonstration import bank, consignments, payments, returned
from scripts.demonstration.advice import create_advice
from scripts.demonstration.agent_files import keep_files, remind_debtors
from scripts.demonstration.agents import Seller, create_agents
from scripts.demonstration.agreements import create_agreements
from scripts.demonstration.attendance import TABLES, load_attendance
from scripts.demonstration.bulk import checked_at_the_end
from scripts.demonstration.credit import allow_some, create_rules, deposit_cash
from scripts.demonstration.draws import create_draws, invent_results, publish_results
from scripts.demonstration.issue_plans import plan_issues
from scripts.demonstration.markets import create_markets
from scripts.demonstration.people import create_company, create_employees, create_places
from scripts.demonstration.plan import Plan
from scripts.demonstration.public_site import create_news, create_points
from scripts.demonstration.serials import issue_serials, take_back_serials, told_by_serial
from scripts.demonstration.settled import close_months
from scripts.demonstration.territories import create_territories
from scripts.demonstration.winners import confirm_tax, present_winners
from scripts.demonstration.yearly_plan import create_yearly_plan

logger = logging.getLogger(__name__)

#: Stands for the clerks who would have typed it all in; nobody can log in with it.
CLERK = "trinh-dien"
#: Confirms what the first has imported.
SECOND_CLERK = "trinh-dien-2"
REFORM = consignments.REFORM
#: An advisory lock: one load at a time.
_LOADING = 0x6C6F6164


class NotEmpty(Exception):
    """There is a company already, and it is not the demonstration: nothing was touched."""


@dataclass(frozen=True)
class Loaded:
    employees: int
    punches: int
    agents: int
    ledger_lines: int
    payments: int


def load(plan: Plan, *, at: datetime) -> Loaded | None:
    """Make the company; None when the demonstration is there already. Raises NotEmpty."""
    with transaction.atomic():
        # Two launchers at once: the second waits here and then finds the first one's company.
        hold_lock(_LOADING)
        if Company.objects.filter(is_demonstration=True).exists():
            return None
        if Company.objects.exists() or Employee.objects.exists():
            raise NotEmpty
        return _load(plan, at)


def _load(plan: Plan, at: datetime) -> Loaded:
    with _told("units and calendars"):
        load_regions()
        load_calendar()
        load_draw_calendar()
        load_rules()
        schedule_keeping(at=at)
        units = {unit.code: unit for unit in Region.objects.filter(valid_from=REFORM)}
    with _told("people"):
        create_company()
        sites, departments = create_places(units)
        employees = create_employees(plan, sites, departments)
        create_territories(units)
        clerk = _clerk(CLERK, "Trình diễn")
    lines, paid, agents = _load_sales(plan, units, clerk, at)
    with _told("attendance"), checked_at_the_end(TABLES) as cursor:
        punches = load_attendance(cursor, plan, employees, sites)
    return Loaded(len(employees), punches, agents, lines, paid)


def _clerk(username: str, name: str) -> User:
    return User.objects.create(
        username=username, full_name=name, role=Role.SALES_MANAGER, is_active=False
    )


def _load_sales(
    plan: Plan, units: dict[str, Region], clerk: User, at: datetime
) -> tuple[int, int, int]:
    with _told("agents and draws"):
        sellers = create_agents(plan, units)
        create_agreements(plan, sellers)
        create_rules(plan)
        draws = create_draws(plan)
        second = _clerk(SECOND_CLERK, "Trình diễn (người thứ hai)")
        publish_results(draws, importer=clerk, confirmer=second)
        waiting = Draw.objects.filter(status=DrawStatus.HELD, numbers=None).order_by("date")
        invent_results(plan, waiting, first=clerk, second=second, until=plan.today)
        create_points(plan, sellers)
        create_news(plan, clerk)
        products = consignments.create_products(plan)
        load_prize_tables()
        create_markets(plan, units, sellers, clerk, at)
        create_yearly_plan(plan, sellers, clerk, second)
        allow_some(plan, sellers, second)
        with connection.cursor() as cursor:  # by itself PostgreSQL looks at what is committed
            cursor.execute("analyze sales_agent, sales_draw, org_region")
    with _told("invented sales"):
        near = [draw for draw in draws if draw.date <= plan.today + consignments.ISSUED_AHEAD]
        invented = consignments.invent_lines(plan, sellers, products, near)
        paid = payments.invent_payments(plan, sellers, invented)
    work = _by_hand(plan, invented, paid)
    tables = [consignments.TABLE, payments.TABLE, "sales_agentdrawtotal", "sales_regiondaytotal"]
    with _told("ledgers, rollups, keys"), checked_at_the_end(tables) as cursor:
        with _told("ledgers"):
            lines = consignments.record_lines(cursor, work.days, clerk)
            deposit_cash(plan, sellers, clerk)
            count = payments.record_payments(cursor, work.paid, clerk)
            held = [draw for draw in draws if draw.status == DrawStatus.HELD]
            last = held[-1]
            consignments.correct_counts(cursor, last, clerk, at)
        with _told("rollups"):
            fill_totals(cursor)
        with _told("sales of closed draws, balances"):
            payments.close_draws(cursor, held[: -len(work.brought)], clerk)
            fill_balances(cursor)
    plan_issues(by=clerk, at=at)
    _work_by_hand(plan, work, sellers, clerk, second, at)
    with _told("advice"):
        create_advice(plan, draws, clerk, at=at)
    return lines, count, len(sellers)


@dataclass(frozen=True)
class _Work:
    """What is left to be done by the doors people use: sheets of returns, lines of the bank."""

    days: list[consignments.DrawLines]
    paid: bank.Paid
    brought: list[returned.Brought]
    sent: bank.ByBank


def _by_hand(plan: Plan, invented: list[consignments.DrawLines], paid: bank.Paid) -> _Work:
    by_serial = told_by_serial(invented)
    kept, brought = returned.apart(plan, by_serial)
    typed, sent = bank.apart(plan, paid)
    return _Work([*invented[: -len(by_serial)], *kept], typed, brought, sent)


def _work_by_hand(
    plan: Plan, work: _Work, sellers: list[Seller], clerk: User, second: User, at: datetime
) -> None:
    """The newest draws, prizes, the bank and closed months, as clerks would have done it."""
    with _told("tickets by serial"):
        days = told_by_serial(work.days)
        stretches = issue_serials(days, clerk)
        take_back_serials(days, stretches, clerk)
    with _told("sheets of returns"):
        returned.bring_back(work.brought, stretches, first=clerk, second=second)
        returned.hand_in_early(plan, days, stretches, by=clerk, at=at)
    with _told("prizes, bank"):
        confirm_tax()
        present_winners(plan, by=clerk)
        bank.import_lines(work.sent, by=clerk, at=at)
    with _told("closed months"):
        close_months(plan, first=clerk, second=second, at=at)
    with _told("files of agents"):
        keep_files(plan, sellers, clerk)
        remind_debtors(plan, sellers, by=clerk, at=at)


@contextmanager
def _told(step: str) -> Iterator[None]:
    started = perf_counter()
    yield
    logger.info("%s: %.1f s", step, perf_counter() - started)
