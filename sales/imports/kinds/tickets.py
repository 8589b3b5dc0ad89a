"""What each kind of file does to the books: checked, recorded as one, taken back as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import F, OuterRef, ProtectedError, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.org.models import Region
from backend.problems import Problem
from sales.engine.bodies import Fault
from sales.engine.import_sheet import AgentLine, YearLine
from sales.engine.lines import Line
from sales.engine.money_lines import MoneyLine
from sales.growth.planning import make_plan, move_plan, plan_faults
from sales.ledger.recording import LinesRefused, record_sales, sales_faults
from sales.ledger.steps import Begins, Step
from sales.models import (
    Agent,
    ConsignmentEntry,
    ImportFile,
    ImportKind,
    JournalEntry,
    PlanState,
    RecordingBatch,
    SalesPlan,
    Source,
)
from sales.models.periods import closed_until
from sales.money.booking import book, money_faults, record_money, reversal_of


class AgentsInUse(Problem):
    status = 409
    code = "import.agents_in_use"
    message = _(
        "Có đại lý trong tệp đã phát sinh hồ sơ hoặc bút toán nên không hoàn tác được. Hãy cho từng đại "
        "lý ấy ngừng hoạt động ở trang đại lý."
    )


class UndoRefused(Problem):
    """`details["errors"]` names the agent and draw of each line that cannot be taken back."""

    status = 409
    code = "import.undo_refused"
    message = _(
        "Có dòng của tệp không lấy lại được, nên chưa hoàn tác dòng nào. Hãy điều chỉnh những gì đã ghi "
        "sau tệp này rồi hoàn tác lại."
    )

    def __init__(self, lines: Sequence[Line], refused: LinesRefused) -> None:
        errors = refused.details["errors"]
        super().__init__(details={"errors": [_of_line(lines[e["row"] - 1], e) for e in errors]})


def _of_line(line: Line, error: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with taking a line back, by whose it is: it has no row of the file."""
    told = {name: value for name, value in error.items() if name not in ("row", "field")}
    return {"agent": line.agent, "draw_date": line.draw_date, "product": line.product} | told


@dataclass(frozen=True, slots=True)
class Family:
    """`faults` tells every reason why the lines would not be recorded, `row` counting the lines.

    `record` returns what was made of what was sent at the second moment, `undo` the batch of the reversals where there is one; both work in
    the caller's transaction and tell the steps they begin.
    """

    faults: Callable[[Sequence[Any], User, datetime], list[Fault]]
    record: Callable[
        [Sequence[Any], User, datetime, datetime, str, Begins], "RecordingBatch | SalesPlan | None"
    ]
    undo: Callable[[ImportFile, Sequence[Any], str, User, datetime, Begins], RecordingBatch | None]


def family_of(kind: str) -> Family:
    return _FAMILIES.get(kind, _TICKETS)


def _ticket_faults(lines: Sequence[Line], by: User, at: datetime) -> list[Fault]:
    return sales_faults(lines, by=by, at=at)


def _record_tickets(
    lines: Sequence[Line], by: User, at: datetime, sent: datetime, _note: str, begins: Begins
) -> RecordingBatch | None:
    made = record_sales(by=by, at=at, lines=lines, source=Source.IMPORT, begins=begins, sent=sent)
    return made.batch


# Whoever corrects an entry of the batch holds its total, too.
_HOLD = """
    select from sales_agentdrawtotal total
    where exists (
        select from sales_consignmententry entry
        where entry.batch_id = %s and (entry.agent_id, entry.product_id, entry.draw_id)
            = (total.agent_id, total.product_id, total.draw_id)
    )
    order by agent_id, product_id, draw_id for update of total
"""


def _undo_tickets(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, begins: Begins
) -> RecordingBatch | None:
    """What corrects every entry of the batch, as corrected since, in one batch. Raises UndoRefused."""
    with connection.cursor() as cursor:  # so that nobody corrects what we are about to take back
        cursor.execute(_HOLD, [file.batch_id])
    lines = _reversals(file, reason)
    if not lines:
        return None
    try:
        return record_sales(by=by, at=at, lines=lines, source=Source.IMPORT, begins=begins).batch
    except LinesRefused as refused:
        raise UndoRefused(lines, refused) from refused


def _reversals(file: ImportFile, reason: str) -> list[Line]:
    since = ConsignmentEntry.objects.filter(corrects=OuterRef("pk")).values("corrects")
    entries = (
        ConsignmentEntry.objects.filter(batch=file.batch_id)
        .annotate(
            left=F("issued") + Coalesce(Subquery(since.annotate(n=Sum("issued")).values("n")), 0),
            left_returned=F("returned")
            + Coalesce(Subquery(since.annotate(n=Sum("returned")).values("n")), 0),
        )
        .order_by("pk")
        .values_list("pk", "draw_date", "agent__code", "product__code", "left", "left_returned")
    )
    return [
        Line(day, agent, product, -issued, -returned, corrects=pk, reason=reason)
        for pk, day, agent, product, issued, returned in entries
        if issued or returned
    ]


def _payment_faults(lines: Sequence[MoneyLine], by: User, at: datetime) -> list[Fault]:
    """Also of closed months."""
    faults = money_faults(lines, by=by, at=at)
    until = closed_until()
    for row, line in enumerate(lines, 1):
        if until is not None and line.date.replace(day=1) <= until:
            faults.append(
                Fault(row, "date", "import.month_closed", {"month": f"{line.date:%m/%Y}"})
            )
    return faults


