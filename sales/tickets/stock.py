"""Moving tickets by serial: all lines or none, the counts of agents with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import copy_into
from backend.org.models import Site
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.bodies import Fault
from sales.engine.lines import Line
from sales.engine.stock import Held, Place, Shelf
from sales.engine.ticket_lines import (
    PRINTER,
    WITHDRAWN,
    Counts,
    Moved,
    Series,
    TicketFacts,
    TicketLine,
    carry_out,
    check,
    company_faults,
    counts_of,
    series_of,
)
from sales.ledger.recording import LinesRefused, record_sales
from sales.models import (
    Agent,
    AgentDrawTotal,
    ClaimState,
    ConsignmentEntry,
    Draw,
    PrizeClaim,
    Product,
    ProductKind,
    RecordingBatch,
    Source,
    TicketHolding,
    TicketMove,
)
from sales.tickets.stock_proving import BY_SERIAL


class MovesUnknown(Problem):
    status = 404
    code = "tickets.unknown_batch"
    message = _("Không có đợt di chuyển vé này trong phạm vi của bạn.")


class UndoNeedsReason(Problem):
    code = "tickets.needs_reason"
    message = _("Hoàn tác phải ghi lý do, ít nhất 5 ký tự.")


#: By agent code, product code and draw date.
Counted = dict[tuple[str, str, date], Counts]


@dataclass(frozen=True, slots=True)
class MovedTickets:
    """What was recorded: the batch, and how many tickets in how many lines."""

    batch: RecordingBatch
    lines: int
    tickets: int


def record_moves(
    *,
    by: User,
    at: datetime,
    lines: Sequence[TicketLine],
    is_counted: bool = False,
    key: str = "",
    source: Source = Source.API,
    late: bool | None = None,
    of_sheets: bool = False,
) -> MovedTickets:
    """Move the tickets; what agents get and give back is recorded in their counts as well.

    `is_counted`: the counts stand in the ledger already; the serials must not be more than them.
    `late` as in `record_sales`. `of_sheets`: they are those of sheets of returns that `by` may see.
    Raises LinesRefused with the faults of the lines, or of the counts they would make.
    """
    facts = _facts(lines, by)
    if faults := check(lines, facts):
        raise LinesRefused(faults)
    if not of_sheets:
        _refuse_of_the_company(lines, by)
    with transaction.atomic():
        batch, counts = _carry_out(
            lines, facts, is_counted=is_counted, by=by, at=at, key=key, source=source, late=late
        )
        if is_counted and (faults := _uncounted(counts, facts)):
            raise LinesRefused(faults)
    return MovedTickets(batch, len(lines), sum(line.count for line in lines))


def undo_moves(batch: int, *, reason: str, by: User, at: datetime, key: str = "") -> MovedTickets:
    """Move the tickets of a batch back where they came from, by new moves; counts follow.

    Raises MovesUnknown, UndoNeedsReason, LinesRefused where tickets have gone on since.
    """
    if not says_why(reason):
        raise UndoNeedsReason
    moves = list(
        TicketMove.objects.filter(batch=batch)
        .select_related(
            "series__product", "series__draw", "source_agent", "source_site", "target_agent",
            "target_site",
        )
        .order_by("-pk")
    )  # fmt: skip
    seen = TicketMove.objects.visible_to(by).filter(batch=batch).count()
    if not moves or seen != len(moves):
        raise MovesUnknown
    lines = [_back(move, reason.strip()) for move in moves]
    _refuse_of_the_company(lines, by)
    with transaction.atomic():
        done, _counts = _carry_out(
            lines, _facts(lines, by), is_counted=moves[0].is_counted, by=by, at=at, key=key,
            source=Source.API, late=False,
        )  # fmt: skip
    return MovedTickets(done, len(lines), sum(line.count for line in lines))


def _refuse_of_the_company(lines: Sequence[TicketLine], by: User) -> None:
    """Raises LinesRefused where an account of a region moves what is in no agent's hands."""
    if not by.is_whole_company and (faults := company_faults(lines)):
        raise LinesRefused(faults)


def place_name(kind: str, agent: Agent | None, site: Site | None) -> str:
    """A place as lines name it."""
    holder = agent or site
    return (f"{kind}:{holder.code}" if holder else kind) or PRINTER


def _back(move: TicketMove, reason: str) -> TicketLine:
    return TicketLine(
        draw_date=move.series.draw.date,
        product=move.series.product.code,
        series=move.series.symbol,
        first=move.numbers.lower,
        last=move.numbers.upper - 1,
        source=place_name(move.target, move.target_agent, move.target_site),
        target=place_name(move.source, move.source_agent, move.source_site),
        document=move.document,
        reason=reason,
    )


