"""`python -m tests.faults.forked`: the program loaded once, for tests that start it again and again.

A line of its input is a folder and arguments of `python -m backend`; a process of its own runs them to
its natural end. Its number is the answer; the folder holds what it says, and in the end its exit code.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import django

from backend.__main__ import main as program
from backend.garbage import loading

ERRORS, EXIT_CODE = "errors", "exit-code"
POLL_SECONDS: Final = 0.02


class Loaded:
    """The process that has loaded the program; `start` takes as long as a fork."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._folder = folder
        self._started: list[Forked] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forked"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, arguments: str) -> "Forked":
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        folder = self._folder / str(len(self._started))
        folder.mkdir()
        self._process.stdin.write(f"{folder} {arguments}\n")
        self._process.stdin.flush()
        self._started.append(Forked(int(self._process.stdout.readline()), folder))
        return self._started[-1]

    def end(self) -> None:
        """Whatever happened, none of the started goes on."""
        for process in self._started:
            process.kill()
        self._process.communicate(timeout=40)


class Forked:
    """What `subprocess.Popen` tells of a process, of one that is another's child."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid = pid
        self._folder = folder
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and (self._folder / EXIT_CODE).exists():
            self.returncode = int((self._folder / EXIT_CODE).read_text(encoding="ascii"))
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended, and its code is being written
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, *, timeout: float) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_SECONDS)
        return code

    def communicate(self, *, timeout: float) -> tuple[None, bytes]:
        """What it said of errors until its end."""
        self.wait(timeout=timeout)
        return None, (self._folder / ERRORS).read_bytes()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for who waits for the program
    for line in sys.stdin:
        folder, *arguments = line.split()
        if not os.fork():
            break
    else:
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if pid := os.fork():
        print(pid, flush=True)  # noqa: T201
        _tell_the_end(pid, Path(folder))
        os._exit(0)
    _speak_into(Path(folder))
    sys.argv[1:] = arguments
    program()


def _tell_the_end(pid: int, folder: Path) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    draft = folder / "draft"
    draft.write_text(str(code), encoding="ascii")
    draft.rename(folder / EXIT_CODE)


def _speak_into(folder: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(folder / ERRORS, os.O_WRONLY | os.O_CREAT)
    for stream, source in enumerate((nothing, nothing, errors)):
        os.dup2(source, stream)


if __name__ == "__main__":
    main()
