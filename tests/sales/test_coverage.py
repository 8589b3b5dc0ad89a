"""Where points of sale are missing: each unit against the median of its kind."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sales.growth.coverage import Place, State, survey


def ward(code, people, points, *, tickets=0, kind="urban", area=None):
    return Place(code, f"Phường {code}", kind, people, area, points, tickets)


WARDS = [
    ward("A", 20_000, 4, tickets=2_000, area=10.0),
    ward("B", 10_000, 2, tickets=1_500, area=40.0),
    ward("C", 30_000, 0, tickets=0, area=20.0),
]


def test_a_unit_without_a_point_leads_with_what_it_lacks():
    first, *others = survey(WARDS)
    assert (first.place.code, first.state, first.missing) == ("C", State.EMPTY, 6)
    assert (first.by_people, first.by_people_usual) == (0.0, 2.0)
    # The usual ward buys 100 tickets for 1,000 inhabitants, the median of 100, 150 and 0.
    assert (first.bought_usual, first.more_tickets) == (100.0, 3_000)
    assert [one.missing for one in others] == [0, 0]
    assert [(one.by_area, one.by_area_usual) for one in others] == [(40.0, 5.0), (5.0, 5.0)]


def test_half_of_what_is_usual_is_not_thin_yet_less_is():
    found = survey([ward(str(n), 10_000, 4) for n in range(3)] + [ward("x", 10_000, 2)])
    assert {one.place.code: one.state for one in found}["x"] == State.USUAL
    found = survey([ward(str(n), 10_000, 4) for n in range(3)] + [ward("x", 10_100, 2)])
    assert {one.place.code: (one.state, one.missing) for one in found}["x"] == (State.THIN, 3)


def test_a_mountain_commune_is_not_measured_by_towns():
    communes = [ward(str(n), 10_000, 1, kind="rural") for n in range(3)]
    found = {one.place.code: one for one in survey([*WARDS, *communes])}
    assert found["0"].by_people_usual == 1.0
    assert found["0"].missing == 0


def test_a_kind_of_too_few_is_compared_with_all():
    zone = ward("Z", 10_000, 0, kind="rural")
    found = {one.place.code: one for one in survey([*WARDS, zone])}
    assert found["Z"].by_people_usual == 1.0  # of 2, 2, 0 and 0
    assert found["Z"].missing == 1


def test_a_unit_nobody_counted_is_last_and_no_guess_is_made():
    unknown = ward("Q", None, 3, tickets=500)
    last = survey([unknown, *WARDS])[-1]
    assert last.place.code == "Q"
    assert (last.state, last.missing, last.more_tickets) == (State.UNKNOWN, None, None)
    assert (last.by_people, last.bought) == (None, None)


PLACES = st.lists(
    st.builds(
        ward,
        code=st.integers(0, 10**6).map(str),
        people=st.none() | st.integers(1, 200_000),
        points=st.integers(0, 60),
        tickets=st.integers(0, 90_000),
        kind=st.sampled_from(["urban", "rural"]),
        area=st.none() | st.floats(0.5, 900),
    ),
    max_size=12,
    unique_by=lambda place: place.code,
)


@given(PLACES, st.integers())
def test_nothing_depends_on_the_order_and_the_missing_points_suffice(places, seed):
    found = survey(places)
    assert survey(Random(seed).sample(places, len(places))) == found
    for one in found:
        if one.missing and one.place.inhabitants:
            filled = replace(one.place, points=one.place.points + one.missing)
            usual = one.by_people_usual or 0
            assert filled.points * 10_000 >= (usual - 1e-6) * one.place.inhabitants
