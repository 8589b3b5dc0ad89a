"""A person's name as a terminal can keep and show it. Pure."""

from collections.abc import Iterator

from backend.vntext import unaccented


def fitting_name(name: str, *, size: int, encoding: str = "UTF-8") -> str:
    """The most readable form of the name that fits `size` bytes of the terminal's encoding.

    As it is, else without diacritics, else with the words before the given name (tên, the last
    one) as initials, else cut at a whole letter.
    """
    forms = list(_forms(" ".join(name.split())))
    for form in forms:
        raw = _encoded(form, encoding)
        if raw is not None and len(raw) <= size:
            return form
    return forms[-1].encode("ascii", "ignore")[:size].decode().strip()


def _forms(name: str) -> Iterator[str]:
    plain = unaccented(name)
    yield name
    yield plain
    *before, given = plain.split(" ")
    yield " ".join([*(word[:1] for word in before), given])
    yield given


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None