def _carry_out(
    lines: Sequence[TicketLine],
    facts: TicketFacts,
    *,
    is_counted: bool,
    by: User,
    at: datetime,
    key: str,
    source: Source,
    late: bool | None,
) -> tuple[RecordingBatch, Counted]:
    """Move the tickets in the caller's transaction. Raises LinesRefused."""
    with connection.cursor() as cursor:
        known = _hold_series(cursor, {series_of(line, facts) for line in lines})
        shelves, old = _shelves(known)
        moved, faults = carry_out(lines, facts, shelves)
        if faults := faults or _claimed(moved):
            raise LinesRefused(faults)
        counts = counts_of(moved)
        batch = None
        if counts and not is_counted:
            batch = _record_counts(counts, facts, by=by, at=at, key=key, source=source, late=late)
        if batch is None:
            batch = RecordingBatch.objects.create(
                recorded_by=by, recorded_at=at, source=source, key=key, line_count=len(moved)
            )
        _write_moves(cursor, batch, moved, known, is_counted=is_counted)
        _write_holdings(cursor, shelves, known, old)
    return batch, counts


def _facts(lines: Sequence[TicketLine], by: User) -> TicketFacts:
    """One query for each table the lines refer to."""
    places = {name.partition(":")[::2] for line in lines for name in (line.source, line.target)}
    agents = Agent.objects.visible_to(by).filter(
        code__in={code for kind, code in places if kind == "agent"}
    )
    sites = Site.objects.filter(code__in={code for kind, code in places if kind == "branch"})
    products = Product.objects.filter(code__in={line.product for line in lines})
    kinds = {code: (pk, kind) for code, pk, kind in products.values_list("code", "pk", "kind")}
    draws = Draw.objects.filter(date__in={line.draw_date for line in lines})
    return TicketFacts(
        agents=dict(agents.values_list("code", "pk")),
        sites=dict(sites.values_list("code", "pk")),
        products={code: pk for code, (pk, _kind) in kinds.items()},
        traditional=frozenset(
            code for code, (_pk, kind) in kinds.items() if kind == ProductKind.TRADITIONAL
        ),
        draws=dict(draws.values_list("date", "pk")),
    )


_OPEN_SERIES = """
    insert into sales_ticketseries (product_id, draw_id, symbol)
    select p, d, s from unnest(%s::bigint[], %s::bigint[], %s::text[]) as wanted(p, d, s)
    order by p, d, s on conflict do nothing
"""
_HOLD_SERIES = """
    select series.id, p, d, s
    from unnest(%s::bigint[], %s::bigint[], %s::text[]) as wanted(p, d, s)
    join sales_ticketseries series on (product_id, draw_id, symbol) = (p, d, s)
    order by series.id for update of series
"""


def _hold_series(cursor: CursorWrapper, wanted: Iterable[Series]) -> dict[Series, int]:
    """The series by number, made where new; nobody else moves their tickets until we are done."""
    columns = [list(column) for column in zip(*sorted(wanted), strict=True)]
    cursor.execute(_OPEN_SERIES, columns)
    cursor.execute(_HOLD_SERIES, columns)
    return {(product, draw, symbol): pk for pk, product, draw, symbol in cursor.fetchall()}


#: A row of TicketHolding: series, and what of it is where.
Row = tuple[int, Held]


def _shelves(known: Mapping[Series, int]) -> tuple[dict[Series, Shelf], dict[Row, int]]:
    """What is where in these series, and the rows that say so."""
    held: dict[int, list[Held]] = defaultdict(list)
    rows: dict[Row, int] = {}
    for pk, series, numbers, kind, agent, site in TicketHolding.objects.filter(
        series__in=known.values()
    ).values_list("pk", "series", "numbers", "place", "agent", "site"):
        piece = Held(numbers.lower, numbers.upper - 1, Place(kind, agent or site or 0))
        held[series].append(piece)
        rows[series, piece] = pk
    return {name: Shelf(held[pk]) for name, pk in known.items()}, rows


def _claimed(moved: Sequence[Moved]) -> list[Fault]:
    """Tickets whose prize somebody has claimed, on their way to where they win nothing."""
    leaving = [
        each
        for each in moved
        if each.line.target in WITHDRAWN and each.line.source not in WITHDRAWN
    ]
    if not leaving:
        return []
    claims = PrizeClaim.objects.exclude(state=ClaimState.WITHDRAWN).filter(
        draw__in={each.series[1] for each in leaving},
        symbol__in={each.line.series for each in leaving},
    )
    claimed = defaultdict(list)
    for product, draw, symbol, number in claims.values_list("product", "draw", "symbol", "number"):
        claimed[product, draw, symbol].append(number)
    return [
        Fault(each.row, "first", "ticket.claimed", {"number": number})
        for each in leaving
        for number in sorted(claimed[each.series])
        if each.line.first <= int(number) <= each.line.last
    ]


