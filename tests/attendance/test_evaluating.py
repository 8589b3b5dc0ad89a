"""`scripts/manage evaluate-working-time < in.json > out.json`, as acceptance data are run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attendance.engine.wire import evaluate
from scripts.launcher.folders import PROJECT
from tests.engine.working_day import MONDAY, company, punches

FACTS = company(punches=punches("07:42", "17:00", "2005-01-01T00:00"))


def run(content, *arguments, project=PROJECT, name="evaluate-working-time", environment=None):
    return subprocess.run(
        [project / "scripts" / "manage", name, *arguments],
        input=content if isinstance(content, bytes) else json.dumps(content).encode(),
        env={"PATH": os.environ["PATH"]} if environment is None else environment,
        cwd="/",
        capture_output=True,
        check=False,
        timeout=60,
    )


def refusal(content, *arguments):
    done = run(content, *arguments)
    assert done.stdout == b""  # nothing half-said
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 1
    return line


@pytest.mark.parametrize("name", ["evaluate-working-time", "evaluate_working_time"])
def test_facts_go_in_and_only_json_comes_out(name):
    done = run(FACTS, name=name)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == evaluate(FACTS)


def test_vietnamese_names_are_told_as_they_are():
    facts = company(employees=[{"id": "Nguyễn Thị Bình", "join": "2020-01-01"}])
    out = run(facts, environment={"PATH": os.environ["PATH"], "LC_ALL": "C"}).stdout
    assert "Nguyễn Thị Bình" in out.decode("utf-8")


def test_a_byte_order_mark_is_read_over():
    done = run(b"\xef\xbb\xbf" + json.dumps(FACTS).encode())
    assert json.loads(done.stdout) == evaluate(FACTS)


def test_explain_adds_the_steps_and_changes_nothing_else():
    plain, told = (json.loads(run(FACTS, *more).stdout) for more in ((), ("--explain",)))
    row = next(row for row in told["rows"] if row["date"] == MONDAY)
    assert {"late", "regular"} <= {step["rule"] for step in row["steps"]}
    for each in told["rows"]:
        each.pop("steps")
    assert told == plain


def test_it_runs_from_a_fresh_clone_without_packages_network_or_database(tmp_path):
    project = tmp_path / "Xổ số" / "giao ban"
    (project / "scripts").mkdir(parents=True)
    for name in ("manage", "bootstrap.sh"):
        shutil.copy(PROJECT / "scripts" / name, project / "scripts")
    ignored = shutil.ignore_patterns("__pycache__")
    (project / "attendance").mkdir()
    for name in ("__init__.py", "evaluating.py"):
        shutil.copy(PROJECT / "attendance" / name, project / "attendance")
    shutil.copytree(PROJECT / "attendance/engine", project / "attendance/engine", ignore=ignored)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    bare = f'#!/bin/sh\nexec {Path(sys.executable).resolve()} -S "$@"\n'
    (tools / "python3").write_text(bare, encoding="utf-8")
    (tools / "python3").chmod(0o755)
    done = run(FACTS, project=project, environment={"PATH": str(tools)})
    assert json.loads(done.stdout) == evaluate(FACTS)
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "standard input is empty: give it a file, as in evaluate-working-time < in.json"),
        (b'{"roster": [,]}', "standard input is not JSON: Expecting value at line 1, column 13"),
        (b'{"x": "\xe1"}', "standard input is not UTF-8: byte 8"),
        (b"[" * 100_000, "standard input is nested too deeply to be facts"),
        (
            FACTS | {"employees": [{"id": "\ud800", "join": "2020-01-01"}]},
            "standard input has half a character, as \\ud800 is",
        ),
        (b"9" * 5_000, "standard input has a number of too many digits"),
        ([], "an object is expected"),
        (FACTS | {"punchs": []}, "unknown punchs"),
        (FACTS | {"settings": {"grace": 5}}, "settings: unknown grace"),
        (
            FACTS | {"roster": [{"employee": "an", "date": MONDAY, "shift": "X"}]},
            "roster[0]: no shift 'X'",
        ),
        (
            FACTS | {"punches": [*FACTS["punches"], {"at": "7h30", "terminal": "m1"}]},
            "punches[3]: '7h30' is no moment, as 2026-11-02T07:28 is",
        ),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line_with_its_place(content, line):
    assert refusal(content) == f"evaluate-working-time: {line}"


def test_an_unknown_option_is_refused_with_the_usage():
    done = run(FACTS, "--explian")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--explian" in done.stderr


def test_a_month_of_five_hundred_people_is_evaluated():
    """44,000 punches, several megabytes."""
    people = [f"nv{number}" for number in range(500)]
    facts = company(
        employees=[{"id": person, "join": "2020-01-01"} for person in people],
        roster=[
            {"employee": person, "date": f"2026-11-{day:02}", "shift": "HC"}
            for person in people
            for day in range(1, 23)
        ],
        punches=[
            punch | {"employee": person}
            for person in people
            for day in range(1, 23)
            for punch in punches("07:29", "11:31", "12:58", "17:00", day=f"2026-11-{day:02}")
        ],
    )
    rows = json.loads(run(facts).stdout)["rows"]
    assert len(rows) == 500 * 30
    assert sum(row["worked"] for row in rows) == 500 * 22 * 480
