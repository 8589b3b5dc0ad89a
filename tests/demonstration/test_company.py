"""The demonstration company: complete, consistent, and marked as invented."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, QuerySet, Sum
from rest_framework.test import APIClient

from attendance.models import (
    Enrolment,
    PatternAssignment,
    Pull,
    Punch,
    RosterEntry,
    Shift,
    Terminal,
)
from attendance.roster.rostering import Rolled, roll_out
from attendance.roster.shift_kinds import figures_of
from attendance.timesheet.timesheets import compute_rows, engine_shift
from backend.accounts.models import Role, User
from backend.clock import VN
from backend.jobs.models import Run
from backend.org.models import (
    Company,
    Department,
    Employee,
    Region,
    Site,
    Territory,
    TerritoryRegion,
)
from reporting.models import DocumentIssue, Recipient, ReportSchedule, Task
from sales.draws.calendar_keeping import keep_calendar
from sales.figures import completeness, debts_over_limit, weekly_sales
from sales.growth.plan_progress import against_plan
from sales.ledger.proving import differences
from sales.models import (
    Advice,
    AdviceDecision,
    Agent,
    AgentBalance,
    AgentContract,
    BankLine,
    Collateral,
    ConsignmentEntry,
    Draw,
    JournalEntry,
    NewsItem,
    PeriodClose,
    PrizeClaim,
    Reconciliation,
    ReconciliationStep,
    RecordingBatch,
    ReturnSheet,
    ReturnStep,
    SalesPlan,
    TicketHolding,
    TicketMove,
)
from sales.money.bank import proposals_for
from sales.money.debts import debts_on
from sales.money.reconciling import is_current
from sales.public.points import listed_points
from sales.tickets.issue_plans import carried_out
from sales.tickets.return_sheets import sheets_now
from scripts.demonstration.accounts import ACCOUNTS, ensure_accounts
from scripts.demonstration.agents import SIZES
from scripts.demonstration.briefing import order_first_briefing
from scripts.demonstration.documents import create_documents
from scripts.demonstration.going_on import carry_on_sales, loaded_plan, write_terminals
from scripts.demonstration.issue_plans import plan_issues
from scripts.demonstration.load import CLERK, Loaded, load
from scripts.demonstration.meetings import create_meetings
from scripts.demonstration.obligations import create_obligations
from scripts.demonstration.plan import Plan
from tests.demonstration.company import MONDAY, NOW, PLAN, SUNDAY, TODAY, fingerprint


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Loaded once for all tests here, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = load(PLAN, at=NOW)
        assert made is not None
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def company(loaded: Loaded, db: None) -> Loaded:
    return loaded


def test_the_company_is_plainly_marked_as_invented(company: Loaded):
    only = Company.objects.get()
    assert only.is_demonstration
    assert "TRÌNH DIỄN" in only.name
    assert not Agent.objects.filter(is_demonstration=False).exists()
    assert set(apart_from_sheets().values_list("batch__source", flat=True).distinct()) == {
        "demonstration"
    }
    assert not User.objects.get(username=CLERK).is_active


def apart_from_sheets() -> QuerySet[ConsignmentEntry]:
    """What was not recorded by the door of the sheets of returns."""
    by_sheets = ReturnStep.objects.exclude(batch=None).values("batch")
    return ConsignmentEntry.objects.exclude(batch__in=by_sheets)


def test_the_public_site_has_results_to_check_points_to_find_and_news_to_read(company: Loaded):
    newest = Draw.objects.exclude(numbers=None).order_by("-date")[0]
    assert newest.date == TODAY - timedelta(days=1)
    assert (newest.series_count, len(newest.winning_symbols or ())) == (20, 8)
    assert Draw.objects.filter(date__gte=TODAY).exclude(numbers=None).count() == 0
    listed = listed_points(TODAY)
    assert listed.values("region").distinct().count() > 50
    assert not listed.filter(agent__closed_date__isnull=False).exists()
    assert NewsItem.objects.published(NOW).count() == 2
    assert NewsItem.objects.count() == 4


def test_160_people_in_9_departments_and_4_sites_with_names_that_differ(company: Loaded):
    assert (Employee.objects.count(), Department.objects.count(), Site.objects.count()) == (
        160, 9, 4,
    )  # fmt: skip
    assert Employee.objects.values("full_name").distinct().count() == 160
    assert not Department.objects.filter(employee__isnull=True).exists()
    assert not Site.objects.filter(employee__isnull=True).exists()
    assert Enrolment.objects.count() == 160


def test_320_agents_stand_in_all_54_units_and_nowhere_else(company: Loaded):
    units = Region.objects.filter(agent__isnull=False).distinct()
    assert Agent.objects.count() == 320
    assert units.count() == 54
    assert set(units.values_list("valid_from", "valid_to")) == {(date(2025, 7, 1), None)}


def test_tickets_carry_the_unit_that_was_in_force_on_the_day_of_the_draw(company: Loaded):
    wrong = ConsignmentEntry.objects.filter(region__valid_from__gt=F("draw_date")) | (
        ConsignmentEntry.objects.filter(region__valid_to__lt=F("draw_date"))
    )
    assert ConsignmentEntry.objects.exists()
    assert not wrong.exists()


def test_rollups_are_what_the_ledger_adds_up_to(company: Loaded):
    assert differences() == []
    # All but the three corrections.
    assert apart_from_sheets().filter(corrects=None).count() == company.ledger_lines


def test_the_years_plan_is_met_nearly_and_advice_waits_for_a_decision(company: Loaded):
    plan, asked = SalesPlan.objects.order_by("version")
    assert (plan.state, asked.state) == ("approved", "submitted")
    company_rows, units, agents = (
        against_plan(plan, 10, level=level, path=None, today=TODAY)
        for level in ("company", "region", "agent")
    )
    assert all(9_300 < (row.month.done_bps or 0) < 10_700 for row in company_rows)
    province, units = units[:2], units[2:]
    assert {(row.code, row.is_sum) for row in province} == {("22", True)}
    assert {row.code for row in units if row.product == "TT10"} == set(SIZES)
    sums = {
        sum(row.month.planned for row in rows) for rows in (company_rows, province, units, agents)
    }
    assert len(sums) == 1
    open_ones = Advice.objects.filter(decision=None).values_list("run__draw__date", flat=True)
    assert set(open_ones) == {TODAY + timedelta(days=2)}
    assert len(open_ones) > 250
    assert AdviceDecision.objects.values("advice__run__draw").distinct().count() == 3


def test_every_desk_of_sales_has_work_done_and_work_waiting(company: Loaded):
    sheets = sheets_now(ReturnSheet.objects.select_related("agent", "draw", "region"))
    states = Counter((now.sheet.draw.date, now.state) for now in sheets)
    yesterday = TODAY - timedelta(days=1)
    assert states == {
        (TODAY - timedelta(days=2), "destroyed"): 8,
        (yesterday, "sealed"): 4, (yesterday, "confirmed"): 4, (yesterday, "reversed"): 1,
        (TODAY, "declared"): 2, (TODAY, "received"): 2, (TODAY, "counted"): 2,
    }  # fmt: skip
    assert any(now.is_late for now in sheets)
    assert {now.surplus > now.shortage for now in sheets} == {True, False}
    told = TicketHolding.objects.values("place").annotate(
        draws=Count("series__draw", distinct=True)
    )
    assert {row["place"]: row["draws"] for row in told} == {
        "warehouse": 4, "agent": 4, "lost": 4, "damaged": 4, "returned": 1, "destroyed": 1,
    }  # fmt: skip
    ways = set(TicketMove.objects.values_list("source", "target").distinct())
    assert {("", "warehouse"), ("warehouse", "branch"), ("branch", "agent"),
            ("agent", "returned"), ("returned", "destroyed")} <= ways  # fmt: skip
    lines = BankLine.objects.all()
    assert (lines.exclude(entry=None).count(), lines.exclude(reason="").count()) == (8, 1)
    waiting = list(lines.filter(entry=None, reason=""))
    named = [line for line, found in proposals_for(waiting, on=TODAY).items() if found]
    assert (len(waiting), len(named)) == (5, 4)


def test_the_draws_of_the_month_have_a_plan_that_was_printed(company: Loaded):
    rows = [
        row for row in carried_out(date(2026, 11, 1), date(2026, 12, 31)) if row.product == "TT10"
    ]
    assert [row.day for row in rows if row.planned is None] == []
    assert (rows[0].day, rows[-1].day) == (date(2026, 11, 1), TODAY + timedelta(days=14))
    short = [row for row in rows if (row.planned or 0) < max(row.printed, row.issued)]
    assert short == []
    assert all((row.planned or 0) % 1000 == 0 for row in rows)
    late = [row.day for row in rows if row.missing and row.day < TODAY]
    assert late == []
    assert all(row.missing for row in rows if row.day > TODAY + timedelta(days=3))
    sold = [row.sold_bps or 0 for row in rows if row.day < TODAY]
    assert 7_000 < sum(sold) / len(sold) < 9_500
    keep_calendar(at=NOW)
    clerk = User.objects.get(username=CLERK)
    assert (plan_issues(by=clerk, at=NOW), plan_issues(by=clerk, at=NOW)) == (24, 0)


def test_prizes_are_paid_by_company_and_agents_with_tax_and_some_wait(company: Loaded):
    claims = PrizeClaim.objects.select_related("payment")
    assert Counter(claims.values_list("state", flat=True)) == {
        "paid": 76,
        "open": 4,
        "withdrawn": 1,
    }
    (special,) = claims.filter(gross_amount__gt=20_000_000)
    assert special.payment is not None
    assert -special.payment.withheld_tax == (special.gross_amount - 20_000_000) // 10
    assert claims.filter(payment__agent__isnull=False).count() == 64
    october = claims.filter(draw__date__range=(date(2026, 10, 1), date(2026, 10, 31)))
    assert october.filter(payment__isnull=False).dates("draw__date", "day").count() == 31
    assert claims.filter(state="open", claim_until__lt=TODAY, due_date__lt=TODAY).count() == 0
    assert claims.filter(state="open", claim_until=TODAY - timedelta(days=1)).count() == 1
    assert JournalEntry.objects.filter(event="payout", reversal__isnull=False).count() == 1


def test_months_that_are_over_are_closed_and_accounts_signed(company: Loaded):
    months = PeriodClose.objects.standing().order_by("month").values_list("month", flat=True)
    assert list(months) == [date(2026, month, 1) for month in range(3, 11)]
    newest = ReconciliationStep.objects.filter(reconciliation__first=date(2026, 10, 1))
    kinds = newest.order_by("reconciliation", "-pk").distinct("reconciliation")
    assert Counter(step.kind for step in kinds) == {
        "company": 12, "agent": 4, "disputed": 1, "withdrawn": 1,
    }  # fmt: skip
    for record in Reconciliation.objects.filter(steps__kind="company"):
        assert is_current(record)


def test_an_agents_money_is_one_figure_at_every_door(
    company: Loaded, api: Callable[..., APIClient]
):
    """Summary, statements of all and of each, debts, payments, settlements and accounts agreed."""
    client = api("executive")
    first, last = "2026-10-01", "2026-10-31"
    days = {"date_from": first, "date_to": last}

    def told(address: str, **query: str) -> list[dict[str, Any]]:
        page = client.get(f"/api/v1/{address}/", {"limit": "1000"} | query).json()
        rows: list[dict[str, Any]] = page["results" if "results" in page else "rows"]
        while page["next"]:
            page = client.get(page["next"]).json()
            rows += page["results"]
        return rows

    def by_agent(rows: list[dict[str, Any]], *names: str) -> dict[str, tuple[Any, ...]]:
        return {row["agent"]: tuple(row[name] for name in names) for row in rows}

    sold = ("sold", "revenue_amount", "commission_amount")
    accounts = told("statements", **days)
    assert len(accounts) > 300
    summary = told("summary", **days, by="agent", commission="true")
    assert by_agent(summary, *sold) == by_agent(accounts, *sold)
    moved = ("opening_amount", "paid_amount", "other_amount", "closing_amount", "collateral_amount")
    for settled in (
        told("settlements", month="2026-10"),
        [
            row
            for row in told("reconciliations", **days)
            if (row["first"], row["last"]) == (first, last)
        ],
    ):
        assert len(settled) > 300
        assert by_agent(settled, *moved) == by_agent(accounts, *moved)
    debts = by_agent(told("debts", on=last), "owed_amount", "held_amount")
    assert debts == {
        agent: owes
        for agent, owes in by_agent(accounts, "closing_amount", "collateral_amount").items()
        if any(owes)
    }
    paid: Counter[str] = Counter()
    for row in told("payments", **days):
        paid[row["agent"]] += row["amount"]
    assert paid == Counter({row["agent"]: row["paid_amount"] for row in accounts})
    for row in accounts[::80]:
        alone = client.get(f"/api/v1/agents/{row['agent']}/statement/", days).json()
        assert alone["closing_amount"] == row["closing_amount"]
        assert alone["lines"][-1]["balance_amount"] == row["closing_amount"]


def test_no_line_outside_an_agents_contract(company: Loaded):
    entries = ConsignmentEntry.objects.all()
    assert not entries.filter(draw_date__lt=F("agent__opened_date")).exists()
    assert not entries.filter(draw_date__gt=F("agent__closed_date")).exists()


def test_agents_have_contracts_and_most_debts_are_secured(company: Loaded):
    open_agents = Agent.objects.filter(status="active")
    in_force = AgentContract.objects.in_force(TODAY).values("agent")
    assert not open_agents.exclude(pk__in=in_force).exists()
    debts = debts_on(TODAY - timedelta(days=1))
    secured = [debt for debt in debts if debt.secured_amount]
    assert len(secured) > len(debts) * 9 // 10
    deposits = Collateral.objects.filter(kind="cash").aggregate(Sum("value_amount"))
    held = AgentBalance.objects.aggregate(Sum("collateral"))["collateral__sum"]
    assert 0 < deposits["value_amount__sum"] == -held
    assert any(debt.over_amount for debt in debts)
    assert 0 < sum(debt.age.overdue > 0 for debt in debts) < len(debts) // 10


def test_usual_returns_are_about_12_percent_and_some_agents_sell_out(company: Loaded):
    usual = ConsignmentEntry.objects.filter(
        product__code="TT10", corrects=None, draw_date__lt=MONDAY
    )
    shares_back = [
        returned / issued for issued, returned in usual.values_list("issued", "returned")
    ]
    assert max(shares_back) < 0.36
    assert 0.03 < shares_back.count(0) / len(shares_back) < 0.18
    assert 0.08 < sum(shares_back) / len(shares_back) < 0.15


def test_past_draws_are_held_every_day_but_the_four_of_tet(company: Loaded):
    held = Draw.objects.filter(status="held")
    assert held.count() == 290 - 4
    assert not held.filter(date__range=(date(2026, 2, 16), date(2026, 2, 19))).exists()
    assert Draw.objects.get(date=date(2026, 11, 17)).host == "Quảng Ninh"
    assert Draw.objects.filter(status="scheduled").order_by("date")[0].date == TODAY


def test_last_week_has_what_is_worth_a_sentence(company: Loaded):
    week = weekly_sales(MONDAY, SUNDAY)
    changes = {line.code: line.previous_week.revenue_change_bps or 0 for line in week.regions}
    assert min(changes, key=lambda code: changes[code]) == "06994"
    assert changes["06994"] < -3_500
    assert max(changes, key=lambda code: changes[code]) == "06712"
    assert changes["06712"] > 1_500
    assert abs(week.total.previous_week.revenue_change_bps or 0) < 800
    assert len(debts_over_limit(SUNDAY)) == 4  # of six who stopped paying two may owe more
    silent = completeness(MONDAY, SUNDAY)
    assert [agent.draws for agent in silent.missing] == [(SUNDAY,)] * 5


def test_weekday_season_and_payday_show(company: Loaded):
    with connection.cursor() as cursor:
        cursor.execute(
            "select extract(isodow from draw_date)::int, avg(amount) from (select draw_date,"
            " sum(revenue_amount) amount from sales_regiondaytotal group by 1) d group by 1"
        )
        by_weekday = {day: float(amount) for day, amount in cursor.fetchall()}
        cursor.execute(
            "select avg(amount) filter (where draw_date between '2026-02-09' and '2026-02-15'),"
            " avg(amount) filter (where draw_date between '2026-02-20' and '2026-02-26')"
            " from (select draw_date, sum(revenue_amount) amount from sales_regiondaytotal"
            " group by 1) d"
        )
        before_tet, after_tet = cursor.fetchone()
    assert max(by_weekday, key=lambda day: by_weekday[day]) == 2
    assert float(before_tet) > float(after_tet) * 1.2


def test_punches_before_the_last_month_are_imported_and_consistent(company: Loaded):
    assert Punch.objects.count() == company.punches
    newest = Punch.objects.order_by("-device_time").values_list("device_time", flat=True)[0]
    assert newest <= datetime(2026, 10, 24)  # noqa: DTZ001 - a terminal's own clock
    imports = Pull.objects.filter(source="file").annotate(punch_count=Count("punches"))
    assert not imports.exclude(stored=F("punch_count")).exists()
    assert Pull.objects.filter(state="failed", terminal__serial_number="DEMO0003").count() == 6
    assert not Punch.objects.filter(received_at__lt=F("punched_at")).exists()


def test_punches_show_the_disorder_of_real_life(company: Loaded):
    known = Enrolment.objects.values("device_user_id")
    assert Punch.objects.exclude(device_user_id__in=known).values("device_user_id").distinct()
    assert RosterEntry.objects.filter(shift__code="CA3", work_date__lt=TODAY).count() > 200
    # In Vietnam it is 22:00 to 06:00.
    assert Punch.objects.filter(punched_at__hour__in=[22, 23, 0, 1, 2, 3, 4, 5]).count() > 300
    broken = PLAN.today - timedelta(days=70)
    out = Punch.objects.filter(serial_number="DEMO0003", punched_at__date=broken)
    assert not out.filter(device_user_id__in=known).exists()
    assert Punch.objects.filter(serial_number="DEMO0001", punched_at__date=broken).exists()


def test_a_shift_of_each_kind_is_worked(company: Loaded):
    worked = dict(RosterEntry.objects.values_list("shift__code").annotate(Count("pk")))
    assert set(worked) == {"HC", "LH", "GAY", "TH", "QS", "CA1", "CA2", "CA3"}
    kinds = {str(figures_of(engine_shift(shift)).kind) for shift in Shift.objects.all()}
    assert kinds == {"ca cố định", "ca linh hoạt", "ca gãy", "ca liên tục", "ca đêm liên tục"}
    draw_duty = RosterEntry.objects.filter(shift__code="QS")
    assert {entry.work_date.weekday() for entry in draw_duty} == {1}


def test_the_guards_roster_is_what_their_rotating_pattern_says(company: Loaded):
    guards = Employee.objects.filter(department__code="BV").values_list("pk", flat=True)
    assert PatternAssignment.objects.filter(employee__in=guards).count() == len(guards) == 16
    first, last = PLAN.today - timedelta(days=60), PLAN.today + timedelta(days=30)
    assert roll_out(employees=guards, first=first, last=last, replace=True) == Rolled(0, 0)


def test_who_has_flexible_hours_comes_later_and_is_explained(company: Loaded):
    day = PLAN.first_logged - timedelta(days=7)
    while RosterEntry.objects.filter(shift__code="LH", work_date=day).count() < 3:
        day -= timedelta(days=1)
    people = RosterEntry.objects.filter(shift__code="LH", work_date=day)
    found = compute_rows(
        employees=list(people.values_list("employee_id", flat=True)), first=day, last=day
    )
    rules = [{step["rule"] for step in row.steps} for row in found]
    assert sum("flex" in told for told in rules) >= 1
    assert all("shift" in told for told in rules)


def test_nobody_is_rostered_outside_employment(company: Loaded):
    entries = RosterEntry.objects.all()
    assert not entries.filter(work_date__lt=F("employee__join_date")).exists()
    assert not entries.filter(work_date__gt=F("employee__leave_date")).exists()


def test_loading_twice_does_nothing_the_second_time(company: Loaded):
    before = fingerprint()
    assert load(PLAN, at=NOW) is None
    assert fingerprint() == before


def test_every_role_gets_an_account_with_a_password_that_works(company: Loaded, tmp_path: Path):
    file = tmp_path / "secrets" / "accounts.json"
    made = ensure_accounts(file, on=TODAY)
    assert {user.role for user in made} == set(Role)
    passwords = json.loads(file.read_text(encoding="utf-8"))
    assert list(passwords) == [account.username for account in ACCOUNTS]
    assert len(set(passwords.values())) == len(passwords)
    assert all(user.check_password(passwords[user.username]) for user in made)
    assert file.stat().st_mode & 0o077 == 0
    assert User.objects.get(username="baichay").region == Region.objects.get(
        code="06673", valid_to=None
    )
    east = User.objects.get(username="miendong").territory
    assert east is not None
    assert not Territory.objects.exclude(pk=east.pk).filter(units__region__code="06712").exists()
    assert TerritoryRegion.objects.values("region").distinct().count() == 54


def test_who_logs_in_is_somebody_of_the_company(company: Loaded, tmp_path: Path):
    ensure_accounts(tmp_path / "accounts.json", on=TODAY)
    head = User.objects.get(username="truongphong").employee
    member = User.objects.get(username="nhanvien").employee
    assert head is not None
    assert member is not None
    assert member.department == head.department
    assert head.department.manager == head
    assert not Department.objects.filter(manager=None).exists()


def test_accounts_are_made_once_and_changed_passwords_stay(company: Loaded, tmp_path: Path):
    file = tmp_path / "accounts.json"
    ensure_accounts(file, on=TODAY)
    boss = User.objects.get(username="lanhdao")
    boss.set_password("một mật khẩu khác 1")
    boss.save()
    assert ensure_accounts(file, on=TODAY) == []
    boss.refresh_from_db()
    assert boss.check_password("một mật khẩu khác 1")


def test_a_lost_password_file_is_replaced_by_new_passwords(company: Loaded, tmp_path: Path):
    file = tmp_path / "accounts.json"
    ensure_accounts(file, on=TODAY)
    file.unlink()
    assert ensure_accounts(file, on=TODAY) == []
    password = json.loads(file.read_text(encoding="utf-8"))["nhansu"]
    assert User.objects.get(username="nhansu").check_password(password)


def test_the_first_briefing_is_due_at_once_and_goes_to_the_heads(company: Loaded, tmp_path: Path):
    ensure_accounts(tmp_path / "accounts.json", on=TODAY)
    for _ in range(2):
        order_first_briefing(at=NOW)
    assert set(Recipient.objects.values_list("user__username", flat=True)) == {
        "lanhdao",
        "kiemsoat",
    }
    assert Run.objects.filter(due_at=NOW).count() == 1
    assert ReportSchedule.objects.get().owner == User.objects.get(username="lanhdao")


def test_history_and_logs_of_the_terminals_never_overlap(company: Loaded, tmp_path: Path):
    assert loaded_plan() == Plan(today=TODAY)
    items = json.loads(write_terminals(tmp_path, on=TODAY).read_text(encoding="utf-8"))
    assert [item["serial"] for item in items] == ["DEMO0001", "DEMO0002", "DEMO0003", "DEMO0004"]
    assert {item["since"] for item in items} == {"2026-10-24"}
    assert [item["udp"] for item in items] == [False, False, True, False]
    assert Terminal.objects.get(serial_number="DEMO0002").comm_key() == items[1]["comm_key"] > 0
    assert {item["serial"]: item["port"] for item in items} == dict(
        Terminal.objects.values_list("serial_number", "port")
    )


def test_sales_are_carried_on_at_a_later_start_and_nothing_twice(company: Loaded):
    later = datetime(2026, 12, 2, 20, 0, tzinfo=VN)
    over_limit = {debt.code for debt in debts_over_limit(SUNDAY)}
    assert carry_on_sales(at=later) > 9 * 320
    assert differences() == []
    waiting = sheets_now(ReturnSheet.objects.filter(draw__date=TODAY))
    assert {now.state for now in waiting} == {"confirmed"}
    since = completeness(TODAY, later.date())
    silent = {agent.code: agent.draws for agent in since.missing}
    blocked = {code for code in over_limit if silent.pop(code, ())}
    assert blocked == over_limit  # no tickets for those who owe too much
    assert set(silent.values()) == {(later.date(),)}
    week = weekly_sales(date(2026, 11, 23), date(2026, 11, 29)).total.now
    assert 800 < (week.unsold_bps or 0) < 1_400
    paid = JournalEntry.objects.filter(event="payment")
    assert paid.filter(value_date__range=("2026-11-24", "2026-12-01")).count() > 450
    assert {debt.code for debt in debts_over_limit(later.date())} == over_limit
    before = fingerprint()
    assert carry_on_sales(at=later) == 0
    assert fingerprint() == before


def test_before_the_evening_of_the_first_day_there_is_nothing_to_carry_on(company: Loaded):
    assert carry_on_sales(at=NOW) == 0


def test_a_taken_port_is_replaced_in_file_and_table(company: Loaded, tmp_path: Path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        Terminal.objects.filter(serial_number="DEMO0001").update(port=port)
        items = json.loads(write_terminals(tmp_path, on=TODAY).read_text(encoding="utf-8"))
    assert items[0]["port"] != port
    assert Terminal.objects.get(serial_number="DEMO0001").port == items[0]["port"]


def test_the_roster_is_carried_on_when_the_demonstration_grows_old(company: Loaded, tmp_path: Path):
    later = TODAY + timedelta(days=60)
    assert not RosterEntry.objects.filter(work_date__gt=later).exists()
    write_terminals(tmp_path, on=later)
    assert RosterEntry.objects.filter(work_date=later + timedelta(days=3)).count() > 50


def test_nothing_is_recorded_in_the_future_even_just_after_midnight(company: Loaded):
    midnight = datetime.combine(TODAY, datetime.min.time(), tzinfo=VN)
    late = RecordingBatch.objects.filter(recorded_at__gt=midnight).exclude(recorded_at=NOW)
    assert list(late.values_list("recorded_at", flat=True)) == []


@pytest.mark.parametrize("hour", [0, 23])
def test_a_start_at_night_has_its_papers_and_meetings_too(
    company: Loaded, person: Callable[..., User], hour: int
):
    """Steps that follow each other in hours stay on their day."""
    at = NOW.replace(hour=hour, minute=50).astimezone(UTC)
    chief, clerk = person("executive"), person("hr")
    seller, head = person("sales_manager"), person("manager")
    create_documents(controller=clerk, approver=chief, reader=seller, at=at)
    create_obligations(clerk=seller, chief=chief, at=at)
    create_meetings(chair=chief, secretary=clerk, others=(head, seller), at=at)
    issues = DocumentIssue.objects.filter(document__code="QT-01").order_by("number")
    assert [(NOW.date() - each.effective_date).days for each in issues] == [120, 20]
    assert Task.objects.exists()
