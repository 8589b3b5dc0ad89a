"""How long editions are kept: a review names what has outlived its term. Nothing is ever deleted.

The Law on Archives 33/2024/QH15 has a council decide before records are destroyed, so a program does
not. The terms are the company's own list (bảng thời hạn lưu trữ); each names what it rests on.
"""

from datetime import date, datetime

from backend.accounts.models import User
from backend.clock import VN
from reporting.models import Edition, RetentionRule, RetentionRun


def keep_rule(*, report: str, years: int | None, basis: str) -> RetentionRule:
    """Keep a report's editions so many years after their period; None is for ever."""
    rule, _made = RetentionRule.objects.update_or_create(
        report=report, defaults={"years": years, "basis": basis}
    )
    return rule


def outlived(*, on: date) -> list[str]:
    """The codes of the editions whose term ended before the day: whole years after their year."""
    ended: list[str] = []
    for rule in RetentionRule.objects.exclude(years=None).order_by("report"):
        # A term counts from the first day of the year after the one the record belongs to.
        last_year = on.year - 1 - (rule.years or 0)
        old = Edition.objects.filter(report=rule.report, period_last_date__year__lte=last_year)
        ended += old.order_by("period_last_date", "pk").values_list("code", flat=True)
    return ended


def review(*, by: User, at: datetime) -> RetentionRun:
    """Write down what has outlived its term today, and by which terms."""
    rules = list(RetentionRule.objects.order_by("report").values("report", "years", "basis"))
    found = outlived(on=at.astimezone(VN).date())
    return RetentionRun.objects.create(at=at, by=by, rules=rules, editions=found)
