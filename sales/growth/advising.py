"""Making advice on allocation for a draw, and issuing what was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.bodies import Fault
from sales.engine.lines import MOST_TICKETS, Line
from sales.growth.allocation import MEMORY, STRETCH, STRETCHES, Costs, advise, reserve_for
from sales.growth.demand import Sale
from sales.growth.history import agent_sales, company_sales
from sales.growth.seasons import Seasons, learn_seasons
from sales.ledger.closing import NoSuchDraw
from sales.ledger.recording import record_sales
from sales.messages import described
from sales.models import (
    Advice,
    AdviceDecision,
    AdviceRun,
    Agent,
    AgentDrawTotal,
    AgentStatus,
    Draw,
    DrawStatus,
    Product,
    RecordingBatch,
    RuleKey,
    Source,
)
from sales.money.settling import hold_periods
from sales.rules import rules_in_force

COSTS = (RuleKey.UNSOLD_COST, RuleKey.LOST_SALE_COST)
WEEK = timedelta(days=7)


class DrawOver(Problem):
    status = 409
    code = "advice.draw_over"
    message = _("Kỳ này đã quay hoặc đã hủy nên không phân vé nữa. Hãy chọn kỳ sắp tới.")


class NoSuchProduct(Problem):
    status = 404
    code = "advice.product_unknown"
    message = _("Không có loại vé này. Hãy chọn loại vé đang bán.")


class CostsMissing(Problem):
    status = 409
    code = "advice.costs_missing"
    message = _(
        "Chưa có chi phí vé ế và thiệt hại vé thiếu cho ngày này. Hãy nhập hai quy định đó trong Danh mục rồi lập lại."
    )


class NothingAdvised(Problem):
    status = 409
    code = "advice.none"
    message = _(
        "Chưa đại lý nào có đủ số liệu (ít nhất 8 kỳ trong 10 tuần), hoặc mọi đại lý đã được quyết định."
    )


class DecisionRefused(Problem):
    """Nothing was decided; `details["errors"]` names the agents."""

    code = "advice.refused"
    message = _("Có đại lý chưa đúng nên chưa giao vé cho ai. Hãy sửa các dòng được nêu.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(details={"errors": [described(fault) for fault in faults]})


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision brought: agents decided for, and the tickets issued now (not before)."""

    agents: int
    issued: int


def make_advice(day: date, product_code: str, *, by: User, at: datetime) -> AdviceRun:
    """Advise on every active agent the person sees that nobody has decided on yet.

    Raises NoSuchDraw, DrawOver, NoSuchProduct, CostsMissing, NothingAdvised.
    """
    draw, product = _asked(day, product_code)
    costs = costs_on(day)
    known = agent_sales(product, day - MEMORY - STRETCHES * STRETCH, day)
    seasons = learn_seasons(company_sales(product, day))
    reserve = reserve_for(known.values(), day, seasons=seasons, costs=costs)
    open_agents = _open_agents(day, by).exclude(
        advice__decision__isnull=False, advice__run__draw=draw, advice__run__product=product
    )
    with transaction.atomic():
        run = AdviceRun.objects.create(
            draw=draw,
            product=product,
            unsold_amount=costs.unsold_amount,
            lost_sale_amount=costs.lost_sale_amount,
            by=by,
            at=at,
        )
        open_ones = open_agents.values_list("pk", flat=True)
        histories = {agent: known[agent] for agent in open_ones if agent in known}
        made = advice_of(run, histories, day, seasons=seasons, reserve=reserve)
        if not made:
            raise NothingAdvised
        Advice.objects.bulk_create(made)
    return run


def advice_of(
    run: AdviceRun,
    histories: Mapping[int, list[Sale]],
    day: date,
    *,
    seasons: Seasons,
    reserve: float,
) -> list[Advice]:
    """The advice, not stored yet, for each agent whose draws before the day can tell."""
    return [
        Advice(
            run=run,
            agent_id=agent,
            reserve_bps=round(advice.reserve * 10_000),
            tickets=min(advice.tickets, MOST_TICKETS),
            usual=round(advice.usual),
            index_bps=round(advice.index * 10_000),
            draws=advice.draws,
            sold_out=advice.sold_out,
            is_probe=advice.is_probe,
            last_week=_issued_on(sales, day - WEEK),
        )
        for agent, sales in histories.items()
        if (advice := advise(sales, day, seasons=seasons, reserve=reserve))
    ]


def newest_advice(
    draw: Draw | None, product: Product, user: User, *, path: str | None = None
) -> QuerySet[Advice]:
    """For each agent the person sees: the newest advice for that draw, with what was decided.

    `path` limits to units among those (`User.scope_path`).
    """
    agents = Agent.objects.visible_to(user).in_scope(path)
    newest = (
        Advice.objects.filter(run__draw=draw, run__product=product, agent__in=agents)
        .order_by("agent", "-pk")
        .distinct("agent")
        .values("pk")
    )
    return (
        Advice.objects.filter(pk__in=newest)
        .select_related("run", "agent__region", "decision__by")
        .order_by("agent__code")
    )


