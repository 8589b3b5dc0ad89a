"""The sums kept beside the ledger, in its own transaction and always in one order of locks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from backend.db import array_columns
from sales.engine.bodies import Fault
from sales.engine.checks import Facts
from sales.engine.lines import MOST_TICKETS, Line
from sales.engine.posting import share
from sales.ledger.rollups import Change
from sales.models import AgentDrawTotal

#: Agent, product and draw: one row of AgentDrawTotal.
Key = tuple[int, int, int]
#: Region, face value in đồng and commission in basis points, as at the first movement.
Terms = tuple[int, int, int]


def key_of(line: Line, facts: Facts) -> Key:
    return (
        facts.agents[line.agent].pk,
        facts.products[line.product].pk,
        facts.draws[line.draw_date].pk,
    )


# PostgreSQL tests CHECK on the row offered for insertion, before it looks for a conflict. A lone
# return (0 issued, 20 returned) would fail although the total holds it, so the total is locked, or
# made by offering zeros, and the return is added by a statement of its own.
_LOCK = """
    select agent_id, product_id, draw_id from sales_agentdrawtotal total
    join unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as wanted(a, p, d)
        on (total.agent_id, total.product_id, total.draw_id) = (a, p, d)
    order by agent_id, product_id, draw_id for update of total
"""
_OFFER = """
    insert into sales_agentdrawtotal as total (agent_id, product_id, draw_id, draw_date, region_id,
        face_value_amount, commission_bps, issued, returned)
    select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bigint[],
        %s::bigint[], %s::smallint[], %s::int[], %s::int[]) as offer(a, p, d)
    order by a, p, d
    on conflict (agent_id, product_id, draw_id) do update
        set issued = total.issued + excluded.issued, returned = total.returned + excluded.returned
    returning agent_id, product_id, draw_id, region_id, face_value_amount, commission_bps,
        total.issued - total.returned, commission_amount
"""
_ADD = """
    update sales_agentdrawtotal as total
    set issued = total.issued + more.i, returned = total.returned + more.r
    from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::int[])
        as more(a, p, d, i, r)
    where (total.agent_id, total.product_id, total.draw_id) = (more.a, more.p, more.d)
    returning agent_id, product_id, draw_id, region_id, face_value_amount, commission_bps,
        total.issued - total.returned, commission_amount
"""


def add_to_agent_totals(
    cursor: CursorWrapper, lines: Sequence[Line], facts: Facts
) -> tuple[dict[Key, Terms], list[Change]]:
    """Add to the totals, locking them in the order of their key.

    Answers the terms of each total (region, face value and commission of its first movement), and
    what the rollups of the totals grow by.
    """
    offers: list[tuple[Any, ...]] = []
    later: list[tuple[int, ...]] = []
    added: dict[Key, tuple[Line, int, int]] = {}
    for (line, key), (issued, returned) in _sums(lines, facts):
        agent, product = facts.agents[line.agent], facts.products[line.product]
        is_whole = 0 <= returned <= issued
        added[key] = line, issued, returned
        offers.append(
            (
                *key,
                line.draw_date,
                agent.region_id,
                product.face_value_amount,
                facts.commission_bps(line),
                issued if is_whole else 0,
                returned if is_whole else 0,
            )
        )
        if not is_whole:
            later.append((*key, issued, returned))
    terms: dict[Key, Terms] = {}
    changes: list[Change] = []
    for a, p, d, *total in _grown(cursor, offers, later):
        key = a, p, d
        region, face, bps, *_now = total
        terms[key] = region, face, bps
        changes.append(_change(key, total, *added[key]))
    return terms, changes


def _grown(
    cursor: CursorWrapper, offers: list[tuple[Any, ...]], later: list[tuple[int, ...]]
) -> Iterator[tuple[int, ...]]:
    """The totals after what is offered, and then added `later`; each locked in the order of its key.

    One after the other: there may be a hundred thousand.
    """
    if later:
        cursor.execute(_LOCK, array_columns(offer[:3] for offer in offers))
        there = set(cursor.fetchall()) & {(a, p, d) for a, p, d, *_more in later}
        offers = [offer for offer in offers if offer[:3] not in there]
    again = {row[:3] for row in later}
    if offers:
        cursor.execute(_OFFER, array_columns(offers))
        offers.clear()  # memory for what is answered
        yield from (row for row in cursor if row[:3] not in again)
    if later:
        cursor.execute(_ADD, array_columns(later))
        yield from cursor


def _change(key: Key, total: Sequence[int], line: Line, issued: int, returned: int) -> Change:
    """What `issued` and `returned` changed, now that the total holds them."""
    region, face, bps, sold, commission = total
    before = sold - issued + returned
    return Change(
        draw_date=line.draw_date,
        agent_id=key[0],
        region_id=region,
        product_id=key[1],
        issued=issued,
        returned=returned,
        revenue_amount=(issued - returned) * face,
        commission_amount=commission - share(before * face, bps),
    )


def sums_of(lines: Sequence[Line], facts: Facts) -> dict[Key, tuple[int, int]]:
    """What the lines add to each total: issued and returned tickets."""
    return {key: added for (_line, key), added in _sums(lines, facts)}


def _sums(
    lines: Sequence[Line], facts: Facts
) -> Iterable[tuple[tuple[Line, Key], tuple[int, int]]]:
    """Each key once, with a line of it and what all its lines add."""
    sample: dict[Key, Line] = {}
    issued: dict[Key, int] = defaultdict(int)
    returned: dict[Key, int] = defaultdict(int)
    for line in lines:
        key = key_of(line, facts)
        sample.setdefault(key, line)
        issued[key] += line.issued
        returned[key] += line.returned
    return (((line, key), (issued[key], returned[key])) for key, line in sample.items())


def total_faults(lines: Sequence[Line], facts: Facts) -> list[Fault]:
    """Why the database refused the totals, line by line; empty when it would not refuse now."""
    sums = sums_of(lines, facts)
    stored = {
        (agent, product, draw): (issued, returned)
        for agent, product, draw, issued, returned in AgentDrawTotal.objects.filter(
            agent__in={key[0] for key in sums}, draw__in={key[2] for key in sums}
        ).values_list("agent_id", "product_id", "draw_id", "issued", "returned")
    }
    faults: list[Fault] = []
    for row, line in enumerate(lines, 1):
        key = key_of(line, facts)
        before, more = stored.get(key, (0, 0)), sums[key]
        issued, returned = before[0] + more[0], before[1] + more[1]
        values = {"issued": issued, "returned": returned, "most": MOST_TICKETS}
        if returned > issued:
            field = "issued" if line.issued < 0 else "returned"  # a correction took too many away
            faults.append(Fault(row, field, "returned.over_issued", values))
        elif returned < 0:
            faults.append(Fault(row, "returned", "returned.negative", values))
        elif issued > MOST_TICKETS:
            faults.append(Fault(row, "issued", "issued.too_many", values))
    return faults
