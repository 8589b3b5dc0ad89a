"""Record movements of tickets: all lines or none, with the rollups, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import copy_line, copy_text
from backend.problems import Problem
from backend.promises import broken_by
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.engine.bodies import Fault
from sales.engine.checks import AgentTerms, DrawTerms, Facts, ProductTerms, Rate, check
from sales.engine.lines import Line
from sales.engine.return_rules import Lateness
from sales.ledger.closing import corrections_of_closed, hold_draws
from sales.ledger.journal import write_entries
from sales.ledger.late_returns import lateness_of_lines
from sales.ledger.rollups import add_to_rollups
from sales.ledger.steps import Begins, Step, untold
from sales.ledger.totals import Key, Terms, add_to_agent_totals, key_of, total_faults
from sales.messages import described
from sales.models import (
    Agent,
    AgentStatus,
    ConsignmentEntry,
    ContractRate,
    Draw,
    DrawStatus,
    Product,
    RecordingBatch,
    Source,
)
from sales.models.references import REFERENCES
from sales.money.credit import foreseen_over_limit, over_limit
from sales.money.settling import closed_months_told, hold_periods

#: Totals can change between the refusal of the database and our look at why; then we try again.
TRIES = 3
TOTAL_CHECKS = {"agent_draw_returned_within_issued", "agent_draw_issued_within_reason"}


class LinesRefused(Problem):
    """At least one line is wrong, so nothing was stored; `details["errors"]` names them all."""

    code = "lines.refused"
    message = _("Có dòng chưa đúng nên chưa ghi dòng nào. Hãy sửa các dòng được nêu rồi gửi lại.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(details={"errors": [described(fault) for fault in faults]})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was stored: the batch and its control totals, in tickets and đồng.

    `subject` is agent id and draw date of the first line.
    """

    batch: RecordingBatch
    subject: tuple[int, date]
    lines: int
    issued: int
    returned: int
    revenue_amount: int


def record_sales(
    *,
    by: User,
    at: datetime,
    lines: Sequence[Line],
    key: str = "",
    source: Source = Source.API,
    begins: Begins = untold,
    late: bool | None = None,
    sent: datetime | None = None,
) -> Recorded:
    """Add the lines to the ledger and its rollups. `key` is the sender's Idempotency-Key.

    `late`: whether the tickets that come back came after the cut-off, where a sheet knows; else the
    moment they were `sent` tells (`at`, where none is said), by the company's rule. Raises LinesRefused
    with every fault of every line; then nothing is stored.
    """
    begins(Step.CHECKING)
    returns = lateness_of_lines(lines, sent or at) if late is None else _known(lines, late=late)
    facts = _facts(lines, by, returns)
    for _attempt in range(TRIES):
        if faults := check(lines, facts):
            raise LinesRefused(faults)
        try:
            with closed_months_told(), transaction.atomic():
                hold_periods()
                if hold_draws(facts) != _closed(facts):
                    facts = _facts(lines, by, returns)  # a draw was closed while we looked
                    continue
                return _write(lines, facts, by=by, at=at, key=key, source=source, begins=begins)
        except (IntegrityError, DataError) as error:
            if broken_by(error) == REFERENCES:
                facts = _facts(lines, by, returns)  # an agent was deleted while we looked
                continue
            if not _concerns_totals(error):
                raise
            faults = total_faults(lines, facts)
            if faults:
                raise LinesRefused(faults) from None
    raise AssertionError("the totals of these lines changed under us three times")


def sales_faults(lines: Sequence[Line], *, by: User, at: datetime) -> list[Fault]:
    """Every reason why the lines would not be recorded now; nothing is stored."""
    facts = _facts(lines, by, lateness_of_lines(lines, at))
    if faults := check(lines, facts):
        return faults
    over = foreseen_over_limit(lines, facts, on=at.astimezone(VN).date())
    return [*total_faults(lines, facts), *over]


def _known(lines: Sequence[Line], *, late: bool) -> Lateness:
    return Lateness(frozenset(line.draw_date for line in lines)) if late else Lateness()


def _facts(lines: Sequence[Line], by: User, returns: Lateness) -> Facts:
    """One query for each table the lines refer to, however many lines there are."""
    agents = (
        Agent.objects.visible_to(by)
        .filter(code__in={line.agent for line in lines})
        .values_list(
            "code", "pk", "region_id", "commission_bps", "status", "opened_date", "closed_date"
        )
    )
    products = Product.objects.filter(code__in={line.product for line in lines}).values_list(
        "code", "pk", "face_value_amount", "valid_from", "valid_to"
    )
    draws = Draw.objects.filter(date__in={line.draw_date for line in lines}).values_list(
        "date", "pk", "status", "close__pk"
    )
    return Facts(
        agents={
            code: AgentTerms(pk, region, bps, status == AgentStatus.SUSPENDED, opened, closed)
            for code, pk, region, bps, status, opened, closed in agents
        },
        products={
            code: ProductTerms(pk, face, first, last) for code, pk, face, first, last in products
        },
        draws={
            day: DrawTerms(pk, status == DrawStatus.VOID, closed is not None)
            for day, pk, status, closed in draws
        },
        corrected=_corrected(lines, by),
        rates=_rates(lines, by),
        returns=returns,
    )


