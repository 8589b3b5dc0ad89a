"""Taking unsold tickets back: declared, received, counted, confirmed, sealed, destroyed.

Only the confirmation writes to the ledger, by what records any return; a mistake found later is
reversed there, and the sheet says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from sales.engine.bodies import Fault
from sales.engine.lines import Line
from sales.engine.return_rules import (
    acceptance_faults,
    count_faults,
    declaration_faults,
    stretch_of,
)
from sales.engine.ticket_lines import TicketLine
from sales.ledger.recording import LinesRefused, record_sales
from sales.models import (
    Agent,
    ConsignmentEntry,
    Draw,
    Product,
    RecordingBatch,
    ReturnSheet,
    ReturnState,
    ReturnStep,
    ReturnTally,
    RuleKey,
    Source,
)
from sales.models.returns import BEFORE, WITH_MINUTES
from sales.rules import rule_value
from sales.tickets.return_sheets import SheetNow, SheetUnknown, cutoff_of, sheets_now
from sales.tickets.stock import record_moves, undo_moves


class NotNow(Problem):
    status = 409
    code = "return.not_now"

    def __init__(self, sheet: ReturnSheet, state: str, wanted: str) -> None:
        super().__init__(
            _(
                "Bảng kê {number} của {agent} đang ở bước “{state}” nên chưa sang “{wanted}” được. "
                "Hãy tải lại trang để xem bước hiện tại."
            ).format(
                number=sheet.pk,
                agent=sheet.agent.code,
                state=ReturnState(state).label,
                wanted=ReturnState(wanted).label,
            )
        )


class ReturnsClosed(Problem):
    status = 409
    code = "return.too_late"

    def __init__(self, day: date, until: datetime) -> None:
        super().__init__(
            _(
                "Kỳ {day} đã khóa nhận vé trả lúc {until}. Vé trả trễ không được nhận theo quy định "
                "của công ty."
            ).format(day=f"{day:%d/%m/%Y}", until=f"{until.astimezone(VN):%H:%M}")
        )


class AnotherPerson(Problem):
    status = 409
    code = "return.another_person"
    message = _("Người kiểm đếm không tự xác nhận. Hãy để người khác xác nhận bảng kê này.")


class MinutesNeeded(Problem):
    code = "return.needs_minutes"
    message = _("Bước này phải ghi số biên bản.")


class ReturnNeedsReason(Problem):
    code = "return.needs_reason"
    message = _("Đảo vé trả phải ghi lý do, ít nhất 5 ký tự.")


_REASON_LENGTH = 5


def declare_return(
    *,
    agent: str,
    day: date,
    tickets: Mapping[str, int],
    by: User,
    at: datetime,
    note: str = "",
    source: Source = Source.API,
) -> ReturnSheet:
    """Open a sheet with what the agent declares, tickets by product code.

    Raises LinesRefused, ReturnsClosed.
    """
    sent = {agent: tickets}
    return declare_returns(day=day, tickets=sent, by=by, at=at, note=note, source=source)[0]


def declare_returns(
    *,
    day: date,
    tickets: Mapping[str, Mapping[str, int]],
    by: User,
    at: datetime,
    note: str = "",
    source: Source = Source.API,
) -> list[ReturnSheet]:
    """Open a sheet an agent, all or none, from tickets by agent and product code.

    Raises LinesRefused whose rows count the agents, ReturnsClosed.
    """
    agents = {agent.code: agent for agent in Agent.objects.visible_to(by).filter(code__in=tickets)}
    draw = Draw.objects.filter(date=day).first()
    products = _codes({code for each in tickets.values() for code in each})
    faults = [
        fault
        for row, (agent, each) in enumerate(tickets.items(), 1)
        for fault in _declaration_faults(row, agent, each, products, known=agent in agents)
    ]
    if draw is None:
        faults.append(Fault(1, "draw_date", "draw.none", {"date": day}))
    if faults or draw is None:
        raise LinesRefused(faults)
    is_late = _is_late(draw.date, at)
    with transaction.atomic():
        sheets = ReturnSheet.objects.bulk_create(
            ReturnSheet(
                agent=agents[code], draw=draw, region_id=agents[code].region_id, source=source
            )
            for code in tickets
        )
        steps = ReturnStep.objects.bulk_create(
            ReturnStep(
                sheet=sheet, state=ReturnState.DECLARED, note=note.strip(), is_late=is_late,
                by=by, at=at,
            )
            for sheet in sheets
        )  # fmt: skip
        _tally(dict(zip(steps, tickets.values(), strict=True)))
    return sheets


def _declaration_faults(
    row: int, agent: str, tickets: Mapping[str, int], products: frozenset[str], *, known: bool
) -> list[Fault]:
    faults = declaration_faults(tickets, products)
    if not known:
        faults.append(Fault(row, "agent", "agent.unknown", {"agent": agent}))
    return [replace(fault, row=row) for fault in faults]


def advance_returns(
    sheets: Sequence[int],
    state: ReturnState,
    *,
    by: User,
    at: datetime,
    minutes_no: str = "",
    note: str = "",
) -> int:
    """Receive, seal or destroy sheets together: all of them or none. Answers how many.

    Raises SheetUnknown, NotNow, ReturnsClosed, MinutesNeeded, LinesRefused.
    """
    if state not in (ReturnState.RECEIVED, ReturnState.SEALED, ReturnState.DESTROYED):
        raise ValueError(f"{state} is no step of many sheets")
    with transaction.atomic():
        held = _held(sheets, state, by=by, minutes_no=minutes_no)
        days = {now.sheet.draw.date for now in held} if state == ReturnState.RECEIVED else set()
        late = {day for day in days if _is_late(day, at)}
        lines = [
            line
            for now in held
            if state == ReturnState.DESTROYED
            for line in _moves(now, "returned", "destroyed", minutes_no)
        ]
        batch = record_moves(by=by, at=at, lines=lines).batch if lines else None
        ReturnStep.objects.bulk_create(
            ReturnStep(
                sheet=now.sheet,
                state=state,
                minutes_no=minutes_no.strip(),
                note=note.strip(),
                is_late=now.sheet.draw.date in late,
                batch=batch,
                by=by,
                at=at,
            )
            for now in held
        )
    return len(held)


def count_return(
    sheet: int,
    *,
    tickets: Mapping[str, int],
    by: User,
    at: datetime,
    serials: Mapping[str, Sequence[str]] | None = None,
    minutes_no: str = "",
    note: str = "",
) -> None:
    """Keep what was counted, by product; surplus and shortage follow from it. May be repeated.

    Raises SheetUnknown, NotNow, LinesRefused.
    """
    given = serials or {}
    if faults := count_faults(tickets, given, _codes(tickets)):
        raise LinesRefused(faults)
    with transaction.atomic():
        (now,) = _held([sheet], ReturnState.COUNTED, by=by, minutes_no=minutes_no)
        step = _step(now.sheet, ReturnState.COUNTED, by=by, at=at, minutes_no=minutes_no, note=note)
        missing = {each.product: 0 for each in now.tallies if each.declared}
        _tally({step: missing | dict(tickets)}, given)


def confirm_return(
    sheet: int,
    *,
    by: User,
    at: datetime,
    minutes_no: str,
    accepted: Mapping[str, int] | None = None,
    note: str = "",
) -> RecordingBatch | None:
    """Accept what was counted, or less with a reason, and record it in the ledger.

    By another person than the one who counted. Raises SheetUnknown, NotNow, AnotherPerson,
    MinutesNeeded, LinesRefused (then nothing is stored).
    """
    with transaction.atomic():
        (now,) = _held([sheet], ReturnState.CONFIRMED, by=by, minutes_no=minutes_no)
        if now.steps[-1].by_id == by.pk:
            raise AnotherPerson
        counted = {each.product: each.counted or 0 for each in now.tallies}
        taken = counted | dict(accepted or {})
        has_serials = any(now.serials.values())
        if faults := acceptance_faults(taken, counted, note=note, has_serials=has_serials):
            raise LinesRefused(faults)
        batch = None
        if has_serials:
            name = f"agent:{now.sheet.agent.code}"
            lines = _moves(now, name, "returned", minutes_no)
            batch = record_moves(by=by, at=at, lines=lines).batch
        elif any(taken.values()):
            batch = record_sales(by=by, at=at, lines=_returned(now, taken)).batch
        step = _step(
            now.sheet, ReturnState.CONFIRMED, by=by, at=at, minutes_no=minutes_no, note=note,
            batch=batch,
        )  # fmt: skip
        _tally({step: taken})
    return batch


def reverse_return(sheet: int, *, reason: str, by: User, at: datetime) -> None:
    """Undo a confirmed return by correcting entries; a right one is a new sheet.

    Raises SheetUnknown, NotNow, ReturnNeedsReason, LinesRefused.
    """
    if len(reason.strip()) < _REASON_LENGTH:
        raise ReturnNeedsReason
    with transaction.atomic():
        (now,) = _held([sheet], ReturnState.REVERSED, by=by)
        confirmed = next(step for step in now.steps if step.state == ReturnState.CONFIRMED)
        batch = None
        if confirmed.batch_id and any(now.serials.values()):
            batch = undo_moves(confirmed.batch_id, reason=reason, by=by, at=at).batch
        elif confirmed.batch_id:
            lines = _corrections(confirmed.batch_id, now.sheet, reason.strip())
            batch = record_sales(by=by, at=at, lines=lines).batch
        _step(now.sheet, ReturnState.REVERSED, by=by, at=at, note=reason.strip(), batch=batch)


def _is_late(day: date, at: datetime) -> bool:
    """Whether the draw's cut-off is over. Raises ReturnsClosed where the rule refuses."""
    until = cutoff_of(day)
    if until is None or at < until:
        return False
    if rule_value(RuleKey.RETURN_LATE, day) == 1:
        raise ReturnsClosed(day, until)
    return True


