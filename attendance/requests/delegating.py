"""Deputies of heads of department: named for some days, and taken back before those are over."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.models import Delegation, DelegationEnding
from attendance.reasons import checked_reason
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.org.models import Department, Employee
from backend.problems import Problem


class NotAHead(Problem):
    code = "not_a_head"
    status = 403
    message = _("Chỉ trưởng bộ phận mới ủy quyền duyệt đơn được.")


class NoAccount(Problem):
    code = "deputy_without_account"
    message = _("Người này chưa có tài khoản nên không duyệt đơn được. Hãy chọn người khác.")


class DelegationSpanWrong(Problem):
    code = "delegation_span_wrong"
    message = _("Ngày cuối phải không trước ngày đầu và không ở trong quá khứ.")


class AlreadyEnded(Problem):
    code = "delegation_already_ended"
    status = 409
    message = _("Ủy quyền này đã thôi.")


def heads_a_department(user: User) -> bool:
    """Whether the account decides requests as a head of department."""
    me = user.employee_id
    headed = me is not None and Department.objects.filter(manager=me).exists()
    return headed and may(user, "attendance.team")


def delegate(
    *, deputy: Employee, first: date, last: date, reason: str, by: User, at: datetime
) -> Delegation:
    """Let somebody decide in one's own place on [first, last]; one may still decide oneself.

    Raises NotAHead, ReasonMissing, NoAccount, DelegationSpanWrong.
    """
    reason = checked_reason(reason)
    if by.employee is None or not heads_a_department(by):
        raise NotAHead
    able = User.objects.filter(employee=deputy, is_active=True).exists()
    if deputy == by.employee or not able:
        raise NoAccount
    if last < first or last < at.astimezone(VN).date():
        raise DelegationSpanWrong
    return Delegation.objects.create(
        manager=by.employee, deputy=deputy, first=first, last=last, reason=reason, by=by, at=at
    )


def end_delegation(delegation: Delegation, *, by: User, at: datetime) -> DelegationEnding:
    """Take it back from now on; what the deputy decided stays. Raises NotAHead, AlreadyEnded."""
    if by.employee_id != delegation.manager_id:
        raise NotAHead
    try:
        with transaction.atomic():
            return DelegationEnding.objects.create(delegation=delegation, by=by, at=at)
    except IntegrityError:
        raise AlreadyEnded from None
