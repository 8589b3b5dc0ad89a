"""The company the browser tests look at: the demonstration, smaller, brought up to this minute."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from attendance.collecting import contacts
from attendance.exports.documents import Wanted
from attendance.exports.exporting import ask, cancel
from attendance.leave.care_hours import enter_care_hours
from attendance.leave.grants import grant_days, set_terms
from attendance.models import (
    AuditState,
    CommandState,
    ExportFormat,
    ExportKind,
    ExportProgress,
    LeaveGrantKind,
    Pull,
    PullSource,
    PushAudit,
    PushLink,
    RequestKind,
    RosterEntry,
    Terminal,
    TerminalCommand,
    TerminalUser,
    WaitingTerminal,
)
from attendance.requests.handling import Asked, submit
from attendance.roster.own_rest import enter_own_rest
from attendance.zk.errors import Unreachable
from backend import clock
from backend.accounts.models import Role, User
from backend.jobs import queue, work
from backend.org.models import Employee
from reporting.asking import request_new
from reporting.models import Edition, Task
from reporting.periods import week_before
from reporting.setup import ensure_weekly_briefing
from sales.agents.keeping import change_status, keep, keep_contract
from sales.draws.claims import Winner, register_claim
from sales.draws.payouts import Payer, pay_claim
from sales.draws.results import enter_result
from sales.engine.draw_sheet import cleaned
from sales.engine.ticket_lines import TicketLine
from sales.growth.planning import make_plan, move_plan
from sales.imports.importing import keep_file
from sales.models import (
    Agent,
    AgentContact,
    AgentContract,
    AgentDocument,
    AgentNote,
    AgentStatus,
    BankLine,
    Campaign,
    Collateral,
    CollateralKind,
    Draw,
    ImportKind,
    NewsItem,
    PlanState,
    PointOfSale,
    Product,
    Reconciliation,
    ReturnState,
)
from sales.money.bank import book_lines, import_statement
from sales.money.reconciling import propose
from sales.tickets.return_declaring import declare_return
from sales.tickets.return_handling import advance_returns, count_return
from sales.tickets.stock import record_moves
from scripts.demonstration.documents import create_documents
from scripts.demonstration.load import load
from scripts.demonstration.meetings import create_meetings
from scripts.demonstration.obligations import create_obligations
from scripts.demonstration.plan import Plan
from tests import make
from tests.browser.terminal_life import live_a_month
from tests.conftest import hashed_password
from tests.sales.draws import AUGUST_18


def make_company() -> dict[str, str]:
    """Fill the database; returns addresses of single things that every page test may open."""
    at = clock.now()
    today = clock.today()
    plan = Plan(
        today=today,
        agents=60,
        employees=40,
        draw_days=400,
        punch_days=45,
        log_days=0,
        result_days=0,
    )
    load(plan, at=at)
    make.timesheets(at)
    _terminals(at)
    people = {role: _account(role) for role in Role}
    _account(Role.HR, name="hr2")  # what one has locked, a second person opens
    ensure_weekly_briefing([people[Role.EXECUTIVE]], first_due_at=at, at=at)
    queue.materialise(at=queue.database_now())
    work.work_off(worker="browser-tests:1")
    first, last = week_before(at)
    request_new(first=first, last=last, send=False, by=people[Role.EXECUTIVE], at=at)
    _exports(people[Role.HR], today)
    pushing = _pushing_terminal(at)
    keyed, drawn, evening = _results(people[Role.SALES_MANAGER], at=at)
    claim, paid = _claims(people[Role.SALES_MANAGER], date.fromisoformat(drawn), at=at)
    entry = RosterEntry.objects.filter(work_date=today - timedelta(days=1)).order_by("pk")[0]
    _annual_leave(people[Role.HR], entry.employee, at=at)
    ticket_day = _tickets(people[Role.SALES_MANAGER], today, at=at)
    _care_hours(people[Role.HR], entry.employee, today, at=at)
    _own_rest(people[Role.HR], entry.employee, today, at=at)
    seller, record, first = _agreed(people[Role.SALES_MANAGER], at=at)
    _plan(people[Role.SALES_MANAGER], first, at=at)
    _bank(people[Role.SALES_MANAGER], seller, at=at)
    create_documents(
        controller=people[Role.HR],
        approver=people[Role.EXECUTIVE],
        reader=people[Role.SALES_MANAGER],
        at=at,
    )
    create_obligations(clerk=people[Role.SALES_MANAGER], chief=people[Role.EXECUTIVE], at=at)
    return {
        **_meetings(people, at=at),
        "seller": seller,
        "record": record,
        "month": f"{first:%Y-%m}",
        "year": str(first.year),
        "month_first": first.isoformat(),
        "month_last": (today.replace(day=1) - timedelta(days=1)).isoformat(),
        "ticket_day": ticket_day,
        "news": str(NewsItem.objects.get(slug__startswith="han-linh").pk),
        "news_slug": "han-linh-thuong-la-30-ngay-ke-tu-ngay-quay",
        "commune": Agent.objects.order_by("code")[0].region.code,
        "agent": _agent_file(people[Role.SALES_MANAGER], at=at),
        "return": _returns(people[Role.SALES_MANAGER], date.fromisoformat(ticket_day), at=at),
        "request": str(_request(people, entry, at=at)),
        "edition": Edition.objects.get(number=1).code,
        "employee": entry.employee.code,
        "day": entry.work_date.isoformat(),
        "terminal": "M2",
        "checkup": str(live_a_month(Terminal.objects.get(code="M2"), at=at)),
        "pushing": pushing,
        "keyed": keyed,
        "drawn": drawn,
        "evening": evening,
        "claim": claim,
        "import": _faulty_file(people[Role.SALES_MANAGER], seller, today, at=at),
        "territory": "MD",
        "campaign": str(Campaign.objects.get().pk),
        "paid": paid,
        "special": AUGUST_18[0],
    }


def _meetings(people: dict[Role, User], *, at: datetime) -> dict[str, str]:
    """A briefing that was held, the next one, and a task of it."""
    coming = create_meetings(
        chair=people[Role.EXECUTIVE],
        secretary=people[Role.HR],
        others=(people[Role.MANAGER], people[Role.SALES_MANAGER]),
        at=at,
    )
    assert coming is not None
    task = Task.objects.order_by("pk")[0]
    return {
        "briefing": str(coming.pk),
        "held": str(task.conclusion.briefing_id),
        "series": str(coming.series_id),
        "task": str(task.pk),
        "minutes": "1",
    }


def _results(manager: User, *, at: datetime) -> tuple[str, str, str]:
    """The last draw and the third last keyed by two people who disagree, the one between published;
    the days of the last, the published, and the third."""
    other = _account(Role.SALES_MANAGER, name="sales_manager2")
    today = at.astimezone(clock.VN).date()
    newest, before, third = Draw.objects.filter(date__lt=today).order_by("-date")[:3]
    wrong = [*AUGUST_18[:5], "36792", *AUGUST_18[6:]]
    for draw in (newest, third):
        for person, numbers in ((manager, AUGUST_18), (other, wrong)):
            enter_result(draw.date, cleaned(numbers, ["2KX", "5KX"], 20), by=person, at=at)
    make.result(before, AUGUST_18, ["2KX", "5KX"], series_count=20)
    return newest.date.isoformat(), before.date.isoformat(), third.date.isoformat()


def _faulty_file(manager: User, seller: str, today: date, *, at: datetime) -> str:
    """A file with two lines that can be recorded and two that cannot."""
    day = Draw.objects.filter(date__gte=today, close=None).order_by("date")[0].date
    lines = [(seller, "120"), (seller, "mười"), ("KHONG-CO", "50"), ("QN0002", "80")]
    rows = [f"{day:%d/%m/%Y};{code};TT10;{tickets}" for code, tickets in lines]
    data = "\n".join(["Kỳ vé;Mã đại lý;Loại vé;Vé giao", *rows]).encode()
    kept = keep_file(
        data, name="giao-ve.csv", kind=ImportKind.ISSUES, sender="Móng Cái", by=manager, at=at
    )
    return str(kept.key)


def _claims(manager: User, day: date, *, at: datetime) -> tuple[str, str]:
    """Three tickets presented today: one waits for a tax rule to be confirmed, two are paid."""
    today = at.astimezone(clock.VN).date()
    winner = Winner("Trần Thị Trúng", "022190000001", "Phường Hồng Gai", "0900000000")
    paying = AgentContract.objects.filter(pays_prizes=True, agent__closed_date=None)
    claims = [
        register_claim(
            number=number, symbol="2KX", day=day, presented=today, winner=winner, by=manager, at=at
        )
        for number in (AUGUST_18[0], AUGUST_18[1], AUGUST_18[2])
    ]
    pay_claim(claims[1].pk, payer=Payer(out_of="bank"), paid=today, by=manager, at=at)
    payer = Payer(agent=paying.earliest("pk").agent.code, fee_bps=20)
    pay_claim(claims[2].pk, payer=payer, paid=today, by=manager, at=at, reference="PC-1")
    return str(claims[0].pk), str(claims[2].pk)


def _tickets(manager: User, today: date, *, at: datetime) -> str:
    """The tickets of a draw by serial: printed, given to an agent, some lost; the day of the draw."""
    draw = Draw.objects.filter(date__gte=today).order_by("date")[0]
    agent = Agent.objects.filter(closed_date=None, status="active").order_by("code")[0]
    product = Product.objects.order_by("code")[0].code

    def move(first: int, last: int, source: str, target: str, document: str = "") -> None:
        line = TicketLine(draw.date, product, "8KX", first, last, source, target, document)
        record_moves(by=manager, at=at, lines=[line])

    move(0, 99_999, "printer", "warehouse", "PN 11/2026")
    move(0, 499, "warehouse", f"agent:{agent.code}", "PX 0412")
    move(40, 49, f"agent:{agent.code}", "lost", "BB 07/2026")
    return draw.date.isoformat()


def _agent_file(by: User, *, at: datetime) -> str:
    """The first agent has something in every part of its file; returns its code."""
    agent = Agent.objects.order_by("code")[0]
    first = date(at.year, 1, 1)
    contract = AgentContract.objects.get(agent=agent)
    keep_contract(contract, {}, rates={Product.objects.order_by("pk")[0]: 1_150})
    keep(
        Collateral(
            agent=agent,
            kind=CollateralKind.GUARANTEE,
            value_amount=300_000_000,
            document="BL 45",
            issuer="Ngân hàng",
            valid_from=first,
            valid_to=at.date() + timedelta(days=9),
        )
    )
    keep(
        PointOfSale(
            agent=agent,
            code="DB1",
            name="Chợ",
            address="Bạch Đằng",
            region=agent.region,
            latitude=20.95,
            longitude=107.08,
            opened_date=first,
            is_listed=True,
            opening_hours="7:00–18:00",
            public_phone="0203 000 0000",
        )
    )
    keep(AgentContact(agent=agent, name="Chị Hoa", phone="0912345678"))
    keep(
        AgentDocument(
            agent=agent,
            kind="licence",
            number="GP 5",
            title="Giấy phép kinh doanh",
            issued_date=first,
        )
    )
    keep(AgentNote(agent=agent, kind="visit", date=first, text="Đủ vé, sạch sẽ.", by=by, at=at))
    for to in (AgentStatus.SUSPENDED, AgentStatus.ACTIVE):
        change_status(agent, to=to, from_day=first, reason="Kiểm kê quầy", by=by, at=at)
    return agent.code


def _returns(manager: User, day: date, *, at: datetime) -> str:
    """Sheets of unsold tickets: one only declared, one counted by another; the counted one's number."""
    other = User.objects.get(username="sales_manager2")
    product = Product.objects.order_by("code")[0].code
    agents = Agent.objects.filter(closed_date=None, status="active").order_by("code")[1:3]
    _first, second = (
        declare_return(agent=agent.code, day=day, tickets={product: 40}, by=manager, at=at)
        for agent in agents
    )
    advance_returns([second.pk], ReturnState.RECEIVED, by=manager, at=at)
    count_return(second.pk, tickets={product: 38}, by=other, at=at, minutes_no="BB 12")
    return str(second.pk)


