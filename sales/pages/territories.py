"""/ban-ve/vung/: sales territories, whose they are, how they sell, and which units make them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.org.models import Employee, Region, Territory, TerritoryRegion
from backend.org.territories import place_unit, release_unit
from backend.pages.forms import DayField, checked
from backend.problems import Problem
from backend.tables import Column, Table
from backend.vntext import search_key
from sales.models import Agent, AgentBalance, AgentStatus, RegionDayTotal
from sales.pages.sheets import asks_for_workbook, heading_of, share, table_answer
from sales.whole_company import require_whole_company

#: How far back sales are summed, as in the list of agents.
RECENT: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a unit or territory is: active agents, the sales of the last 28 days, debts in đồng."""

    agents: int = 0
    issued: int = 0
    returned: int = 0
    revenue: int = 0
    debt: int = 0

    @property
    def unsold_bps(self) -> int | None:
        return self.returned * 10_000 // self.issued if self.issued else None

    @property
    def revenue_per_agent(self) -> int | None:
        return self.revenue // self.agents if self.agents else None


def total(parts: Iterable[Figures]) -> Figures:
    known = list(parts)
    return Figures(*(sum(getattr(part, each.name) for part in known) for each in fields(Figures)))


@dataclass(frozen=True, slots=True)
class Line:
    territory: Territory
    units: list[TerritoryRegion]
    figures: Figures


class TerritoryForm(forms.Form):
    """A territory and who looks after it."""

    ma = forms.CharField(
        label=gettext_lazy("Mã vùng"),
        max_length=20,
        validators=[RegexValidator(r"^[A-Z0-9-]+$", gettext_lazy("Chỉ chữ in hoa, số và dấu -."))],
    )
    ten = forms.CharField(label=gettext_lazy("Tên vùng"), max_length=100)
    phu_trach = forms.CharField(
        label=gettext_lazy("Mã nhân viên phụ trách"), max_length=20, required=False
    )

    def clean_phu_trach(self) -> Employee | None:
        code = self.cleaned_data["phu_trach"].strip()
        found = Employee.objects.filter(code=code).first()
        if code and found is None:
            raise forms.ValidationError(_("Không có nhân viên mã này."))
        return found


class UnitForm(forms.Form):
    """A unit comes or goes, from a day on."""

    viec = forms.ChoiceField(
        label=gettext_lazy("Việc"), choices=[("them", gettext_lazy("thêm")), ("bo", gettext_lazy("bỏ"))]
    )  # fmt: skip
    dia_ban = forms.CharField(label=gettext_lazy("Địa bàn"), max_length=10)
    tu = DayField(label=gettext_lazy("Từ ngày"))


@require_GET
@requires("sales.view")
def territories(request: HttpRequest) -> HttpResponseBase:
    """The territories the person may see, those of ?tim=."""
    user, today = acting(request), clock.today()
    found = request.GET.get("tim", "").strip()
    units = _figures_by_unit(today)
    lines = [
        _line(each, units)
        for each in _visible(user).prefetch_related("units__region")
        if search_key(found) in search_key(f"{each.code} {each.name} {each.manager or ''}")
    ]
    if asks_for_workbook(request):
        heading = heading_of(user, today - RECENT + timedelta(days=1), today, None)
        return table_answer(heading, f"vung-ban-hang-{today:%Y-%m-%d}.xlsx", *_tables(heading, lines, units))  # fmt: skip
    context = {
        "lines": lines,
        "total": total(line.figures for line in lines),
        "found": found,
        "free": _free(today) if user.is_whole_company else [],
        "may_change": _may_change(user),
    }
    return render(request, "sales/territories.html", context)


@require_POST
@requires("sales.record")
def territory_new(request: HttpRequest) -> HttpResponse:
    """Make a territory, which has no units yet."""
    try:
        require_whole_company(acting(request))
        sent = checked(TerritoryForm(request.POST))
        if Territory.objects.filter(code=sent["ma"]).exists():
            raise Problem(_("Đã có vùng mã này."))
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("territories")
    made = Territory.objects.create(code=sent["ma"], name=sent["ten"], manager=sent["phu_trach"])
    messages.success(request, _("Đã lập vùng. Hãy thêm các địa bàn của vùng."))
    return redirect("territory", code=made.code)


@require_GET
@requires("sales.view")
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """One territory: its units with their figures, and those it once had."""
    user, today = acting(request), clock.today()
    shown = _territory(user, code)
    figures = _figures_by_unit(today)
    rows = shown.units.select_related("region").order_by("region__path", "-valid_from")
    open_rows = [row for row in rows if row.valid_to is None]
    units = [(row, _below(row.region.path, figures)) for row in open_rows]
    context = {
        "territory": shown,
        "units": units,
        "total": total(each for _row, each in units),
        "former": [row for row in rows if row.valid_to is not None],
        "accounts": User.objects.filter(territory=shown, is_active=True).order_by("username"),
        "may_change": _may_change(user),
        "choices": _choices(shown, today) if _may_change(user) else [],
        "today": today,
    }
    return render(request, "sales/territory.html", context)


