"""/ban-ve/ngay-quay/: the desk of a draw's day: who has not reported, totals, the clock."""

from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.places import place_choices, place_of
from backend.tables import Column, Table
from sales.figures.draw_day import AgentDay, RegionDay, control_totals, draw_day
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import Draw, DrawStatus, ReturnState
from sales.pages.returns import draw_day_of
from sales.tickets.return_sheets import cutoff_of

HELD_BY_AGENTS = _(
    "Kỳ này chưa quay: vé bán và doanh thu là vé đại lý đang giữ, còn giảm khi đại lý trả vé."
)


@requires("sales.view")
def draw_desk(request: HttpRequest) -> HttpResponseBase:
    """The desk of ?ngay= in ?dia_ban=; a fragment of it renews itself every minute."""
    user = acting(request)
    day = draw_day_of(request.GET.get("ngay", ""))
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    agents = draw_day(day, place.path)
    rows = [
        control_totals(name, list(group))
        for (_code, name), group in groupby(agents, lambda a: (a.region_code, a.region))
    ]
    draw = Draw.objects.filter(date=day).select_related("close").first()
    is_held = draw is not None and draw.status == DrawStatus.HELD
    if asks_for_workbook(request):
        heading = heading_of(user, day, day, place.unit)
        notes = [] if is_held else [HELD_BY_AGENTS]
        tables = _agent_table(heading, agents, notes), _total_table(heading, rows, notes)
        return table_answer(heading, f"ngay-quay-{day:%Y-%m-%d}.xlsx", *tables)
    at, until = clock.now(), cutoff_of(day)
    return render(
        request,
        "sales/draw_desk.html",
        {
            "day": day,
            "draw": draw,
            "note": "" if is_held else HELD_BY_AGENTS,
            **place_choices(place, user, clock.today()),
            "at": at,
            "until": until,
            "left": None if until is None or at >= until else until - at,
            "rows": rows,
            "total": control_totals("", list(agents)),
            "unreported": [agent for agent in agents if agent.has_not_reported],
            "unsupplied": [agent for agent in agents if agent.is_waiting_for_tickets],
            "may_record": may(user, "sales.record"),
        },
    )


def _agent_table(heading: Heading, agents: Iterable[AgentDay], notes: Iterable[object]) -> Table:
    return Table(
        name="Đại lý",
        title=f"Vé giao và vé trả theo đại lý, kỳ {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Vé; doanh thu là đồng, trước hoa hồng.", *map(str, notes)),
        columns=(
            Column("Địa bàn", 20), Column("Mã đại lý", 12), Column("Tên đại lý", 36),
            Column("Vé giao", 11, "whole"), Column("Vé trả", 11, "whole"),
            Column("Vé bán", 11, "whole"), Column("Doanh thu (đồng)", 17, "whole"),
            Column("Bảng kê vé trả", 18),
        ),
        rows=(
            (agent.region, agent.code, agent.name, agent.issued, agent.returned,
             agent.issued - agent.returned, agent.revenue_amount,
             str(ReturnState(agent.sheet_state).label) if agent.sheet_state else "")
            for agent in agents
        ),
        frozen=3,
    )  # fmt: skip


def _total_table(heading: Heading, rows: Iterable[RegionDay], notes: Iterable[object]) -> Table:
    return Table(
        name="Địa bàn",
        title=f"Số kiểm tra theo địa bàn, kỳ {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Đại lý, vé; doanh thu là đồng, trước hoa hồng.", *map(str, notes)),
        columns=(
            Column("Địa bàn", 20), Column("Đại lý", 10, "whole"), Column("Đã giao", 10, "whole"),
            Column("Đã kê trả", 10, "whole"), Column("Đã xác nhận", 10, "whole"),
            Column("Vé giao", 11, "whole"), Column("Vé trả", 11, "whole"),
            Column("Vé bán", 11, "whole"), Column("Doanh thu (đồng)", 17, "whole"),
        ),
        rows=(
            (row.region, row.agents, row.supplied, row.reported, row.confirmed, row.issued,
             row.returned, row.sold, row.revenue_amount)
            for row in rows
        ),
        frozen=1,
    )  # fmt: skip