def _record_counts(
    counts: Counted,
    facts: TicketFacts,
    *,
    by: User,
    at: datetime,
    key: str,
    source: Source,
    late: bool | None,
) -> RecordingBatch:
    """The counts as movements of the ledger; what is taken back corrects the newest entry."""
    newest = _newest_entries(counts, facts)
    lines: list[Line] = []
    rows: list[int] = []
    for (agent, product, day), each in counts.items():
        for sign in (1, -1):
            issued, returned = (
                count if count * sign > 0 else 0 for count in (each.issued, each.returned)
            )
            if issued or returned:
                corrects = newest.get((agent, product, day)) if sign < 0 else None
                lines.append(
                    Line(
                        day, agent, product, issued, returned, corrects=corrects,
                        reason=each.reason if sign < 0 else "",
                    )
                )  # fmt: skip
                rows.append(each.row)
    try:
        return record_sales(by=by, at=at, lines=lines, key=key, source=source, late=late).batch
    except LinesRefused as refused:
        for error in refused.details["errors"]:
            error["row"] = rows[error["row"] - 1]
        raise


def _newest_entries(counts: Counted, facts: TicketFacts) -> dict[tuple[str, str, date], int]:
    """The entry a correction of each names; one query, none where nothing is taken back."""
    back = [key for key, each in counts.items() if each.issued < 0 or each.returned < 0]
    if not back:
        return {}
    newest = (
        ConsignmentEntry.objects.filter(
            agent__in={facts.agents[agent] for agent, _product, _day in back},
            draw_date__in={day for _agent, _product, day in back},
        )
        .values_list("agent__code", "product__code", "draw_date")
        .annotate(newest=Max("pk"))
    )
    return {(agent, product, day): pk for agent, product, day, pk in newest}


_MOVE_COLUMNS = (
    "batch_id", "series_id", "numbers", "source", "source_agent_id", "source_site_id", "target",
    "target_agent_id", "target_site_id", "document", "reason", "is_counted",
)  # fmt: skip


def _write_moves(
    cursor: CursorWrapper,
    batch: RecordingBatch,
    moved: Sequence[Moved],
    known: Mapping[Series, int],
    *,
    is_counted: bool,
) -> None:
    copy_into(
        cursor,
        TicketMove._meta.db_table,
        _MOVE_COLUMNS,
        (
            (
                batch.pk, known[move.series], f"[{move.line.first},{move.line.last}]",
                *_columns(move.source), *_columns(move.target), move.line.document,
                move.line.reason, is_counted,
            )
            for move in moved
        ),
    )  # fmt: skip


def _write_holdings(
    cursor: CursorWrapper,
    shelves: Mapping[Series, Shelf],
    known: Mapping[Series, int],
    old: Mapping[Row, int],
) -> None:
    """What changed: rows that no longer hold go, those that are new come."""
    new = {(known[name], held) for name, shelf in shelves.items() for held in shelf}
    TicketHolding.objects.filter(pk__in=[old[row] for row in old.keys() - new]).delete()
    copy_into(
        cursor,
        TicketHolding._meta.db_table,
        ("series_id", "numbers", "place", "agent_id", "site_id"),
        (
            (series, f"[{held.first},{held.last}]", *_columns(held.place))
            for series, held in sorted(new - old.keys())
        ),
    )


def _columns(place: Place | None) -> tuple[str, int | None, int | None]:
    """A place as its three columns: kind, agent, site."""
    if place is None:
        return "", None, None
    return (
        place.kind,
        place.holder if place.kind == "agent" else None,
        place.holder if place.kind == "branch" else None,
    )


def _uncounted(counts: Counted, facts: TicketFacts) -> list[Fault]:
    """Where agents would have more by serial than the ledger of counts says."""
    keys = {
        (facts.agents[agent], facts.products[product], facts.draws[day]): each
        for (agent, product, day), each in counts.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"{BY_SERIAL} where t.agent_id = any(%s) and t.draw_id = any(%s)",
            [[agent for agent, _p, _d in keys], [draw for _a, _p, draw in keys]],
        )
        found = cursor.fetchall()
    totals = {
        (agent, product, draw): (issued, returned)
        for agent, product, draw, issued, returned in AgentDrawTotal.objects.filter(
            agent__in={key[0] for key in keys}, draw__in={key[2] for key in keys}
        ).values_list("agent", "product", "draw", "issued", "returned")
    }
    faults = []
    for agent, product, draw, issued, returned in found:
        each = keys.get((agent, product, draw))
        counted = totals.get((agent, product, draw), (0, 0))
        if each and (issued > counted[0] or returned > counted[1]):
            values = {
                "issued": issued, "returned": returned, "counted_issued": counted[0],
                "counted_returned": counted[1],
            }  # fmt: skip
            faults.append(Fault(each.row, "", "ticket.more_than_counted", values))
    return sorted(faults, key=lambda fault: fault.row)