def _record_payments(
    lines: Sequence[MoneyLine], by: User, at: datetime, _sent: datetime, _note: str, begins: Begins
) -> RecordingBatch | None:
    begins(Step.CHECKING)
    if faults := _payment_faults(lines, by, at):
        raise LinesRefused(faults)
    begins(Step.WRITING)
    return record_money(by=by, at=at, lines=lines, source=Source.IMPORT).batch


def _undo_payments(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, begins: Begins
) -> RecordingBatch | None:
    """The reversal of every entry of the batch that was not reversed alone."""
    entries = JournalEntry.objects.filter(batch=file.batch_id, reversal=None).order_by("pk")
    reversals = [reversal_of(wrong, reason=reason, at=at) for wrong in entries]
    begins(Step.WRITING)
    return book(reversals, by=by, at=at, key="", source=Source.IMPORT) if reversals else None


def _agent_faults(lines: Sequence[AgentLine], by: User, _at: datetime) -> list[Fault]:
    codes, regions = _known(lines, by)
    seen: dict[str, int] = {}
    faults = []
    for row, line in enumerate(lines, 1):
        if seen.setdefault(line.code, row) != row:
            faults.append(Fault(row, "code", "import.agent_twice", {"first": seen[line.code]}))
        if line.code in codes:
            faults.append(Fault(row, "code", "import.agent_exists", {"agent": line.code}))
        if line.region not in regions:
            faults.append(Fault(row, "region", "import.region_unknown", {"region": line.region}))
    return faults


def _known(lines: Sequence[AgentLine], by: User) -> tuple[set[str], dict[str, int]]:
    """Codes that are taken, and the regions in force the person may use."""
    codes = set(
        Agent.objects.filter(code__in={line.code for line in lines}).values_list("code", flat=True)
    )
    regions = Region.objects.in_scope(by.scope_path).filter(
        code__in={line.region for line in lines}, valid_to=None
    )
    return codes, dict(regions.values_list("code", "pk"))


def _record_agents(
    lines: Sequence[AgentLine], by: User, at: datetime, _sent: datetime, _note: str, begins: Begins
) -> None:
    """Each as a new agent; a list of agents is no batch of the ledgers."""
    begins(Step.CHECKING)
    if faults := _agent_faults(lines, by, at):
        raise LinesRefused(faults)
    begins(Step.WRITING)
    _codes, regions = _known(lines, by)
    try:
        with transaction.atomic():
            for line in lines:
                Agent(
                    code=line.code,
                    name=line.name,
                    kind=line.kind,
                    region_id=regions[line.region],
                    opened_date=line.opened_date,
                    commission_bps=line.commission_bps,
                    credit_limit_amount=line.credit_limit_amount,
                ).save()
    except IntegrityError:
        if faults := _agent_faults(lines, by, at):  # somebody was faster
            raise LinesRefused(faults) from None
        raise


def _undo_agents(
    _file: ImportFile, lines: Sequence[Any], _reason: str, by: User, _at: datetime, begins: Begins
) -> None:
    """Agents nobody has used since are gone; their history stays. Raises AgentsInUse."""
    codes = [line.code for line in lines]
    begins(Step.WRITING)
    try:
        Agent.objects.visible_to(by).filter(code__in=codes).delete()
    except ProtectedError as error:
        raise AgentsInUse from error


def _plan_faults(lines: Sequence[YearLine], _by: User, _at: datetime) -> list[Fault]:
    year = lines[0].year
    others = [
        Fault(row, "year", "import.other_year", {"year": str(line.year), "first": str(year)})
        for row, line in enumerate(lines, 1)
        if line.year != year
    ]
    found = plan_faults(year, _planned(lines))
    if others:  # then the same month of another year is no second line of it
        found = [fault for fault in found if fault.code != "plan.duplicate"]
    return others + found


def _record_plan(
    lines: Sequence[YearLine], by: User, at: datetime, _sent: datetime, note: str, begins: Begins
) -> SalesPlan:
    """A new version, a draft."""
    begins(Step.CHECKING)
    if faults := _plan_faults(lines, by, at):
        raise LinesRefused(faults)
    begins(Step.WRITING)
    return make_plan(lines[0].year, _planned(lines), note=note, by=by, at=at)


def _undo_plan(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, _begins: Begins
) -> None:
    """Withdrawn: nothing is taken from a plan, and what was decided is replaced by a new version.

    Raises WholeCompanyOnly, PlanDecided.
    """
    if file.plan_id is not None:
        move_plan(file.plan_id, PlanState.WITHDRAWN, by=by, at=at, reason=reason)


def _planned(lines: Sequence[YearLine]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(line) for line in lines]


_TICKETS: Final = Family(_ticket_faults, _record_tickets, _undo_tickets)
_FAMILIES: Final = {
    ImportKind.PAYMENTS.value: Family(_payment_faults, _record_payments, _undo_payments),
    ImportKind.AGENTS.value: Family(_agent_faults, _record_agents, _undo_agents),
    ImportKind.PLANS.value: Family(_plan_faults, _record_plan, _undo_plan),
}