def _corrected(lines: Sequence[Line], by: User) -> dict[int, tuple[str, str, date]]:
    """Agent, product and draw of the entries that lines correct.

    Of agents the person may see now: one who moved brings entries of where it was.
    """
    wanted = {line.corrects for line in lines if line.corrects is not None}
    if not wanted:
        return {}
    seen = Agent.objects.visible_to(by)
    entries = ConsignmentEntry.objects.filter(pk__in=wanted, agent__in=seen)
    found = entries.values_list("pk", "agent__code", "product__code", "draw_date")
    return {pk: (agent, product, day) for pk, agent, product, day in found}


def _rates(lines: Sequence[Line], by: User) -> dict[tuple[int, int], list[Rate]]:
    """Commissions by contract that may hold for these lines."""
    days = [line.draw_date for line in lines]
    found = (
        ContractRate.objects.filter(
            contract__agent__in=Agent.objects.visible_to(by).filter(
                code__in={line.agent for line in lines}
            ),
            contract__valid_from__lte=max(days),
        )
        .exclude(contract__valid_to__lt=min(days))
        .values_list(
            "contract__agent_id",
            "product_id",
            "contract__valid_from",
            "contract__valid_to",
            "commission_bps",
        )
    )
    rates: dict[tuple[int, int], list[Rate]] = defaultdict(list)
    for agent, product, first, last, bps in found:
        rates[agent, product].append((first, last, bps))
    return rates


def _closed(facts: Facts) -> set[int]:
    return {draw.pk for draw in facts.draws.values() if draw.is_closed}


def _write(
    lines: Sequence[Line],
    facts: Facts,
    *,
    by: User,
    at: datetime,
    key: str,
    source: Source,
    begins: Begins,
) -> Recorded:
    batch = RecordingBatch.objects.create(
        recorded_by=by, recorded_at=at, source=source, key=key, line_count=len(lines)
    )
    with connection.cursor() as cursor:
        begins(Step.SUMMING)
        terms, changes = add_to_agent_totals(cursor, lines, facts)
        begins(Step.WRITING)
        recorded = _add_to_ledger(cursor, batch, lines, facts, terms)
        begins(Step.GATHERING)
        add_to_rollups(cursor, changes)
        begins(Step.BOOKING)
        write_entries(cursor, batch, corrections_of_closed(lines, facts))
        if over := over_limit(cursor, lines, facts, on=at.astimezone(VN).date()):
            raise LinesRefused(over)
    publish(EventKind.SALES_RECORDED, _told(recorded), at=at)
    return recorded


def _add_to_ledger(
    cursor: CursorWrapper,
    batch: RecordingBatch,
    lines: Sequence[Line],
    facts: Facts,
    terms: Mapping[Key, Terms],
) -> Recorded:
    keys = (key_of(line, facts) for line in lines)
    marked = facts.returns.marked
    rows = [
        _ledger_row(
            batch, line, key, terms[key], is_late=line.draw_date in marked and line.brings_back
        )
        for line, key in zip(lines, keys, strict=True)
    ]
    copy_text(cursor, ConsignmentEntry._meta.db_table, LEDGER_COLUMNS, _ledger_text(rows))
    return Recorded(
        batch=batch,
        subject=(rows[0][1], rows[0][4]),
        lines=len(rows),
        issued=sum(row[6] for row in rows),
        returned=sum(row[7] for row in rows),
        revenue_amount=sum((row[6] - row[7]) * row[8] for row in rows),
    )


def _told(recorded: Recorded) -> dict[str, Any]:
    """What receivers are told; the lines are read by the feed."""
    return {
        "batch": recorded.batch.pk,
        "by": recorded.batch.recorded_by.username,
        "lines": recorded.lines,
        "issued": recorded.issued,
        "returned": recorded.returned,
        "revenue_amount": recorded.revenue_amount,
    }


LEDGER_COLUMNS = (
    "batch_id",
    "agent_id",
    "product_id",
    "draw_id",
    "draw_date",
    "region_id",
    "issued",
    "returned",
    "face_value_amount",
    "commission_bps",
    "is_late",
    "corrects_id",
    "reason",
)


def _ledger_row(
    batch: RecordingBatch, line: Line, key: Key, terms: Terms, *, is_late: bool
) -> tuple[Any, ...]:
    region_id, face_value_amount, commission_bps = terms
    return (
        batch.pk,
        *key,
        line.draw_date,
        region_id,
        line.issued,
        line.returned,
        face_value_amount,
        commission_bps,
        is_late,
        line.corrects,
        line.reason,
    )


def _ledger_text(rows: Iterable[tuple[Any, ...]]) -> str:
    """The rows as COPY reads them. All but the last two columns are numbers, a date and a truth, which
    need no escaping; a thousand rows take a quarter of the time of `copy_line`."""
    return "".join("\t".join(map(str, row[:-2])) + f"\t{copy_line(row[-2:])}\n" for row in rows)


def _concerns_totals(error: Exception) -> bool:
    """Whether a CHECK of the totals refused, or a sum left the range of its column."""
    is_beyond = isinstance(error, DataError) and getattr(error.__cause__, "pgcode", "") == "22003"
    return is_beyond or broken_by(error) in TOTAL_CHECKS