@require_POST
@requires("sales.record")
def territory_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name it anew, or put it in somebody else's charge."""
    changed = _territory(acting(request), code)
    try:
        require_whole_company(acting(request))
        sent = checked(TerritoryForm({**request.POST.dict(), "ma": code}))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        changed.name, changed.manager = sent["ten"], sent["phu_trach"]
        changed.save(update_fields=["name", "manager"])
        messages.success(request, _("Đã lưu."))
    return redirect("territory", code=code)


@require_POST
@requires("sales.record")
def territory_unit(request: HttpRequest, code: str) -> HttpResponse:
    """Add a unit, or take one out."""
    changed, today = _territory(acting(request), code), clock.today()
    try:
        require_whole_company(acting(request))
        sent = checked(UnitForm(request.POST))
        work = place_unit if sent["viec"] == "them" else release_unit
        work(changed, sent["dia_ban"], first=sent["tu"], today=today)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Đã ghi thay đổi địa bàn của vùng."))
    return redirect("territory", code=code)


def _may_change(user: User) -> bool:
    return may(user, "sales.record") and user.is_whole_company


def _visible(user: User) -> QuerySet[Territory]:
    """All of them for who sees the whole company, else one's own."""
    known = Territory.objects.select_related("manager").order_by("code")
    return known if user.is_whole_company else known.filter(pk=user.territory_id or 0)


def _territory(user: User, code: str) -> Territory:
    found = _visible(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _line(each: Territory, figures: Mapping[str, Figures]) -> Line:
    units = [unit for unit in each.units.all() if unit.valid_to is None]
    return Line(each, units, total(_below(unit.region.path, figures) for unit in units))


def _below(path: str, figures: Mapping[str, Figures]) -> Figures:
    """Of the unit and what lies below it."""
    return total(
        each for other, each in figures.items() if other == path or other.startswith(f"{path}/")
    )


def _figures_by_unit(today: date) -> Mapping[str, Figures]:
    """By the path of the unit, in three queries."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    counts = Agent.objects.filter(status=AgentStatus.ACTIVE).values_list("region__path")
    for path, agents in counts.annotate(Count("pk")):
        found[path]["agents"] = agents
    sums = RegionDayTotal.objects.filter(draw_date__gt=today - RECENT, draw_date__lte=today)
    names = ("issued", "returned", "revenue")
    for path, *counted in sums.values_list("region__path").annotate(
        Sum("issued"), Sum("returned"), Sum("revenue_amount")
    ):
        found[path].update(zip(names, counted, strict=True))
    debts = AgentBalance.objects.values_list("agent__region__path").annotate(Sum("receivable"))
    for path, debt in debts:
        found[path]["debt"] = debt
    return {path: Figures(**values) for path, values in found.items()}


def _leaves(today: date) -> QuerySet[Region]:
    """The units in force that have none below them."""
    known = Region.objects.in_force(today)
    return known.exclude(pk__in=known.exclude(parent=None).values("parent")).order_by("path")


def _free(today: date) -> list[Region]:
    """Units that belong to no territory."""
    taken = TerritoryRegion.objects.filter(valid_to=None).values_list("region__path", flat=True)
    prefixes = tuple(f"{path}/" for path in taken)
    return [unit for unit in _leaves(today) if not f"{unit.path}/".startswith(prefixes)]


def _choices(shown: Territory, today: date) -> list[tuple[str, str, str]]:
    """Units that may be added: code, name, and the territory each would leave."""
    rows = TerritoryRegion.objects.filter(valid_to=None).select_related("territory")
    by_unit = {row.region_id: row.territory for row in rows}
    return [
        (unit.code, unit.name, by_unit[unit.pk].name if unit.pk in by_unit else "")
        for unit in _leaves(today)
        if by_unit.get(unit.pk) != shown
    ]


def _tables(
    heading: Heading, lines: list[Line], figures: Mapping[str, Figures]
) -> tuple[Table, Table]:
    sums = (
        Column("Đại lý đang hoạt động", 12, "whole"), Column("Doanh thu 28 ngày (đồng)", 18, "whole"),
        Column("Vé ế", 9, "percent"), Column("Đang nợ (đồng)", 17, "whole"),
    )  # fmt: skip
    notes = (*heading.lines(), "Doanh thu và vé ế của 28 ngày qua.")
    return (
        Table(
            name="Vùng bán hàng",
            title="Vùng bán hàng",
            notes=notes,
            columns=(
                Column("Mã vùng", 12), Column("Tên vùng", 28), Column("Người phụ trách", 28),
                Column("Địa bàn", 10, "whole"), *sums,
            ),
            rows=[
                (line.territory.code, line.territory.name, str(line.territory.manager or ""),
                 len(line.units), *_cells(line.figures))
                for line in lines
            ],
            frozen=2,
        ),
        Table(
            name="Địa bàn",
            title="Địa bàn của vùng bán hàng",
            notes=notes,
            columns=(
                Column("Mã vùng", 12), Column("Mã địa bàn", 12), Column("Tên địa bàn", 24),
                Column("Từ ngày", 12, "day"), *sums,
            ),
            rows=[
                (line.territory.code, unit.region.code, unit.region.name, unit.valid_from,
                 *_cells(_below(unit.region.path, figures)))
                for line in lines
                for unit in line.units
            ],
            frozen=2,
        ),
    )  # fmt: skip


def _cells(told: Figures) -> tuple[Any, ...]:
    return told.agents, told.revenue, share(told.unsold_bps), told.debt
