"""The plan of a month draw by draw: spread evenly, as it is told what each draw left has to sell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from backend.months import last_day
from backend.problems import Problem
from sales.figures.asked import Asked
from sales.models import Draw, DrawStatus

#: More parts take longer than a person waits for.
MOST: Final = 300_000

Line = tuple[dict[str, tuple[Any, ...]], int, int]


class PlanTooLong(Problem):
    code = "plan.too_long"
    message = _("Kế hoạch theo kỳ của quá nhiều nơi và ngày; hãy thu hẹp khoảng ngày hoặc địa bàn.")


def is_in_parts(asked: Asked) -> bool:
    """Whether the question is about parts of a month."""
    return asked.is_by_weekday or "draw" in asked.by


def by_draw(lines: Iterable[Line], asked: Asked) -> Iterator[Line]:
    """The lines of months (`told`, tickets, revenue) as those of the draws that a summary counts: held, within the dates.

    All draws of a month that are not void have an equal part, to the last ticket. Raises PlanTooLong.
    """
    given = list(lines)
    months = _draws(asked)
    counted = {day for days in months.values() for day, is_counted in days if is_counted}
    if len(given) * len(counted) > MOST * max(len(months), 1):
        raise PlanTooLong
    for told, tickets, revenue in given:
        days = months.get(told["month"][0], ())
        for place, (day, is_counted) in enumerate(days):
            if is_counted:
                part = _part(tickets, place, len(days))
                amount = revenue * part // tickets if tickets else 0
                yield told | {"draw": (day,), "weekday": (day.weekday(),)}, part, amount


def _part(tickets: int, place: int, count: int) -> int:
    """The part of the draw at this place of so many; all of them add up to the tickets."""
    return tickets * (place + 1) // count - tickets * place // count


def _draws(asked: Asked) -> Mapping[date, Sequence[tuple[date, bool]]]:
    """By month its draws in order, and whether the summary counts each."""
    first, last = asked.first.replace(day=1), last_day(asked.last)
    draws = Draw.objects.between(first, last).exclude(status=DrawStatus.VOID).order_by("date")
    months: dict[date, list[tuple[date, bool]]] = defaultdict(list)
    for day, status in draws.values_list("date", "status"):
        is_counted = (
            status == DrawStatus.HELD
            and asked.first <= day <= asked.last
            and day.weekday() in asked.days_of_week
        )
        months[day.replace(day=1)].append((day, is_counted))
    return months
