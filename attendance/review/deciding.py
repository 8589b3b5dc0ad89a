"""Decisions about exceptions: rows of their own, never an edit of the day they are about."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance.collecting.manual import AlreadyPunched, enter_punch
from attendance.leave.leaves import grant_leave
from attendance.models import (
    Assignee,
    ExceptionAssignment,
    ExceptionDecision,
    ExceptionFix,
    Verdict,
)
from attendance.reasons import checked_reason
from attendance.review.exception_causes import Issue
from attendance.review.open_exceptions import in_charge, open_issues
from attendance.roster.overtime import approve_overtime
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.db import lock_rows
from backend.org.models import Employee
from backend.problems import Problem


class NoLongerOpen(Problem):
    code = "exception_not_open"
    status = 409
    message = _("Ngoại lệ này không còn mở hoặc ngày công đã đổi. Hãy tải lại trang và xem lại.")


class OnlyHrCorrects(Problem):
    code = "only_hr_corrects"
    status = 403
    message = _(
        "Chỉ nhân sự được bổ sung lượt chấm, nghỉ phép hoặc làm thêm. Hãy giao cho nhân sự."
    )


class NothingToCorrect(Problem):
    code = "nothing_to_correct"
    message = _("Chưa có giờ nào để bổ sung. Hãy mở ngày công để xem, hoặc ghi giờ.")


class AlreadyOpen(Problem):
    code = "exception_already_open"
    status = 409
    message = _("Quyết định này không còn hiệu lực nên không cần mở lại.")


def _still_open(issue: Issue, *, by: User, at: datetime) -> Employee:
    """Lock the person, so that two people do not decide at once. Raises NoLongerOpen."""
    locked = lock_rows(Employee.objects.filter(pk=issue.employee))
    mine = in_charge(by).filter(employee__in=locked)
    now_open = open_issues(mine, first=issue.day, last=issue.day, at=at)
    if issue.key not in {each.key for each in now_open}:
        raise NoLongerOpen
    return locked[0]


def _decide(
    issue: Issue, verdict: Verdict, reason: str, by: User, at: datetime
) -> ExceptionDecision:
    return ExceptionDecision.objects.create(
        employee_id=issue.employee,
        work_date=issue.day,
        code=issue.code,
        verdict=verdict,
        reason=reason,
        seen=issue.seen,
        by=by,
        at=at,
    )


def let_stand(
    issue: Issue, *, excused: bool, reason: str, by: User, at: datetime
) -> ExceptionDecision:
    """The day stays as it was computed; `excused`: with a good reason.

    Raises ReasonMissing, NoLongerOpen (also for people who are not in the charge of `by`).
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        _still_open(issue, by=by, at=at)
        return _decide(issue, Verdict.EXCUSED if excused else Verdict.ACCEPTED, reason, by, at)


def correct(
    issue: Issue, *, moments: Sequence[datetime], reason: str, by: User, at: datetime
) -> ExceptionDecision:
    """Enter the missing punches at `moments`; the day is computed anew with them.

    One that is there already is not entered twice, and all of them are nothing. Raises
    ReasonMissing, OnlyHrCorrects, NothingToCorrect, NoLongerOpen and what `enter_punch` raises;
    then nothing has changed.
    """
    reason = checked_reason(reason)
    if not may(by, "attendance.manage"):
        raise OnlyHrCorrects
    if not moments:
        raise NothingToCorrect
    with transaction.atomic():
        employee = _still_open(issue, by=by, at=at)
        entered = []
        for moment in moments:
            try:
                with transaction.atomic():
                    entered.append(
                        enter_punch(employee=employee, moment=moment, reason=reason, by=by, at=at)
                    )
            except AlreadyPunched:
                continue
        if not entered:
            raise AlreadyPunched
        decision = _decide(issue, Verdict.CORRECTED, reason, by, at)
        ExceptionFix.objects.bulk_create(
            ExceptionFix(decision=decision, punch=punch) for punch in entered
        )
    return decision


def allow_overtime(
    issue: Issue, *, start: datetime, end: datetime, reason: str, by: User, at: datetime
) -> ExceptionDecision:
    """Approve overtime in [start, end); the day is computed anew with it.

    Raises ReasonMissing, OnlyHrCorrects, NoLongerOpen and what `approve_overtime` raises; then
    nothing has changed.
    """
    reason = checked_reason(reason)
    if not may(by, "attendance.manage"):
        raise OnlyHrCorrects
    with transaction.atomic():
        employee = _still_open(issue, by=by, at=at)
        approve_overtime(employee=employee, start=start, end=end, reason=reason, by=by, at=at)
        return _decide(issue, Verdict.CORRECTED, reason, by, at)


def record_leave(
    issue: Issue, *, code: str, reason: str, by: User, at: datetime
) -> ExceptionDecision:
    """The person was on leave or on a trip the whole day; the day is computed anew with it.

    Raises ReasonMissing, OnlyHrCorrects, NoLongerOpen and what `grant_leave` raises; then nothing
    has changed.
    """
    reason = checked_reason(reason)
    if not may(by, "attendance.manage"):
        raise OnlyHrCorrects
    with transaction.atomic():
        employee = _still_open(issue, by=by, at=at)
        grant_leave(
            employee=employee,
            first=issue.day,
            last=issue.day,
            code=code,
            reason=reason,
            by=by,
            at=at,
        )
        return _decide(issue, Verdict.CORRECTED, reason, by, at)


def reopen(
    decision: ExceptionDecision, *, reason: str, by: User, at: datetime
) -> ExceptionDecision:
    """Take a decision back: its exception is open again while the day still asks it.

    What it entered or approved stays until it is withdrawn on its own page. Raises ReasonMissing,
    AlreadyOpen.
    """
    reason = checked_reason(reason)
    same = {
        "employee": decision.employee_id,
        "work_date": decision.work_date,
        "code": decision.code,
    }
    with transaction.atomic():
        lock_rows(Employee.objects.filter(pk=decision.employee_id))
        newest = ExceptionDecision.objects.filter(**same).order_by("-pk")[0]
        if newest.pk != decision.pk or newest.verdict == Verdict.REOPENED:
            raise AlreadyOpen
        return ExceptionDecision.objects.create(
            employee_id=decision.employee_id,
            work_date=decision.work_date,
            code=decision.code,
            verdict=Verdict.REOPENED,
            reason=reason,
            seen=decision.seen,
            by=by,
            at=at,
        )


def assign(issues: Sequence[Issue], *, to: Assignee, by: User, at: datetime) -> int:
    """Give the exceptions to HR or to each person's manager; returns how many changed hands."""
    moving = [issue for issue in issues if issue.to_manager != (to == Assignee.MANAGER)]
    ExceptionAssignment.objects.bulk_create(
        ExceptionAssignment(
            employee_id=issue.employee, work_date=issue.day, code=issue.code, to=to, by=by, at=at
        )
        for issue in moving
    )
    return len(moving)
