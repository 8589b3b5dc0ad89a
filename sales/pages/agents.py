"""/ban-ve/dai-ly/: who sells, found by code or name, with what asks for attention."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.places import place_choices, place_of
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, share, table_answer
from sales.models import Agent, AgentContract, AgentDrawTotal, AgentStatus, DrawStatus

#: So many rows a page.
SHOWN = 100
#: How far back sales are summed.
RECENT = timedelta(days=28)
#: What ends within so many days is told.
SOON = timedelta(days=30)


@require_GET
@requires("sales.view")
def agents(request: HttpRequest) -> HttpResponseBase:
    """Agents by code; a search that finds one opens it."""
    user, today = acting(request), clock.today()
    asked = {name: request.GET.get(name, "").strip() for name in ("tim", "trang_thai", "dia_ban")}
    place = place_of(asked["dia_ban"], user=user)
    found = _found(Agent.objects.visible_to(user).in_scope(place.path), asked)
    if asks_for_workbook(request):
        rows = _with_sales(list(_with_figures(found.order_by("code"))))
        heading = heading_of(user, today, today, place.unit)
        return table_answer(heading, f"dai-ly-{today:%Y-%m-%d}.xlsx", _table(heading, rows))
    if asked["tim"] and (only := _only(found, asked["tim"])):
        return redirect("agent", code=only)
    after = request.GET.get("sau", "")
    page = list(_with_figures(found.filter(code__gt=after).order_by("code"))[: SHOWN + 1])
    return render(
        request,
        "sales/agents.html",
        {
            "rows": _with_sales(page[:SHOWN]),
            "count": found.count(),
            "next": _address(asked, page[SHOWN - 1].code) if len(page) > SHOWN else "",
            "asked": asked,
            "statuses": AgentStatus.choices,
            **place_choices(place, user, today),
            "today": today,
            "soon": today + SOON,
            "may_record": may(user, "sales.record"),
        },
    )


def _found(agents: QuerySet[Agent], asked: dict[str, str]) -> QuerySet[Agent]:
    if asked["tim"]:
        known = agents.model.objects.found_by(asked["tim"])
        agents = agents.filter(pk__in=known)
    if asked["trang_thai"]:
        agents = agents.filter(status=asked["trang_thai"])
    return agents


def _only(found: QuerySet[Agent], text: str) -> str | None:
    """The code when it was typed whole, or when nobody else is found."""
    exact = found.filter(code__iexact=text).values_list("code", flat=True)[:1]
    codes = list(exact) or list(found.values_list("code", flat=True)[:2])
    return codes[0] if len(codes) == 1 else None


def _with_figures(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    contracts = AgentContract.objects.filter(agent=OuterRef("pk")).order_by("-valid_from")
    return agents.select_related("region", "parent").annotate(
        contract=Subquery(contracts.values("number")[:1]),
        contract_until=Subquery(contracts.values("valid_to")[:1]),
        debt_amount=F("agentbalance__receivable"),
    )


def _with_sales(rows: list[Agent]) -> list[tuple[Agent, dict[str, int | None]]]:
    """Each agent with what it was given and gave back of the draws held in the last four weeks."""
    sums = (
        AgentDrawTotal.objects.filter(
            agent__in=[row.pk for row in rows],
            draw_date__gt=clock.today() - RECENT,
            draw__status=DrawStatus.HELD,
        )
        .values("agent")
        .annotate(issued=Sum("issued"), returned=Sum("returned"), revenue=Sum("revenue_amount"))
    )
    by_agent: dict[int, Any] = {each["agent"]: each for each in sums}
    return [(row, _shown(by_agent.get(row.pk))) for row in rows]


def _shown(sums: Mapping[str, int] | None) -> dict[str, int | None]:
    if sums is None:
        return {"revenue": None, "unsold_bps": None}
    unsold = sums["returned"] * 10_000 // sums["issued"] if sums["issued"] else 0
    return {"revenue": sums["revenue"], "unsold_bps": unsold}


def _address(asked: dict[str, str], after: str) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"{reverse('agents')}?{urlencode({**kept, 'sau': after})}"


def _table(heading: Heading, rows: list[tuple[Agent, dict[str, int | None]]]) -> Table:
    return Table(
        name="Đại lý",
        title=f"Đại lý, ngày {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Doanh thu và vé ế của 28 ngày qua. Đồng."),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            Column("Cấp", 6, "plain"), Column("Đại lý cấp 1", 12), Column("Trạng thái", 16),
            Column("Hợp đồng", 16), Column("Hết hạn", 12, "day"),
            Column("Doanh thu 28 ngày (đồng)", 17, "whole"), Column("Vé ế", 9, "percent"),
            Column("Đang nợ (đồng)", 16, "whole"),
        ),
        rows=(
            (agent.code, agent.name, agent.region.name, agent.level,
             agent.parent.code if agent.parent else "", agent.get_status_display(),
             agent.contract, agent.contract_until, sales["revenue"],  # type: ignore[attr-defined]
             share(sales["unsold_bps"]), agent.debt_amount)  # type: ignore[attr-defined]
            for agent, sales in rows
        ),
        frozen=2,
    )  # fmt: skip