def _plan(manager: User, month: date, *, at: datetime) -> None:
    """The year of the month has an approved plan, and a draft after it."""
    product = Product.objects.order_by("pk")[0].code
    agents = Agent.objects.order_by("code")[:5]
    lines = [
        {"month": month.month, "product": product, "tickets": 700_000},
        *(
            {"month": month.month, "product": product, "agent": agent.code, "tickets": 30_000}
            for agent in agents
        ),
    ]
    plan = make_plan(month.year, lines, note="Nghị quyết 5", by=manager, at=at)
    move_plan(plan.pk, PlanState.SUBMITTED, by=manager, at=at)
    other = User.objects.get(username="sales_manager2")
    move_plan(plan.pk, PlanState.APPROVED, by=other, at=at)
    make_plan(month.year, lines, note="", by=manager, at=at)


def _bank(manager: User, seller: str, *, at: datetime) -> None:
    """Three payments came in: one is booked, one names its agent, of one nobody knows whose it is."""
    day = at.astimezone(clock.VN).date() - timedelta(days=1)
    rows = [
        f"{day:%d/%m/%Y};FT{number};{amount};{sender};{text}"
        for number, amount, sender, text in (
            (1, "2.000.000", "BUI DINH KHANH", f"{seller} nop tien ve"),
            (2, "1.500.000", "BUI DINH KHANH", f"{seller} nop tien ve"),
            (3, "750.000", "NGUOI LA", "chuyen tien"),
        )
    ]
    heads = "Ngày giao dịch;Số tham chiếu;Ghi có;Người chuyển;Nội dung"
    import_statement(
        "\n".join([heads, *rows]).encode(), name="sao-ke.csv", account="0011", by=manager, at=at
    )
    first = BankLine.objects.get(account="0011", reference="FT1")
    book_lines({first.pk: seller}, by=manager, at=at)


