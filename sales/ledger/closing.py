"""Booking the sales of a draw: what was issued and did not come back is owed (chốt bán kỳ vé)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.engine.checks import Facts
from sales.engine.lines import Line
from sales.engine.posting import Legs, any_moved, difference, sale, share
from sales.ledger.journal import Entry, write_entries
from sales.ledger.totals import key_of, sums_of
from sales.ledger.withholding import Rates, Withholding, rates_on, withholding
from sales.models import (
    AgentDrawTotal,
    AgentKind,
    Draw,
    DrawClose,
    DrawStatus,
    JournalEvent,
    RecordingBatch,
    Source,
)
from sales.money.settling import closed_months_told, hold_periods
from sales.whole_company import require_whole_company


class NoSuchDraw(Problem):
    status = 404
    code = "draw.unknown"
    message = _("Ngày này không có kỳ quay. Hãy xem lịch quay.")


class DrawNotHeld(Problem):
    status = 409
    code = "draw.not_held"
    message = _("Kỳ này chưa quay nên chưa chốt bán được. Hãy chốt sau khi quay xong.")


class DrawAlreadyClosed(Problem):
    status = 409
    code = "draw.already_closed"
    message = _("Kỳ này đã chốt bán. Muốn sửa hãy gửi bút toán điều chỉnh có lý do.")


class _Total(NamedTuple):
    """What is booked of a total of an agent and draw; thousands are booked at once."""

    agent_id: int
    region_id: int
    product_id: int
    draw_id: int
    draw_date: date
    face_value_amount: int
    commission_bps: int
    issued: int
    returned: int
    revenue_amount: int
    commission_amount: int
    kind: str


def close_draw(day: date, *, by: User, at: datetime, source: Source = Source.API) -> DrawClose:
    """Book every agent's sale of the draw, with commission and tax withheld, once.

    Nobody records tickets of the draw meanwhile; who comes later sends corrections. Raises
    NoSuchDraw, DrawNotHeld, DrawAlreadyClosed, WholeCompanyOnly, PeriodClosed.
    """
    require_whole_company(by)
    with closed_months_told(), transaction.atomic():
        hold_periods()
        draw = _locked(day)
        totals = _totals_of(draw)
        sold = [total for total in totals if total.revenue_amount]
        rates = rates_on(day)
        batch = RecordingBatch.objects.create(
            recorded_by=by, recorded_at=at, source=source, line_count=len(sold)
        )
        with connection.cursor() as cursor:
            withheld = withholding(cursor, [rates], [total.agent_id for total in sold], [day])
            entries = [_entry_of(total, _sale_legs(total, rates, withheld)) for total in sold]
            write_entries(cursor, batch, entries)
        close = DrawClose.objects.create(
            draw=draw,
            batch=batch,
            sold=sum(total.issued - total.returned for total in totals),
            revenue_amount=sum(total.revenue_amount for total in totals),
        )
        told = {"draw_date": day, "batch": batch.pk, "by": by.username, "sold": close.sold,
                "revenue_amount": close.revenue_amount}  # fmt: skip
        publish(EventKind.DRAW_CLOSED, told, at=at)
        return close


def hold_draws(facts: Facts) -> set[int]:
    """Let nobody close these draws until the transaction ends; answers which are closed already.

    Two statements: the second sees what was committed while the first waited.
    """
    pks = sorted(draw.pk for draw in facts.draws.values())
    with connection.cursor() as cursor:
        cursor.execute("select from sales_draw where id = any(%s) order by id for share", [pks])
    return set(DrawClose.objects.filter(draw__in=pks).values_list("draw", flat=True))


def corrections_of_closed(lines: Sequence[Line], facts: Facts) -> list[Entry]:
    """What corrections of closed draws change in what is owed, once the totals hold them."""
    closed = {draw.pk: day for day, draw in facts.draws.items() if draw.is_closed}
    if not closed:
        return []
    added = {key: sums for key, sums in sums_of(lines, facts).items() if key[2] in closed}
    reasons = {key_of(line, facts): line.reason for line in lines}
    rates = {pk: rates_on(day) for pk, day in closed.items()}
    agents = {key[0] for key in added}
    with connection.cursor() as cursor:
        withheld = withholding(cursor, rates.values(), agents, closed.values(), is_correction=True)
    totals = AgentDrawTotal.objects.filter(agent__in=agents, draw__in=closed)
    entries = []
    for total in _read(totals.order_by("agent_id", "product_id", "draw_id")):
        key = (total.agent_id, total.product_id, total.draw_id)
        if key in added:
            sold = added[key][0] - added[key][1]
            legs = _correction(total, sold, rates[total.draw_id], withheld)
            entries.append(_entry_of(total, legs, reason=reasons[key]))
    return [entry for entry in entries if any_moved(entry.legs)]


def _correction(total: _Total, sold: int, rates: Rates, withheld: Withholding) -> Legs:
    """The sale as it is now less the sale as it was before `sold` more tickets."""
    revenue = total.revenue_amount - sold * total.face_value_amount
    commission = share(revenue, total.commission_bps)
    now = _sale_legs(total, rates, withheld, before=commission)
    return difference(now, sale(revenue=revenue, commission=commission))


def _sale_legs(total: _Total, rates: Rates, withheld: Withholding, *, before: int = 0) -> Legs:
    """The sale, with the tax that comes to what was withheld of a commission of `before`."""
    after, tax = total.commission_amount, 0
    if total.kind == AgentKind.PERSON:
        key = total.agent_id, total.product_id, total.draw_id
        tax = withheld.more(rates, key, total.draw_date, before=before, after=after)
    return sale(revenue=total.revenue_amount, commission=after, tax=tax)


def _locked(day: date) -> Draw:
    """The draw, ready to be closed and held against recording until the transaction ends."""
    draws = lock_rows(Draw.objects.filter(date=day))
    if not draws:
        raise NoSuchDraw
    if draws[0].status != DrawStatus.HELD:
        raise DrawNotHeld
    if DrawClose.objects.filter(draw=draws[0]).exists():
        raise DrawAlreadyClosed
    return draws[0]


def _totals_of(draw: Draw) -> list[_Total]:
    totals = AgentDrawTotal.objects.filter(draw=draw)
    return _read(totals.order_by("agent_id", "product_id"))


def _read(totals: QuerySet[AgentDrawTotal]) -> list[_Total]:
    return [_Total(*row) for row in totals.values_list(*_Total._fields[:-1], "agent__kind")]


def _entry_of(total: _Total, legs: Legs, *, reason: str = "") -> Entry:
    return Entry(
        event=JournalEvent.SALE,
        agent_id=total.agent_id,
        region_id=total.region_id,
        product_id=total.product_id,
        draw_id=total.draw_id,
        value_date=total.draw_date,
        legs=legs,
        reason=reason,
    )
