"""Whatever stands in the JSON, it is read or refused by its place; it never fails otherwise."""

import contextlib
import copy
from random import Random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from attendance.engine.reading import UnreadableFacts
from attendance.engine.wire import evaluate
from tests.engine.companies import random_company

JUNK: list[Any] = [
    None,
    True,
    -1,
    0,
    7,
    1.5,
    "",
    "x",
    "07:30",
    "2026-11-02",
    [],
    [1],
    {},
    {"x": 1},
    [[]],
    10**30,
]


def nodes(value, path=()):
    """The path of every value in a JSON."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from nodes(item, (*path, key))


def spoilt(facts, luck):
    """The facts with one value replaced, dropped or renamed."""
    path = luck.choice([path for path in nodes(facts) if path])
    facts = copy.deepcopy(facts)
    holder = facts
    for key in path[:-1]:
        holder = holder[key]
    if isinstance(holder, dict) and luck.random() < 0.3:
        value = holder.pop(path[-1])
        if luck.random() < 0.5:
            holder[luck.choice(["x", "", "Từ"])] = value
    else:
        holder[path[-1]] = luck.choice(JUNK)
    return facts


@settings(max_examples=500, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
@example(26497265)  # a window of a minute and a half, told of a chain that a neighbour cuts
@example(1002543)  # one that ends after the end of time
def test_spoilt_facts_are_read_or_refused(seed):
    luck = Random(seed)
    with contextlib.suppress(UnreadableFacts):
        evaluate(spoilt(random_company(luck), luck))
