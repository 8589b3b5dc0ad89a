"""What every step of a return shares: sheets that are ready for it, the step itself, its tallies."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from sales.engine.return_rules import stretch_of
from sales.engine.ticket_lines import TicketLine
from sales.ledger.late_returns import lateness_of
from sales.models import (
    Product,
    RecordingBatch,
    ReturnSheet,
    ReturnState,
    ReturnStep,
    ReturnTally,
)
from sales.models.returns import BEFORE, WITH_MINUTES
from sales.tickets.return_sheets import SheetNow, SheetUnknown, sheets_now


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


class MinutesNeeded(Problem):
    code = "return.needs_minutes"
    message = _("Bước này phải ghi số biên bản.")


def ready_for(
    state: ReturnState, sheets: Sequence[int], *, by: User, minutes_no: str = ""
) -> list[SheetNow]:
    """The sheets, locked, each ready for `state`. Raises SheetUnknown, NotNow, MinutesNeeded."""
    if state in WITH_MINUTES and not minutes_no.strip():
        raise MinutesNeeded
    wanted = set(sheets)
    rows = ReturnSheet.objects.known_to(by).filter(pk__in=wanted)
    held = lock_rows(rows.select_related("agent", "draw", "region"))
    if not wanted or len(held) != len(wanted):
        raise SheetUnknown
    found = sheets_now(held)
    for now in found:
        if now.state not in BEFORE[state]:
            raise NotNow(now.sheet, now.state, state)
    return found


def late_days(days: Iterable[date], at: datetime) -> frozenset[date]:
    """The draws whose cut-off is over. Raises ReturnsClosed where the rule refuses one."""
    found = lateness_of(days, at)
    for day, until in sorted(found.refused.items()):
        raise ReturnsClosed(day, until)
    return found.marked


def take_step(
    state: ReturnState,
    sheets: Iterable[ReturnSheet],
    *,
    by: User,
    at: datetime,
    minutes_no: str = "",
    note: str = "",
    late: Collection[date] = (),
    batch: RecordingBatch | None = None,
) -> list[ReturnStep]:
    """Write the step of each sheet; those of draws among `late` came after the cut-off."""
    return ReturnStep.objects.bulk_create(
        ReturnStep(
            sheet=sheet, state=state, minutes_no=minutes_no.strip(), note=note.strip(),
            is_late=sheet.draw.date in late, batch=batch, by=by, at=at,
        )
        for sheet in sheets
    )  # fmt: skip


def tally(
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


def known_products(codes: Iterable[str]) -> frozenset[str]:
    found = Product.objects.filter(code__in=set(codes))
    return frozenset(found.values_list("code", flat=True))


def serial_moves(now: SheetNow, source: str, target: str, document: str) -> list[TicketLine]:
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
