"""The newest draws by serial: printed, to the branches, to every agent, and what came back."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.accounts.models import User
from sales.engine.ticket_lines import PRINTER, TicketLine
from sales.models import Draw, DrawStatus, Source
from sales.tickets.stock import record_moves
from scripts.demonstration.agents import Seller
from scripts.demonstration.consignments import DrawLines, Line
from scripts.demonstration.issue_plans import print_run
from scripts.demonstration.plan import local
from scripts.demonstration.territories import TERRITORIES

#: So many held draws are told by serial; the unsold tickets of all but the last are destroyed.
TOLD = 2
SERIES_TICKETS = 100_000
#: Who serves a territory; the others get theirs from the warehouse at the head office.
BRANCHES = {"CP": "CP", "MT": "UB", "MD": "MC"}
#: The first agent a branch serves loses some of a draw's tickets, the branch wets some of its own.
SPOILT = 3


@dataclass(frozen=True)
class Stretch:
    """What an agent got of a draw: serials [first, last] of a series."""

    symbol: str
    first: int
    last: int

    def unsold(self, tickets: int) -> str:
        """The last of them, as sheets of returns name them."""
        return f"{self.symbol} {self.last - tickets + 1:05}-{self.last:05}"


#: By draw date and agent code.
Stretches = Mapping[tuple[date, str], Stretch]


def told_by_serial(days: Sequence[DrawLines]) -> list[DrawLines]:
    """The last draws held and those to come."""
    held = [day for day in days if day.draw.status == DrawStatus.HELD]
    coming = [day for day in days if day.draw.status == DrawStatus.SCHEDULED]
    return [*held[-TOLD:], *coming]


def issue_serials(days: Sequence[DrawLines], by: User) -> Stretches:
    """Move every ticket that was issued from the printer to its agent, a batch a draw."""
    found: dict[tuple[date, str], Stretch] = {}
    for day in days:
        stretches = _dealt(day)
        found |= {(day.draw.date, code): stretch for code, stretch in stretches.items()}
        record_moves(
            by=by,
            at=local(day.draw.date - timedelta(days=2), 17, 30),
            lines=list(_issued(day, stretches)),
            is_counted=True,
            source=Source.DEMONSTRATION,
        )
    return found


def take_back_serials(days: Sequence[DrawLines], stretches: Stretches, by: User) -> None:
    """What the agents of these lines gave back, destroyed after all but the last draw."""
    held = [day for day in days if day.draw.status == DrawStatus.HELD]
    for day in held:
        moves = [_back(line, day.draw, stretches, "returned") for line in _unsold(day)]
        _record(moves, day, by, hour=17)
        if day is not held[-1]:
            gone = [_back(line, day.draw, stretches, "destroyed") for line in _unsold(day)]
            _record(gone, day, by, hour=20)


def _record(moves: Sequence[TicketLine], day: DrawLines, by: User, *, hour: int) -> None:
    at = local(day.draw.date, hour, 50)
    record_moves(by=by, at=at, lines=moves, is_counted=True, source=Source.DEMONSTRATION)


def _dealt(day: DrawLines) -> dict[str, Stretch]:
    """Serials of each agent, branch by branch, one series after the other."""
    dealt: dict[str, Stretch] = {}
    number, at = 1, 0
    for lines in _by_branch(day).values():
        for seller, _product, issued, _returned in lines:
            if at + issued > SERIES_TICKETS:
                number, at = number + 1, 0
            dealt[seller.agent.code] = Stretch(f"{number}QN", at, at + issued - 1)
            at += issued
    return dealt


def _by_branch(day: DrawLines) -> dict[str, list[Line]]:
    """Lines of printed tickets by the code of the branch; "" is the warehouse."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in day.lines:
        if line[1].code == "TT10":
            found[_branch(line[0])].append(line)
    return dict(sorted(found.items()))


def _branch(seller: Seller) -> str:
    named = {unit: code for code, _name, units in TERRITORIES for unit in units}
    return BRANCHES.get(named.get(seller.unit, "MD"), "")


def _issued(day: DrawLines, dealt: Mapping[str, Stretch]) -> Iterator[TicketLine]:
    paper = f"PX{day.draw.date:%y%m%d}"
    for printed in _printed(dealt):
        yield _line(day.draw, printed, PRINTER, "warehouse", f"PN{day.draw.date:%y%m%d}")
    for branch, lines in _by_branch(day).items():
        source = f"branch:{branch}" if branch else "warehouse"
        for seller, *_rest in lines:
            stretch = dealt[seller.agent.code]
            if branch:
                yield _line(day.draw, stretch, "warehouse", source, f"{paper}-{branch}")
            yield _line(day.draw, stretch, source, f"agent:{seller.agent.code}", paper)
    yield from _spoilt(day, dealt)


def _printed(dealt: Mapping[str, Stretch]) -> list[Stretch]:
    """Whole series, and of the last one what the plan has beside them."""
    *whole, last = dict.fromkeys(stretch.symbol for stretch in dealt.values())
    run = print_run(sum(stretch.last - stretch.first + 1 for stretch in dealt.values()))
    end = max(run - len(whole) * SERIES_TICKETS, list(dealt.values())[-1].last + 1 + SPOILT)
    return [
        *(Stretch(symbol, 0, SERIES_TICKETS - 1) for symbol in whole),
        Stretch(last, 0, min(end, SERIES_TICKETS) - 1),
    ]


def _spoilt(day: DrawLines, dealt: Mapping[str, Stretch]) -> Iterator[TicketLine]:
    """A few tickets an agent lost, which it pays for, and a few that got wet in the warehouse."""
    code, stretch = next(iter(dealt.items()))
    lost = Stretch(stretch.symbol, stretch.first, stretch.first + SPOILT - 1)
    yield _line(day.draw, lost, f"agent:{code}", "lost", f"BB-M{day.draw.date:%y%m%d}")
    last = _printed(dealt)[-1]
    wet = Stretch(last.symbol, last.last + 1 - SPOILT, last.last)
    yield _line(day.draw, wet, "warehouse", "damaged", f"BB-H{day.draw.date:%y%m%d}")


def _unsold(day: DrawLines) -> list[Line]:
    return [line for line in day.lines if line[3] and line[1].code == "TT10"]


def _back(line: Line, draw: Draw, stretches: Stretches, target: str) -> TicketLine:
    seller, _product, _issued, returned = line
    had = stretches[draw.date, seller.agent.code]
    unsold = Stretch(had.symbol, had.last - returned + 1, had.last)
    if target == "destroyed":
        return _line(draw, unsold, "returned", target, f"BB-TH{draw.date:%y%m%d}")
    return _line(draw, unsold, f"agent:{seller.agent.code}", target, f"BK{draw.date:%y%m%d}")


def _line(draw: Draw, stretch: Stretch, source: str, target: str, document: str) -> TicketLine:
    return TicketLine(
        draw.date, "TT10", stretch.symbol, stretch.first, stretch.last, source, target, document
    )
