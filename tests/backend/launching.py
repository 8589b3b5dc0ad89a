"""Runs scripts/start's launcher as a person would, in a folder of its own."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.launcher.folders import PROJECT
from scripts.launcher.ports import any_free
from scripts.launcher.processes import left_behind

#: What the tests' own environment says about databases and keys must not reach the launcher.
_OURS = ("DATABASE_", "GIAOBAN_", "DJANGO_", "COV_")


class Launch:
    """One running `start`; its lines arrive in `lines` as they are printed."""

    def __init__(self, var: Path, *arguments: str, port: int | None = None) -> None:
        self.var = var
        self.port = port or any_free()
        kept = {name: v for name, v in os.environ.items() if not name.startswith(_OURS)}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "scripts.launcher",
                "start",
                "--port",
                str(self.port),
                *arguments,
            ],
            cwd=PROJECT,
            env={**kept, "GIAOBAN_VAR": str(var)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._queue.put(line.rstrip("\n"))

    def wait_for_line(self, pattern: str, *, seconds: float = 300) -> str:
        """The next line in which `pattern` is found."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._queue.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None and self._queue.empty():
                    break
                continue
            self.lines.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError("\n".join(["no such line: " + pattern, *self.lines]))

    def end(self, number: int = signal.SIGTERM, *, seconds: float = 30) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        time.sleep(0.1)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return code

    def pids(self) -> set[int]:
        """Everything the launcher has started that still lives, PostgreSQL included."""
        found = set(left_behind(f"GIAOBAN_LAUNCHED_FOR={self.var}"))
        postmaster = self.postmaster()
        return found | ({postmaster} if postmaster else set())

    def postmaster(self) -> int | None:
        files = list(self.var.glob("postgres/*/data/postmaster.pid"))
        pid = int(files[0].read_text(encoding="utf-8").splitlines()[0]) if files else None
        return pid if pid and Path(f"/proc/{pid}").exists() else None

    def pid_of(self, words: str) -> int | None:
        """The process whose command line contains `words`."""
        for pid in left_behind(f"GIAOBAN_LAUNCHED_FOR={self.var}"):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command:
                return pid
        return None


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that other users may enter, as PostgreSQL must when we are root."""
    with tempfile.TemporaryDirectory(prefix="giaoban-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def eventually(true: Callable[[], bool], *, seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False