def _agreed(manager: User, *, at: datetime) -> tuple[str, str, date]:
    """The account of an agent of last month is proposed: its agent, record, and first day."""
    last = at.astimezone(clock.VN).date().replace(day=1) - timedelta(days=1)
    agents = Agent.objects.filter(closed_date=None, opened_date__lte=last).order_by("code")
    known = Reconciliation.objects.filter(agent__in=agents, last=last, steps=None)
    record = known.order_by("agent__code").first()  # where the demonstration closed the month
    if record is None:
        record = propose(agents[0], first=last.replace(day=1), last=last, by=manager, at=at)
    return record.agent.code, str(record.pk), last.replace(day=1)


def _exports(by: User, today: date) -> None:
    """One export is made, beside the briefing that is due, one is cancelled, one still waits."""
    month = [
        Wanted(ExportKind.EXCEPTIONS, ExportFormat.XLSX, today - timedelta(days=days), today)
        for days in (30, 60, 90)
    ]
    ask(month[0], by=by, at=queue.database_now())
    cancel(ask(month[1], by=by, at=queue.database_now()), by=by, at=queue.database_now())
    work.work_off(worker="browser-tests:1")
    waiting = ask(month[2], by=by, at=queue.database_now())
    ExportProgress.objects.filter(export=waiting).update(done=3, total=12)


