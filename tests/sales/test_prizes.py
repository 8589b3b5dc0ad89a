"""What tickets win: the published totals, a real draw tried with every number, and laws. Pure."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sales.engine.prizes import (
    CONSOLATION,
    KINDS,
    PLACES,
    SECONDARY,
    SPECIAL,
    Level,
    Outcome,
    Result,
    Structure,
    Won,
    outcome,
    prize_tax,
)
from tests.sales.draws import AUGUST_18

FACE_VALUE = 10_000
LEVELS = (
    Level("special", 5, 1, 500_000_000),
    Level("secondary", 5, 1, 25_000_000),
    Level("first", 5, 1, 10_000_000),
    Level("second", 5, 2, 5_000_000),
    Level("third", 5, 6, 1_000_000),
    Level("fourth", 4, 4, 400_000),
    Level("fifth", 4, 6, 200_000),
    Level("sixth", 3, 3, 100_000),
    Level("seventh", 2, 4, 40_000),
    Level("consolation", 2, 1, 40_000),
)
TABLE = Structure({level.kind: level for level in LEVELS}, special_takes_consolation=True)
WITHOUT = replace(TABLE, special_takes_consolation=False)
SYMBOLS = frozenset({"2KX", "5KX"})
REAL = Result(AUGUST_18, SYMBOLS)

numbers = st.tuples(*(st.text("0123456789", min_size=d, max_size=d) for *_, d in PLACES))
tickets = st.text("0123456789", min_size=5, max_size=5)
tables = st.sampled_from([TABLE, WITHOUT])


def every_number() -> list[str]:
    return [f"{number:05}" for number in range(100_000)]


@pytest.mark.parametrize(("series", "symbols", "prizes"), [(20, 8, 108_200), (15, 6, 81_150)])
def test_a_full_run_pays_the_published_number_of_prizes_and_49_90_percent(
    series: int, symbols: int, prizes: int
):
    assert sum(TABLE.counts(series=series, winning_symbols=symbols).values()) == prizes
    face = series * 100_000 * FACE_VALUE
    assert TABLE.cost(series=series, winning_symbols=symbols) * 10_000 == face * 4_990


def test_the_parts_of_the_published_table():
    assert TABLE.counts(series=20, winning_symbols=8) == {
        "special": 8,
        "secondary": 12,
        "first": 20,
        "second": 40,
        "third": 120,
        "fourth": 800,
        "fifth": 1_200,
        "sixth": 6_000,
        "seventh": 80_000,
        "consolation": 20_000,
    }


@pytest.mark.parametrize(("table", "consolation"), [(TABLE, 1_000), (WITHOUT, 999)])
def test_every_number_of_a_series_in_a_real_draw(table: Structure, consolation: int):
    found = Counter(
        won.kind
        for number in every_number()
        for won in outcome(number, "2KX", result=REAL, structure=table).prizes
    )
    assert found == {
        "special": 1,
        "first": 1,
        "second": 2,
        "third": 6,
        "fourth": 40,
        "fifth": 60,
        "sixth": 300,
        "seventh": 4_000,
        "consolation": consolation,
    }


def test_winners_equal_a_search_by_other_means():
    """The numbers each drawn number covers, made by putting digits in front, not by comparing."""
    wanted: Counter[tuple[str, str]] = Counter()
    for (kind, _place, digits), drawn in zip(PLACES, AUGUST_18, strict=True):
        for front in range(10 ** (5 - digits)):
            wanted[(f"{front:0{5 - digits}}" if digits < 5 else "") + drawn, kind] += 1
    for front in range(1_000):
        wanted[f"{front:03}83", CONSOLATION] += 1
    wanted["29183", CONSOLATION] -= 1
    found = Counter(
        (number, won.kind)
        for number in every_number()
        for won in outcome(number, "5KX", result=REAL, structure=WITHOUT).prizes
    )
    assert found == +wanted


def test_the_special_ticket_needs_number_and_symbol():
    def won(symbol: str, table: Structure = TABLE) -> list[tuple[str, int]]:
        found = outcome("29183", symbol, result=REAL, structure=table)
        return [(prize.kind, prize.amount) for prize in found.prizes]

    assert won("2KX") == [("special", 500_000_000), ("consolation", 40_000)]
    assert won("3KX") == [("secondary", 25_000_000), ("consolation", 40_000)]
    assert won("2KX", WITHOUT) == [("special", 500_000_000)]
    assert won("3KX", WITHOUT) == [("secondary", 25_000_000)]


def test_without_symbols_the_special_prize_is_left_open():
    unknown = Result(AUGUST_18, None)
    assert outcome("29183", "2KX", result=unknown, structure=WITHOUT) == Outcome((), True)
    assert not outcome("12383", "2KX", result=unknown, structure=TABLE).needs_symbols


def test_a_number_drawn_twice_is_paid_twice():
    twice = Result((*AUGUST_18[:23], "51", "51", "92", "13"), SYMBOLS)
    assert outcome("00051", "2KX", result=twice, structure=TABLE).prizes == (
        Won("seventh", 1, 40_000),
        Won("seventh", 2, 40_000),
    )


def test_leading_zeros_count():
    zero = Result(("00007", *AUGUST_18[1:]), SYMBOLS)
    assert outcome("00007", "2KX", result=zero, structure=WITHOUT).amount == 500_000_000
    assert outcome("10007", "2KX", result=zero, structure=WITHOUT).prizes == (
        Won("consolation", 1, 40_000),
    )


@settings(max_examples=4, deadline=None)
@given(numbers, tables)
def test_what_a_series_pays_never_depends_on_the_draw(drawn: tuple[str, ...], table: Structure):
    paid: Counter[str] = Counter()
    for symbol in ("2KX", "9KX"):
        result = Result(drawn, SYMBOLS)
        for number in every_number():
            for won in outcome(number, symbol, result=result, structure=table).prizes:
                paid[won.kind] += 1
    assert paid == Counter(table.counts(series=2, winning_symbols=1))


@given(numbers, tickets, st.sampled_from(["2KX", "9KX"]), tables)
def test_prizes_are_those_of_the_table(
    drawn: tuple[str, ...], number: str, symbol: str, table: Structure
):
    told = outcome(number, symbol, result=Result(drawn, SYMBOLS), structure=table)
    kinds = [won.kind for won in told.prizes]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert told.amount == sum(table.levels[kind].amount for kind in kinds)
    assert not (SPECIAL in kinds and SECONDARY in kinds)
    assert (SPECIAL in kinds or SECONDARY in kinds) == (number == drawn[0])
    assert (SPECIAL in kinds) == (number == drawn[0] and symbol == "2KX")


@given(st.integers(0, 40), st.integers(0, 40))
def test_more_winning_symbols_only_move_the_special_prize(series: int, winning: int):
    if winning > series:
        with pytest.raises(ValueError, match="winning symbols"):
            TABLE.counts(series=series, winning_symbols=winning)
        return
    none = TABLE.cost(series=series, winning_symbols=0)
    assert TABLE.cost(series=series, winning_symbols=winning) == none + winning * 475_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {level.kind: level for level in LEVELS[1:]},
        {**TABLE.levels, "fourth": Level("fourth", 5, 4, 400_000)},
        {**TABLE.levels, "seventh": Level("seventh", 2, 3, 40_000)},
        {**TABLE.levels, "first": Level("first", 5, 1, 0)},
        {**TABLE.levels, "consolation": Level("consolation", 5, 1, 40_000)},
    ],
)
def test_a_table_that_does_not_fit_the_sheet_is_refused(wrong: dict[str, Level]):
    with pytest.raises(ValueError, match=r"sheet|has the prizes"):
        Structure(wrong, special_takes_consolation=True)


@given(st.integers(0, 10**12), st.integers(0, 10**8))
def test_tax_is_on_the_part_above_only(amount: int, free: int):
    tax = prize_tax(amount, tax_free=free, bps=1_000)
    assert tax == (max(amount - free, 0)) // 10
    assert prize_tax(free, tax_free=free, bps=1_000) == 0


@pytest.mark.parametrize(("free", "tax"), [(10_000_000, 2_000_000), (20_000_000, 1_000_000)])
def test_thirty_million_by_the_two_thresholds(free: int, tax: int):
    assert prize_tax(30_000_000, tax_free=free, bps=1_000) == tax
