"""The shell part of every script: finding Python, making .venv, installing a lock file once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.backend.launching import open_folder

PROJECT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """#!/bin/sh
. "$(dirname -- "$0")/bootstrap.sh"
bootstrap some.lock
exec "$venv_python" -c 'import sys; print("ran in", sys.prefix)'
"""
INSTALLING = "Installing packages (once) …"
#: What the script may use besides Python.
TOOLS = ("sh", "dirname", "cmp", "cp", "tail", "grep", "mktemp", "rm", "env")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@contextmanager
def a_project() -> Iterator[Path]:
    """A project in a path with spaces and accents, whose lock file is empty."""
    with open_folder() as outer:
        project = outer / "Xổ số Quảng Ninh" / "giao ban"
        (project / "scripts").mkdir(parents=True)
        shutil.copy(PROJECT / "scripts" / "bootstrap.sh", project / "scripts")
        (project / "scripts" / "run").write_text(SCRIPT, encoding="ascii")
        (project / "scripts" / "run").chmod(0o755)
        (project / "some.lock").touch()
        yield project


@contextmanager
def a_bare_system() -> Iterator[Path]:
    """A folder with just the tools a bare system has, for PATH."""
    with open_folder() as found:
        for name in TOOLS:
            (found / name).symlink_to(shutil.which(name) or name)
        (found / "python3").symlink_to(os.path.realpath(sys.executable))
        yield found


def started(
    folder: Path, programs: Path, also: dict[str, str] | None = None, **more: Any
) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": str(programs),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
        "LC_ALL": "C.UTF-8",
        **(also or {}),
    }
    return subprocess.run(
        [folder / "scripts" / "run"],
        env=environment, capture_output=True, text=True, check=False, **more,
    )  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    with a_project() as project:
        yield project


@pytest.fixture
def programs() -> Iterator[Path]:
    with a_bare_system() as found:
        yield found


@pytest.fixture
def run(folder: Path, programs: Path) -> Run:
    return partial(started, folder, programs)


@pytest.fixture(scope="module")
def made_venv() -> Iterator[Path]:
    """What the script makes in another such project; to put pip into it takes most of the time."""
    with a_project() as project, a_bare_system() as programs:
        assert started(project, programs).returncode == 0
        yield project / ".venv"


@pytest.fixture
def venv(made_venv: Path, folder: Path) -> None:
    """The project has its .venv, with all that the empty lock file names."""
    shutil.copytree(made_venv, folder / ".venv", symlinks=True)


def told(done: "subprocess.CompletedProcess[str]") -> tuple[list[str], list[str]]:
    """What is said beside a command, and what the command itself gives."""
    return done.stderr.splitlines(), done.stdout.splitlines()


def test_it_installs_once_and_again_when_something_changed(run: Run, folder: Path) -> None:
    ran = f"ran in {folder / '.venv'}"
    assert told(run()) == ([INSTALLING], [ran])
    assert told(run()) == ([], [ran])

    (folder / "some.lock").write_text("# another\n", encoding="ascii")
    assert told(run()) == ([INSTALLING], [ran])

    python = folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert run().stdout.splitlines()[-1] == ran


@pytest.mark.usefixtures("venv")
@pytest.mark.parametrize(("unwanted", "place"), [("", "__pycache__"), ("1", ".venv/bytecode")])
def test_what_python_compiles_is_kept(run: Run, folder: Path, unwanted: str, place: str) -> None:
    """In .venv for those who want none of it beside the sources."""
    script = SCRIPT.replace("'import sys;", "'import ours, sys;")
    (folder / "scripts" / "run").write_text(script, encoding="utf-8")
    (folder / "ours.py").touch()
    assert run({"PYTHONDONTWRITEBYTECODE": unwanted}).returncode == 0
    assert [kept.is_relative_to(folder / place) for kept in folder.rglob("ours.*.pyc")] == [True]


def complaint(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a refusal."""
    assert done.returncode == 1
    assert done.stdout == ""
    *before, line = done.stderr.splitlines()
    assert before in ([], [INSTALLING])
    return line


def test_without_python_it_says_what_to_install(run: Run, programs: Path) -> None:
    (programs / "python3").unlink()
    assert complaint(run()).startswith("Python 3.11 or later was not found. Install it")


def test_without_ensurepip_it_says_what_to_install(run: Run, programs: Path) -> None:
    """Debian's Python without the package python3-venv."""
    real = (programs / "python3").readlink()
    (programs / "python3").unlink()
    (programs / "python3").write_text(
        f'#!/bin/sh\ncase "$*" in *ensurepip*|"-m pip"*) exit 1;; esac\nexec {real} "$@"\n',
        encoding="utf-8",
    )
    (programs / "python3").chmod(0o755)
    assert "sudo apt install python3-venv" in complaint(run())


@pytest.mark.usefixtures("venv")
def test_without_network_it_says_so(run: Run, folder: Path) -> None:
    (folder / "some.lock").write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n", encoding="ascii")
    line = complaint(run())
    assert "the package index cannot be reached; check the network" in line
    assert line.endswith("Details: .venv/install.log")
    assert run().returncode == 1  # and it is not taken for installed


def test_an_unwritable_folder_is_named(run: Run, folder: Path) -> None:
    folder.chmod(0o555)
    nobody: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    done = run(**(nobody if os.geteuid() == 0 else {}))
    folder.chmod(0o755)
    assert complaint(done).startswith(f"The folder {folder} cannot be written to.")
