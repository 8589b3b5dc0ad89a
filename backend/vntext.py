"""Vietnamese text: order of names, and keys for search without accents. Pure."""

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: chr(ord("A") + index) for index, letter in enumerate(_LETTERS)}
# Dictionary order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


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
