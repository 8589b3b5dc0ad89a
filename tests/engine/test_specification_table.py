"""README.md tells which test tries which sentence; it is held against the tests there are."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
NAME = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def names_in(*patterns: str) -> set[str]:
    return {
        name
        for pattern in patterns
        for module in FOLDER.glob(pattern)
        for name in NAME.findall(module.read_text(encoding="utf-8"))
    }


def told() -> list[str]:
    return re.findall(r"`(test_\w+)`", (FOLDER / "README.md").read_text(encoding="utf-8"))


def test_every_test_the_table_names_is_there():
    assert set(told()) - names_in("test_*.py") == set()


def test_every_test_named_after_a_section_stands_in_the_table():
    of_a_section = {name for name in names_in("test_*.py") if re.match(r"test_\d+_", name)}
    assert of_a_section - set(told()) == set()
    assert len(of_a_section) > 140


def test_every_section_is_in_the_table():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    sections = {int(number) for number in re.findall(r"^\| (\d+)", text, re.MULTILINE)}
    assert sections == set(range(13))
