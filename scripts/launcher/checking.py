"""`scripts/check`: everything that can be said about the source without running the product."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts.launcher.console import fail, say
from scripts.launcher.folders import PROJECT

CODE = ("backend", "attendance", "sales", "reporting", "scripts", "tests", "docs/client")
PAGES = ("backend", "attendance", "sales", "reporting")


@dataclass(frozen=True)
class Check:
    """One tool and how it is called. `mend` is a command that repairs what it finds, if any."""

    name: str
    command: tuple[str, ...]
    mend: str = ""


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


CHECKS = (
    Check("ruff", _module("ruff", "check", "."), ".venv/bin/ruff check --fix ."),
    Check("ruff format", _module("ruff", "format", "--check", "."), ".venv/bin/ruff format ."),
    Check("mypy", _module("mypy", *CODE)),
    Check("import-linter", (sys.executable, "-c", "from importlinter.cli import lint_imports_command as l; l()")),
    Check("djlint", _module("djlint", "--lint", *PAGES)),
    Check(
        "migrations",
        _module("backend", "makemigrations", "--check", "--dry-run"),
        "./scripts/manage makemigrations",
    ),
    Check("django", _module("backend", "check", "--deploy", "--fail-level", "WARNING")),
    Check("translations", ("./scripts/messages", "--check"), "./scripts/messages"),
)  # fmt: skip


def run_checks(names: Sequence[str]) -> None:
    """Run the named checks (all when none is named), two at a time; end with 1 if any fails."""
    chosen = [check for check in CHECKS if not names or check.name in names]
    if len(chosen) < len(set(names)):
        fail(f"There are these checks: {', '.join(check.name for check in CHECKS)}.")
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(_passes, chosen))
    failed = [check.name for check, passed in zip(chosen, results, strict=True) if not passed]
    if failed:
        fail(f"Failed: {', '.join(failed)}.")
    say(f"All {len(chosen)} checks passed.")


def _passes(check: Check) -> bool:
    started = time.monotonic()
    try:
        done = subprocess.run(
            check.command, cwd=PROJECT, env=environment(), check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    except OSError as error:
        say(f"{check.name}: FAILED, {error}")
        return False
    took = f"({time.monotonic() - started:.1f} s)"
    if done.returncode == 0:
        say(f"{check.name}: ok {took}")
        return True
    mend = f"\nTo mend: {check.mend}" if check.mend else ""
    say(f"{check.name}: FAILED {took}\n{done.stdout.rstrip()}{mend}")
    return False


def environment() -> dict[str, str]:
    """As in production with TLS, but without a database, for tools that need none."""
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    return {
        **os.environ,
        "DATABASE_URL": nowhere,
        "DATABASE_OWNER_URL": nowhere,
        "GIAOBAN_SECRET_KEY": "only-for-checks-" + "0123456789abcdef" * 4,
        "GIAOBAN_FIELD_KEYS": "A" * 43 + "=",
        "GIAOBAN_DEBUG": "false",
        "GIAOBAN_TLS": "true",
        "GIAOBAN_VAR": tempfile.gettempdir(),
        "GIAOBAN_LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history",
    }
