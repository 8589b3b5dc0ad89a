"""Requests of employees: submitted, decided in two steps, withdrawn. What is approved is done at once."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.attachments import attach
from attendance.collecting.manual import File
from attendance.leave.catalogue import ANNUAL, LEAVE_CODES
from attendance.leave.leaves import checked_event
from attendance.leave.limits import refuse_shortage
from attendance.models import DayPart, Direction, Request, RequestKind, RequestStep, StepKind
from attendance.reasons import checked_reason
from attendance.requests.effects import EFFECTS, apply
from attendance.requests.letters import mail_decided
from attendance.requests.rights import Desk
from attendance.requests.states import State, Step, after, beginning, may_withdraw
from attendance.telling import tell_decided
from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.org.models import Employee
from backend.problems import Problem


class AlreadyAsked(Problem):
    code = "already_asked"
    status = 409
    message = _("Bạn đã có một đơn như vậy đang chờ duyệt.")


class NotYoursToDecide(Problem):
    code = "not_yours_to_decide"
    status = 409
    message = _("Đơn này không chờ bạn duyệt, hoặc đã có người quyết định. Hãy tải lại trang.")


class CannotWithdraw(Problem):
    code = "cannot_withdraw"
    status = 409
    message = _("Đơn này đã được quyết định nên không rút được nữa. Hãy liên hệ nhân sự.")


class IncompleteRequest(Problem):
    code = "incomplete_request"
    message = _("Đơn còn thiếu thông tin. Hãy điền đủ các ô bắt buộc.")


class WrongOrder(Problem):
    code = "wrong_order"
    message = _("Ngày cuối phải không trước ngày đầu, và giờ kết thúc phải sau giờ bắt đầu.")


class NoSuchKind(Problem):
    code = "no_such_kind"
    message = _("Chưa nhận loại đơn này.")


class OwnRequestsOnly(Problem):
    code = "own_requests_only"
    status = 403
    message = _("Mỗi người chỉ gửi đơn của chính mình.")


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; see `Request` for what the fields mean for each kind."""

    kind: RequestKind
    first: date
    last: date | None = None
    start: time | None = None
    end: time | None = None
    direction: Direction = Direction.UNTOLD
    code: str = ""
    event: str = ""
    part: DayPart = DayPart.FULL
    partner: Employee | None = None


def submit(
    asked: Asked, *, reason: str, by: User, at: datetime, file: File | None = None
) -> Request:
    """Send a request of one's own. What could not be approved now is refused at once, and says why.

    Raises OwnRequestsOnly, NoSuchKind, ReasonMissing, IncompleteRequest, EventMissing, WrongOrder,
    AlreadyAsked, AttachmentTooLarge, AttachmentRefused and the problems of the service that would do it.
    """
    if by.employee is None:
        raise OwnRequestsOnly
    reason = checked_reason(reason)
    _check(asked, by.employee)
    try:
        with transaction.atomic():
            request = Request(
                employee=by.employee,
                kind=asked.kind,
                first=asked.first,
                last=asked.last or asked.first,
                start=asked.start,
                end=asked.end,
                direction=asked.direction,
                code=asked.code,
                event=checked_event(asked.code, asked.event),
                part=asked.part,
                partner=asked.partner,
                reason=reason,
                attachment=attach(file.content, name=file.name, by=by, at=at) if file else None,
                at=at,
            )
            headed = Desk(by, at.astimezone(VN).date()).has_manager(request)
            request.state = beginning(asks_partner=asked.partner is not None, has_manager=headed)
            request.save()
            RequestStep.objects.create(request=request, kind=StepKind.SUBMITTED, by=by, at=at)
            _rehearse(request, by=by, at=at)
            _check_balance(request, on=at.astimezone(VN).date())
    except IntegrityError:
        raise AlreadyAsked from None
    return request


def _check(asked: Asked, employee: Employee) -> None:
    if asked.kind not in EFFECTS:
        raise NoSuchKind
    both = asked.start is not None and asked.end is not None
    needs = {
        RequestKind.PUNCH: asked.start is not None,
        RequestKind.LEAVE: asked.code in LEAVE_CODES,
        RequestKind.OVERTIME: both,
        RequestKind.SWAP: asked.partner is not None,
    }
    if not needs.get(asked.kind, True):
        raise IncompleteRequest
    if asked.kind in (RequestKind.LEAVE, RequestKind.TRIP):
        if (asked.start is None) != (asked.end is None):
            raise IncompleteRequest
        if asked.start and asked.end and asked.end <= asked.start:
            raise WrongOrder
    if asked.last and asked.last < asked.first:
        raise WrongOrder
    if asked.partner == employee:
        raise IncompleteRequest(_("Hãy chọn một người khác để đổi ca."))


def _rehearse(request: Request, *, by: User, at: datetime) -> None:
    """Do it and undo it: what the service refuses is told to the person who asks, not to HR later."""
    with transaction.atomic():
        apply(request, by=by, at=at)
        transaction.set_rollback(True)


def _check_balance(request: Request, *, on: date) -> None:
    """Open requests count together: two that each fit may not fit both."""
    if request.code == ANNUAL:
        refuse_shortage(
            request.employee, first=request.first, last=request.last, on=on, with_requests=True
        )


def decide(request_id: int, *, approve: bool, note: str = "", by: User, at: datetime) -> Request:
    """Take the step that is this account's; HR's approval changes the timesheet with it.

    A refusal needs a reason. Raises NotYoursToDecide, ReasonMissing, and what the service says;
    then nothing has changed.
    """
    note = note.strip() if approve else checked_reason(note)
    desk = Desk(by, at.astimezone(VN).date())
    with transaction.atomic():
        request = _locked(request_id)
        step = desk.step(request, approve=approve)
        if step is None:
            raise NotYoursToDecide
        stands_in = desk.stands_in_for(request) if step.startswith("manager") else None
        RequestStep.objects.create(
            request=request,
            kind=StepKind(step.value),
            note=note,
            on_behalf_of_id=stands_in,
            by=by,
            at=at,
        )
        _move(request, after(step, has_manager=desk.has_manager(request)))
        if step == Step.HR_APPROVED:
            apply(request, by=by, at=at)
        tell_decided(request, by=by, note=note, at=at)
        mail_decided(request, by=by, note=note, at=at)
    return request


def withdraw(request_id: int, *, by: User, at: datetime) -> Request:
    """Take one's own request back while it waits. Raises CannotWithdraw."""
    with transaction.atomic():
        request = _locked(request_id)
        actor = Desk(by, at.astimezone(VN).date()).actor(request)
        if not may_withdraw(State(request.state), actor):
            raise CannotWithdraw
        RequestStep.objects.create(request=request, kind=StepKind.WITHDRAWN, by=by, at=at)
        _move(request, State.WITHDRAWN)
    return request


def _locked(request_id: int) -> Request:
    [request] = lock_rows(
        Request.objects.filter(pk=request_id)
        .select_related("employee__department", "partner")
        .prefetch_related("steps")
    )
    return request


def _move(request: Request, state: State) -> None:
    request.state = state
    request.save(update_fields=["state"])
