"""A sheet of a draw as keyed: every wrong field named, and two sheets compared. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from sales.engine.draw_sheet import FIELDS, Difference, cleaned, differences, faults, pasted
from tests.sales.draws import AUGUST_18

GOOD = cleaned(AUGUST_18, ["10kx", " 2KX", "2KX"], 20)


def codes(*args, **kwargs) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in faults(*args, **kwargs)]


def test_a_sheet_is_read_without_spaces_and_symbols_in_order():
    assert GOOD.symbols == ("2KX", "10KX")
    assert faults(GOOD, needs_symbols=True) == []


def test_every_wrong_number_is_named():
    wrong = list(AUGUST_18)
    wrong[0], wrong[5], wrong[16], wrong[26] = "2918", "367290", "77a6", "٣٤"
    assert codes(cleaned(wrong, ["2KX"]), needs_symbols=True) == [
        ("special", "result.wrong_digits"),
        ("third.2", "result.wrong_digits"),
        ("fifth.3", "result.wrong_digits"),
        ("seventh.4", "result.wrong_digits"),
    ]
    assert codes(cleaned(AUGUST_18[1:], ["2KX"]), needs_symbols=True) == [
        ("numbers", "result.not_27")
    ]


def test_symbols_and_series():
    assert codes(cleaned(AUGUST_18, []), needs_symbols=True) == [("symbols", "result.no_symbols")]
    assert codes(cleaned(AUGUST_18, []), needs_symbols=False) == []
    assert codes(cleaned(AUGUST_18, ["2-KX"]), needs_symbols=True) == [
        ("symbols", "result.not_a_symbol")
    ]
    assert codes(cleaned(AUGUST_18, ["1A", "2A"], 1), needs_symbols=True) == [
        ("series_count", "result.more_symbols_than_series")
    ]
    for series in (0, 61):
        assert codes(cleaned(AUGUST_18, ["1A"], series), needs_symbols=True) == [
            ("series_count", "result.not_a_series_count")
        ]


def test_only_what_differs_is_told():
    other = list(AUGUST_18)
    other[5] = "36792"
    assert differences(GOOD, cleaned(other, ["2KX", "11KX"], 15)) == [
        Difference("third.2", "36729", "36792"),
        Difference("symbols", "2KX 10KX", "2KX 11KX"),
        Difference("series_count", "20", "15"),
    ]
    assert differences(GOOD, GOOD) == []


@given(st.sets(st.integers(0, 26)))
def test_the_fields_told_are_those_changed(places: set[int]):
    changed = [
        number[:-1] + str((int(number[-1]) + 1) % 10) if place in places else number
        for place, number in enumerate(AUGUST_18)
    ]
    found = differences(GOOD, cleaned(changed, GOOD.symbols, 20))
    assert [each.field for each in found] == [FIELDS[place] for place in sorted(places)]


@given(st.sampled_from(["\t", " ", "\n", "\r\n", ", ", " - ", ";"]))
def test_a_row_copied_from_elsewhere_keeps_its_zeros(between: str):
    assert tuple(pasted(between.join(AUGUST_18))) == AUGUST_18
