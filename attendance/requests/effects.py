"""What an approved request does to the timesheet: one service call for each kind."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from attendance.collecting.manual import enter_punch
from attendance.leave.catalogue import TRIP
from attendance.leave.leaves import grant_leave
from attendance.models import Direction, Request, RequestKind
from attendance.roster.overtime import approve_overtime
from attendance.roster.swapping import approve_swap
from backend.accounts.models import User
from backend.clock import VN


def apply(request: Request, *, by: User, at: datetime) -> None:
    """Do what was asked, in the caller's transaction. Raises the Problem of the service it calls."""
    EFFECTS[RequestKind(request.kind)](request, by, at)


def _reason(request: Request) -> str:
    """Leads back from what was entered to the request: data, not a text of the page."""
    return f"Đơn số {request.pk}: {request.reason}"


def _punch(request: Request, by: User, at: datetime) -> None:
    assert request.start is not None  # noqa: S101 - the table's constraint says so
    enter_punch(
        employee=request.employee,
        moment=datetime.combine(request.first, request.start, tzinfo=VN),
        direction=Direction(request.direction),
        reason=_reason(request),
        by=by,
        at=at,
    )


def _swap(request: Request, by: User, at: datetime) -> None:
    assert request.partner is not None  # noqa: S101 - the table's constraint says so
    approve_swap(
        date=request.first,
        a=request.employee,
        b=request.partner,
        reason=_reason(request),
        by=by,
        at=at,
    )


def _leave(request: Request, by: User, at: datetime) -> None:
    grant_leave(
        employee=request.employee,
        first=request.first,
        last=request.last,
        code=TRIP if request.kind == RequestKind.TRIP else request.code,
        event=request.event,
        part=request.part,
        start=request.start,
        end=request.end,
        reason=_reason(request),
        by=by,
        at=at,
    )


def _overtime(request: Request, by: User, at: datetime) -> None:
    start, end = request.span()
    approve_overtime(
        employee=request.employee, start=start, end=end, reason=_reason(request), by=by, at=at
    )


#: The kinds that can be asked for.
EFFECTS: Final[dict[RequestKind, Callable[[Request, User, datetime], None]]] = {
    RequestKind.PUNCH: _punch,
    RequestKind.LEAVE: _leave,
    RequestKind.OVERTIME: _overtime,
    RequestKind.TRIP: _leave,
    RequestKind.SWAP: _swap,
}
