"""Weekly rest days of one's own: entered by HR, ended by a new row, read by the engine and the pages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.engine.facts import DayType, OwnDay
from attendance.models import OwnRest, OwnRestEnding, RosterEntry
from attendance.models.endings import FOR_EVER
from attendance.people.employment import lock_employed
from attendance.reasons import checked_reason
from attendance.roster.swapping import both_of, exchanged, swaps_of
from attendance.timesheet.dirty import MADE_UP_WITHIN, mark_written_days
from backend.accounts.models import User
from backend.org.models import Employee
from backend.problems import Problem

__all__ = ["MADE_UP_WITHIN"]  # how far before its first day `own_days` is to be told the calendar

_A_DAY: Final = timedelta(days=1)


class NotARestDay(Problem):
    code = "own_rest_no_such_days"
    message = _("Hãy chọn từ một đến sáu ngày nghỉ trong tuần, hoặc theo ngày trống của phân ca.")


class OwnRestSpanWrong(Problem):
    code = "own_rest_span_wrong"
    message = _("Ngày cuối phải không trước ngày đầu. Hãy chọn lại.")


class OwnRestOverlaps(Problem):
    code = "own_rest_overlaps"
    status = 409
    message = _(
        "Người này đã có ngày nghỉ hằng tuần riêng trong khoảng này. Hãy cho dòng cũ thôi trước."
    )


class OwnRestEnded(Problem):
    code = "own_rest_ended"
    status = 409
    message = _("Dòng này đã thôi rồi. Hãy tải lại trang; cần đổi nữa thì nhập dòng mới.")


class OwnRestEndWrong(Problem):
    code = "own_rest_end_wrong"
    message = _("Ngày cuối mới phải trước ngày cuối đang ghi. Hãy chọn lại.")


def enter_own_rest(
    *,
    employee: Employee,
    weekdays: Collection[int],
    first: date,
    last: date | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> OwnRest:
    """Let somebody rest on these days of the week (1 is Monday), or, without any, as the roster has it.

    The days computed already are computed anew. Raises ReasonMissing, NotARestDay,
    OwnRestSpanWrong, NotEmployedThen, OwnRestOverlaps; then nothing has changed.
    """
    reason, chosen = checked_reason(reason), sorted(set(weekdays))
    if not set(chosen) < set(range(1, 8)):
        raise NotARestDay
    if last is not None and last < first:
        raise OwnRestSpanWrong
    with transaction.atomic():
        employee = lock_employed(employee, first)
        held = OwnRest.objects.between(first, last or FOR_EVER).filter(employee=employee)
        if held.exists():
            raise OwnRestOverlaps
        rest = OwnRest.objects.create(
            employee=employee, weekdays=chosen, first=first, last=last, reason=reason, by=by, at=at
        )
        _mark(rest, first, last)
    return rest


def end_own_rest(
    rest: OwnRest, *, last: date, reason: str, by: User, at: datetime
) -> OwnRestEnding:
    """Let it end with an earlier day; one before its first takes it back altogether.

    Raises ReasonMissing, OwnRestEndWrong, OwnRestEnded.
    """
    reason = checked_reason(reason)
    if rest.last is not None and last >= rest.last:
        raise OwnRestEndWrong
    last = max(last, rest.first - _A_DAY)
    try:
        with transaction.atomic():
            ending = OwnRestEnding.objects.create(
                own_rest=rest, last=last, reason=reason, by=by, at=at
            )
            _mark(rest, last + _A_DAY, rest.last)
    except IntegrityError:
        raise OwnRestEnded from None
    return ending


def _mark(rest: OwnRest, first: date, last: date | None) -> None:
    """The days of [first, last], the night before that reaches into them, and what is made up for."""
    until = last + MADE_UP_WITHIN if last else FOR_EVER
    mark_written_days(rest.employee_id, first=first - _A_DAY, last=until)


def own_days(
    employees: Collection[int], types: Mapping[date, DayType], *, first: date
) -> tuple[OwnDay, ...]:
    """What the days since `first` of `types` (the company's) are for those of these people who rest otherwise.

    `types` begin `MADE_UP_WITHIN` before `first`. One query, two more where the roster is asked.
    """
    if not types:
        return ()
    last = max(types)
    held = OwnRest.objects.between(min(types), last).filter(employee__in=employees)
    rests = list(held.order_by("employee", "first", "pk"))
    by_roster = {rest.employee_id for rest in rests if not rest.weekdays}
    planned = planned_days(by_roster, first, last) if by_roster else {}
    return tuple(
        told
        for rest in rests
        for told in _days_of(rest, types, planned.get(rest.employee_id, frozenset()))
        if told.date >= first
    )


def planned_days(people: Collection[int], first: date, last: date) -> dict[int, set[date]]:
    """The days with an entry, after swaps: a shift that was swapped away is its new owner's (§2)."""
    planned: dict[int, set[date]] = defaultdict(set)
    swaps = list(swaps_of(people, first, last))
    works = exchanged(swaps)
    entries = RosterEntry.objects.between(first, last).filter(employee__in=both_of(people, swaps))
    for person, day in entries.values_list("employee_id", "work_date"):
        planned[works.get((person, day), person)].add(day)
    return planned


def _days_of(
    rest: OwnRest, types: Mapping[date, DayType], planned: Collection[date]
) -> Iterator[OwnDay]:
    days = {day: kind for day, kind in types.items() if rest.first <= day <= rest.until}
    who = str(rest.employee_id)
    if rest.weekdays:
        return own_week(who, days, rest.weekdays)
    return as_rostered(who, days, planned)


def own_week(
    employee: str, days: Mapping[date, DayType], weekdays: Collection[int]
) -> Iterator[OwnDay]:
    """Pure: rest on these days of the week (1 is Monday), work on the others; holidays are not told.

    A day of rest that a holiday falls on is made up for on the next day of work (art. 111.3).
    Other days of rest and of work that the company moves are moves of its own week, not of this one.
    """
    owed = 0
    for day in sorted(days):
        rests = day.isoweekday() in weekdays
        if days[day] == "holiday":
            owed += rests
        elif rests:
            yield OwnDay(employee, day, "rest", "weekly")
        elif owed:
            owed -= 1
            yield OwnDay(employee, day, "rest", "moved")
        else:
            yield OwnDay(employee, day, "work", "weekly")


def as_rostered(employee: str, days: Iterable[date], planned: Collection[date]) -> Iterator[OwnDay]:
    """Pure: rest on the days without an entry of the roster, work on those with one."""
    for day in sorted(days):
        yield OwnDay(employee, day, "work" if day in planned else "rest", "roster")
