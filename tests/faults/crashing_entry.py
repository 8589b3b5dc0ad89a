"""`python -m tests.faults.crashing_entry WORK`: HR's entry, killed at each of its points in turn.

Each attempt is a process of its own, forked before any connection; it dies by SIGKILL in the middle
of the real function, before and after the days are marked, so never after the commit.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import django

from backend.garbage import loading

MONDAY: Final = date(2025, 11, 3)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
    from attendance.leave import care_hours
    from attendance.roster import own_rest

    modules = {"care": (care_hours, "mark_days"), "rest": (own_rest, "mark_written_days")}
    module, marking = modules[sys.argv[1].removeprefix("end-")]
    original = getattr(module, marking)
    for after in (False, True):
        pid = os.fork()
        if not pid:
            setattr(module, marking, _killing(original, after=after))
            enter(sys.argv[1])
            os._exit(1)  # it was to die before
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def _killing(original: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> None:
        if after:
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return call


def enter(work: str) -> None:
    """What HR does: enter, or end what there is, care hours or rest days of one's own."""
    from attendance.leave.care_hours import end_care_hours, enter_care_hours
    from attendance.models import CareHours, OwnRest
    from attendance.roster.own_rest import end_own_rest, enter_own_rest
    from backend.accounts.models import User
    from backend.clock import now
    from backend.org.models import Employee

    by, an = User.objects.get(), Employee.objects.get()
    known: dict[str, Any] = {"reason": "Nội quy đã ký", "by": by, "at": now()}
    last = MONDAY + timedelta(days=20)
    if work == "care":
        enter_care_hours(employee=an, kind="nursing", first=MONDAY, last=last, place="end", **known)
    elif work == "rest":
        enter_own_rest(employee=an, weekdays=[1], first=MONDAY, **known)
    elif work == "end-care":
        end_care_hours(CareHours.objects.get(), last=MONDAY - timedelta(days=1), **known)
    else:
        end_own_rest(OwnRest.objects.get(), last=MONDAY - timedelta(days=1), **known)


if __name__ == "__main__":
    main()
