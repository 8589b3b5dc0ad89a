"""How a request goes from hand to hand (pure): partner, head of department, HR.

    submit -> [partner] -> [manager] -> hr -> approved
                 \\-----------\\---------\\-> rejected;  its owner may withdraw until it is decided

A swap first asks the partner. The manager's step is left out where there is nobody to take it: the
department has no head with an account, or the head asks for themselves. Nobody decides about their
own request, and nobody takes two of its steps.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    PARTNER = "partner"
    MANAGER = "manager"
    HR = "hr"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SUBMITTED = "submitted"
    PARTNER_AGREED = "partner_agreed"
    PARTNER_REFUSED = "partner_refused"
    MANAGER_APPROVED = "manager_approved"
    MANAGER_REJECTED = "manager_rejected"
    HR_APPROVED = "hr_approved"
    HR_REJECTED = "hr_rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Actor:
    """What somebody is to one request at one moment.

    `manages`: heads the department of the person asking, or stands in for the head. `has_acted`:
    took one of the earlier steps.
    """

    owns: bool = False
    is_partner: bool = False
    manages: bool = False
    is_hr: bool = False
    has_acted: bool = False


def beginning(*, asks_partner: bool, has_manager: bool) -> State:
    """Where a new request waits first."""
    if asks_partner:
        return State.PARTNER
    return State.MANAGER if has_manager else State.HR


def step_of(state: State, actor: Actor, *, approve: bool, has_manager: bool) -> Step | None:
    """The step this actor may take now; None where it is not theirs to decide.

    HR takes over from a head of department who is no longer there.
    """
    if actor.owns or actor.has_acted:
        return None
    if state == State.PARTNER and actor.is_partner:
        return Step.PARTNER_AGREED if approve else Step.PARTNER_REFUSED
    if state == State.MANAGER and actor.manages:
        return Step.MANAGER_APPROVED if approve else Step.MANAGER_REJECTED
    left_to_hr = state == State.HR or (state == State.MANAGER and not has_manager)
    if left_to_hr and actor.is_hr and not actor.is_partner:
        return Step.HR_APPROVED if approve else Step.HR_REJECTED
    return None


def after(step: Step, *, has_manager: bool) -> State:
    """Where a request is after a step other than its submission."""
    if step == Step.PARTNER_AGREED:
        return State.MANAGER if has_manager else State.HR
    return {
        Step.MANAGER_APPROVED: State.HR,
        Step.HR_APPROVED: State.APPROVED,
        Step.WITHDRAWN: State.WITHDRAWN,
    }.get(step, State.REJECTED)


def may_withdraw(state: State, actor: Actor) -> bool:
    """Only by the person who asked, and only while it waits."""
    return actor.owns and state in (State.PARTNER, State.MANAGER, State.HR)
