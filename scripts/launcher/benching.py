"""`scripts/bench`: runs the benches, each on a fresh database of its own, and prints one table."""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg2
from psycopg2 import sql

from scripts.launcher import program
from scripts.launcher.console import fail, say, warn
from scripts.launcher.database import Addresses
from scripts.launcher.environment import program_environment
from scripts.launcher.folders import PROJECT, Folders, folders
from scripts.launcher.lock import only_one
from scripts.launcher.postgres import Cluster, cluster
from scripts.launcher.state import State

TEMPLATE = "bench_template"
SCRATCH = "bench_scratch"

Measures = list[dict[str, Any]]


def available() -> list[str]:
    """The names one can ask for: the modules of scripts/benches that have a `run`."""
    files = sorted((PROJECT / "scripts" / "benches").glob("*.py"))
    return [f.stem for f in files if "\ndef run()" in f.read_text(encoding="utf-8")]


def run_benches(arguments: Sequence[str]) -> None:
    """Measure; end with 1 when a target is missed or a bench fails."""
    wishes = _wishes(arguments)
    place = folders()
    server = cluster(place, name="bench-postgres")
    busy = "Benches are already running in this folder; together they would disturb each other."
    measures: Measures = []
    broken: list[str] = []
    with only_one(place.run / "bench-lock", busy=busy), server.running():
        _make_template(place, server)
        for name in wishes.names or available():
            warn(f"{name} …")
            found = _measure(place, server, name, quick=wishes.quick)
            measures += found
            broken += [] if found else [name]
        _drop(server, TEMPLATE)
    say(json.dumps(measures, indent=1, ensure_ascii=False) if wishes.json else table(measures))
    missed = [row["name"] for row in measures if not row["met"]]
    if broken or missed:
        fail("; ".join(_complaints(broken, missed)))


def _complaints(broken: list[str], missed: list[str]) -> Iterator[str]:
    if broken:
        yield f"Did not run: {', '.join(broken)}"
    if missed:
        yield f"Not met: {', '.join(missed)}"


def _wishes(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure the fast paths against peers in the same run."
    )
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(available()))
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--quick", action="store_true", help="smaller data: a trial, no proof")
    wishes = parser.parse_args(arguments)
    if unknown := set(wishes.names) - set(available()):
        fail(f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(available())}.")
    return wishes


def _measure(place: Folders, server: Cluster, name: str, *, quick: bool) -> Measures:
    """One bench in a process and a database of its own. Empty when it failed."""
    with _scratch(server):
        environment = _environment(place, server, SCRATCH)
        environment["GIAOBAN_BENCH_QUICK"] = "true" if quick else "false"
        done = subprocess.run(
            [sys.executable, "-m", "scripts.benches", name],
            env=environment, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    with contextlib.suppress(IndexError, ValueError):
        if done.returncode == 0:
            return list(json.loads(done.stdout.strip().splitlines()[-1]))
    return []


def _environment(place: Folders, server: Cluster, name: str) -> dict[str, str]:
    address = server.url(name=name)
    environment = program_environment(place, Addresses(address, address), State())
    here = {"GIAOBAN_TERMINAL_NETWORKS": "127.0.0.0/8"}  # where the simulated terminals are
    return {"GIAOBAN_LOG_LEVEL": "WARNING", **environment, **here}


def _make_template(place: Folders, server: Cluster) -> None:
    """A migrated database that every bench starts from as a copy."""
    _drop(server, SCRATCH)
    _drop(server, TEMPLATE)
    _run(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    environment = _environment(place, server, TEMPLATE)
    migrate = program.backend("migrate", "-v", "0")
    if subprocess.run(migrate, env=environment, cwd=PROJECT, check=False).returncode:
        fail("The bench database could not be migrated; the reason is above.")


@contextlib.contextmanager
def _scratch(server: Cluster) -> Iterator[None]:
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _run(server, copy.format(sql.Identifier(SCRATCH), sql.Identifier(TEMPLATE)))
    try:
        yield
    finally:
        _drop(server, SCRATCH)


def _drop(server: Cluster, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    _run(server, statement.format(sql.Identifier(name)))


def _run(server: Cluster, statement: sql.Composed) -> None:
    connection = psycopg2.connect(server.url(name="postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def table(measures: Measures) -> str:
    """The measures for people (and for docs/performance.md: it is Markdown)."""
    rows: list[tuple[str, ...]] = [
        ("What", "Ours", "Peer or limit", "Its time", "Ratio", "Target", "Met")
    ]
    rows += [_row(measure) for measure in measures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _row(measure: dict[str, Any]) -> tuple[str, ...]:
    ends = (("≥", measure["at_least"]), ("≤", measure["at_most"]))
    target = ", ".join(f"{sign} {end:g}" for sign, end in ends if end is not None)
    unit = measure.get("unit", "s")
    return (
        measure["name"], _amount(measure["ours_seconds"], unit), measure["peer"],
        _amount(measure["peer_seconds"], unit), f"{measure['ratio']:.2f} {measure['meaning']}",
        target, "yes" if measure["met"] else "NO",
    )  # fmt: skip


def _amount(amount: float, unit: str) -> str:
    return _seconds(amount) if unit == "s" else f"{amount:,.{0 if amount >= 10 else 2}f} {unit}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"
