"""/ban-ve/cong-no/: who owes what and how old it is; an agent's statement."""

from datetime import date
from itertools import chain
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.months import day_from
from backend.pages.places import place_choices, place_of
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from backend.vntext import search_key
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import Agent, JournalEvent, Reconciliation
from sales.money.debts import Debt, debts_on, standing_of
from sales.money.reconciling import propose, tickets_of
from sales.money.statement import Statement, statement_of

#: Agents on the page; the search finds the rest, the workbook has all.
SHOWN: Final = 300
#: The longest statement, in days: a year.
LONGEST: Final = 366
ORDERS: Final = ("overdue", "owed", "over", "code")


@require_GET
@requires("sales.view")
def debts(request: HttpRequest) -> HttpResponseBase:
    """Debts by age on ?ngay= of ?dia_ban=, those of ?tim=; ?dang=xlsx as a workbook."""
    user, today = acting(request), clock.today()
    day = min(day_from(request.GET.get("ngay", "")) or today, today)
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    found = request.GET.get("tim", "").strip()
    order = request.GET.get("xep", ORDERS[0])
    rows = sorted(_matching(debts_on(day, path=place.path), found), key=_key(order))
    if asks_for_workbook(request):
        heading = heading_of(user, day, day, place.unit)
        return table_answer(heading, f"cong-no-{day:%Y-%m-%d}.xlsx", _table(heading, rows, day))
    context = {
        "day": day,
        **place_choices(place, user, today),
        "found": found,
        "order": order,
        "rows": rows[:SHOWN],
        "count": len(rows),
        "total": _total(rows),
    }
    return render(request, "sales/debts.html", context)


@require_GET
@requires("sales.view")
def statement(request: HttpRequest, code: str) -> HttpResponseBase:
    """An agent's account from ?tu= to ?den=, this month without them."""
    agent = _agent(request, code)
    first, last = _span(request)
    told = statement_of(agent, first=first, last=last)
    if asks_for_workbook(request):
        heading = heading_of(acting(request), first, last, agent.region)
        name = f"so-cong-no-{agent.code}-{last:%Y-%m-%d}.xlsx"
        return table_answer(heading, name, _statement_table(heading, agent, told))
    now = standing_of(agent, owed_amount=told.closing, held_amount=told.collateral, on=last)
    records = Reconciliation.objects.known_to(acting(request)).filter(agent=agent).with_state()
    context = {
        "told": told,
        "agent": agent,
        "age": now.age,
        "limit": now.limit_amount,
        "tickets": tickets_of(agent, first, last),
        "rows": [(line, JournalEvent(line.event).label) for line in told.lines],
        "records": records.order_by("-last", "-pk")[:12],
        "may_record": may(request.user, "sales.record"),
        "is_over": last < clock.today(),
    }
    return render(request, "sales/statement.html", context)


@require_POST
@requires("sales.record")
def statement_propose(request: HttpRequest, code: str) -> HttpResponse:
    """Write down the account of the form's days for the agent to sign."""
    agent = _agent(request, code)
    first, last = (day_from(request.POST.get(name, "")) for name in ("tu", "den"))
    after = reverse("statement", kwargs={"code": code})
    with problems_told(request):
        if first is None or last is None:
            raise Problem(_("Hãy chọn ngày đầu và ngày cuối của kỳ đối chiếu."))
        record = propose(agent, first=first, last=last, by=acting(request), at=clock.now())
        messages.success(
            request, _("Đã lập biên bản. In ra cho đại lý ký, rồi ghi chữ ký tại đây.")
        )
        after = reverse("reconciliation", kwargs={"pk": record.pk})
    return redirect(after)


def _agent(request: HttpRequest, code: str) -> Agent:
    agents = Agent.objects.visible_to(acting(request)).select_related("region")
    return get_object_or_404(agents, code=code)


