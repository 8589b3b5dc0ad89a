"""How a request goes from hand to hand: laws over every state and every kind of actor."""

from itertools import product

import pytest

from attendance.requests.states import Actor, State, Step, after, beginning, may_withdraw, step_of

OPEN = (State.PARTNER, State.MANAGER, State.HR)
ACTORS = [Actor(*flags) for flags in product((False, True), repeat=5)]
ALL = [
    (state, actor, approve, has_manager)
    for state in State
    for actor in ACTORS
    for approve in (False, True)
    for has_manager in (False, True)
]


@pytest.mark.parametrize(
    ("asks_partner", "has_manager", "state"),
    [(0, 1, "manager"), (0, 0, "hr"), (1, 1, "partner"), (1, 0, "partner")],
)
def test_where_a_request_begins(asks_partner, has_manager, state):
    began = beginning(asks_partner=bool(asks_partner), has_manager=bool(has_manager))
    assert began == state


def test_nobody_decides_about_themselves_or_twice_or_what_is_decided():
    for state, actor, approve, has_manager in ALL:
        step = step_of(state, actor, approve=approve, has_manager=has_manager)
        if actor.owns or actor.has_acted or state not in OPEN:
            assert step is None, (state, actor)


def test_only_hr_brings_a_request_to_its_approval():
    for state, actor, approve, has_manager in ALL:
        step = step_of(state, actor, approve=approve, has_manager=has_manager)
        if step is not None and after(step, has_manager=has_manager) == State.APPROVED:
            assert (step, actor.is_hr, approve) == (Step.HR_APPROVED, True, True)
            assert state == State.HR or (state == State.MANAGER and not has_manager)


def test_a_refusal_ends_it_wherever_it_is():
    for state, actor, _, has_manager in ALL:
        step = step_of(state, actor, approve=False, has_manager=has_manager)
        if step is not None:
            assert after(step, has_manager=has_manager) == State.REJECTED


def test_every_open_state_has_somebody_who_can_go_on():
    able = {
        State.PARTNER: Actor(is_partner=True),
        State.MANAGER: Actor(manages=True),
        State.HR: Actor(is_hr=True),
    }
    for state, has_manager in product(OPEN, (False, True)):
        actor = able[state] if has_manager or state != State.MANAGER else Actor(is_hr=True)
        step = step_of(state, actor, approve=True, has_manager=has_manager)
        assert step is not None
        assert after(step, has_manager=has_manager) != state


def test_only_the_owner_withdraws_and_only_while_it_waits():
    for state, actor in product(State, ACTORS):
        assert may_withdraw(state, actor) == (actor.owns and state in OPEN)
