"""What became of past advice: advised, decided, given, sold."""

from dataclasses import dataclass
from datetime import date

from backend.accounts.models import User
from sales.figures.rows import rows_of, scope
from sales.models import Product


@dataclass(frozen=True, slots=True)
class AdviceOutcome:
    """One held draw that was advised on; counts are tickets but `agents` and `sold_out`.

    `followed`: agents decided for as advised. `unsold` came back of what was issued.
    """

    day: date
    agents: int
    followed: int
    advised: int
    issued: int
    sold: int
    sold_out: int

    @property
    def unsold(self) -> int:
        return self.issued - self.sold


def outcomes(before: date, product: Product, user: User, *, limit: int = 14) -> list[AdviceOutcome]:
    """The last draws held before the day, the newest first, for the agents the person sees."""
    rows = rows_of(
        """
        select d.date, count(*), count(*) filter (where n.decided = n.tickets),
               sum(n.tickets)::bigint, coalesce(sum(t.issued), 0)::bigint,
               coalesce(sum(t.issued - t.returned), 0)::bigint,
               count(*) filter (where t.issued > 0 and t.returned = 0)
        from (
            select distinct on (run.draw_id, a.agent_id)
                   run.draw_id, a.agent_id, a.tickets, c.tickets as decided
            from sales_advice a
            join sales_advicerun run on run.id = a.run_id
            left join sales_advicedecision c on c.advice_id = a.id
            where run.product_id = %(product)s
            order by run.draw_id, a.agent_id, a.id desc
        ) n
        join sales_draw d on d.id = n.draw_id
        join sales_agent g on g.id = n.agent_id
        join org_region r on r.id = g.region_id
        left join sales_agentdrawtotal t
            on t.agent_id = n.agent_id and t.draw_id = n.draw_id and t.product_id = %(product)s
        where d.status = 'held' and d.date < %(before)s
          and (%(path)s::text is null or r.path ~ %(below)s)
        group by d.date order by d.date desc limit %(limit)s
        """,
        product=product.pk,
        before=before,
        limit=limit,
        **scope(user.scope_path),
    )
    return [AdviceOutcome(*row) for row in rows]
