"""/ban-ve/nhap-bang/: a sheet of agents by products, keyed or pasted; saved whole or not at all."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.db import tried_again
from backend.pages.places import place_choices, place_of
from backend.pages.sent_once import SentBefore, hold_form
from backend.problems import Problem
from sales.engine.bodies import MOST_LINES
from sales.engine.lines import MOST_TICKETS, Line
from sales.figures.draw_day import AgentDay, draw_day
from sales.ledger.recording import LinesRefused, record_sales
from sales.models import Product, Source
from sales.pages.returns import draw_day_of
from sales.tickets.return_declaring import declare_returns

#: What the sheet records: issues go to the ledger, returns are declared and then counted.
JOBS: Final = {"giao": gettext_lazy("Giao vé"), "tra": gettext_lazy("Kê vé trả")}
#: Agent code and product code.
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the sheet: the agent, and for each product what was sent and what is wrong with it."""

    agent: AgentDay
    cells: list[tuple[str, str, str]]
    error: str


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def entry_sheet(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    job = request.GET.get("viec", "giao")
    if job not in JOBS:
        raise Http404
    day = draw_day_of(request.GET.get("ngay", ""))
    asked = request.GET.get("dia_ban", "")
    place = place_of(asked, user=by)
    agents = draw_day(day, place.path)
    products = list(Product.objects.on_sale(day).order_by("code"))
    sent = _sent(request) if request.method == "POST" else {}
    errors: dict[Cell, str] = {}
    general: list[str] = []
    if request.method == "POST":
        again = f"{reverse('entry_sheet')}?{urlencode({'viec': job, 'ngay': day.isoformat(), 'dia_ban': asked})}"
        try:
            errors = tried_again(lambda: _save_once(request, job, day, sent, by))
        except SentBefore as before:
            messages.warning(request, str(before))
            return redirect(again)
        except Problem as problem:
            general = [str(problem)]
        if not errors and not general:
            _tell(request, job, sent)
            return redirect(again)
    known = {agent.code for agent in agents}
    general += [f"{agent}: {text}" for (agent, _p), text in errors.items() if agent not in known]
    context = {
        "job": job,
        "jobs": JOBS.items(),
        "day": day,
        **place_choices(place, by, clock.today()),
        "products": products,
        "rows": [_row(agent, products, sent, errors) for agent in agents],
        "faults": len(errors),
        "general": general,
    }
    status = 400 if errors or general else 200
    return render(request, "sales/entry_sheet.html", context, status=status)


def _sent(request: HttpRequest) -> dict[Cell, str]:
    """What was keyed, by agent and product; empty cells say nothing."""
    found: dict[Cell, str] = {}
    for name, value in request.POST.items():
        kind, _colon, rest = name.partition(":")
        agent, colon, product = rest.rpartition(":")
        if kind == "ve" and colon and str(value).strip():
            found[agent, product] = str(value).strip()
    return found


def _save_once(
    request: HttpRequest, job: str, day: date, sent: dict[Cell, str], by: User
) -> dict[Cell, str]:
    """`_save`, unless this very sheet was saved before. Raises SentBefore, Problem."""
    with transaction.atomic():
        hold_form(request, by=by, at=clock.now())
        errors = _save(job, day, sent, by)
        if errors:
            transaction.set_rollback(True)
    return errors


def _save(job: str, day: date, sent: dict[Cell, str], by: User) -> dict[Cell, str]:
    """Save the whole sheet; {} when done, else what is wrong in which cell, and nothing is saved.

    Raises Problem where the sheet as a whole is refused.
    """
    numbers = {cell: _number(text) for cell, text in sent.items()}
    wrong = {
        cell: _("“%(text)s” không phải số vé nguyên từ 0 đến %(most)s.")
        % {"text": sent[cell][:20], "most": MOST_TICKETS}
        for cell, number in numbers.items()
        if number is None
    }
    if wrong:
        return wrong
    tickets = {cell: number for cell, number in numbers.items() if number}
    if not tickets:
        raise Problem(_("Bảng chưa có số nào. Hãy gõ hoặc dán số vé rồi lưu lại."))
    if len(tickets) > MOST_LINES:
        raise Problem(_("Mỗi lần lưu tối đa %(most)s ô.") % {"most": MOST_LINES})
    return _issue(day, tickets, by) if job == "giao" else _declare(day, tickets, by)


def _number(text: str) -> int | None:
    """ "1.200" and "1200" are one number; None for what is no count of tickets."""
    bare = text.replace(".", "").replace(" ", "").replace("\u00a0", "")
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 9):
        return None
    return number if (number := int(bare)) <= MOST_TICKETS else None


def _issue(day: date, tickets: dict[Cell, int], by: User) -> dict[Cell, str]:
    lines = [Line(day, agent, product, issued=n) for (agent, product), n in tickets.items()]
    try:
        record_sales(by=by, at=clock.now(), lines=lines, source=Source.PAGE)
    except LinesRefused as refused:
        cells = list(tickets)
        return _by_cell(refused, lambda row: cells[row - 1])
    return {}


def _declare(day: date, tickets: dict[Cell, int], by: User) -> dict[Cell, str]:
    sheets: dict[str, dict[str, int]] = {}
    for (agent, product), count in tickets.items():
        sheets.setdefault(agent, {})[product] = count
    try:
        declare_returns(day=day, tickets=sheets, by=by, at=clock.now(), source=Source.PAGE)
    except LinesRefused as refused:
        firsts = [(agent, next(iter(products))) for agent, products in sheets.items()]
        return _by_cell(refused, lambda row: firsts[row - 1])
    return {}


def _by_cell(refused: LinesRefused, cell_of: Any) -> dict[Cell, str]:
    """The faults by the cell they are in; several of one cell stand together."""
    found: dict[Cell, str] = {}
    for error in refused.details["errors"]:
        cell = cell_of(error["row"])
        found[cell] = " ".join(filter(None, [found.get(cell, ""), str(error["message"])]))
    return found


def _tell(request: HttpRequest, job: str, sent: dict[Cell, str]) -> None:
    agents = len({agent for agent, _product in sent})
    tickets = sum(_number(text) or 0 for text in sent.values())
    told = ngettext(
        "%(job)s: đã lưu %(tickets)s vé của %(agents)s đại lý.",
        "%(job)s: đã lưu %(tickets)s vé của %(agents)s đại lý.",
        agents,
    )
    messages.success(
        request,
        told % {"job": JOBS[job], "tickets": formats.localize(tickets), "agents": agents},
    )


def _row(
    agent: AgentDay, products: list[Product], sent: dict[Cell, str], errors: dict[Cell, str]
) -> SheetRow:
    cells = [
        (
            product.code,
            sent.get((agent.code, product.code), ""),
            errors.get((agent.code, product.code), ""),
        )
        for product in products
    ]
    return SheetRow(agent, cells, " ".join(error for _c, _s, error in cells if error))
