"""What is left of annual leave: cases by hand, and laws over every order and mixture of grants."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.leave.annual_leave import Entitlement
from attendance.leave.balance import Kind, Lot, Use, balance, draw

YEAR = Entitlement(base=12, seniority=0, months=12, days=Decimal("12.0"))
DAY = 480


def day(text):
    return date.fromisoformat(f"2026-{text}")


def lot(days, last="03-31", kind=Kind.CARRIED_OVER, first="01-01"):
    return Lot(kind, Decimal(days), day(first), day(last))


def of(on, lots=(), uses=(), waiting=()):
    return balance(
        day(on),
        entitlement=YEAR,
        lots=list(lots),
        uses=[Use(day(when), minutes) for when, minutes in uses],
        waiting=[Use(day(when), minutes) for when, minutes in waiting],
    )


def test_carried_days_are_used_first_and_the_rest_of_them_lapses():
    known = {"lots": [lot("3.0")], "uses": [("02-02", DAY), ("03-31", DAY // 2), ("04-01", DAY)]}
    before, after = of("03-31", **known), of("04-01", **known)
    assert (before.lapsed, before.left) == (0, Decimal("12.5"))
    assert [(s.unused, s.lot.last) for s in before.lapsing] == [(Decimal("1.5"), day("03-31"))]
    assert (after.carried, after.lapsed, after.lapsing) == (3, Decimal("1.5"), [])
    assert (after.taken, after.planned, after.left) == (Decimal("2.5"), 0, Decimal("11.0"))


def test_what_lapses_first_is_used_first():
    early, late = lot("1.0", "06-30", Kind.EXTRA), lot("1.0", "12-31")
    told = of("07-01", [late, early], [("03-02", DAY)])
    assert [(s.lot.kind, s.used) for s in told.spent] == [("extra", 1), ("carried_over", 0)]
    assert told.lapsed == 0


def test_a_lapsing_day_does_not_help_after_its_date():
    """Fourteen days are left, but in December only twelve can be used."""
    told = of("01-10", [lot("2.0")], [("12-01", 13 * DAY)])
    assert (told.left, told.short) == (1, 1)
    assert of("01-10", [lot("2.0")], [("12-01", 12 * DAY)]).short == 0


def test_open_requests_are_told_apart_from_what_is_granted():
    told = of("01-10", uses=[("02-02", 10 * DAY)], waiting=[("03-02", 2 * DAY + 1)])
    assert (told.left, told.waiting, told.short) == (2, 2, 0)
    assert told.short_if_granted == Decimal("0.1")  # a minute is not nothing


def test_a_correction_below_zero_takes_from_the_year():
    told = of("05-01", [lot("-3.0", "12-31", Kind.CORRECTION)], [("04-01", 9 * DAY)])
    assert (told.granted, told.left, told.short) == (-3, 0, 0)
    assert of("05-01", [lot("-3.0", kind=Kind.CORRECTION)], [("04-01", 10 * DAY)]).short == 1


def test_nothing_is_carried_over_a_second_time():
    carried, extra = lot("4.0", "12-31"), lot("2.0", "12-31", Kind.EXTRA)
    told = of("12-31", [carried, extra], [("02-02", DAY), ("12-01", 5 * DAY)])
    assert (told.left, told.to_carry) == (12, 12)
    assert of("12-31", [carried], [("02-02", DAY)]).to_carry == 12
    assert of("12-31", uses=[("02-02", 14 * DAY)]).to_carry == 0


#: The machine may be busy; slow is no fault of these.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
days_of_year = st.integers(min_value=0, max_value=364).map(
    lambda n: date(2026, 1, 1) + timedelta(days=n)
)
uses = st.lists(st.builds(Use, days_of_year, st.integers(min_value=1, max_value=DAY)), max_size=12)
tenths = st.integers(min_value=1, max_value=60).map(lambda n: Decimal(n) / 10)


@st.composite
def lots(draw_from):
    first, last = sorted((draw_from(days_of_year), draw_from(days_of_year)))
    kind = draw_from(st.sampled_from(list(Kind)))
    sign = draw_from(st.sampled_from([1, -1])) if kind == Kind.CORRECTION else 1
    return Lot(kind, sign * draw_from(tenths), first, last)


many_lots = st.lists(lots(), max_size=5)


@calmly
@given(days_of_year, many_lots, uses, uses)
def test_laws_of_a_balance(on, known, used, waiting):
    told = balance(on, entitlement=YEAR, lots=known, uses=used, waiting=waiting)
    assert all(0 <= s.used <= s.lot.days for s in told.spent)
    assert all(0 <= s.lapsed <= s.lot.days for s in told.spent)
    given_days = YEAR.days + sum(each.days for each in known)
    assert told.left == given_days - told.lapsed - told.taken - told.planned
    assert told.carried + told.granted == given_days - YEAR.days
    assert told.short <= told.short_if_granted
    assert told.left >= -told.short - 1, "beyond rounding, who is not short is not below zero"
    assert told.to_carry >= 0
    assert (
        balance(on, entitlement=YEAR, lots=known[::-1], uses=used[::-1], waiting=waiting[::-1])
        == told
    )


@calmly
@given(many_lots, uses)
def test_each_minute_is_drawn_once_and_no_lot_gives_what_it_has_not(known, used):
    positive = sorted(
        (each for each in known if each.days > 0), key=lambda each: (each.last, each.first)
    )
    drawn, rest = draw(positive, used)
    assert sum(drawn) + rest == sum(use.minutes for use in used)
    assert all(0 <= d <= each.days * DAY for d, each in zip(drawn, positive, strict=True))
    assert draw([], used) == ([], sum(use.minutes for use in used))


@calmly
@given(st.lists(lots().filter(lambda each: each.days > 0), max_size=3), uses)
def test_no_other_order_of_use_would_leave_less_to_lapse(known, used):
    """Against the bound of any order: what lots can give for the uses inside each span of days."""
    ordered = sorted(known, key=lambda each: (each.last, each.first))
    drawn, _rest = draw(ordered, used)
    best = min(
        (
            sum(each.days * DAY for each in known if not chosen(each))
            + sum(use.minutes for use in used if any_lot(use, [x for x in known if chosen(x)]))
            for chosen in subsets(known)
        ),
        default=0,
    )
    assert sum(drawn) == best


def subsets(known):
    """Every choice among the lots, as a predicate: the smallest cut of lots against uses."""
    for mask in range(2 ** len(known)):
        taken = {id(each) for n, each in enumerate(known) if mask >> n & 1}
        yield lambda each, taken=taken: id(each) in taken


def any_lot(use, among):
    return any(each.first <= use.day <= each.last for each in among)
