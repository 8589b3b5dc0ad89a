"""/ban-ve/suc-khoe/: agents that fall, sleep, are lost, rise or are new, and whom it concerns."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.heading import Heading
from backend.pages.places import place_choices, place_of
from backend.tables import Column, Table
from sales import figures
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.growth.health import RECENT, State
from sales.growth.watching import ORDER, Watched, watch_agents
from sales.templatetags.sales_numbers import signed_percent

#: Title, colour of the chip, and what it means, in the order of the page.
GROUPS: dict[State, tuple[str | Promise, str, str | Promise]] = {
    State.FALLING: (
        gettext_lazy("Giảm bất thường"), "bad",
        gettext_lazy("Thị phần giảm ít nhất 15 %, ngoài mức dao động thường của chính đại lý."),
    ),
    State.ASLEEP: (gettext_lazy("Ngủ"), "attention", gettext_lazy("Từ 7 kỳ liền không bán vé nào.")),
    State.LOST: (gettext_lazy("Mất"), "bad", gettext_lazy("Từ 28 kỳ liền không bán vé nào.")),
    State.RISING: (
        gettext_lazy("Tăng mạnh"), "good",
        gettext_lazy("Thị phần tăng ít nhất 15 %, ngoài mức dao động thường của chính đại lý."),
    ),
    State.NEW: (gettext_lazy("Mới"), "info", gettext_lazy("Hoạt động chưa đủ 60 ngày.")),
    State.STEADY: (gettext_lazy("Ổn định"), "", ""),
    State.UNKNOWN: (
        gettext_lazy("Chưa đủ số liệu"), "", gettext_lazy("Cần ít nhất 21 kỳ trong 8 tuần trước."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """An agent and why it stands in its group."""

    agent: Watched
    why: str


@dataclass(frozen=True)
class Group:
    """Agents of one state; those that need nobody are only counted."""

    state: State
    title: str
    colour: str
    meaning: str
    count: int
    rows: list[Row]


@requires("sales.view")
def agent_health(request: HttpRequest) -> HttpResponseBase:
    """Agents in groups, those that need somebody first; in the workbook all of them."""
    user, today = acting(request), clock.today()
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    agents = watch_agents(today, user, path=place.path)
    if asks_for_workbook(request):
        heading = heading_of(user, today, today, place.unit)
        return table_answer(heading, f"suc-khoe-{today:%Y-%m-%d}.xlsx", _table(heading, agents))
    groups = [_group(state, agents) for state in ORDER]
    context = {
        "groups": [group for group in groups if group.count],
        "newest": figures.last_held_draw(today),
        "alarms": sum(one.health.state == State.FALLING for one in agents),
        **place_choices(place, user, today),
    }
    return render(request, "sales/agent_health.html", context)


def _group(state: State, agents: list[Watched]) -> Group:
    title, colour, meaning = GROUPS[state]
    own = [one for one in agents if one.health.state == state]
    quiet = state in (State.STEADY, State.UNKNOWN)
    rows = [] if quiet else [Row(one, why(one)) for one in own]
    return Group(state, str(title), colour, str(meaning), len(own), rows)


def why(one: Watched) -> str:
    """One line: what moved, and how far that is from chance."""
    found = one.health
    if found.change is not None and found.score is not None:
        return _(
            "{recent} kỳ gần nhất: thị phần {change} so với 8 tuần trước, gấp {score} lần dao động thường"
        ).format(
            recent=RECENT,
            change=signed_percent(round(found.change * 10_000)),
            score=round(abs(found.score)),
        )
    if found.silent:
        return ngettext(
            "{count} kỳ liền không bán vé", "{count} kỳ liền không bán vé", found.silent
        ).format(count=found.silent)
    return ""


def _table(heading: Heading, agents: list[Watched]) -> Table:
    order = {state: place for place, state in enumerate(ORDER)}
    return Table(
        name="Sức khỏe đại lý",
        title=f"Sức khỏe đại lý, ngày {heading.last:%d/%m/%Y}",
        notes=heading.lines(),
        columns=(
            Column("Mã đại lý", 12), Column("Tên đại lý", 36), Column("Địa bàn", 20),
            Column("Nhóm", 18), Column("Vì sao", 60, "wrap"), Column("Người phụ trách", 30, "wrap"),
        ),
        rows=(
            (one.code, one.name, one.region, str(GROUPS[one.health.state][0]), why(one),
             ", ".join(one.concerns))
            for one in sorted(agents, key=lambda one: (order[one.health.state], one.code))
        ),
        frozen=2,
    )  # fmt: skip
