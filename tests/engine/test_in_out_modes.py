"""The ways of telling arrivals from departures that a company may choose beside the automatic one."""

import pytest

from tests.engine.working_day import MONDAY, company, punches, row, shown

MORNING = {"start": "07:00", "end": "11:00", "breaks": []}
EVENING = {"start": "15:00", "end": "19:00", "breaks": []}


def told(*pairs):
    """Punches with what each says it is: ("07:30", "in")."""
    return [punches(time)[0] | ({"way": way} if way else {}) for time, way in pairs]


def directed(*pairs):
    return row(company(settings={"pairing": "directed"}, punches=told(*pairs)))


@pytest.mark.parametrize(
    ("pairs", "worked", "late", "early", "exceptions"),
    [
        ([("07:30", "in"), ("17:00", "out")], 480, 0, 0, []),
        # A run of arrivals takes its first, a run of departures its last.
        ([("07:30", "in"), ("07:31", "in"), ("16:59", "out"), ("17:00", "out")], 480, 0, 0, []),
        # Out and in again in the middle: those 60 minutes were not worked.
        ([("07:30", "in"), ("09:00", "out"), ("10:00", "in"), ("17:00", "out")], 420, 0, 0, []),
        # Who says nothing goes with the run before, and begins as an arrival.
        ([("07:30", None), ("09:00", None), ("17:00", "out")], 480, 0, 0, []),
        ([("07:40", "in")], 0, 10, 0, ["missing_out"]),
        ([("16:50", "out")], 0, 0, 10, ["missing_in"]),
        # Two departures only: nothing is guessed, nothing is paid.
        ([("07:30", "out"), ("17:00", "out")], 0, 0, 0, ["missing_in"]),
        # What was complete still counts.
        ([("07:30", "in"), ("09:00", "out"), ("10:00", "in")], 90, 0, 0, ["missing_out"]),
    ],
)
def test_punches_that_say_what_they_are(pairs, worked, late, early, exceptions):
    assert shown(directed(*pairs), "worked", "late", "early", "exceptions") == {
        "worked": worked,
        "late": late,
        "early": early,
        "exceptions": exceptions,
    }


def test_the_key_pressed_is_not_heard_otherwise():
    facts = company(punches=told(("07:30", "out"), ("17:00", "in")))
    assert row(facts)["worked"] == 480


def split_day(each_shift, *times):
    return row(
        company(
            settings={"each_shift": each_shift},
            shifts={"S": MORNING, "C": EVENING},
            roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in "SC"],
            punches=punches(*times),
        )
    )


def test_one_arrival_and_one_departure_for_all_shifts_of_the_day():
    assert split_day("day", "07:00", "19:00")["worked"] == 480
    near = split_day("near", "07:00", "19:00")
    assert (near["worked"], near["exceptions"]) == (0, ["missing_in", "missing_out"])


def test_an_arrival_and_a_departure_for_each_shift():
    one_after_the_other = {"start": "11:00", "end": "15:00", "breaks": []}
    facts = company(
        shifts={"S": MORNING, "C": one_after_the_other},
        roster=[{"employee": "an", "date": MONDAY, "shift": code} for code in "SC"],
        punches=punches("07:00", "10:30", "11:20", "15:00"),
    )
    assert row(facts)["worked"] == 480  # near: nobody punches between shifts that touch
    each = row(facts | {"settings": {"each_shift": "never"}})
    assert shown(each, "worked", "late", "early") == {"worked": 430, "late": 20, "early": 30}


@pytest.mark.parametrize(
    ("settings", "place"),
    [({"pairing": "odd"}, "settings.pairing"), ({"each_shift": "all"}, "settings.each_shift")],
)
def test_an_unknown_way_is_refused(settings, place):
    with pytest.raises(ValueError, match=place):
        row(company(settings=settings))


def test_a_punch_that_goes_neither_in_nor_out_is_refused():
    with pytest.raises(ValueError, match=r"punches\[0\]: way 'through'"):
        row(company(punches=told(("07:30", "through"))))
