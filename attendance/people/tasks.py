"""Changes of the people on terminals: asked for as rows, done by the collectors, proved.

Doing one twice is harmless, so a crash at any moment only means that it is done again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from attendance.models import (
    Collecting,
    Enrolment,
    PeopleAction,
    PeopleTask,
    TaskState,
    Terminal,
    TerminalPerson,
)
from attendance.people.knowing import remember
from attendance.people.names import fitting_name
from attendance.people.planning import ADMINISTRATOR, Plan, There, Wanted, plan
from attendance.terminals.holding import TerminalBusy, held
from attendance.terminals.reaching import target_of
from attendance.zk import device
from attendance.zk.client import Limits
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem

logger = logging.getLogger(__name__)

#: Old terminals keep 8 bytes of a name, others 24; one is for the end.
_SHORT_NAME, _LONG_NAME = 7, 23
_SHORT_LAYOUTS: Final = ("8", "8b", "16")
_AT_ONCE: Final = 100
_LIMITS: Final = Limits(contact_seconds=100)
_HELD_SECONDS: Final = 110.0
#: A terminal that says it did and did not is believed to be unable after so many tries.
_TRIES: Final = 5
_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
_BUSY: Final = timedelta(seconds=5)
_GIVEN_UP_FOR: Final = timedelta(days=1)
_REMOVALS: Final = (PeopleAction.REMOVE, PeopleAction.REMOVE_ADMIN)


def plan_of(terminal: Terminal, *, on: date) -> Plan:
    """What differs between the terminal as last read and the people of its site."""
    people = TerminalPerson.objects.filter(terminal=terminal, gone_at=None).order_by("pk")
    there = [There(p.device_user_id, p.name, p.privilege) for p in people]
    ids = [person.user_id for person in there]
    size = _SHORT_NAME if terminal.record_layout in _SHORT_LAYOUTS else _LONG_NAME
    valid = _valid(on)
    mine = valid.filter(employee__site=terminal.site).select_related("employee")
    wanted = [
        Wanted(item.device_user_id, fitting_name(item.employee.full_name, size=size))
        for item in mine.order_by("device_user_id")
    ]
    return plan(
        there=there,
        wanted=wanted,
        owned=set(valid.filter(device_user_id__in=ids).values_list("device_user_id", flat=True)),
        left=set(_left(on).filter(device_user_id__in=ids).values_list("device_user_id", flat=True)),
    )


def _valid(on: date) -> QuerySet[Enrolment]:
    """Ids that belong to somebody employed on that day."""
    return Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        Q(employee__leave_date__isnull=True) | Q(employee__leave_date__gte=on),
        valid_from__lte=on,
        employee__join_date__lte=on,
    )


def _left(on: date) -> QuerySet[Enrolment]:
    """Ids of people who left, and nobody's since."""
    now = _valid(on).filter(device_user_id=OuterRef("device_user_id"))
    return Enrolment.objects.filter(~Exists(now), employee__leave_date__lt=on)


