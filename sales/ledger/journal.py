"""Writing the journal of money: entries as one COPY, balances in the same transaction.

Everyone locks in one order: draws, agents' totals of draws, rollups, agents' balances.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.db.backends.utils import CursorWrapper

from backend.db import array_columns, copy_line, copy_text
from sales.engine.posting import ACCOUNTS, Legs, amounts_of
from sales.models import JournalEntry, JournalEvent, RecordingBatch

JOURNAL_COLUMNS = (
    "batch_id",
    "event",
    "agent_id",
    "region_id",
    "product_id",
    "draw_id",
    "value_date",
    *ACCOUNTS,
    "reference",
    "reverses_id",
    "reason",
)
#: What is summed for an agent's month; "paid" is what payments took off the debt.
MONTH_SUMS = (
    "receivable",
    "collateral",
    "revenue",
    "commission",
    "withheld_tax",
    "prizes",
    "payout_fee",
    "paid",
)
_summed = attrgetter(*MONTH_SUMS[:-1])

_OPEN_BALANCES = """
    insert into sales_agentbalance (agent_id, receivable, collateral)
    select agent, 0, 0 from unnest(%s::bigint[]) as agent order by agent
    on conflict (agent_id) do nothing
"""
_LOCK_BALANCES = """
    select from sales_agentbalance where agent_id = any(%s) order by agent_id for update
"""
_ADD_TO_BALANCES = """
    update sales_agentbalance as balance
    set receivable = balance.receivable + more.r, collateral = balance.collateral + more.c
    from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as more(a, r, c)
    where balance.agent_id = more.a
"""
_ADD_TO_MONTHS = f"""
    insert into sales_agentmonthtotal as total (agent_id, month, {", ".join(MONTH_SUMS)})
    select * from unnest(%s::bigint[], %s::date[], {", ".join(["%s::bigint[]"] * len(MONTH_SUMS))})
        as more(a, m)
    order by a, m
    on conflict (agent_id, month) do update
        set {", ".join(f"{name} = total.{name} + excluded.{name}" for name in MONTH_SUMS)}
"""  # noqa: S608 -- columns of our own


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be written; `reference` is the number of the paper it stands on."""

    event: JournalEvent
    agent_id: int | None
    region_id: int | None
    value_date: date
    legs: Legs
    product_id: int | None = None
    draw_id: int | None = None
    reference: str = ""
    reverses_id: int | None = None
    reason: str = ""


def hold_balances(cursor: CursorWrapper, agents: Iterable[int]) -> None:
    """Lock the balances of these agents, made where there is none, until the transaction ends."""
    ordered = sorted(set(agents))
    cursor.execute(_OPEN_BALANCES, [ordered])
    cursor.execute(_LOCK_BALANCES, [ordered])


def write_entries(cursor: CursorWrapper, batch: RecordingBatch, entries: Sequence[Entry]) -> None:
    """Add the entries to the journal and to the balances, in the caller's transaction."""
    if not entries:
        return
    text = "".join(_text(batch, entry) for entry in entries)
    copy_text(cursor, JournalEntry._meta.db_table, JOURNAL_COLUMNS, text)
    balances: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    months: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0] * len(MONTH_SUMS))
    for entry in entries:
        if entry.agent_id is None:
            continue  # the company's own payout moves no agent's account
        sums = month_sums(entry)
        _add(balances[entry.agent_id], sums)
        _add(months[entry.agent_id, entry.value_date.replace(day=1)], sums)
    if not balances:
        return
    hold_balances(cursor, balances)
    cursor.execute(
        _ADD_TO_BALANCES, array_columns((agent, *sums) for agent, sums in balances.items())
    )
    cursor.execute(
        _ADD_TO_MONTHS, array_columns((*key, *sums) for key, sums in sorted(months.items()))
    )


def month_sums(entry: Entry) -> list[int]:
    """What an entry adds to its agent's month, in the order of `MONTH_SUMS`."""
    legs = entry.legs
    paid = -legs.receivable if entry.event == JournalEvent.PAYMENT else 0
    return [*_summed(legs), paid]


def _text(batch: RecordingBatch, entry: Entry) -> str:
    """The entry as COPY reads it; its amounts are numbers, which need no escaping."""
    about = copy_line(
        (
            batch.pk,
            entry.event.value,
            entry.agent_id,
            entry.region_id,
            entry.product_id,
            entry.draw_id,
            entry.value_date,
        )
    )
    why = copy_line((entry.reference, entry.reverses_id, entry.reason))
    return "\t".join([about, *map(str, amounts_of(entry.legs)), f"{why}\n"])


def _add(sums: list[int], more: Sequence[int]) -> None:
    for place in range(len(sums)):
        sums[place] += more[place]
