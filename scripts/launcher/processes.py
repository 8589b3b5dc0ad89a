"""Starting processes that cannot outlive us, and finding those of a launcher that was killed."""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.launcher.accounts import Account

#: Twice the connections of the largest process, and some.
MOST_FILES = 16_384
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    stop_signal: int = signal.SIGTERM,
    account: Account | None = None,
    cwd: Path,
) -> "subprocess.Popen[bytes]":
    """Start a child in a process group of its own, writing to `log`.

    When we die, however suddenly, the kernel sends it `stop_signal` (Linux). Call it from the main
    thread only: the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, stop_signal)
            if os.getppid() != parent:
                os._exit(1)

    extra: dict[str, Any] = dict(account.as_arguments()) if account else {}
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=cwd,
            process_group=0,
            preexec_fn=die_with_parent,
            **extra,
        )


def allow_many_files() -> None:
    """Let our children have as many open files as the machine grants: each stream is one."""
    wanted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    if wanted != resource.RLIM_INFINITY and wanted < granted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, most))


def has_ended(pid: int) -> bool:
    """Whether our child has ended; it is not collected yet, so its process group is still its own."""
    try:
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, pid, options) is not None
    except ChildProcessError:
        return True


def kill_group(pid: int, signal_number: int = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal_number)


def describe_end(code: int) -> str:
    """An exit code in words: "was killed by SIGKILL" or "ended with code 3"."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
        return f"was killed by signal {-code}"
    return f"ended with code {code}"


def left_behind(mark: str) -> list[int]:
    """Processes whose environment carries `mark`: those of a launcher that was killed."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def end_left_behind(mark: str) -> int:
    """Kill what a killed launcher left behind. Returns how many processes that were."""
    pids = left_behind(mark)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)
