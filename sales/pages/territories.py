"""/ban-ve/vung/: sales territories, whose they are, how they sell, and which units make them."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.org.models import Territory
from backend.org.territories import (
    MOST_AHEAD,
    change_territory,
    change_units,
    make_territory,
    territories_of,
)
from backend.pages.forms import checked
from backend.pages.telling import problems_told
from backend.tables import Column, Table
from backend.vntext import search_key
from sales.figures.territories import (
    RECENT,
    Figures,
    Line,
    free_units,
    lines_of,
    total,
    units_elsewhere,
)
from sales.files.sheets import asks_for_workbook, heading_of, share, table_answer
from sales.pages.territory_forms import NewTerritoryForm, TerritoryForm, UnitForm
from sales.whole_company import require_whole_company


@require_GET
@requires("sales.view")
def territories(request: HttpRequest) -> HttpResponseBase:
    """The territories the person may see, those of ?tim=."""
    user, today = acting(request), clock.today()
    found = request.GET.get("tim", "").strip()
    lines = [
        line
        for line in lines_of(territories_of(user).order_by("code"), today)
        if search_key(found) in search_key(_told(line.territory))
    ]
    if asks_for_workbook(request):
        heading = heading_of(user, today - RECENT + timedelta(days=1), today, None)
        return table_answer(heading, f"vung-ban-hang-{today:%Y-%m-%d}.xlsx", *_tables(heading, lines))  # fmt: skip
    context = {
        "lines": lines,
        "total": total(line.figures for line in lines),
        "found": found,
        "free": free_units(today) if user.is_whole_company else [],
        "may_change": _may_change(user),
    }
    return render(request, "sales/territories.html", context)


@require_POST
@requires("sales.record")
def territory_new(request: HttpRequest) -> HttpResponse:
    """Make a territory, which has no units yet."""
    after = reverse("territories")
    with problems_told(request):
        require_whole_company(acting(request))
        sent = checked(NewTerritoryForm(request.POST))
        made = make_territory(sent["ma"], name=sent["ten"], manager=sent["phu_trach"])
        messages.success(request, _("Đã lập vùng. Hãy thêm các địa bàn của vùng."))
        after = reverse("territory", kwargs={"code": made.code})
    return redirect(after)


@require_GET
@requires("sales.view")
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """One territory: its units with their figures, those it once had, and those to come."""
    user, today = acting(request), clock.today()
    shown = _territory(user, code)
    (line,) = lines_of(territories_of(user).filter(pk=shown.pk), today)
    others = shown.units.select_related("region").order_by("region__path", "-valid_from")
    context = {
        "territory": shown,
        "line": line,
        "coming": others.filter(valid_from__gt=today),
        "former": others.filter(valid_to__lt=today),
        "accounts": User.objects.filter(territory=shown, is_active=True).order_by("username"),
        "may_change": _may_change(user),
        "choices": units_elsewhere(shown, today) if _may_change(user) else [],
        "today": today,
        "furthest": today + MOST_AHEAD,
    }
    return render(request, "sales/territory.html", context)


@require_POST
@requires("sales.record")
def territory_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name it anew, or put it in somebody else's charge."""
    changed = _territory(acting(request), code)
    with problems_told(request):
        require_whole_company(acting(request))
        sent = checked(TerritoryForm(request.POST))
        change_territory(changed, name=sent["ten"], manager=sent["phu_trach"])
        messages.success(request, _("Đã lưu."))
    return redirect("territory", code=code)


@require_POST
@requires("sales.record")
def territory_unit(request: HttpRequest, code: str) -> HttpResponse:
    """Add a unit, or take one out; today, from a day before or from one to come."""
    changed = _territory(acting(request), code)
    with problems_told(request):
        require_whole_company(acting(request))
        sent = checked(UnitForm(request.POST))
        verb = "add" if sent["viec"] == "them" else "remove"
        change_units(changed, first=sent["tu"], today=clock.today(), **{verb: [sent["dia_ban"]]})
        messages.success(request, _("Đã ghi thay đổi địa bàn của vùng."))
    return redirect("territory", code=code)


def _may_change(user: User) -> bool:
    return may(user, "sales.record") and user.is_whole_company


def _territory(user: User, code: str) -> Territory:
    return get_object_or_404(territories_of(user), code=code)


def _told(each: Territory) -> str:
    return f"{each.code} {each.name} {each.manager or ''}"


_SUMS: Final = (
    Column("Đại lý đang hoạt động", 12, "whole"), Column("Doanh thu 28 ngày (đồng)", 18, "whole"),
    Column("Vé ế", 9, "percent"), Column("Đang nợ (đồng)", 17, "whole"),
)  # fmt: skip


def _tables(heading: Heading, lines: list[Line]) -> tuple[Table, Table]:
    notes = (*heading.lines(), "Doanh thu và vé ế của 28 ngày qua.")
    return _territory_table(notes, lines), _unit_table(notes, lines)


def _territory_table(notes: tuple[str, ...], lines: list[Line]) -> Table:
    return Table(
        name="Vùng bán hàng",
        title="Vùng bán hàng",
        notes=notes,
        columns=(
            Column("Mã vùng", 12), Column("Tên vùng", 28), Column("Người phụ trách", 28),
            Column("Địa bàn", 10, "whole"), *_SUMS,
        ),
        rows=[
            (line.territory.code, line.territory.name, str(line.territory.manager or ""),
             len(line.units), *_cells(line.figures))
            for line in lines
        ],
        frozen=2,
    )  # fmt: skip


def _unit_table(notes: tuple[str, ...], lines: list[Line]) -> Table:
    return Table(
        name="Địa bàn",
        title="Địa bàn của vùng bán hàng",
        notes=notes,
        columns=(
            Column("Mã vùng", 12), Column("Mã địa bàn", 12), Column("Tên địa bàn", 24),
            Column("Từ ngày", 12, "day"), *_SUMS,
        ),
        rows=[
            (line.territory.code, unit.region.code, unit.region.name, unit.valid_from,
             *_cells(figures))
            for line in lines
            for unit, figures in line.units
        ],
        frozen=2,
    )  # fmt: skip


def _cells(told: Figures) -> tuple[Any, ...]:
    return told.agents, told.revenue, share(told.unsold_bps), told.debt
