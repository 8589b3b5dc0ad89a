"""Sheets of unsold tickets, one in each state: of the last two draws, and of the one to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from backend.accounts.models import User
from backend.clock import VN
from sales.ledger.closing import close_draw
from sales.models import Draw, DrawStatus, ReturnSheet, ReturnState, Source
from sales.tickets.return_confirming import confirm_return, reverse_return
from sales.tickets.return_declaring import declare_returns
from sales.tickets.return_handling import advance_returns, count_return
from sales.tickets.return_sheets import sheets_now
from scripts.demonstration.consignments import DrawLines
from scripts.demonstration.plan import Plan, local
from scripts.demonstration.serials import Stretches

#: How many agents bring sheets of a draw, and how many of the last one are sealed.
SHEETS, SEALED = 8, 4
#: Counted so many more or fewer than declared, of the second and third sheet of a draw.
DIFFERENCES = {1: 2, 2: -3}
#: Of the draw to come: how many are declared, received, counted.
WAITING = (ReturnState.DECLARED, ReturnState.RECEIVED, ReturnState.COUNTED)
EARLY = 20
#: From this hour on what waits is for the draw of the day after.
EVENING = 16


@dataclass(frozen=True)
class Brought:
    """Tickets by agent that sheets bring back of a draw, apart from its lines."""

    draw: Draw
    tickets: Mapping[str, int]


def apart(plan: Plan, days: Sequence[DrawLines]) -> tuple[list[DrawLines], list[Brought]]:
    """The lines without what some agents bring back by sheets, and that by draw."""
    left, brought = list(days), []
    for place, day in enumerate(days):
        if day.draw.status != DrawStatus.HELD:
            continue
        unsold = {line[0].agent.code: line[3] for line in day.lines if line[3] > EARLY}
        luck = plan.luck(f"sheets {day.draw.date}")
        some = dict.fromkeys(luck.sample(sorted(unsold), min(SHEETS, len(unsold))))
        brought.append(Brought(day.draw, {code: unsold[code] for code in some}))
        kept = [
            (*line[:3], 0) if line[0].agent.code in some and line[3] else line
            for line in day.everything
        ]
        left[place] = replace(day, everything=kept)
    return left, brought


def bring_back(
    brought: Sequence[Brought], stretches: Stretches, *, first: User, second: User
) -> None:
    """Bring the sheets of held draws as far as they should be, and close the draws.

    One of the last draw is reversed and brought again; one comes late.
    """
    for each in brought:
        codes = sorted(each.tickets)
        sheets = _confirmed(each, codes, stretches, first=first, second=second)
        day, is_last = each.draw.date, each is brought[-1]
        if is_last:
            why = "Xác nhận nhầm bảng kê của đại lý khác"
            reverse_return(sheets[-1], reason=why, by=second, at=local(day, 17, 45))
            sheets[-1:] = _confirmed(each, codes[-1:], stretches, 18, first=first, second=second)
        sealed = sheets[:SEALED] if is_last else sheets
        advance_returns(
            sealed, ReturnState.SEALED, by=second, at=local(day, 20), minutes_no=f"NP-{day:%y%m%d}"
        )
        if not is_last:
            advance_returns(
                sealed, ReturnState.DESTROYED, by=second, at=local(day, 21),
                minutes_no=f"TH-{day:%y%m%d}",
            )  # fmt: skip
        close_draw(day, by=first, at=local(day, 20, 30), source=Source.DEMONSTRATION)


def _confirmed(
    each: Brought,
    codes: Sequence[str],
    stretches: Stretches,
    hour: int = 16,
    *,
    first: User,
    second: User,
) -> list[int]:
    """Sheets declared in that hour, the last of them received after the cut-off of five o'clock."""
    day = each.draw.date
    declared = {code: {"TT10": each.tickets[code]} for code in codes}
    sheets = declare_returns(
        day=day, tickets=declared, by=first, at=local(day, hour, 20), source=Source.DEMONSTRATION
    )
    numbers = [sheet.pk for sheet in sheets]
    if numbers[:-1]:
        advance_returns(numbers[:-1], ReturnState.RECEIVED, by=first, at=local(day, hour, 50))
    late = local(day, hour + 1, 10)
    advance_returns(numbers[-1:], ReturnState.RECEIVED, by=first, at=late, note="Xe đến trễ")
    for place, (code, pk) in enumerate(zip(codes, numbers, strict=True)):
        counted = each.tickets[code] + DIFFERENCES.get(place, 0)
        tickets = {"TT10": counted}
        serials = {"TT10": [stretches[day, code].unsold(counted)]}
        at = local(day, hour + 1, 20)
        count_return(pk, tickets=tickets, serials=serials, by=first, at=at)
        at, minutes = local(day, hour + 1, 30), f"XN-{day:%y%m%d}-{pk}"
        confirm_return(pk, by=second, at=at, minutes_no=minutes)
    return numbers


def hand_in_early(
    plan: Plan, days: Sequence[DrawLines], stretches: Stretches, *, by: User, at: datetime
) -> None:
    """Two sheets in each state that still waits for somebody, of the next draw.

    In the evening that is the draw of the day after: that of the day is about to be closed.
    """
    local_at = at.astimezone(VN)
    waits = [
        day
        for day in days
        if day.draw.status == DrawStatus.SCHEDULED
        and (day.draw.date > local_at.date() or local_at.hour < EVENING)
    ]
    if not waits:
        return
    day = waits[0]
    codes = sorted(line[0].agent.code for line in day.lines if line[2] > 2 * EARLY)
    some = plan.luck(f"early {day.draw.date}").sample(codes, 2 * len(WAITING))
    declared = {code: {"TT10": EARLY} for code in some}
    sheets = declare_returns(
        day=day.draw.date, tickets=declared, by=by, at=at, note="Đại lý trả sớm",
        source=Source.DEMONSTRATION,
    )  # fmt: skip
    numbers = [sheet.pk for sheet in sheets]
    advance_returns(numbers[2:], ReturnState.RECEIVED, by=by, at=at)
    for place, (code, pk) in enumerate(zip(some[4:], numbers[4:], strict=True)):
        tickets = EARLY - place
        serials = {"TT10": [stretches[day.draw.date, code].unsold(tickets)]}
        count_return(pk, tickets={"TT10": tickets}, serials=serials, by=by, at=at)


def finish_sheets(day: date, *, first: User, second: User, at: datetime) -> None:
    """Bring what waits of a held draw to its confirmation, before it is closed."""
    sheets = ReturnSheet.objects.filter(draw__date=day).order_by("pk")
    for now in sheets_now(sheets.select_related("agent", "draw", "region")):
        if now.state not in WAITING:
            continue
        if now.state == ReturnState.DECLARED:
            advance_returns([now.sheet.pk], ReturnState.RECEIVED, by=first, at=at)
        if now.state != ReturnState.COUNTED:
            tickets = {each.product: each.declared for each in now.tallies}
            count_return(now.sheet.pk, tickets=tickets, by=first, at=at)
        is_counted_by_second = now.state == ReturnState.COUNTED and now.steps[-1].by_id == second.pk
        confirm_return(
            now.sheet.pk, by=first if is_counted_by_second else second, at=at,
            minutes_no=f"XN-{day:%y%m%d}-{now.sheet.pk}",
        )  # fmt: skip
