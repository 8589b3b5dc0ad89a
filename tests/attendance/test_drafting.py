"""The draft of a year's holidays: by the law, by what was announced, and what the package says."""

from datetime import date

import pytest

from attendance.roster.drafting import (
    LAW,
    REST_LAW,
    Choices,
    Kind,
    NationalSplit,
    TetSplit,
    Why,
    choices_of,
    draft_year,
    package_says,
)

SUNDAY = frozenset({6})


def drafted(year: int, *, package=None, **choices):
    return draft_year(year, Choices(**choices), package=package or {})


def shown(draft):
    return [(f"{day.on:%d/%m}", day.kind, day.name) for day in draft.days]


def test_a_year_by_the_law_alone():
    assert shown(drafted(2027)) == [
        ("01/01", "holiday", "Tết Dương lịch"),
        ("06/02", "holiday", "Tết Đinh Mùi (mùng 1)"),
        ("07/02", "holiday", "Tết Đinh Mùi (mùng 2)"),
        ("08/02", "holiday", "Tết Đinh Mùi (mùng 3)"),
        ("16/04", "holiday", "Giỗ Tổ Hùng Vương"),
        ("30/04", "holiday", "Ngày Chiến thắng"),
        ("01/05", "holiday", "Ngày Quốc tế lao động"),
        ("03/05", "comp_rest", "Nghỉ bù Ngày Quốc tế lao động"),
        ("02/09", "holiday", "Quốc khánh"),
        ("24/11", "holiday", "Ngày Văn hóa Việt Nam"),
    ]


def test_what_nobody_has_announced_is_named_not_guessed():
    tet, national = drafted(2027).awaited
    assert (tet.title, national.title) == ("Tết Đinh Mùi", "Quốc khánh")
    assert tet.ways == (
        (date(2027, 2, 4), date(2027, 2, 5)),
        (date(2027, 2, 5), date(2027, 2, 9)),
    )
    assert national.ways == ((date(2027, 9, 1),), (date(2027, 9, 3),))


@pytest.mark.parametrize(
    ("split", "free"),
    [
        ("2+3", "04/02 05/02 06/02 07/02 08/02 09/02b 10/02b"),
        ("1+4", "05/02 06/02 07/02 08/02 09/02 10/02b 11/02b"),
    ],
)
def test_the_rest_under_tet_moves_behind_it_once_its_days_are_announced(split: str, free: str):
    draft = drafted(2027, tet=TetSplit(split))
    february = [day for day in draft.days if day.on.month == 2]
    said = [f"{day.on:%d/%m}" + "b" * (day.kind == Kind.COMP_REST) for day in february]
    assert " ".join(said) == free
    assert [waits.title for waits in draft.awaited] == ["Quốc khánh"]


def test_announced_days_wait_for_their_document_and_the_others_have_theirs():
    draft = drafted(2026, tet=TetSplit.ONE_BEFORE, national=NationalSplit.BEFORE)
    said = {f"{day.on:%d/%m}": (day.document, day.why) for day in draft.days}
    assert said["17/02"] == (LAW, Why.LAW)
    assert said["16/02"] == said["20/02"] == said["01/09"] == ("", Why.ANNOUNCED)
    assert said["24/11"] == ("", Why.CULTURE)
    assert said["27/04"] == (REST_LAW, Why.MOVED)
    [moved] = [day for day in draft.days if day.why == Why.MOVED]
    assert moved.about == date(2026, 4, 26)


def test_a_holiday_on_saturday_moves_nothing_where_saturday_is_worked():
    assert "03/05" not in [day for day, _kind, _name in shown(drafted(2027, rest_days=SUNDAY))]
    assert ("27/04", "comp_rest", "Nghỉ bù Giỗ Tổ Hùng Vương") in shown(
        drafted(2026, rest_days=SUNDAY)
    )


