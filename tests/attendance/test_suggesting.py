"""Who an unknown user probably is. Names here are invented."""

from dataclasses import replace
from datetime import date

import pytest

from attendance.people.suggesting import Directory, Person, Reason, one_letter_apart
from backend.vntext import bare_words

DAY = date(2026, 11, 2)


def person(pk, code, name, *, join=date(2020, 1, 1), leave=None):
    return Person(pk, code, name, "Phòng", join, leave)


AN = person(1, "NV001", "Nguyễn Thị An")
BINH = person(2, "NV042", "Trần Văn Bình")
DUC = person(3, "2001", "Đỗ Minh Đức")


def ask(user_id, *names, people=(AN, BINH, DUC)):
    return Directory(people).suggest(user_id, names, first=DAY, last=DAY)


@pytest.mark.parametrize(
    ("user_id", "name", "whom", "reason", "is_certain"),
    [
        ("9001", "Nguyen Thi An", AN, Reason.NAME, True),
        ("9001", "NGUYỄN THỊ AN", AN, Reason.NAME, True),
        ("42", "Tran Van Binh", BINH, Reason.BOTH, True),
        ("2001", "", DUC, Reason.CODE, True),
        ("2001", "Le Van Khac", DUC, Reason.CODE, False),  # the name speaks against it
        ("9001", "Tran Van", BINH, Reason.CUT_NAME, False),
        ("9001", "Tran Van Bin", BINH, Reason.CUT_NAME, False),
        ("9001", "N T An", AN, Reason.CUT_NAME, False),
        ("9001", "Nguyen Thi Ann", AN, Reason.ALIKE, False),
        ("00042", "", BINH, Reason.NUMBER, False),
    ],
)
def test_the_likeliest_person_comes_first(user_id, name, whom, reason, is_certain):
    first = ask(user_id, name)[0]
    assert (first.person, first.reason, first.is_certain) == (whom, reason, is_certain)


@pytest.mark.parametrize(
    ("user_id", "name"), [("9001", ""), ("9001", "9001"), ("9001", "An"), ("9001", "Ann")]
)
def test_nothing_is_better_than_a_wild_guess(user_id, name):
    assert ask(user_id, name) == []


def test_two_people_of_one_name_are_never_certain():
    other = person(4, "NV099", "Nguyễn Thị Ân")
    found = ask("9001", "Nguyen Thi An", people=(AN, other))
    assert {each.person for each in found} == {AN, other}
    assert not any(each.is_certain for each in found)


def test_a_name_and_a_code_of_different_people_are_never_certain():
    found = ask("2001", "Nguyen Thi An")
    assert {each.person for each in found} == {AN, DUC}
    assert not any(each.is_certain for each in found)


def test_somebody_who_has_an_id_already_is_never_certain():
    [found] = ask("9001", "Nguyen Thi An", people=[replace(AN, user_ids=("1001",))])
    assert found.person.pk == AN.pk
    assert not found.is_certain


def test_only_people_employed_on_all_those_days_come_into_question():
    gone = person(5, "NV005", "Vũ Thị Hoa", leave=date(2026, 10, 31))
    new = person(6, "NV006", "Vũ Thị Hoa", join=date(2026, 11, 3))
    assert ask("9001", "Vu Thi Hoa", people=(gone, new)) == []


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("an", "ann", True),
        ("binh", "bin", True),
        ("hoa", "hua", True),
        ("a", "b", True),
        ("hoa", "hau", False),
        ("an", "anh1", False),
        ("binh", "bnih", False),
    ],
)
def test_one_letter_apart(first, second, apart):
    assert one_letter_apart(first, second) is one_letter_apart(second, first) is apart


def test_words_ignore_accents_case_and_signs():
    assert bare_words("  ĐỖ  minh-Đức ") == "do minh duc"
