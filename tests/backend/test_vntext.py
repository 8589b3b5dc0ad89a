"""Vietnamese order and search keys, as a person expects them in a list of names."""

import unicodedata

import pytest

from backend.vntext import clean, in_words, search_key, sort_key


def test_words_stand_in_dictionary_order_whatever_the_database_collation():
    # The order Debian's ICU gives for vi-VN.
    expected = [
        "An",
        "Ánh",
        "Ăn",
        "Ân",
        "Ba",
        "Bà",
        "Bá",
        "Bình",
        "Dung",
        "Đạt",
        "Đông",
        "E",
        "Ê",
        "O",
        "Ô",
        "Ơ",
        "U",
        "Uông",
        "Ư",
    ]
    assert sorted(set(expected), key=sort_key) == expected


def test_people_are_ordered_by_given_name_first():
    people = ["Trần Văn Bình", "Nguyễn Thị Ánh", "Đỗ Quang Bình", "Lê Văn An"]
    assert sorted(people, key=sort_key) == [
        "Lê Văn An",
        "Nguyễn Thị Ánh",
        "Đỗ Quang Bình",
        "Trần Văn Bình",
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_unicode_forms_of_a_name_are_one_name(form):
    name = unicodedata.normalize(form, "Nguyễn Thị  Thuỷ ")
    assert clean(name) == "Nguyễn Thị Thuỷ"
    assert sort_key(name) == sort_key("Nguyễn Thị Thuỷ")
    assert search_key(name) == "nguyen thi thuy"


def test_search_finds_without_accents():
    assert search_key("Phường Đông Mai") == "phuong dong mai"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_204_015, "một triệu hai trăm linh bốn nghìn không trăm mười lăm"),
        (292_000, "hai trăm chín mươi hai nghìn"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (2_500_000_000_000, "hai nghìn năm trăm tỷ"),
        (-40_000, "âm bốn mươi nghìn"),
    ],
)
def test_an_amount_is_written_as_it_is_read(number: int, words: str):
    assert in_words(number) == words
