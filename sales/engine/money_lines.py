"""The shape of one line of money people send, and whether it may be booked. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from backend.vntext import clean
from sales.engine.bodies import Code, Fault, LineReader, Text
from sales.engine.posting import Legs, adjustment, collateral, interest, payment, prize_paid

#: No single movement of one agent comes near it: a hundred billion đồng.
MOST_AMOUNT = 100_000_000_000

MoneyEvent = Literal["payment", "prize", "collateral", "interest", "adjustment"]
Into = Literal["cash", "bank", "offset"]
Amount = Annotated[int, Meta(ge=-MOST_AMOUNT, le=MOST_AMOUNT)]
Reference = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class MoneyLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money between company and agent on a day, in whole đồng.

    A payment (nộp tiền), a prize the agent paid on the company's behalf (trả thưởng hộ) with his
    fee, collateral deposited or, negative, given back (ký quỹ), interest on overdue debt, or an
    adjustment of the debt by a decision, which may be negative. `into` is where money went.
    """

    event: MoneyEvent
    agent: Code
    date: date
    amount: Amount
    into: Into = "cash"
    fee_bps: Annotated[int, Meta(ge=0, le=10_000)] = 0
    reference: Reference = ""
    reason: Text = ""

    def __post_init__(self) -> None:
        """The number of a paper is the same in both forms of Unicode and whatever spaces stand around it."""
        if (number := clean(self.reference)) != self.reference:
            force_setattr(self, "reference", number)


MONEY_SHAPES = {
    "event": "money.not_an_event",
    "agent": "line.not_a_code",
    "date": "line.not_a_date",
    "amount": "money.not_an_amount",
    "into": "money.not_a_place",
    "fee_bps": "money.not_a_rate",
    "reference": "money.not_a_reference",
    "reason": "line.not_a_text",
}
MONEY_LINES = LineReader(MoneyLine, shapes=MONEY_SHAPES, most=MOST_AMOUNT)


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What the lines refer to: agents by code with their first day, and references used before.

    `today` bounds the dates; `fee_cap_bps` is the most an agent may get for a prize he pays, None
    where no rule says so. `unauthorised`: agents and days on which a contract does not let them pay prizes.
    """

    agents: Mapping[str, date]
    references: frozenset[tuple[str, str]]
    today: date
    fee_cap_bps: int | None
    unauthorised: Collection[tuple[str, date]] = frozenset()


def check(lines: Sequence[MoneyLine], facts: MoneyFacts) -> list[Fault]:
    """All faults of all lines, in row order.

    Every entry names its paper (Luật Kế toán 88/2015, art. 16), which also keeps it from being
    booked twice.
    """
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for row, line in enumerate(lines, 1):
        faults += _agent_and_day(row, line, facts)
        faults += _amounts(row, line, facts)
        if not line.reference.strip():
            faults.append(Fault(row, "reference", "money.needs_reference"))
        else:
            key = (line.agent, line.reference)
            first = seen.setdefault(key, row)
            if first != row or key in facts.references:
                values = {"reference": line.reference}
                faults.append(Fault(row, "reference", "money.reference_used", values))
    return faults


def _agent_and_day(row: int, line: MoneyLine, facts: MoneyFacts) -> list[Fault]:
    opened = facts.agents.get(line.agent)
    faults = []
    if opened is None:
        faults.append(Fault(row, "agent", "agent.unknown", {"agent": line.agent}))
    elif line.date < opened:
        values = {"agent": line.agent, "date": opened}
        faults.append(Fault(row, "date", "agent.not_started", values))
    if line.event == "prize" and (line.agent, line.date) in facts.unauthorised:
        faults.append(Fault(row, "agent", "money.pays_no_prizes", {"agent": line.agent}))
    if line.date > facts.today:
        faults.append(Fault(row, "date", "money.in_the_future", {"date": line.date}))
    return faults


def _amounts(row: int, line: MoneyLine, facts: MoneyFacts) -> list[Fault]:
    faults = []
    may_be_negative = line.event in ("collateral", "adjustment")
    if line.amount == 0 or (line.amount < 0 and not may_be_negative):
        faults.append(Fault(row, "amount", "money.not_positive"))
    if line.event == "adjustment" and not line.reason.strip():
        faults.append(Fault(row, "reason", "money.needs_reason"))
    if line.fee_bps and line.event != "prize":
        faults.append(Fault(row, "fee_bps", "money.fee_only_of_prizes"))
    elif facts.fee_cap_bps is not None and line.fee_bps > facts.fee_cap_bps:
        values = {"most": facts.fee_cap_bps}
        faults.append(Fault(row, "fee_bps", "money.fee_over_cap", values))
    return faults


def legs_of(line: MoneyLine) -> Legs:
    """The balanced entry of a line that was checked."""
    match line.event:
        case "payment":
            return payment(line.amount, into=line.into)
        case "prize":
            return prize_paid(line.amount, fee_bps=line.fee_bps)
        case "collateral":
            return collateral(line.amount, into=line.into)
        case "interest":
            return interest(line.amount)
        case "adjustment":
            return adjustment(line.amount)
