"""Vietnamese text: order of names, and keys for search without accents. Pure."""

import re
import unicodedata
from typing import Final

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: chr(ord("A") + index) for index, letter in enumerate(_LETTERS)}
# Dictionary order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


#: What XML 1.0, and so a feed, a Word file or a workbook, cannot hold.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]+")


def writable(text: str) -> str:
    """With a space for what no document can hold, such as the line break of Word's that a text was
    copied with."""
    return text if text.isprintable() else _UNWRITABLE.sub(" ", text)


def clean(text: str) -> str:
    """NFC, with runs of white space made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _word_key(word: str) -> str:
    letters: list[str] = []
    tones: list[str] = []
    for char in clean(word).lower():
        parts = unicodedata.normalize("NFD", char)
        tone = next((_TONES[mark] for mark in parts if mark in _TONES), "0")
        bare = unicodedata.normalize("NFC", "".join(m for m in parts if m not in _TONES))
        letters.append(_ORDER.get(bare, bare))
        tones.append(tone)
    return "".join(letters) + "!" + "".join(tones)


def sort_key(full_name: str) -> str:
    """A key whose byte order is the Vietnamese order of people: tên first, then họ and đệm."""
    words = clean(full_name).split(" ")
    return " ".join(_word_key(word) for word in [words[-1], *words[:-1]])


def unaccented(text: str) -> str:
    """Without diacritics, in the same case: "Nguyễn Đỗ Ân" becomes "Nguyen Do An"."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    )
    return bare.replace("đ", "d").replace("Đ", "D")


def search_key(text: str) -> str:
    """Lower case without accents: "P. Hồng Gai" and "hong gai" find each other."""
    return unaccented(clean(text).lower())


def bare_words(text: str) -> str:
    """Words and figures of the search key only: "P. Hồng-Gai" and "p hong gai" are the same."""
    return " ".join(re.findall("[a-z0-9]+", search_key(text)))


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", " nghìn", " triệu", " tỷ")


def in_words(number: int) -> str:
    """A whole number below a billion billions as it is read: 1.204.015 → "một triệu hai trăm linh
    bốn nghìn không trăm mười lăm".
    """
    if number < 0:
        return f"âm {in_words(-number)}"
    if number == 0:
        return _DIGITS[0]
    if number >= 10**9:
        billions, rest = divmod(number, 10**9)
        tail = f" {_groups(rest, has_before=True)}" if rest else ""
        return f"{in_words(billions)} tỷ{tail}"
    return _groups(number, has_before=False)


def _groups(number: int, *, has_before: bool) -> str:
    """Below a billion; `has_before`: something greater was read before, so hundreds are told."""
    words: list[str] = []
    for group in (2, 1, 0):
        three = number // 1000**group % 1000
        if three:
            words.append(_three(three, has_before=has_before) + _GROUPS[group])
            has_before = True
    return " ".join(words)


def _three(number: int, *, has_before: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or has_before else []
    if tens == 0 and ones and words:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens:
        words.append(f"{_DIGITS[tens]} mươi")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)
