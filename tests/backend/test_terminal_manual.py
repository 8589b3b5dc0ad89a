"""docs/terminals.md explains every code an installer can meet."""

import re
from pathlib import Path

import pytest

from attendance.models import NoticeKind, ParkReason
from attendance.push.refusals import PushRefused
from attendance.terminals.findings import WORDS
from attendance.zk.errors import ZkError
from backend.problems import Problem

MANUAL = (Path(__file__).resolve().parent.parent.parent / "docs" / "terminals.md").read_text(
    "utf-8"
)


def codes(error: type[Problem]) -> set[str]:
    found = {error.code}
    for special in error.__subclasses__():
        found |= codes(special)
    return found


def section(heading: str) -> str:
    """The text from a heading to the next of its rank or a higher one."""
    rank = len(heading.split(" ")[0])
    return re.split(rf"\n#{{2,{rank}}} ", MANUAL.split(f"\n{heading}\n")[1])[0]


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("### Why a contact failed", codes(ZkError)),
        ("### When a push is refused", codes(PushRefused) - {"push_refused"}),
        ("### What the doctor says", set(WORDS)),
        ("### Notices", set(NoticeKind.values)),
        ("## Records that were set aside", set(ParkReason.values)),
    ],
)
def test_every_code_has_its_row(heading, known):
    assert len(known) > 3
    rows = [line for line in section(heading).splitlines() if line.startswith("| `")]
    told = {line.split("`")[1] for line in rows}
    assert told == known
