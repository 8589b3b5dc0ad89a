"""Which rules of working time a month has, and how new ones are laid down."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import EachShift, Pairing, Settings
from attendance.models import InOutMode, WorkingRules
from attendance.reasons import checked_reason
from backend.accounts.models import User
from backend.db import hold_lock
from backend.problems import Problem

#: What the modes mean to the engine: how punches pair, and which shifts share them.
_MODES: dict[str, tuple[Pairing, EachShift]] = {
    InOutMode.AUTOMATIC: ("first_last", "near"),
    InOutMode.FIRST_LAST: ("first_last", "day"),
    InOutMode.ALTERNATING: ("pairs", "near"),
    InOutMode.DEVICE_CODE: ("directed", "near"),
    InOutMode.TERMINAL_DIRECTION: ("directed", "near"),
    InOutMode.SHIFT_WINDOW: ("first_last", "never"),
}
#: Columns that go to the engine as they are.
_SAME = (
    "late_grace",
    "early_grace",
    "ot_requires_approval",
    "ot_min",
    "ot_block",
    "extra_alert",
    "min_span",
    "dup_minutes",
    "window_before",
    "window_after",
    "chain_gap",
    "drift_alert_seconds",
    "ot_month_cap_hours",
    "ot_year_cap_hours",
)
#: Everybody's written days since the month on; their rows are made anew.
_SINCE = """
    INSERT INTO attendance_dirtyday (employee_id, work_date)
    SELECT employee_id, work_date FROM attendance_timesheetrow WHERE work_date >= %s
    ORDER BY 1, 2
    ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date
"""

#: At least a month, at most two.
_MONTH = timedelta(days=31)
#: An advisory lock: who lays rules down sees those of everybody before.
_ONE_AT_A_TIME = 0x72756C65


class NotAMonth(Problem):
    code = "rules_from_first_of_month"
    message = _("Quy tắc áp dụng từ ngày 1 của một tháng. Hãy chọn tháng.")


def rules_of(month: date) -> WorkingRules:
    """The rules in force in the month of `month`; the specification's where nobody laid any down."""
    laid_down = WorkingRules.objects.filter(from_month__lte=month.replace(day=1))
    return laid_down.order_by("-from_month", "-pk").first() or WorkingRules(
        from_month=month.replace(day=1)
    )


def saturdays_worked(first: date, last: date) -> frozenset[date]:
    """The months (their first days) of [first, last] whose Saturdays are working days. One query."""
    laid_down = WorkingRules.objects.filter(from_month__lte=last).order_by("from_month", "pk")
    said = list(laid_down.values_list("from_month", "works_saturdays"))
    month, found = first.replace(day=1), set()
    while month <= last:
        if [works for since, works in said if since <= month][-1:] == [True]:
            found.add(month)
        month = (month + _MONTH).replace(day=1)
    return frozenset(found)


def engine_settings(rules: WorkingRules) -> Settings:
    pairing, each_shift = _MODES[rules.in_out_mode]
    return Settings(
        pairing=pairing,
        each_shift=each_shift,
        normal_regime="week" if rules.normal_regime == "week" else "day",
        **{name: getattr(rules, name) for name in _SAME},
    )


def _counting(rules: WorkingRules) -> tuple[Settings, bool]:
    """What of the rules the computed days depend on."""
    return engine_settings(rules), rules.works_saturdays


def lay_down(rules: WorkingRules, *, reason: str, by: User, at: datetime) -> WorkingRules:
    """Put rules in force from their month on; if they count otherwise, the days since are computed anew.

    Raises ReasonMissing, NotAMonth; ValidationError names a field out of its bounds.
    """
    if rules.from_month.day != 1:
        raise NotAMonth
    rules.reason, rules.by, rules.at = checked_reason(reason), by, at
    rules.full_clean()
    with transaction.atomic(), connection.cursor() as cursor:
        hold_lock(_ONE_AT_A_TIME)
        counts_otherwise = _counting(rules) != _counting(rules_of(rules.from_month))
        rules.save(force_insert=True)
        if counts_otherwise:
            cursor.execute(_SINCE, [rules.from_month])
    return rules