def ask(
    terminal: Terminal,
    changes: Iterable[tuple[PeopleAction, str, str]],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Ask for changes (action, user id, name), and for reading the list; asked already is enough.

    A later wish for the same person takes the place of one that still waits.
    """
    rows = [(PeopleAction.READ, "", ""), *changes]
    with transaction.atomic():
        opposite = [user_id for action, user_id, _name in rows if action != PeopleAction.READ]
        PeopleTask.objects.filter(
            terminal=terminal, state=TaskState.WAITING, device_user_id__in=opposite
        ).update(state=TaskState.FAILED, problem=_("Đã có yêu cầu mới hơn."), done_at=at)
        PeopleTask.objects.bulk_create(
            [
                PeopleTask(
                    terminal=terminal, action=action, device_user_id=user_id, name=name,
                    next_try_at=at, by=by, at=at,
                )
                for action, user_id, name in rows
            ],
            ignore_conflicts=True,
        )  # fmt: skip


def ask_all_of(found: Plan, terminal: Terminal, *, by: User, at: datetime) -> int:
    """Ask for everything in the plan; returns how many changes that is."""
    changes = [(PeopleAction.PUT, p.user_id, p.name) for p in (*found.add, *found.rename)]
    changes += [(PeopleAction.REMOVE, p.user_id, "") for p in found.remove]
    ask(terminal, changes, by=by, at=at)
    return len(changes)


def ask_leavers_out(*, at: datetime) -> int:
    """Have everybody who left removed from every terminal that is not proved to be without him.

    Administrators of a terminal are left to a person. Returns how many removals were asked for.
    """
    today = at.astimezone(VN).date()
    leavers = list(_left(today).values_list("device_user_id", "employee__leave_date").distinct())
    asked = 0
    for terminal in reachable().order_by("pk") if leavers else ():
        wanted = {
            user_id
            for user_id, left in leavers
            if left is not None and not _is_settled(terminal, user_id, left, at)
        }
        if wanted:
            changes = [(PeopleAction.REMOVE, user_id, "") for user_id in sorted(wanted)]
            ask(terminal, changes, by=None, at=at)
            asked += len(changes)
    return asked


def _is_settled(terminal: Terminal, user_id: str, left: date, at: datetime) -> bool:
    """Waiting to be removed, given up for today, proved and not back, or an administrator there."""
    since = datetime.combine(left, datetime.min.time(), tzinfo=VN)
    asked = PeopleTask.objects.filter(
        terminal=terminal, device_user_id=user_id, action__in=_REMOVALS, at__gte=since
    )
    person = TerminalPerson.objects.filter(
        terminal=terminal, device_user_id=user_id, gone_at=None
    ).first()
    if person is not None and person.privilege == ADMINISTRATOR:
        return True
    settled = Q(state=TaskState.WAITING)
    # One replaced by a later wish was never tried: it has no proof, and is asked for again.
    settled |= Q(state=TaskState.FAILED, proof__isnull=False, done_at__gt=at - _GIVEN_UP_FOR)
    if person is None:
        settled |= Q(state=TaskState.DONE)
    return asked.filter(settled).exists()


def reachable() -> QuerySet[Terminal]:
    """Terminals that can be administered from here: in use, and not only pushing."""
    return Terminal.objects.filter(enabled=True).exclude(collecting=Collecting.PUSH)


def work_off_one(*, now: Callable[[], datetime]) -> bool:
    """Do what waits for one terminal, over one contact. Returns whether there was anything.

    Any number of collectors may do this at once: the terminal's lease keeps them apart.
    """
    at = now()
    due = PeopleTask.objects.filter(
        state=TaskState.WAITING, next_try_at__lte=at, terminal__enabled=True
    ).exclude(terminal__collecting=Collecting.PUSH)
    first = due.order_by("next_try_at", "pk").select_related("terminal").first()
    if first is None:
        return False
    try:
        with held(
            first.terminal, by="people", now=now, seconds=_HELD_SECONDS, wait_seconds=0
        ) as terminal:
            tasks = list(due.filter(terminal=terminal).order_by("pk")[:_AT_ONCE])
            _do(terminal, tasks, now=now)
    except TerminalBusy:
        due.filter(terminal=first.terminal).update(next_try_at=at + _BUSY)
    return True


def _do(terminal: Terminal, tasks: list[PeopleTask], *, now: Callable[[], datetime]) -> None:
    changes = [
        device.Change(task.action, task.device_user_id, task.name)
        for task in tasks
        if task.action != PeopleAction.READ
    ]
    try:
        after = device.change_people(
            target_of(terminal, at=now()),
            changes,
            long_records=terminal.record_layout not in _SHORT_LAYOUTS,
            limits=_LIMITS,
        )
    except Problem as problem:
        logger.warning("people of terminal %s: %s", terminal.code, problem.code)
        for task in tasks:
            _again(task, str(problem), at=now())
        return
    at = now()
    remember(terminal, after, at=at)
    people = {person.user_id: person for person in after}
    for task in tasks:
        _judge(task, people, at=at)


def _judge(task: PeopleTask, people: Mapping[str, device.Person], *, at: datetime) -> None:
    """Done only if what was read back says so."""
    proof, holds = proof_of(task, people)
    if holds:
        PeopleTask.objects.filter(pk=task.pk, state=TaskState.WAITING).update(
            state=TaskState.DONE, proof=proof, problem="", done_at=at, attempts=task.attempts + 1
        )
    elif task.action == PeopleAction.REMOVE and _administers(people.get(task.device_user_id)):
        PeopleTask.objects.filter(pk=task.pk, state=TaskState.WAITING).update(
            state=TaskState.FAILED,
            proof=proof,
            problem=_("Người này là quản trị của máy: chỉ xóa khi có người xác nhận riêng."),
            done_at=at,
            attempts=task.attempts + 1,
        )
    else:
        _again(task, _("Máy báo đã làm nhưng đọc lại thì chưa; sẽ thử lại."), at=at, proof=proof)


def _administers(person: device.Person | None) -> bool:
    return person is not None and person.privilege == ADMINISTRATOR


def proof_of(task: PeopleTask, people: Mapping[str, device.Person]) -> tuple[dict[str, Any], bool]:
    """What was read back of the task's person, and whether that is what the task wanted."""
    if task.action == PeopleAction.READ:
        return {"people": len(people)}, True
    person = people.get(task.device_user_id)
    if person is None:
        return {"there": False}, task.action != PeopleAction.PUT
    proof = {"there": True, "name": person.name, "fingers": person.fingers}
    if task.action == PeopleAction.PUT:
        return proof, person.name == task.name
    return proof, task.action == PeopleAction.REMOVE_FINGERS and person.fingers == 0


def _again(
    task: PeopleTask, problem: str, *, at: datetime, proof: dict[str, Any] | None = None
) -> None:
    """Later, each time after longer; a terminal that does not do what it says is given up on."""
    attempts = task.attempts + 1
    gives_up = proof is not None and attempts >= _TRIES
    PeopleTask.objects.filter(pk=task.pk, state=TaskState.WAITING).update(
        attempts=attempts,
        problem=problem,
        proof=proof,
        next_try_at=at + min(_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT),
        state=TaskState.FAILED if gives_up else TaskState.WAITING,
        done_at=at if gives_up else None,
    )


def employees_of(user_ids: Iterable[str], *, on: date) -> dict[str, Employee]:
    """Whose the ids are on that day."""
    valid = _valid(on).filter(device_user_id__in=list(user_ids)).select_related("employee")
    return {item.device_user_id: item.employee for item in valid}
