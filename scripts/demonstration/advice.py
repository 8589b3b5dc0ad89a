"""Advice on allocation: of the last draws with what was decided, and of the next one, which waits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from backend.accounts.models import User
from sales.growth.advising import advice_of, costs_on
from sales.growth.allocation import MEMORY, STRETCH, STRETCHES, reserve_for
from sales.growth.demand import Sale
from sales.growth.history import agent_sales, company_sales
from sales.growth.seasons import learn_seasons
from sales.models import Advice, AdviceDecision, AdviceRun, Agent, Draw, DrawStatus, Product
from scripts.demonstration.plan import Plan, local

#: So many draws that were held; for the second next one tickets have not gone out yet.
PAST = 3
NEXT = timedelta(days=2)


def create_advice(plan: Plan, draws: Sequence[Draw], by: User, *, at: datetime) -> None:
    """By the rules of `sales.growth`, on what was known two days before each draw."""
    product = Product.objects.get(code="TT10")
    held = [draw for draw in draws if draw.status == DrawStatus.HELD][-PAST:]
    coming = [draw for draw in draws if draw.date >= plan.today + NEXT][:1]
    first = held[0].date
    known = agent_sales(product, first - MEMORY - STRETCHES * STRETCH, plan.today)
    seasons, costs = learn_seasons(company_sales(product, first)), costs_on(plan.today)
    reserve = reserve_for(known.values(), first, seasons=seasons, costs=costs)
    active = set(Agent.objects.filter(closed_date=None).values_list("pk", flat=True))
    for draw in [*held, *coming]:
        is_past = draw in held
        given = _given(known, draw.date)
        asked = given.keys() if is_past else active & known.keys()
        run = AdviceRun.objects.create(
            draw=draw, product=product, unsold_amount=costs.unsold_amount,
            lost_sale_amount=costs.lost_sale_amount, by=by,
            at=local(draw.date - NEXT, 9) if is_past else at,
        )  # fmt: skip
        made = Advice.objects.bulk_create(
            advice_of(
                run,
                {agent: known[agent] for agent in sorted(asked)},
                draw.date,
                seasons=seasons,
                reserve=reserve,
            )
        )
        if is_past:
            AdviceDecision.objects.bulk_create(_decided(made, given, draw.date, by))


def _given(known: Mapping[int, Sequence[Sale]], day: date) -> dict[int, int]:
    """Tickets issued for the draw by agent."""
    return {
        agent: sale.issued for agent, sales in known.items() for sale in sales if sale.day == day
    }


def _decided(
    made: Sequence[Advice], given: Mapping[int, int], day: date, by: User
) -> list[AdviceDecision]:
    """What each agent was given: as advised, or what it had asked for."""
    return [
        AdviceDecision(
            advice=one, tickets=given[one.agent_id], by=by, at=local(day - NEXT, 9, 40),
            reason="" if given[one.agent_id] == one.tickets else "Theo số đại lý đăng ký",
        )
        for one in made
    ]  # fmt: skip
