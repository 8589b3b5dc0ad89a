"""Ranges of serials against the plain truth: a dictionary of every single ticket."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales.engine.stock import Held, Place, Shelf

PLACES = [None, Place("warehouse"), Place("agent", 1), Place("agent", 2)]
MOVES = st.tuples(
    st.integers(0, 30), st.integers(0, 30), st.sampled_from(PLACES), st.sampled_from(PLACES)
)


@given(st.lists(MOVES, max_size=30))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_shelf_says_of_every_ticket_what_a_list_of_all_tickets_says(moves):
    shelf, truth = Shelf(), dict.fromkeys(range(31))
    for one, other, source, target in moves:
        first, last = min(one, other), max(one, other)
        wrong = shelf.move(first, last, source, target)
        stretch = range(first, last + 1)
        assert bool(wrong) == any(truth[number] != source for number in stretch)
        if not wrong:
            truth |= dict.fromkeys(stretch, target)
        held = list(shelf)
        assert {n: h.place for h in held for n in range(h.first, h.last + 1)} == {
            number: place for number, place in truth.items() if place
        }
        for before, after in pairwise(held):  # in order, none touching its like
            assert before.last < after.first
            assert before.place != after.place or before.last + 1 < after.first


def test_what_is_not_at_its_source_is_told_and_nothing_moves():
    warehouse, an = Place("warehouse"), Place("agent", 1)
    shelf = Shelf([Held(0, 99, warehouse), Held(100, 149, an)])
    assert shelf.move(90, 160, warehouse, an) == [Held(100, 149, an), Held(150, 160, None)]
    assert list(shelf) == [Held(0, 99, warehouse), Held(100, 149, an)]
    assert shelf.move(40, 99, warehouse, an) == []
    assert list(shelf) == [Held(0, 39, warehouse), Held(40, 149, an)]