def _held(
    sheets: Sequence[int], state: ReturnState, *, by: User, minutes_no: str = ""
) -> list[SheetNow]:
    """The sheets, locked, each ready for `state`. Raises SheetUnknown, NotNow, MinutesNeeded."""
    if state in WITH_MINUTES and not minutes_no.strip():
        raise MinutesNeeded
    wanted = set(sheets)
    rows = ReturnSheet.objects.visible_to(by).filter(pk__in=wanted)
    held = lock_rows(rows.select_related("agent", "draw", "region"))
    if not wanted or len(held) != len(wanted):
        raise SheetUnknown
    found = sheets_now(held)
    for now in found:
        if now.state not in BEFORE[state]:
            raise NotNow(now.sheet, now.state, state)
    return found


def _step(
    sheet: ReturnSheet,
    state: ReturnState,
    *,
    by: User,
    at: datetime,
    minutes_no: str = "",
    note: str = "",
    is_late: bool = False,
    batch: RecordingBatch | None = None,
) -> ReturnStep:
    return ReturnStep.objects.create(
        sheet=sheet, state=state, minutes_no=minutes_no.strip(), note=note.strip(),
        is_late=is_late, batch=batch, by=by, at=at,
    )  # fmt: skip


def _tally(
    steps: Mapping[ReturnStep, Mapping[str, int]],
    serials: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Keep what steps say, in two queries; `serials` by product are those of the only step."""
    codes = {code for tickets in steps.values() for code in tickets}
    products = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
    ReturnTally.objects.bulk_create(
        ReturnTally(
            step=step,
            product_id=products[code],
            tickets=count,
            serials=[str(stretch_of(text)) for text in (serials or {}).get(code, ())],
        )
        for step, tickets in steps.items()
        for code, count in tickets.items()
    )


def _codes(tickets: Iterable[str]) -> frozenset[str]:
    return frozenset(Product.objects.filter(code__in=set(tickets)).values_list("code", flat=True))


def _returned(now: SheetNow, accepted: Mapping[str, int]) -> list[Line]:
    return [
        Line(now.sheet.draw.date, now.sheet.agent.code, product, returned=tickets)
        for product, tickets in accepted.items()
        if tickets
    ]


def _moves(now: SheetNow, source: str, target: str, document: str) -> list[TicketLine]:
    """The counted serials of a sheet from one place to another."""
    return [
        TicketLine(
            now.sheet.draw.date, product, stretch.symbol, stretch.first, stretch.last, source,
            target, document.strip(),
        )
        for product, texts in now.serials.items()
        for text in texts
        if (stretch := stretch_of(text))
    ]  # fmt: skip


def _corrections(batch: int, sheet: ReturnSheet, reason: str) -> list[Line]:
    """What takes the entries of a confirmation back."""
    entries = ConsignmentEntry.objects.filter(
        agent=sheet.agent, draw_date=sheet.draw.date, batch=batch
    )
    return [
        Line(
            sheet.draw.date, sheet.agent.code, product, returned=-returned, corrects=pk,
            reason=reason,
        )
        for pk, product, returned in entries.order_by("pk").values_list(
            "pk", "product__code", "returned"
        )
    ]  # fmt: skip
