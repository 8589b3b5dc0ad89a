"""What an account is to a request today: its owner, the partner, the head's hand, HR.

A request is decided where its person belongs on its first day, whenever it is sent: a head knows
the days their department had, not those before a transfer.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from attendance.models import Delegation, Request, RequestState
from attendance.models.requests import RequestQuerySet
from attendance.requests.states import Actor, State, Step, step_of
from backend.accounts.models import User
from backend.accounts.permissions import CAPABILITIES, may
from backend.accounts.scope import departments_for, placements_for, sees_company
from backend.org.models import Department, Placement
from backend.org.transfers import on_day, placements_between

#: Roles whose holder decides as the head of a department.
LEADERS = [role for role, held in CAPABILITIES.items() if "attendance.team" in held]


def heads_of(department: Department, *, on: date) -> dict[int, int]:
    """Who may take the manager's step on the day, by employee: for which head they act.

    The head of the department with an account that may lead a team, and the deputies named for
    that day with any account; whose account is closed cannot answer.
    """
    head = department.manager_id
    if head is None:
        return {}
    deputies = Delegation.objects.standing(on).filter(manager=head).values_list("deputy", flat=True)
    leads = Q(employee=head, role__in=LEADERS)
    able = User.objects.filter(leads | Q(employee__in=deputies), is_active=True)
    return {person: head for person in able.values_list("employee", flat=True) if person}


def managed_by(user: User, *, on: date) -> QuerySet[Department]:
    """The departments whose requests this account decides on the day, as head or as deputy."""
    me = user.employee_id
    if me is None:
        return Department.objects.none()
    given = Delegation.objects.standing(on).filter(deputy=me).values("manager")
    held = Q(manager__in=given)
    if may(user, "attendance.team"):
        held |= Q(manager=me)
    return Department.objects.filter(held)


def departments_then(requests: Collection[Request]) -> dict[tuple[int, date], Department]:
    """By person and first day of the requests, where the person belongs on it; in one query."""
    days = [request.first for request in requests]
    people = {request.employee_id for request in requests}
    placed = placements_between(people, min(days), max(days)) if days else {}
    return {
        (each.employee_id, each.first): on_day(placed[each.employee_id], each.first).department
        for each in requests
    }


@dataclass
class Desk:
    """One account's view of requests on one day; what was looked up once is kept."""

    user: User
    on: date
    _heads: dict[int, dict[int, int]] = field(default_factory=dict)
    _departments: dict[tuple[int, date], Department] = field(default_factory=dict)

    @cached_property
    def _in_charge(self) -> frozenset[int]:
        if not may(self.user, "attendance.manage"):
            return frozenset()
        return frozenset(departments_for(self.user).values_list("pk", flat=True))

    def _department(self, request: Request) -> Department:
        key = request.employee_id, request.first
        if key not in self._departments:
            self._departments |= departments_then([request])
        return self._departments[key]

    def _heads_for(self, request: Request) -> dict[int, int]:
        """Those who may take the manager's step of this request; never the two whom it is about."""
        department = self._department(request)
        if department.manager_id == request.employee_id:
            return {}
        if department.pk not in self._heads:
            self._heads[department.pk] = heads_of(department, on=self.on)
        about = (request.employee_id, request.partner_id)
        return {who: head for who, head in self._heads[department.pk].items() if who not in about}

    def has_manager(self, request: Request) -> bool:
        return bool(self._heads_for(request))

    def stands_in_for(self, request: Request) -> int | None:
        """The head whose deputy this account is for the request, if it is not the head's own."""
        me = self.user.employee_id
        head = self._heads_for(request).get(me) if me is not None else None
        return head if head != me else None

    def actor(self, request: Request) -> Actor:
        me = self.user.employee_id
        return Actor(
            owns=me is not None and me == request.employee_id,
            is_partner=me is not None and me == request.partner_id,
            manages=me is not None and me in self._heads_for(request),
            is_hr=self._department(request).pk in self._in_charge,
            has_acted=any(step.by_id == self.user.pk for step in request.steps.all()),
        )

    def step(self, request: Request, *, approve: bool) -> Step | None:
        """The step this account may take now, or None."""
        return step_of(
            State(request.state),
            self.actor(request),
            approve=approve,
            has_manager=self.has_manager(request),
        )

    def visible(self) -> RequestQuerySet:
        """One's own, those one was asked to join, and those about days of people in one's charge.

        Pages and the API start from here.
        """
        if sees_company(self.user):
            return Request.objects.all()
        me = self.user.employee_id
        led = Placement.objects.filter(department__in=managed_by(self.user, on=self.on))
        seen = placements_for(self.user).of_days("first", "last") | led.of_days("first", "last")
        if me is not None:
            seen |= Q(partner=me)
        return Request.objects.filter(seen)

    def waiting(self) -> list[Request]:
        """The open requests this account may decide now, the oldest first."""
        found = (
            self.visible()
            .open()
            .select_related("employee__department", "partner", "attachment")
            .defer("attachment__data")
            .prefetch_related("steps__by")
            .order_by("at", "pk")
        )
        if not may(self.user, "attendance.manage"):
            found = found.exclude(state=RequestState.HR)
        self._departments |= departments_then(found)
        return [request for request in found if self.step(request, approve=True)]
