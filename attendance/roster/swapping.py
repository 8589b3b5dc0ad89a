"""Swaps of shifts: two people exchange what they are rostered for on one date."""

import datetime as clock
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models import RosterEntry, Swap, SwapWithdrawal
from attendance.models.patterns import SwapQuerySet
from attendance.people.employment import NotEmployedThen
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_days
from backend.accounts.models import User
from backend.db import lock_rows
from backend.org.models import Employee
from backend.problems import Problem


class SwapWithOneself(Problem):
    code = "swap_with_oneself"
    message = _("Không đổi ca với chính mình được. Hãy chọn người khác.")


class NothingToSwap(Problem):
    code = "nothing_to_swap"
    message = _("Hai người được phân ca như nhau trong ngày này nên không có gì để đổi.")


class AlreadySwapped(Problem):
    code = "already_swapped"
    status = 409
    message = _("Một trong hai người đã đổi ca ngày này. Hãy thu hồi lần đổi trước rồi đổi lại.")


class SwapWithdrawn(Problem):
    code = "swap_withdrawn"
    status = 409
    message = _("Lần đổi ca này đã được thu hồi.")


def approve_swap(
    *, date: clock.date, a: Employee, b: Employee, reason: str, by: User, at: datetime
) -> Swap:
    """Let `a` and `b` exchange their shifts of the date; the days it touches are computed soon.

    One may be free that day: then the other gets the free day. Raises ReasonMissing,
    SwapWithOneself, NotEmployedThen, AlreadySwapped, NothingToSwap; then nothing has changed.
    """
    reason = checked_reason(reason)
    if a.pk == b.pk:
        raise SwapWithOneself
    with transaction.atomic():
        people = lock_rows(Employee.objects.filter(pk__in=(a.pk, b.pk)))  # one swap at a time
        for person in people:
            if not person.is_employed_on(date):
                raise NotEmployedThen
        if swaps_of((a.pk, b.pk), date, date).exists():
            raise AlreadySwapped
        if _shifts(a, date) == _shifts(b, date):
            raise NothingToSwap
        swap = Swap.objects.create(date=date, a=a, b=b, reason=reason, by=by, at=at)
        _mark(swap)
    return swap


def withdraw_swap(swap: Swap, *, reason: str, by: User, at: datetime) -> SwapWithdrawal:
    """Take a swap back; both people's days are computed without it. Raises SwapWithdrawn."""
    reason = checked_reason(reason)
    try:
        with transaction.atomic():
            taken = SwapWithdrawal.objects.create(swap=swap, reason=reason, by=by, at=at)
            _mark(swap)
    except IntegrityError:
        raise SwapWithdrawn from None
    return taken


def swaps_of(employees: Collection[int], first: clock.date, last: clock.date) -> SwapQuerySet:
    """Standing swaps in [first, last] that touch any of these people (ids)."""
    touching = Q(a__in=employees) | Q(b__in=employees)
    return Swap.objects.standing().between(first, last).filter(touching)


def both_of(employees: Collection[int], swaps: Iterable[Swap]) -> set[int]:
    """These people and whom they swap with: each one's shifts come from the other's roster."""
    return {*employees, *(person for swap in swaps for person in (swap.a_id, swap.b_id))}


def exchanged(swaps: Iterable[Swap]) -> dict[tuple[int, clock.date], int]:
    """Who works what was rostered for (employee id, date), where that is somebody else."""
    result = {}
    for swap in swaps:
        result[swap.a_id, swap.date], result[swap.b_id, swap.date] = swap.b_id, swap.a_id
    return result


def _shifts(person: Employee, day: clock.date) -> set[int]:
    entries = RosterEntry.objects.filter(employee=person, work_date=day)
    return set(entries.values_list("shift_id", flat=True))


def _mark(swap: Swap) -> None:
    """The date of both, and its neighbours: a night's shift reaches into the next day."""
    mark_days(
        (person, swap.date + timedelta(days=shifted))
        for person in (swap.a_id, swap.b_id)
        for shifted in (-1, 0, 1)
    )