def _request(people: dict[Role, User], entry: RosterEntry, *, at: datetime) -> int:
    """An employee of a headed department has asked for a forgotten punch; returns its number."""
    asking = people[Role.EMPLOYEE]
    asking.employee = entry.employee
    asking.save()
    department = entry.employee.department
    head = Employee.objects.filter(department=department).exclude(pk=entry.employee_id).first()
    department.manager = people[Role.MANAGER].employee = head
    department.save()
    people[Role.MANAGER].save()
    today = at.astimezone(clock.VN).date()
    if not RosterEntry.objects.filter(work_date=today, employee__department=department).exists():
        make.roster(entry.employee, today.isoformat())  # on a Saturday a head has people, too
    asked = Asked(kind=RequestKind.PUNCH, first=entry.work_date, start=time(3, 17))
    return submit(asked, reason="Quên chấm lúc về", by=asking, at=at).pk


def _care_hours(by: User, employee: Employee, today: date, *, at: datetime) -> None:
    """One that holds now and is protected, one that is over."""
    enter = partial(enter_care_hours, employee=employee, reason="Giấy khai sinh", by=by, at=at)
    days = [today + timedelta(days=n) for n in (-40, -38, -5, 60)]
    enter(kind="menstrual", first=days[0], last=days[1])
    enter(kind="nursing", first=days[2], last=days[3], place="end", paid_if_worked=True)


def _own_rest(by: User, employee: Employee, today: date, *, at: datetime) -> None:
    """By the roster until some time ago; now two days of the week, so that the roster shows them."""
    enter = partial(enter_own_rest, employee=employee, reason="Nội quy phòng", by=by, at=at)
    days = [today + timedelta(days=n) for n in (-40, -30, -10)]
    enter(weekdays=[], first=days[0], last=days[1])
    enter(weekdays=[2, 7], first=days[2])


