"""Annual leave beside what the law gives everybody: terms of one's own, days granted, both taken back."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    LeaveGrant,
    LeaveGrantKind,
    LeaveGrantWithdrawal,
    LeaveTerms,
    LeaveTermsWithdrawal,
)
from attendance.models.leave import LEAST_BASE_DAYS, MOST_DAYS
from attendance.reasons import checked_reason
from backend.accounts.models import User
from backend.org.models import Employee
from backend.problems import Problem


class BaseDaysWrong(Problem):
    code = "leave_base_days_wrong"
    message = _("Số ngày một năm phải từ 12 (mức luật định) đến 60. Hãy nhập lại.")


class GrantDaysWrong(Problem):
    code = "leave_grant_days_wrong"
    message = _(
        "Số ngày phải khác 0, lẻ đến một phần mười, không quá 60; chỉ điều chỉnh mới được âm."
    )


class GrantSpanWrong(Problem):
    code = "leave_grant_span_wrong"
    message = _("Ngày đầu và ngày cuối phải đúng thứ tự và cùng một năm. Hãy chọn lại.")


class TakenBackAlready(Problem):
    code = "leave_taken_back_already"
    status = 409
    message = _("Mục này đã được thu hồi. Hãy tải lại trang.")


def set_terms(
    employee: Employee, *, from_date: date, base_days: int, document: str, by: User, at: datetime
) -> LeaveTerms:
    """Give somebody so many days for a year of work from a day on (before seniority).

    Raises BaseDaysWrong, ReasonMissing where the document is not named.
    """
    if not LEAST_BASE_DAYS <= base_days <= MOST_DAYS:
        raise BaseDaysWrong
    return LeaveTerms.objects.create(
        employee=employee,
        from_date=from_date,
        base_days=base_days,
        document=checked_reason(document),
        by=by,
        at=at,
    )


def withdraw_terms(
    terms: LeaveTerms, *, reason: str, by: User, at: datetime
) -> LeaveTermsWithdrawal:
    """Take terms back, as if they had never been. Raises ReasonMissing, TakenBackAlready."""
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            return LeaveTermsWithdrawal.objects.create(terms=terms, reason=reason, by=by, at=at)
    except IntegrityError:
        raise TakenBackAlready from None


def grant_days(
    employee: Employee,
    *,
    kind: LeaveGrantKind,
    days: Decimal,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: User,
    at: datetime,
) -> LeaveGrant:
    """Grant extra days, or correct the year's by some, below zero too.

    Carrying over has its own way (`carry_over`). Raises GrantDaysWrong, GrantSpanWrong,
    ReasonMissing.
    """
    reason = checked_reason(reason)
    if kind == LeaveGrantKind.CARRIED_OVER or not _in_range(kind, days):
        raise GrantDaysWrong
    if valid_to < valid_from or valid_from.year != valid_to.year:
        raise GrantSpanWrong
    return LeaveGrant.objects.create(
        employee=employee,
        kind=kind,
        days=days,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        by=by,
        at=at,
    )


def _in_range(kind: LeaveGrantKind, days: Decimal) -> bool:
    least = -MOST_DAYS if kind == LeaveGrantKind.CORRECTION else 0
    return days != 0 and least <= days <= MOST_DAYS and days == round(days, 1)


def withdraw_grant(
    grant: LeaveGrant, *, reason: str, by: User, at: datetime
) -> LeaveGrantWithdrawal:
    """Take granted days back. Raises ReasonMissing, TakenBackAlready."""
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            return LeaveGrantWithdrawal.objects.create(grant=grant, reason=reason, by=by, at=at)
    except IntegrityError:
        raise TakenBackAlready from None
