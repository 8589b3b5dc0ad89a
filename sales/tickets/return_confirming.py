"""Confirming a counted return, which writes it to the ledger, and taking back a sheet that was wrong."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.lines import Line
from sales.engine.return_rules import acceptance_faults
from sales.ledger.recording import LinesRefused, record_sales
from sales.models import ConsignmentEntry, RecordingBatch, ReturnSheet, ReturnState
from sales.tickets.return_sheets import SheetNow
from sales.tickets.return_steps import ready_for, serial_moves, take_step, tally
from sales.tickets.stock import record_moves, undo_moves


class AnotherPerson(Problem):
    status = 409
    code = "return.another_person"
    message = _("Người kiểm đếm không tự xác nhận. Hãy để người khác xác nhận bảng kê này.")


class ReturnNeedsReason(Problem):
    code = "return.needs_reason"
    message = _("Đảo hoặc hủy bảng kê phải ghi lý do, ít nhất 5 ký tự.")


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
        (now,) = ready_for(ReturnState.CONFIRMED, [sheet], by=by, minutes_no=minutes_no)
        if now.steps[-1].by_id == by.pk:
            raise AnotherPerson
        counted = {each.product: each.counted or 0 for each in now.tallies}
        taken = counted | dict(accepted or {})
        has_serials = any(now.serials.values())
        if faults := acceptance_faults(taken, counted, note=note, has_serials=has_serials):
            raise LinesRefused(faults)
        batch = _record(now, taken, by=by, at=at, minutes_no=minutes_no)
        (step,) = take_step(
            ReturnState.CONFIRMED, [now.sheet], by=by, at=at, minutes_no=minutes_no, note=note,
            batch=batch,
        )  # fmt: skip
        tally({step: taken})
    return batch


def _record(
    now: SheetNow, taken: Mapping[str, int], *, by: User, at: datetime, minutes_no: str
) -> RecordingBatch | None:
    """By serial where serials were counted, else by number; None where nothing was taken."""
    if any(now.serials.values()):
        agent = f"agent:{now.sheet.agent.code}"
        moves = serial_moves(now, agent, "returned", minutes_no)
        return record_moves(by=by, at=at, lines=moves, late=now.is_late).batch
    lines = [
        Line(now.sheet.draw.date, now.sheet.agent.code, product, returned=tickets)
        for product, tickets in taken.items()
        if tickets
    ]
    return record_sales(by=by, at=at, lines=lines, late=now.is_late).batch if lines else None


def reverse_return(sheet: int, *, reason: str, by: User, at: datetime) -> None:
    """Undo a confirmed return by correcting entries; one that was not confirmed yet is taken back as it
    is. A right one is a new sheet.

    Raises SheetUnknown, NotNow, ReturnNeedsReason, LinesRefused.
    """
    why = reason.strip()
    if not says_why(why):
        raise ReturnNeedsReason
    with transaction.atomic():
        (now,) = ready_for(ReturnState.REVERSED, [sheet], by=by)
        batch = _take_back(now, reason=why, by=by, at=at)
        take_step(ReturnState.REVERSED, [now.sheet], by=by, at=at, note=why, batch=batch)


def _take_back(now: SheetNow, *, reason: str, by: User, at: datetime) -> RecordingBatch | None:
    batch = next((step.batch_id for step in now.steps if step.state == ReturnState.CONFIRMED), None)
    if batch is None:
        return None
    if any(now.serials.values()):
        return undo_moves(batch, reason=reason, by=by, at=at).batch
    lines = _corrections(batch, now.sheet, reason)
    return record_sales(by=by, at=at, lines=lines).batch


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
