"""Tickets given out and taken back: one line for each agent, product and draw of three years."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.backends.utils import CursorWrapper

from backend.accounts.models import User
from backend.db import copy_text
from sales.models import Draw, DrawStatus, Product, ProductKind, RecordingBatch, Source
from scripts.demonstration.agents import SIZES, Seller
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.seasons import Story, day_factor, unit_factor

TABLE = "sales_consignmententry"
COLUMNS = (
    "batch_id", "agent_id", "product_id", "draw_id", "draw_date", "region_id",
    "issued", "returned", "face_value_amount", "commission_bps",
)  # fmt: skip
REFORM = date(2025, 7, 1)
ISSUED_AHEAD = timedelta(days=1)
#: How many agents have handed in nothing for the last draw.
SILENT = 5


#: Seller, product, issued, returned.
Line = tuple[Seller, Product, int, int]


@dataclass(frozen=True)
class DrawLines:
    """What one draw brings; `silent` are codes of agents that have handed in nothing for it."""

    draw: Draw
    everything: Sequence[Line]
    silent: frozenset[str]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.everything if line[0].agent.code not in self.silent]


def create_products(plan: Plan) -> list[Product]:
    first = plan.first_draw - timedelta(days=365)
    kinds = (
        ("TT10", "Xổ số truyền thống 10.000đ", ProductKind.TRADITIONAL),
        ("LT10", "Lô tô tự chọn 10.000đ", ProductKind.LOTO),
    )
    return Product.objects.bulk_create(
        [
            Product(code=code, name=name, kind=kind, face_value_amount=10_000, valid_from=first)
            for code, name, kind in kinds
        ]
    )


def invent_lines(
    plan: Plan, sellers: Sequence[Seller], products: Sequence[Product], draws: Sequence[Draw]
) -> list[DrawLines]:
    """What every agent took and gave back, draw by draw.

    About 12 % come back, more where the story says so, and some agents sell all they have. For draws still to come there are only the
    tickets given out ahead; a few agents have handed in nothing for the last draw held. Each draw
    has chances of its own, so the same draw looks the same whenever it is asked for.
    """
    story = Story(since=plan.story_starts, until=plan.today)
    last_held = max(draw.date for draw in draws if draw.status == DrawStatus.HELD)
    return [
        DrawLines(
            draw,
            list(_draw_lines(plan.luck(f"draw {draw.date}"), story, sellers, products, draw)),
            frozenset(_silent(plan, sellers, draw) if draw.date == last_held else ()),
        )
        for draw in draws
    ]


def _silent(plan: Plan, sellers: Sequence[Seller], draw: Draw) -> Iterator[str]:
    luck = plan.luck(f"silent {draw.date}")
    active = [seller.agent.code for seller in sellers if seller.agent.closed_date is None]
    yield from luck.sample(active, min(SILENT, len(active) // 9))


def _draw_lines(
    luck: random.Random,
    story: Story,
    sellers: Sequence[Seller],
    products: Sequence[Product],
    draw: Draw,
) -> Iterator[Line]:
    traditional, lotto = products
    day, chance = draw.date, luck.random
    is_held = draw.status == DrawStatus.HELD
    common = day_factor(day)
    weather = min(1 + luck.gauss(0, 0.012) - 0.03 * (chance() < 0.06), 1.02)
    # By unit: how much is planned for it, and which part of the usual demand comes.
    factors = {
        unit: (common * unit_factor(unit, day) * max(told, 1.0), weather * min(told, 1.0))
        for unit in SIZES
        for told in (story.factor(unit, day),)
    }
    for seller in sellers:
        # All chances are taken even where a line is not, so that the others stay the same.
        taken, back, by_hand = chance(), chance(), chance()
        agent = seller.agent
        if day < agent.opened_date or (agent.closed_date and day > agent.closed_date):
            continue
        planned, demand = factors[seller.unit]
        issued = max(int(seller.usual * planned * (0.9 + 0.2 * taken)) // 10 * 10, 20)
        # What is wanted does not follow what was given: one draw in ten sells out.
        wanted = int(seller.usual * planned * (1 - seller.unsold) * demand * (0.9 + 0.2 * back))
        yield seller, traditional, issued, max(issued - wanted, 0) if is_held else 0
        if seller.lottery and is_held:
            # Lô tô is printed as it is sold: nothing comes back.
            yield seller, lotto, int(seller.usual * planned * (0.15 + 0.2 * by_hand)) + 1, 0


def record_lines(cursor: CursorWrapper, days: Sequence[DrawLines], by: User) -> int:
    """Write the ledger, a batch a draw; returns the number of lines."""
    batches = RecordingBatch.objects.bulk_create(
        [
            RecordingBatch(
                recorded_by=by,
                recorded_at=_recorded_at(day.draw),
                source=Source.DEMONSTRATION,
                line_count=len(day.lines),
            )
            for day in days
        ]
    )
    text = "".join(
        line for day, batch in zip(days, batches, strict=True) for line in _text(day, batch.pk)
    )
    copy_text(cursor, TABLE, COLUMNS, text)
    return sum(len(day.lines) for day in days)


def _recorded_at(draw: Draw) -> datetime:
    """Returns are counted before the draw; tickets for the next ones go out the evening before."""
    if draw.status == DrawStatus.HELD:
        return local(draw.date, 17, 45)
    return local(draw.date - ISSUED_AHEAD - timedelta(days=1), 17, 30)


def _text(day: DrawLines, batch: int) -> Iterator[str]:
    draw, date_text = day.draw.pk, day.draw.date.isoformat()
    is_former = day.draw.date < REFORM
    for seller, product, issued, returned in day.lines:
        agent = seller.agent
        region = seller.former_region_id if is_former else agent.region_id
        yield (
            f"{batch}\t{agent.pk}\t{product.pk}\t{draw}\t{date_text}\t{region}\t{issued}"
            f"\t{returned}\t{product.face_value_amount}\t{agent.commission_bps}\n"
        )


def correct_counts(cursor: CursorWrapper, draw: Draw, by: User, at: datetime) -> None:
    """Three second counts of the last draw found more unsold tickets than the first."""
    batch = RecordingBatch.objects.create(
        recorded_by=by, recorded_at=at, source=Source.DEMONSTRATION, line_count=3
    )
    cursor.execute(_CORRECT, [batch.pk, draw.pk])


_CORRECT = """
    insert into sales_consignmententry (batch_id, agent_id, product_id, draw_id, draw_date,
        region_id, issued, returned, face_value_amount, commission_bps, corrects_id, reason)
    select %s, agent_id, product_id, draw_id, draw_date, region_id, 0, 10, face_value_amount,
        commission_bps, id, 'Kiểm đếm lại: vé ế nhiều hơn bảng kê 10 vé'
    from sales_consignmententry
    where draw_id = %s and issued >= returned + 10 and returned > 0
    order by returned desc, id limit 3
"""