def decide(
    day: date,
    product_code: str,
    chosen: Mapping[str, int | None],
    *,
    by: User,
    at: datetime,
    reason: str = "",
    source: Source = Source.API,
) -> Decided:
    """Decide on agents by code, None for as advised, and issue what each still lacks of it.

    All or nothing. The draw is held as for its close, so that what is issued beside us counts as
    issued. Raises NoSuchDraw, DrawOver, NoSuchProduct, DecisionRefused (unknown agent, decided
    before, another number without a reason), and what `record_sales` raises.
    """
    with transaction.atomic():
        hold_periods()
        lock_rows(Draw.objects.filter(date=day))  # whoever records for the draw waits for us
        draw, product = _asked(day, product_code)
        advice = {
            one.agent.code: one
            for one in newest_advice(draw, product, by).filter(agent__code__in=chosen)
        }
        decided = _decided(draw, product)
        if faults := list(_faults(chosen, advice, decided, reason.strip())):
            raise DecisionRefused(faults)
        tickets = {
            code: one.tickets if (wanted := chosen[code]) is None else wanted
            for code, one in advice.items()
        }
        lines = list(_lines(draw, product, tickets))
        batch = record_sales(by=by, at=at, lines=lines, source=source).batch if lines else None
        AdviceDecision.objects.bulk_create(
            _decision(one, tickets[code], reason.strip(), batch, lines, by, at)
            for code, one in advice.items()
        )
    return Decided(len(advice), sum(line.issued for line in lines))


def _asked(day: date, product_code: str) -> tuple[Draw, Product]:
    draw = Draw.objects.filter(date=day).first()
    if draw is None:
        raise NoSuchDraw
    if draw.status != DrawStatus.SCHEDULED:
        raise DrawOver
    return draw, product_of(product_code)


def product_of(code: str) -> Product:
    """Raises NoSuchProduct."""
    product = Product.objects.filter(code=code).first()
    if product is None:
        raise NoSuchProduct
    return product


def costs_on(day: date) -> Costs:
    """The two costs in force on the day. Raises CostsMissing."""
    rules = rules_in_force(COSTS, day)
    unsold, lost = (rules.value(key) for key in COSTS)
    if not unsold or not lost:
        raise CostsMissing
    return Costs(unsold, lost)


def _open_agents(day: date, by: User) -> QuerySet[Agent]:
    return Agent.objects.visible_to(by).under_contract(day, day).filter(status=AgentStatus.ACTIVE)


def _issued_on(sales: list[Sale], day: date) -> int | None:
    return next((sale.issued for sale in reversed(sales) if sale.day == day), None)


def _decided(draw: Draw, product: Product) -> set[str]:
    """The agents that were decided on for the draw."""
    before = AdviceDecision.objects.filter(advice__run__draw=draw, advice__run__product=product)
    return set(before.values_list("advice__agent__code", flat=True))


def _faults(
    chosen: Mapping[str, int | None],
    advice: Mapping[str, Advice],
    decided: set[str],
    reason: str,
) -> Iterator[Fault]:
    for row, (code, wanted) in enumerate(chosen.items(), start=1):
        one = advice.get(code)
        if one is None:
            yield Fault(row, "agent", "advice.none_for_agent", {"agent": code})
        elif code in decided:
            yield Fault(row, "agent", "advice.decided_before", {"agent": code})
        elif wanted is not None and not 0 <= wanted <= MOST_TICKETS:
            yield Fault(row, "tickets", "line.too_many", {"most": MOST_TICKETS})
        elif wanted not in (None, one.tickets) and not says_why(reason):
            yield Fault(row, "reason", "advice.needs_reason", {"agent": code})


def _lines(draw: Draw, product: Product, tickets: Mapping[str, int]) -> Iterator[Line]:
    """What each agent still lacks; nobody is asked to give tickets back."""
    has = dict(
        AgentDrawTotal.objects.filter(
            draw=draw, product=product, agent__code__in=tickets
        ).values_list("agent__code", "issued")
    )
    for code, wanted in tickets.items():
        if (lacking := wanted - has.get(code, 0)) > 0:
            yield Line(draw.date, code, product.code, issued=lacking)


def _decision(
    advice: Advice,
    tickets: int,
    reason: str,
    batch: RecordingBatch | None,
    lines: list[Line],
    by: User,
    at: datetime,
) -> AdviceDecision:
    issued = {line.agent for line in lines}
    return AdviceDecision(
        advice=advice,
        tickets=tickets,
        reason=reason if tickets != advice.tickets else "",
        batch=batch if advice.agent.code in issued else None,
        by=by,
        at=at,
    )