def test_moved_rest_days_never_meet_a_holiday_nor_each_other():
    draft = drafted(2033)  # 30/4 is a Saturday, 1/5 a Sunday
    assert [day for day in shown(draft) if day[1] == "comp_rest"][-2:] == [
        ("02/05", "comp_rest", "Nghỉ bù Ngày Chiến thắng"),
        ("03/05", "comp_rest", "Nghỉ bù Ngày Quốc tế lao động"),
    ]
    draft = drafted(2028)  # 30/4 is a Sunday, and Monday is 1/5
    assert ("02/05", "comp_rest", "Nghỉ bù Ngày Chiến thắng") in shown(draft)


def test_there_is_no_culture_day_before_2026():
    assert date(2025, 11, 24) not in [day.on for day in drafted(2025).days]


def test_a_swap_the_package_knows_is_drafted_with_both_its_days():
    draft = drafted(2026, package=package_says(2026))
    swap = [day for day in draft.days if day.why == Why.PACKAGE]
    assert [(day.on, day.kind, day.name, day.document, day.about) for day in swap] == [
        (date(2026, 8, 22), Kind.MAKEUP_WORK, "Làm bù ngày 31/08", "", date(2026, 8, 31)),
        (
            date(2026, 8, 31),
            Kind.SWAPPED_REST,
            "Nghỉ hoán đổi với ngày 22/08",
            "",
            date(2026, 8, 22),
        ),
    ]


def test_a_swap_across_new_year_brings_the_day_of_this_year_only():
    package = {date(2031, 12, 31): "Ngày nghỉ (thay cho ngày 03/01/2032)"}
    assert ("03/01", "makeup_work", "Làm bù ngày 31/12") in shown(drafted(2032, package=package))
    assert ("31/12", "swapped_rest", "Nghỉ hoán đổi với ngày 03/01") in shown(
        drafted(2031, package=package)
    )


def test_a_swap_that_meets_a_day_of_the_law_is_left_to_hr():
    package = {date(2027, 4, 30): "Ngày nghỉ (thay cho ngày 24/04/2027)"}
    draft = drafted(2027, package=package)
    assert date(2027, 4, 24) not in [day.on for day in draft.days]
    assert (date(2027, 4, 30), "Ngày nghỉ (thay cho ngày 24/04/2027)") in [
        (item.on, item.theirs) for item in draft.otherwise
    ]


def test_what_the_package_says_otherwise_is_named():
    draft = drafted(2027, package=package_says(2027))
    assert [(item.on, item.ours, item.theirs) for item in draft.otherwise] == [
        (date(2027, 2, 4), None, "29 Tết"),
        (date(2027, 2, 5), None, "Giao thừa Tết Nguyên Đán"),
        (date(2027, 2, 9), None, "Mùng bốn Tết Nguyên Đán"),
        (date(2027, 2, 10), None, "Mùng năm Tết Nguyên Đán"),
        (date(2027, 9, 3), None, "Quốc khánh"),
    ]


def test_a_rest_day_the_package_calls_a_holiday_is_named():
    choices = {"tet": TetSplit.TWO_BEFORE, "national": NationalSplit.AFTER}
    draft = drafted(2024, package=package_says(2024), **choices)
    assert [(item.on, item.ours.kind, item.theirs) for item in draft.otherwise] == [
        (date(2024, 2, 13), Kind.COMP_REST, "Mùng bốn Tết Nguyên Đán"),
        (date(2024, 2, 14), Kind.COMP_REST, "Mùng năm Tết Nguyên Đán"),
    ]


def test_a_holiday_the_package_misses_is_named():
    package = package_says(2027)
    del package[date(2027, 4, 16)]
    missed = [item for item in drafted(2027, package=package).otherwise if not item.theirs]
    assert [item.ours.name for item in missed] == ["Giỗ Tổ Hùng Vương"]


@pytest.mark.parametrize(
    ("holidays", "tet", "national"),
    [
        ([], "", ""),
        ([date(2027, 2, 4), date(2027, 2, 5), date(2027, 9, 3)], "2+3", "2-3/9"),
        ([date(2027, 2, 5), date(2027, 2, 9), date(2027, 9, 1)], "1+4", "1-2/9"),
    ],
)
def test_stored_holidays_tell_what_was_announced(holidays, tet, national):
    assert choices_of(2027, holidays) == Choices(
        tet=TetSplit(tet), national=NationalSplit(national)
    )
