"""Requests that wait too long: those who decide are reminded by mail, once a day at most."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from attendance.models import Delegation, Request, RequestReminder
from attendance.requests.letters import Waiting, mail_reminder
from attendance.requests.rights import Desk, departments_then
from attendance.timesheet.rules import rules_of
from attendance.timesheet.timesheets import day_types
from backend.accounts.models import User
from backend.accounts.permissions import CAPABILITIES
from backend.clock import VN
from backend.jobs.handlers import in_one_transaction
from backend.org.models import Employee

#: Roles that may take HR's step.
_HR: Final = [role for role, held in CAPABILITIES.items() if "attendance.manage" in held]


def remind(*, at: datetime) -> int:
    """Mail everybody for whom a request waits longer than the rules say; returns how many mails.

    Nobody twice a day, nobody on a day off. Call it in a transaction: the rows and the mails belong
    together.
    """
    on = at.astimezone(VN).date()
    days = rules_of(on).remind_after_days
    if not days or day_types(on, on)[on] != "work":
        return 0
    waiting = overdue(on, days=days)
    reminded = 0
    for user, theirs in _by_decider(waiting, on):
        mail = mail_reminder(user, theirs, on=on, at=at)
        RequestReminder.objects.create(
            decider=user,
            on=on,
            requests=[request.pk for request, _since in theirs],
            mail=mail,
            at=at,
        )
        reminded += 1
    return reminded


run_due = in_one_transaction(remind)


def overdue(on: date, *, days: int) -> list[Waiting]:
    """Open requests with at least so many whole working days between their last step and `on`."""
    found = list(
        Request.objects.open()
        .select_related("employee__department", "partner")
        .prefetch_related("steps")
        .order_by("at", "pk")
    )
    waiting = [(each, max(step.at for step in each.steps.all())) for each in found]
    if not waiting:
        return []
    kinds = day_types(min(_day(since) for _request, since in waiting), on)
    working = sorted(day for day, kind in kinds.items() if kind == "work" and day < on)
    return [
        (request, since)
        for request, since in waiting
        if sum(day > _day(since) for day in working) >= days
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(VN).date()


def _by_decider(waiting: Sequence[Waiting], on: date) -> list[tuple[User, list[Waiting]]]:
    """Accounts with an address that were not reminded today, and what each may decide now."""
    heads: dict[int, dict[int, int]] = {}
    departments = departments_then([request for request, _since in waiting])
    found = []
    for user in _candidates([request for request, _since in waiting], on):
        desk = Desk(user, on, heads, departments)
        theirs = [each for each in waiting if desk.step(each[0], approve=True)]
        if theirs:
            found.append((user, theirs))
    return found


def _candidates(requests: Collection[Request], on: date) -> Iterable[User]:
    """Who may be among the deciders: HR, heads of these departments, their deputies, partners."""
    if not requests:
        return []
    departments = {department.pk for department in departments_then(requests).values()}
    heads = Employee.objects.filter(managed_departments__in=departments)
    deputies = Delegation.objects.standing(on).filter(manager__in=heads).values("deputy")
    partners = [request.partner_id for request in requests if request.partner_id]
    able = Q(role__in=_HR) | Q(employee__in=heads) | Q(employee__in=deputies)
    return (
        User.objects.filter(able | Q(employee__in=partners), is_active=True)
        .exclude(email="")
        .exclude(pk__in=RequestReminder.objects.filter(on=on).values("decider"))
        .order_by("pk")
    )