def _annual_leave(by: User, employee: Employee, *, at: datetime) -> None:
    """The employee has a base of their own, and extra days that lapse before the year is over."""
    year = at.astimezone(clock.VN).year
    known: dict[str, Any] = {"by": by, "at": at}
    set_terms(employee, from_date=date(year, 1, 1), base_days=14, document="QĐ 5/NS", **known)
    grant_days(
        employee, kind=LeaveGrantKind.EXTRA, days=Decimal("1.5"), valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 30), reason="Thỏa ước lao động tập thể", **known,
    )  # fmt: skip


def _pushing_terminal(at: datetime) -> str:
    """One of the terminals pushes as well, another waits; returns the first one's code."""
    terminal = Terminal.objects.exclude(serial_number="").order_by("pk")[0]
    PushLink.objects.create(
        terminal=terminal, networks=["10.1.0.0/16"], created_at=at, last_heard_at=at,
        last_address="10.1.0.9", told={"DeviceName": "SenseFace 3A"}, last_refusal="wrong_key",
        last_refused_at=at + timedelta(seconds=1),
    )  # fmt: skip
    midnight = datetime.combine(at, time.min)
    for back, state in enumerate(AuditState.values, start=1):
        first = midnight - timedelta(days=back)
        PushAudit.objects.create(
            terminal=terminal, first=first, last=first + timedelta(hours=23), state=state,
            device_sum=80, our_count=80 - back, gap=back, asked_at=at,
        )  # fmt: skip
    for state in CommandState.values:
        TerminalCommand.objects.create(
            terminal=terminal, kind="info", text="INFO", state=state, created_at=at,
            expires_at=at + timedelta(days=1),
        )  # fmt: skip
    for serial, ignored_at in (("WAITING001", None), ("IGNORED001", at)):
        WaitingTerminal.objects.create(
            serial_number=serial, address="10.1.0.8", first_heard_at=at, last_heard_at=at,
            ignored_at=ignored_at,
        )  # fmt: skip
    return terminal.code


def _account(role: Role, name: str = "") -> User:
    """Named like the role, with the password of all tests."""
    name = name or role.value
    return User.objects.create(
        username=name, email=f"{name}@giaoban.example", password=hashed_password(), role=role
    )


def _terminals(at: datetime) -> None:
    """A day of each terminal: two are well, one is nearly full, one has been silent since 05:00."""
    for number, terminal in enumerate(Terminal.objects.order_by("code")):
        is_broken = number == 2
        for back in range(24 * 4):
            moment = at - timedelta(minutes=15 * back)
            if is_broken and back < 14:
                contacts.missed(terminal.pk, at=moment)
                continue
            hour = moment.astimezone(clock.VN).hour
            punches = 7 if hour in (6, 7, 11, 13, 17) else number
            pull = Pull(terminal=terminal, source=PullSource.PULL, stored=punches)
            contacts.reached(pull, at=moment)
        count, most = 96_480 if number == 1 else 12_345 + number, 100_000
        heard = at - timedelta(hours=3 if is_broken else 0, seconds=12)
        code, reason = ("unreachable", str(Unreachable.message)) if is_broken else ("", "")
        for state, when in (("done", heard), ("failed", at))[: 1 + is_broken]:
            Pull.objects.create(
                terminal=terminal,
                source=PullSource.PULL,
                state=state,
                code=code if state == "failed" else "",
                reason=reason if state == "failed" else "",
                device_count=count,
                skipped=count - 4,
                read=4 - (number == 3),
                stored=4 - (number == 3),
                started_at=when,
                finished_at=when + timedelta(seconds=1.4),
            )
        Terminal.objects.filter(pk=terminal.pk).update(
            last_contact_at=heard,
            next_poll_at=at + timedelta(minutes=10),
            consecutive_failures=9 * is_broken,
            last_record_count=count,
            record_capacity=most,
            user_count=120 + number,
            user_capacity=3_000,
            finger_count=211,
            finger_capacity=3_000,
            clock_offset_seconds=(2, -9, 0, 412)[number % 4],
        )
    stranger = TerminalUser.objects.filter(device_user_id="9001").first()
    known = Employee.objects.order_by("-pk")[0]
    if stranger is not None:
        stranger.name = known.search.upper()
        stranger.save()
