"""The plan of what is printed for each draw (kế hoạch phát hành), and how far it was carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.issue_lines import IssueFacts, IssueLine, check
from sales.figures.rows import rows_of
from sales.ledger.recording import LinesRefused
from sales.models import Draw, DrawStatus, IssuePlan, Product, RuleKey
from sales.rules import rule_book
from sales.whole_company import require_whole_company

# What was recorded wrongly goes back to the printer: such moves have no target.
_PRINTED: Final = """
    select series.draw_id, series.product_id, sum(
        (case when move.source = '' then 1 else 0 end - case when move.target = '' then 1 else 0 end)
        * (upper(move.numbers) - lower(move.numbers)))::bigint as tickets
    from sales_ticketmove move
    join sales_ticketseries series on series.id = move.series_id
    join sales_draw draw on draw.id = series.draw_id
    where (move.source = '' or move.target = '') and draw.date between %(first)s and %(last)s
    group by series.draw_id, series.product_id
"""
_CARRIED_OUT: Final = f"""
    with planned as (
        select distinct on (plan.draw_id, plan.product_id) plan.*
        from sales_issueplan plan join sales_draw draw on draw.id = plan.draw_id
        where draw.date between %(first)s and %(last)s
        order by plan.draw_id, plan.product_id, plan.id desc
    ), printed as ({_PRINTED}), moved as (
        select draw.id as draw_id, total.product_id, sum(issued)::bigint as issued,
            sum(returned)::bigint as returned
        from sales_companydaytotal total join sales_draw draw on draw.date = total.draw_date
        where total.draw_date between %(first)s and %(last)s
        group by draw.id, total.product_id
    )
    select draw.date, draw.status, product.code, product.name, planned.tickets,
        planned.receive_date, coalesce(planned.document, ''), coalesce(planned.note, ''),
        coalesce(printed.tickets, 0), coalesce(moved.issued, 0), coalesce(moved.returned, 0)
    from sales_draw draw
    cross join sales_product product
    left join planned on planned.draw_id = draw.id and planned.product_id = product.id
    left join printed on printed.draw_id = draw.id and printed.product_id = product.id
    left join moved on moved.draw_id = draw.id and moved.product_id = product.id
    where draw.date between %(first)s and %(last)s
        and (planned.tickets > 0 or printed.tickets <> 0 or moved.issued <> 0)
    order by draw.date, product.code
"""  # noqa: S608 -- statements of our own


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A draw's tickets of a product: planned (None: no plan), from the printer, issued, returned."""

    day: date
    status: str
    product: str
    name: str
    planned: int | None
    receive_date: date | None
    document: str
    note: str
    printed: int
    issued: int
    returned: int

    @property
    def sold(self) -> int:
        """Nothing until the draw was held: what went out may still come back."""
        return self.issued - self.returned if self.status == DrawStatus.HELD else 0

    @property
    def missing(self) -> int:
        """What the printer still has to deliver of what was planned.

        Nothing once the draw was held, or where tickets that went out were never told by serial.
        """
        is_counted_only = self.issued and not self.printed
        if self.status != DrawStatus.SCHEDULED or is_counted_only:
            return 0
        return max((self.planned or 0) - self.printed, 0)

    @property
    def sold_bps(self) -> int | None:
        """How much of what was planned is sold; None without a plan, and until the draw was held."""
        is_known = self.planned and self.status == DrawStatus.HELD
        return self.sold * 10_000 // (self.planned or 1) if is_known else None


def carried_out(first: date, last: date) -> list[CarriedOut]:
    """Of every draw from `first` to `last` and product that was planned, printed or issued."""
    return [CarriedOut(*row) for row in rows_of(_CARRIED_OUT, first=first, last=last)]


def plan_issue(
    *, by: User, at: datetime, lines: Sequence[IssueLine], key: str = ""
) -> list[IssuePlan]:
    """Plan what is printed: all lines or none. Raises WholeCompanyOnly, LinesRefused."""
    require_whole_company(by)
    with transaction.atomic():
        draws = {each.date: each for each in _draws_to_come(lines, at)}
        products = {each.code: each for each in Product.objects.all()}
        if faults := check(lines, _facts(draws, products)):
            raise LinesRefused(faults)
        return IssuePlan.objects.bulk_create(
            IssuePlan(
                draw=draws[line.draw_date], product=products[line.product], tickets=line.tickets,
                receive_date=line.receive_date, document=line.document, note=line.note, by=by,
                at=at,
            )
            for line in lines
        )  # fmt: skip


def _draws_to_come(lines: Sequence[IssueLine], at: datetime) -> list[Draw]:
    days = {line.draw_date for line in lines}
    known = Draw.objects.filter(date__in=days, date__gte=at.astimezone(VN).date())
    return list(known.filter(status=DrawStatus.SCHEDULED))


def _facts(draws: dict[date, Draw], products: dict[str, Product]) -> IssueFacts:
    rules = rule_book([RuleKey.ISSUE_CAP])
    span = {"first": min(draws), "last": max(draws)} if draws else None
    printed = rows_of(_PRINTED, **span) if span else []
    days = {each.pk: each.date for each in draws.values()}
    codes = {each.pk: each.code for each in products.values()}
    return IssueFacts(
        draws=frozenset(draws),
        products={code: (each.valid_from, each.valid_to) for code, each in products.items()},
        printed={
            (days[draw], codes[product]): tickets
            for draw, product, tickets in printed
            if draw in days
        },
        most={day: rules.on(day).value(RuleKey.ISSUE_CAP) for day in draws},
    )
