"""`python -m tests.faults.crashing_collector`: collectors that kill themselves at a point of their way.

A line of its input is the point. The collector is forked from this process, which has loaded the program
and holds no connection; each line is answered by its exit code. The points are calls of the real program, so the program itself needs no hooks for tests.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import django
from django.core.management import call_command

from backend.garbage import loading


class Point(NamedTuple):
    """The n-th call of a function; `after` it, or before."""

    module: str
    name: str
    after: bool = False
    call: int = 1


POINTS: Final = {
    "before reading": Point("attendance.collecting.polling", "pull"),
    "before locking": Point("attendance.zk.client", "_read_locked"),
    "while locked": Point("attendance.zk.client", "read_everything"),
    "after reading": Point("attendance.collecting.polling", "pull", after=True),
    "mid-COPY": Point("attendance.collecting.ledger", "_copy", call=2),
    "before the commit": Point("attendance.collecting.ledger", "mark_new", after=True),
    "after the commit": Point("attendance.collecting.ledger", "store", after=True),
}


def _killing(point: Point, original: Callable[..., Any]) -> Callable[..., Any]:
    calls = 0

    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == point.call and not point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == point.call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            collect(POINTS[line.rstrip("\n")])
            os._exit(1)  # it was to die before
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201


def collect(point: Point) -> None:
    module = importlib.import_module(point.module)
    setattr(module, point.name, _killing(point, getattr(module, point.name)))
    call_command("collector", lease_seconds=1.5, round_seconds=0.1)


if __name__ == "__main__":
    main()
