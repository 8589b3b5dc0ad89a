"""Winning tickets of the last weeks: paid by the company and by agents, waiting, taken back."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.accounts.models import User
from sales.draws.claims import Winner, register_claim, withdraw_claim
from sales.draws.payouts import Payer, pay_claim, reverse_payout
from sales.engine.prizes import PLACES, TICKET_DIGITS
from sales.models import AgentContract, Draw, PrizeClaim, RuleKey, SalesRule, Source
from scripts.demonstration.names import invented_names
from scripts.demonstration.plan import Plan, local

#: What an agent gets for paying, in parts of ten thousand: as much as the law allows.
FEE_BPS = 20
#: In so many draws agents paid two small prizes, in those before one.
SMALL_DRAWS = 12
#: A ticket presented on the last day of its term, and still not paid.
TERM_DAYS = 30


@dataclass(frozen=True)
class Told:
    """A ticket of the draw `ago` days back that won `prize`, presented `days` later, and its fate."""

    ago: int
    prize: str
    fate: str = "open"
    days: int = 1


STORY = (
    Told(TERM_DAYS + 1, "third", days=TERM_DAYS),
    Told(20, "special", "bank"),
    Told(16, "first", "bank"),
    Told(9, "second", "cash"),
    Told(8, "third", "cash"),
    Told(6, "third", "reversed"),
    Told(5, "fourth", "withdrawn"),
    Told(3, "first"),
    Told(2, "third"),
)
#: What the company paid of the draws before those of the story, one every few draws, in turn.
EARLIER = (("fourth", "cash"), ("first", "bank"), ("third", "cash"), ("second", "cash"))
EARLIER_EVERY = 3


def confirm_tax() -> None:
    """The threshold that is shipped as doubtful counts as confirmed, so that tax can be withheld."""
    for rule in SalesRule.objects.filter(key=RuleKey.PRIZE_TAX_FREE, is_confirmed=False):
        rule.is_confirmed, rule.note = True, f"{rule.note} (trình diễn: coi như đã xác nhận)"
        rule.save(update_fields=["is_confirmed", "note"])


def present_winners(plan: Plan, *, by: User) -> None:
    """Register and settle the tickets of the story."""
    since = told_since(plan.today)
    known = {draw.date: draw for draw in Draw.objects.filter(date__gte=since).exclude(numbers=None)}
    luck = plan.luck("winners")
    names = invented_names(luck)
    agents = _payers(since)
    for told in _whole_story((plan.today - since).days):
        draw = known.get(plan.today - timedelta(days=told.ago))
        if draw is None or (told.prize == "special" and not draw.winning_symbols):
            continue
        claim = _present(told, draw, luck, next(names), by)
        if told.fate != "agent" or agents:
            _settle(told, claim, luck.choice(agents or [""]), by)


def told_since(today: date) -> date:
    """The first of last month, so that its reports have prizes to tell; the story at the latest."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return min(last_month, today - timedelta(days=TERM_DAYS + 1))


def _whole_story(oldest: int) -> Iterator[Told]:
    """The story, small prizes of every draw since `oldest` days ago, and large ones before the story."""
    yield from STORY
    for ago in range(2, oldest + 1):
        yield from [Told(ago, "seventh", "agent")] * (2 if ago < 2 + SMALL_DRAWS else 1)
    for number, ago in enumerate(range(TERM_DAYS + 2, oldest + 1, EARLIER_EVERY)):
        yield Told(ago, *EARLIER[number % len(EARLIER)])


def _payers(since: date) -> Sequence[str]:
    """Codes of the agents whose contract lets them pay prizes."""
    contracts = AgentContract.objects.filter(pays_prizes=True, agent__closed_date=None)
    held = contracts.filter(valid_from__lte=since).order_by("agent__code")
    return list(held.values_list("agent__code", flat=True).distinct())


def _present(told: Told, draw: Draw, luck: random.Random, name: str, by: User) -> PrizeClaim:
    """With a number that nobody has as identity."""
    presented = draw.date + timedelta(days=told.days)
    place = next(at for at, (kind, _place, _digits) in enumerate(PLACES) if kind == told.prize)
    end = (draw.numbers or [])[place]
    symbols = draw.winning_symbols or ["1QN"]
    winner = Winner(name, f"{luck.randrange(10**9):012}", "Quảng Ninh (trình diễn)")
    return register_claim(
        number=f"{luck.randrange(10**TICKET_DIGITS):05}"[: TICKET_DIGITS - len(end)] + end,
        symbol=symbols[0] if told.prize == "special" else f"{luck.randint(1, 9)}QN",
        day=draw.date,
        presented=presented,
        winner=None if told.prize == "seventh" else winner,
        by=by,
        at=local(presented, 9, 10),
    )


def _settle(told: Told, claim: PrizeClaim, agent: str, by: User) -> None:
    if told.fate == "withdrawn":
        withdraw_claim(claim.pk, reason="Vé bị tẩy sửa, trả lại người xuất trình", by=by)
    elif told.fate != "open":
        _pay(told, claim, agent, by)
    if told.fate == "reversed":
        at = local(claim.presented_date + timedelta(days=1), 14)
        reverse_payout(claim.pk, reason="Chi nhầm phiếu, đã thu lại tiền", by=by, at=at)


def _pay(told: Told, claim: PrizeClaim, agent: str, by: User) -> None:
    """An agent on the spot, the company on the day after."""
    if told.fate == "agent":
        payer, paid = Payer(agent=agent, fee_bps=FEE_BPS), claim.presented_date
    else:
        place = "bank" if told.fate == "bank" else "cash"
        payer, paid = Payer(out_of=place), claim.presented_date + timedelta(days=1)
    pay_claim(
        claim.pk, payer=payer, paid=paid, by=by, at=local(paid, 10), reference=f"TT{claim.pk:05}",
        source=Source.DEMONSTRATION,
    )  # fmt: skip
