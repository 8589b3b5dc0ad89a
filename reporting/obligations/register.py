"""The register as it stands on a day: each owed period with its due date, its steps, how late it is."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from reporting.language import page_language
from reporting.models import Obligation, ObligationStep
from reporting.obligations.due import (
    LONGEST_REST,
    DueRule,
    Standing,
    Step,
    days_late,
    due_date,
    periods,
    standing,
)
from reporting.periods import Period

#: How far back an obligation that was never kept is still told of.
LOOK_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Owed:
    """One period of an obligation as of a day."""

    obligation: Obligation
    period: Period
    due: date
    standing: Standing
    days_late: int
    days_left: int
    steps: tuple[ObligationStep, ...]

    @property
    def is_open(self) -> bool:
        return self.standing is not Standing.SUBMITTED

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.days_late > 0

    @property
    def submission(self) -> ObligationStep | None:
        """The newest submission."""
        return next((step for step in reversed(self.steps) if step.submitted_on), None)

    @property
    def period_name(self) -> str:
        return self.period.name(page_language())


def owed(*, on: date, first: date, last: date, **only: Any) -> list[Owed]:
    """The periods that fall due between the two days, the earliest due first. Two questions, one calendar.

    `only` narrows the obligations down.
    """
    obligations = list(Obligation.objects.filter(**only).select_related("unit").order_by("code"))
    steps = _steps(obligations, first - timedelta(days=800))
    is_worked = _worked(first - timedelta(days=400), last + timedelta(days=LONGEST_REST + 400))
    found = [
        line
        for each in obligations
        for period in _periods(each, first, last)
        if first <= (line := _line(each, period, steps, is_worked, on)).due <= last
    ]
    return sorted(found, key=lambda line: (line.due, line.obligation.code, line.period.last))


def open_now(*, on: date, ahead: int) -> list[Owed]:
    """What is overdue, and what falls due within so many days."""
    found = owed(on=on, first=on - LOOK_BACK, last=on + timedelta(days=ahead))
    return [line for line in found if line.is_open]


def one(obligation: Obligation, period: Period, *, on: date) -> Owed:
    """One period, wherever its due date lies."""
    steps = _steps([obligation], period.first)
    is_worked = _worked(period.last, period.last + timedelta(days=800))
    return _line(obligation, period, steps, is_worked, on)


def rule_of(obligation: Obligation) -> DueRule:
    return DueRule(obligation.due_days, obligation.due_month_end)


def _periods(obligation: Obligation, first: date, last: date) -> list[Period]:
    """Those that may fall due between the days: a rule reaches a year and a rest at most."""
    begin = max(obligation.starts_on, first - timedelta(days=400))
    end = min(obligation.ends_on or last, last)
    found = periods(obligation.frequency, first=begin, last=end)
    return [period for period in found if period.last >= obligation.starts_on]


def _steps(
    obligations: list[Obligation], since: date
) -> Mapping[tuple[int, date], list[ObligationStep]]:
    rows = ObligationStep.objects.filter(obligation__in=obligations, last_date__gte=since)
    found: dict[tuple[int, date], list[ObligationStep]] = defaultdict(list)
    for step in rows.select_related("edition", "by").defer("file__content").order_by("pk"):
        found[step.obligation_id, step.last_date].append(step)
    return found


def _worked(first: date, last: date) -> Callable[[date], bool]:
    kinds = import_string(settings.DAY_KINDS)(first, last)
    return lambda day: kinds.get(day, "work") == "work"


def _line(
    obligation: Obligation,
    period: Period,
    steps: Mapping[tuple[int, date], list[ObligationStep]],
    is_worked: Callable[[date], bool],
    on: date,
) -> Owed:
    due = due_date(period, rule_of(obligation), is_worked=is_worked)
    rows = tuple(steps.get((obligation.pk, period.last), ()))
    told = [Step(Standing(row.kind), row.submitted_on) for row in rows]
    late = days_late(told, due=due, on=on)
    return Owed(obligation, period, due, standing(told), late, (due - on).days, rows)