def _span(request: HttpRequest) -> tuple[date, date]:
    today = clock.today()
    last = day_from(request.GET.get("den", "")) or today
    first = day_from(request.GET.get("tu", "")) or last.replace(day=1)
    if first > last:
        first, last = last, first
    return max(first, date.fromordinal(last.toordinal() - LONGEST + 1)), last


def _matching(rows: list[Debt], found: str) -> list[Debt]:
    if not found:
        return rows
    words = search_key(found)
    return [row for row in rows if words in search_key(f"{row.code} {row.name}")]


def _key(order: str) -> Any:
    if order == "owed":
        return lambda row: (-row.owed_amount, row.code)
    if order == "over":
        return lambda row: (-row.over_amount, -row.owed_amount, row.code)
    if order == "code":
        return lambda row: row.code
    return lambda row: (-row.age.overdue, -row.owed_amount, row.code)


def _total(rows: list[Debt]) -> dict[str, int]:
    return {
        "owed": sum(row.owed_amount for row in rows),
        "not_due": sum(row.age.not_due for row in rows),
        "week": sum(row.age.days_1_to_7 for row in rows),
        "month": sum(row.age.days_8_to_30 for row in rows),
        "longer": sum(row.age.days_over_30 for row in rows),
        "overdue": sum(row.age.overdue for row in rows),
        "held": sum(row.secured_amount for row in rows),
        "over": sum(row.over_amount for row in rows),
        "over_count": sum(row.over_amount > 0 for row in rows),
        "overdue_count": sum(row.age.overdue > 0 for row in rows),
    }


_COLUMNS: Final = (
    Column("Mã đại lý", 12),
    Column("Tên đại lý", 36),
    Column("Địa bàn", 20),
    Column("Còn nợ (đồng)", 16, "whole"),
    Column("Trong hạn", 15, "whole"),
    Column("Quá hạn 1–7 ngày", 15, "whole"),
    Column("Quá hạn 8–30 ngày", 15, "whole"),
    Column("Quá hạn trên 30 ngày", 15, "whole"),
    Column("Hạn cũ nhất", 12, "day"),
    Column("Bảo đảm (đồng)", 15, "whole"),
    Column("Hạn mức", 15, "whole"),
    Column("Vượt hạn mức", 15, "whole"),
)


def _table(heading: Heading, rows: list[Debt], day: date) -> Table:
    return Table(
        name="Công nợ",
        title=f"Công nợ đại lý theo tuổi nợ, ngày {day:%d/%m/%Y}",
        notes=(*heading.lines(), "Đồng; số âm là đại lý nộp trước. Tiền nộp trả khoản nợ cũ nhất trước.",),
        columns=_COLUMNS,
        rows=[
            (
                row.code, row.name, row.region, row.owed_amount, row.age.not_due,
                row.age.days_1_to_7, row.age.days_8_to_30, row.age.days_over_30,
                row.age.oldest_due, row.secured_amount, row.limit_amount, row.over_amount,
            )
            for row in rows
        ],
        frozen=2,
    )  # fmt: skip


def _statement_table(heading: Heading, agent: Agent, told: Statement) -> Table:
    opening = (told.first, "nợ đầu kỳ", "", "", "", None, None, None, told.opening)
    return Table(
        name="Sổ công nợ",
        title=f"Sổ công nợ {agent.code} {agent.name}",
        notes=(*heading.lines(), "Đồng."),
        columns=(
            Column("Ngày", 12, "day"), Column("Nội dung", 24), Column("Loại vé", 10),
            Column("Số chứng từ", 18), Column("Diễn giải", 32, "wrap"),
            Column("Doanh thu", 16, "whole"), Column("Hoa hồng", 15, "whole"),
            Column("Thay đổi nợ", 16, "change"), Column("Còn nợ", 16, "whole"),
        ),
        rows=chain([opening], (
            (line.value_date, str(JournalEvent(line.event).label), line.product or "",
             line.reference, line.reason, line.revenue_amount or None,
             line.amounts["commission"] or None, line.amounts["receivable"], line.balance)
            for line in told.lines
        )),
        frozen=1,
    )  # fmt: skip
