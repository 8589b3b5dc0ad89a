"""Versions of a year's plan: made, submitted, approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import copy_into, hold_lock, lock_rows
from backend.org.models import Region
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.bodies import Fault
from sales.engine.plan_lines import MOST_LINES, Known, PlanLine, read_lines
from sales.figures.rows import rows_of, scope
from sales.messages import described
from sales.models import Agent, PlanState, Product, SalesPlan, SalesPlanLine
from sales.whole_company import require_whole_company

#: Whoever makes a version of a plan, one after the other.
_VERSIONS: Final = 0x706C616E


class PlanRefused(Problem):
    """`details["faults"]`: each in words; `details["errors"]`: row, field, code and message."""

    code = "plan.refused"
    message = _("Kế hoạch có dòng chưa đúng nên chưa lưu dòng nào. Hãy sửa các dòng được nêu.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [described(fault) for fault in faults]
        words = _("Dòng {row}: {message}")
        super().__init__(
            details={"faults": [words.format(**each) for each in errors], "errors": errors}
        )


class PlanEmpty(Problem):
    code = "plan.empty"
    message = _("Kế hoạch không có dòng nào. Hãy tải tệp mẫu, điền số vé rồi gửi lại.")


class PlanUnknown(Problem):
    status = 404
    code = "plan.unknown"
    message = _("Không có bản kế hoạch này.")


class PlanOutOfOrder(Problem):
    status = 409
    code = "plan.out_of_order"
    message = _("Bản kế hoạch không còn ở bước này. Hãy tải lại trang.")


class PlanSamePerson(Problem):
    status = 403
    code = "plan.same_person"
    message = _("Người lập kế hoạch không tự duyệt. Hãy nhờ một người khác.")


class PlanNeedsWhy(Problem):
    code = "plan.needs_why"
    message = _("Không duyệt hoặc rút lại thì phải ghi lý do, ít nhất 5 ký tự.")


class PlanDecided(Problem):
    status = 409
    code = "plan.decided"
    message = _(
        "Bản kế hoạch đã có quyết định nên không rút lại được. Muốn thay, hãy gửi bản mới và trình duyệt."
    )


@dataclass(frozen=True, slots=True)
class _Codes:
    """What a plan of the year may name, by code."""

    products: Mapping[str, Product]
    regions: Mapping[str, int]
    agents: Mapping[str, int]

    @property
    def known(self) -> Known:
        return Known(frozenset(self.products), frozenset(self.regions), frozenset(self.agents))


def make_plan(
    year: int, rows: Sequence[Mapping[str, Any]], *, note: str, by: User, at: datetime
) -> SalesPlan:
    """Keep a new version of the year's plan as a draft: all lines or none.

    Revenue is the tickets at the product's face value. Raises WholeCompanyOnly, PlanEmpty,
    PlanRefused.
    """
    require_whole_company(by)
    if not rows or len(rows) > MOST_LINES:
        raise PlanEmpty
    codes = _codes(year)
    lines, faults = read_lines(rows, codes.known)
    if faults:
        raise PlanRefused(faults)
    with transaction.atomic(), connection.cursor() as cursor:
        hold_lock(_VERSIONS, year)
        plan = SalesPlan.objects.create(
            year=year,
            version=SalesPlan.objects.filter(year=year).count() + 1,
            note=note.strip()[:300],
            made_by=by,
            made_at=at,
        )
        copy_into(
            cursor,
            SalesPlanLine._meta.db_table,
            (
                "plan_id", "month", "product_id", "region_id", "agent_id", "tickets",
                "revenue_amount",
            ),
            (_row(plan, line, codes) for line in lines),
        )  # fmt: skip
    return plan


def plan_faults(year: int, rows: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Every reason why `make_plan` would not take the rows; nothing is stored."""
    return read_lines(rows, _codes(year).known, most_faults=len(rows))[1]


def move_plan(pk: int, to: PlanState, *, by: User, at: datetime, reason: str = "") -> SalesPlan:
    """Submit, approve or reject a version, or withdraw it before a decision.

    Who made it does not decide on it. Raises WholeCompanyOnly, PlanUnknown, PlanOutOfOrder,
    PlanDecided, PlanSamePerson, PlanNeedsWhy.
    """
    require_whole_company(by)
    with transaction.atomic():
        plans = lock_rows(SalesPlan.objects.filter(pk=pk))
        if not plans:
            raise PlanUnknown
        plan = plans[0]
        _check_move(plan, to, reason=reason, by=by)
        if to != PlanState.SUBMITTED:
            plan.decided_by, plan.decided_at, plan.reason = by, at, reason.strip()[:300]
        plan.state = to
        plan.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return plan


def _check_move(plan: SalesPlan, to: PlanState, *, reason: str, by: User) -> None:
    if to == PlanState.WITHDRAWN:
        if plan.state not in (PlanState.DRAFT, PlanState.SUBMITTED):
            raise PlanDecided
    else:
        wanted = PlanState.DRAFT if to == PlanState.SUBMITTED else PlanState.SUBMITTED
        if to == PlanState.DRAFT or plan.state != wanted:
            raise PlanOutOfOrder
        if to != PlanState.SUBMITTED and plan.made_by_id == by.pk:
            raise PlanSamePerson
    needs_why = to in (PlanState.REJECTED, PlanState.WITHDRAWN)
    if needs_why and not says_why(reason):
        raise PlanNeedsWhy


def _codes(year: int) -> _Codes:
    return _Codes(
        products={product.code: product for product in Product.objects.all()},
        regions=dict(Region.objects.in_force(date(year, 12, 31)).values_list("code", "pk")),
        agents=dict(Agent.objects.values_list("code", "pk")),
    )


_SOLD_BY_MONTH: Final = """
    select extract(month from total.draw_date)::int, product.code,
        sum(total.issued - total.returned)::bigint, product.face_value_amount
    from sales_regiondaytotal total
    join sales_product product on product.id = total.product_id
    join org_region region on region.id = total.region_id
    where total.draw_date between %(first)s and %(last)s
      and total.draw_date not in (select date from sales_draw where status <> 'held')
      and (%(path)s::text is null or region.path ~ %(below)s)
    group by 1, 2, 4 order by 1, 2
"""


def sold_by_month(year: int, *, path: str | None) -> list[tuple[int, str, int, int]]:
    """Month, product, tickets sold in draws held and face value of a year, in these units."""
    first, last = date(max(year, 1), 1, 1), date(max(year, 1), 12, 31)
    return [
        (month, product, sold, face)
        for month, product, sold, face in rows_of(
            _SOLD_BY_MONTH, first=first, last=last, **scope(path)
        )
    ]


def _row(plan: SalesPlan, line: PlanLine, codes: _Codes) -> tuple[Any, ...]:
    product = codes.products[line.product]
    return (
        plan.pk,
        line.month,
        product.pk,
        codes.regions.get(line.region),
        codes.agents.get(line.agent),
        line.tickets,
        line.tickets * product.face_value_amount,
    )
