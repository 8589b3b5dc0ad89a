"""/ban-ve/phan-ve/: how many tickets to give each agent for a draw, and one click to give them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.months import day_or_404
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.growth.advising import decide, make_advice, newest_advice
from sales.growth.past_advice import AdviceOutcome, outcomes
from sales.models import Advice, Draw, DrawStatus, Product, Source
from sales.templatetags.sales_numbers import percent

#: Draws to come that may be chosen.
AHEAD = 14


@dataclass(frozen=True)
class Line:
    """An advice, in words; whether it was ticked, and the number that was typed, in a form that was refused."""

    advice: Advice
    why: str
    is_chosen: bool
    typed: str

    @property
    def difference(self) -> int | None:
        before = self.advice.last_week
        return None if before is None else self.advice.tickets - before


@requires("sales.view")
def allocation(request: HttpRequest) -> HttpResponseBase:
    """The advice for one draw and product, with why; past advice and what became of it."""
    user = acting(request)
    context = _context(request)
    if asks_for_workbook(request) and context["draw"]:
        day = context["draw"].date
        heading = heading_of(user, day, day, user.region)
        return table_answer(heading, f"phan-ve-{day:%Y-%m-%d}.xlsx", _table(heading, context))
    return render(
        request, "sales/allocation.html", context | {"may_decide": may(user, "sales.record")}
    )


@require_POST
@requires("sales.record")
def allocation_make(request: HttpRequest) -> HttpResponse:
    """Make the advice anew for agents nobody has decided on."""
    day, product = day_or_404(request.POST.get("ky", "")), request.POST.get("loai", "")
    with problems_told(request):
        run = make_advice(day, product, by=acting(request), at=clock.now())
        count = run.advice.count()
        messages.success(
            request,
            ngettext(
                "Đã lập khuyến nghị cho {count} đại lý.",
                "Đã lập khuyến nghị cho {count} đại lý.",
                count,
            ).format(count=count),
        )
    return redirect(_address(day, product))


@require_POST
@requires("sales.record")
def allocation_decide(request: HttpRequest) -> HttpResponse:
    """Give the ticked agents what stands in their line."""
    day, product = day_or_404(request.POST.get("ky", "")), request.POST.get("loai", "")
    try:
        decided = decide(
            day,
            product,
            {code: _number(request, code) for code in request.POST.getlist("chon")},
            reason=request.POST.get("ly_do", "")[:200],
            by=acting(request),
            at=clock.now(),
            source=Source.PAGE,
        )
    except Problem as problem:
        told = problem.details.get("errors", []) if problem.details else []
        words = [str(problem), *(f"{one['message']}" for one in told)]
        return render(
            request,
            "sales/allocation.html",
            _context(request)
            | {"may_decide": True, "problem": words, "reason": request.POST.get("ly_do", "")},
            status=problem.status,
        )
    messages.success(
        request,
        _("Đã quyết định cho {agents} đại lý, giao thêm {issued} vé.").format(
            agents=decided.agents, issued=decided.issued
        ),
    )
    return redirect(_address(day, product))


def _context(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST or request.GET
    today = clock.today()
    draws = list(
        Draw.objects.filter(date__gte=today, status=DrawStatus.SCHEDULED).order_by("date")[:AHEAD]
    )
    products = list(Product.objects.on_sale(today).order_by("-code"))
    day = day_or_404(sent.get("ky", "")) if sent.get("ky") else None
    draw = next((one for one in draws if one.date == day), None) or _waiting(draws)
    code = sent.get("loai", "")
    product = next((one for one in products if one.code == code), products[0] if products else None)
    lines: list[Line] = []
    past: list[AdviceOutcome] = []
    if draw and product:
        ticked, typed = set(request.POST.getlist("chon")), request.POST
        lines = [
            Line(one, why(one), one.agent.code in ticked, typed.get(f"ve_{one.agent.code}", ""))
            for one in newest_advice(draw, product, acting(request))
        ]
        past = outcomes(today, product, acting(request))
    return {
        "draws": draws,
        "products": products,
        "draw": draw,
        "product": product,
        "lines": lines,
        "open": sum(not hasattr(line.advice, "decision") for line in lines),
        "advised": sum(line.advice.tickets for line in lines),
        "before": sum(line.advice.last_week or 0 for line in lines),
        "run": lines[0].advice.run if lines else None,
        "past": past,
    }


def _waiting(draws: list[Draw]) -> Draw | None:
    """The first draw whose advice waits for a decision, else the next one."""
    waits = Draw.objects.filter(
        pk__in=[draw.pk for draw in draws], advicerun__advice__decision__isnull=True,
        advicerun__advice__isnull=False,
    )  # fmt: skip
    return waits.order_by("date").first() or next(iter(draws), None)


def why(advice: Advice) -> str:
    """One line: what the number follows from."""
    index = percent(advice.index_bps)
    if advice.is_probe:
        return _(
            "Hết vé {sold_out}/{draws} kỳ nên chưa rõ sức bán: thử thêm một phần mười; kỳ này bằng {index} ngày thường"
        ).format(sold_out=advice.sold_out, draws=advice.draws, index=index)
    return _(
        "Ngày thường cần khoảng {usual} vé, kỳ này bằng {index} ngày thường, giao {reserve} mức đó; hết vé {sold_out}/{draws} kỳ"
    ).format(
        usual=advice.usual,
        index=index,
        reserve=percent(advice.reserve_bps),
        sold_out=advice.sold_out,
        draws=advice.draws,
    )


def _number(request: HttpRequest, code: str) -> int | None:
    """What was typed for the agent; None for as advised. What is no number is refused later."""
    text = request.POST.get(f"ve_{code}", "").strip().replace(".", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _address(day: date, product: str) -> str:
    return f"{reverse('allocation')}?ky={day:%Y-%m-%d}&loai={product}"


def _table(heading: Heading, context: dict[str, Any]) -> Table:
    return Table(
        name="Phân vé",
        title=f"Khuyến nghị phân vé {context['product'].name}, kỳ {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Vé."),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            Column("Tuần trước", 11, "whole"), Column("Khuyến nghị", 11, "whole"),
            Column("Thêm, bớt", 11, "change"), Column("Quyết định", 11, "whole"),
            Column("Vì sao", 60, "wrap"), Column("Lý do quyết định", 26, "wrap"),
        ),
        rows=(
            (line.advice.agent.code, line.advice.agent.name, line.advice.agent.region.name,
             line.advice.last_week, line.advice.tickets, line.difference,
             *_decided(line.advice, line.why))
            for line in context["lines"]
        ),
        frozen=2,
    )  # fmt: skip


def _decided(advice: Advice, reasoning: str) -> tuple[int | None, str, str]:
    decision = getattr(advice, "decision", None)
    return (decision.tickets, reasoning, decision.reason) if decision else (None, reasoning, "")
