"""Where the rows behind the numbers of a sentence are: addresses of pages, asked as the report asks."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from backend.months import last_day
from reporting.defining import Asked, ScopeKind
from reporting.explorer.question import FROM_TO, Question
from reporting.periods import PeriodKind

#: Longer periods are told by month.
_BY_DRAW = frozenset({PeriodKind.DRAW, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.TO_DRAW})


def explored(
    asked: Asked,
    measure: str,
    *,
    rows: str = "",
    place: str = "",
    days: tuple[date, date] | None = None,
    tree: str = "",
) -> str:
    """The explorer on the days and the place of the report, by draw or by month.

    `rows`, `place` and `days` ask for other rows, a unit of its place, other days; `tree` "nay" for
    today's units.
    """
    first, last = days or (asked.period.first, asked.period.last)
    by_time = "ky_quay" if asked.period.kind in _BY_DRAW else "thang"
    question = Question(
        rows=rows or by_time, measure=measure, span=FROM_TO, first=first, last=last,
        place=place or asked.scope.place, tree=tree,
    )  # fmt: skip
    return f"{reverse('explorer')}?{question.query}"


def plans(asked: Asked) -> str:
    return _page("plans", thang=f"{asked.period.last:%Y-%m}", dia_ban=asked.scope.place)


def debts(asked: Asked, *, order: str = "") -> str:
    """Debts on the last day of the report; `order` as the page of debts knows it."""
    day = f"{asked.period.last:%Y-%m-%d}"
    return _page("debts", ngay=day, dia_ban=asked.scope.place, xep=order)


def draw_desk(asked: Asked) -> str:
    """Who has no tickets or has not said what comes back, of the last day of the report."""
    return _page("draw_desk", ngay=f"{asked.period.last:%Y-%m-%d}", dia_ban=asked.scope.place)


def claims(asked: Asked, *, least_amount: int) -> str:
    """Claims presented in the period and not withdrawn, of so many đồng or more."""
    return _page(
        "claims", tt="standing", tu=f"{asked.period.first:%Y-%m-%d}",
        den=f"{asked.period.last:%Y-%m-%d}", gia_tri=str(least_amount), dia_ban=asked.scope.place,
    )  # fmt: skip


def tasks(asked: Asked, which: str) -> str:
    """Tasks of the period, as the page of tasks knows them by `which`."""
    first, last = asked.period.first, asked.period.last
    return _page("tasks", loc=which, tu=f"{first:%Y-%m-%d}", den=f"{last:%Y-%m-%d}")


def timesheets(asked: Asked, *, questions: bool = False) -> str:
    """Who worked how in the period: the timesheets of a month, else the sums of its days; with
    `questions` only people whose days are to be clarified.
    """
    first, last = asked.period.first, asked.period.last
    department = asked.scope.code if asked.scope.kind is ScopeKind.DEPARTMENT else ""
    chosen = "ngoai-le" if questions else ""
    if (first, last) == (last.replace(day=1), last_day(last)):
        return _page("timesheets", thang=f"{last:%Y-%m}", phong=department, chi=chosen)
    return _page(
        "attendance_totals", tu=f"{first:%Y-%m-%d}", den=f"{last:%Y-%m-%d}", phong=department,
        chi=chosen,
    )  # fmt: skip


def _page(name: str, **parts: str) -> str:
    query = urlencode({key: value for key, value in parts.items() if value})
    return f"{reverse(name)}?{query}"
