"""The examples that docs/working-time.md gives to HR are what the engine answers."""

import re
from pathlib import Path

import pytest

from tests.engine.working_day import MONDAY, company, punches, row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "working-time.md"
SAID = {"thiếu lượt ra": "missing_out", "thiếu lượt vào": "missing_in"}


def examples() -> list[tuple[str, str]]:
    text = PAGE.read_text(encoding="utf-8")
    table = text.split("| Ví dụ, ca HC")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return [(told, answer) for told, answer in rows]


@pytest.mark.parametrize(("told", "answer"), examples())
def test_an_example_comes_out_as_told(told, answer):
    facts = company(punches=punches(*re.findall(r"\d\d:\d\d", told)))
    if grace := re.search(r"ân hạn (\d+) phút", told):
        facts["settings"] = {"late_grace": int(grace[1])}
    if "nghỉ phép buổi sáng" in told:
        facts["leaves"] = [{"employee": "an", "date": MONDAY, "part": "am", "code": "P"}]
    result = row(facts)
    worked = re.match(r"(\d+) phút", answer)
    late = re.search(r"muộn (\d+) phút", answer)
    assert result["worked"] == (int(worked[1]) if worked else 0)
    assert result["late"] == (int(late[1]) if late else 0)
    asked = [code for words, code in SAID.items() if words in answer]
    assert result["exceptions"] == asked
    assert (answer == "vắng") == (result["status"] == "absent")


def test_all_examples_are_tried():
    assert len(examples()) == 8


def test_the_weights_of_overtime_are_those_told():
    day = "2026-11-06"
    facts = company(
        punches=punches("07:30", "23:05", day=day),
        roster=[{"employee": "an", "date": day, "shift": "HC"}],
        overtime_approved=[{"employee": "an", "from": f"{day}T17:30", "to": f"{day}T23:00"}],
    )
    result = row(facts, day=day)
    assert (result["ot"]["weekday_day"], result["ot"]["weekday_night"]) == (270, 60)
    assert result["weighted"] == 480 + 270 * 1.5 + 60 * 2.1
    text = PAGE.read_text(encoding="utf-8")
    assert "270 phút ngày thường (150 %) và 60 phút đêm (210 %)" in text
