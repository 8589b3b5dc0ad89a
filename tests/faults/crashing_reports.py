"""`python -m tests.faults.crashing_reports`: does what is asked on its input, each time in a process of
its own that may be killed at a point of the way.

A line is `WORK`, or `WORK: POINT`. The process is forked from this one, which has loaded the program and
holds no connection; at its point it dies by SIGKILL, in the middle of the real function. Each line is
answered by the exit code of that process.
"""

import importlib
import os
import sys
from typing import Any, Final

import django

from backend.garbage import loading
from tests.faults.crashing_collector import Point, _killing

#: By work, in the order in which the work passes them.
POINTS: Final = {
    "materialise": {
        "runs written": Point("backend.jobs.queue", "_look_again"),
        "schedule moved on": Point("backend.jobs.queue", "_look_again", after=True),
    },
    "make": {
        "run claimed": Point("reporting.making", "period_of_run"),
        "figures read": Point("reporting.making", "freeze"),
        "faces made": Point("reporting.delivery", "write"),
        "edition kept": Point("reporting.delivery", "post"),
        "first mail queued": Point("reporting.delivery", "message_id", call=2),
        "all mails queued": Point("reporting.delivery", "post", after=True),
        "all committed": Point("reporting.making", "announce"),
    },
    "send": {
        "mail claimed": Point("backend.mail.outbox", "send"),
        "accepted but not marked": Point("backend.mail.outbox", "_record", call=2),
    },
    "watch": {
        "alarm kept": Point("reporting.watchdog", "owners_of"),
        "alarm's mail queued": Point("reporting.watchdog", "_write_to", after=True),
    },
    "resend": {
        "mail queued again": Point("backend.mail.outbox", "enqueue", after=True),
    },
    "open": {
        "edition on the agenda": Point("reporting.briefings.meeting", "add_newest_edition", True),
    },
    "close": {"briefing locked": Point("reporting.briefings.meeting", "lock_led", after=True)},
    "approve": {
        "papers written": Point("reporting.briefings.approving", "_keep"),
        "first file kept": Point("backend.mail.outbox", "store_file", after=True),
    },
    "hand out": {
        "first mail queued": Point("backend.mail.outbox", "enqueue", call=2),
    },
}


def work(name: str) -> None:
    """What the scheduler's ticks, or a person on a page, set going."""
    from backend.accounts.models import User
    from backend.jobs import queue
    from backend.jobs.work import work_off
    from backend.mail import outbox
    from reporting import delivery, watchdog
    from reporting.briefings import approving, meeting
    from reporting.models import Briefing, BriefingPaper, Delivery, PaperKind

    at = queue.database_now()
    worker = f"crashing:{os.getpid()}"
    if name == "materialise":
        queue.materialise(at=at)
    elif name == "make":
        work_off(worker=worker)
    elif name == "send":
        outbox.send_due(worker=worker)
    elif name == "watch":
        watchdog.watch(at=at)
    else:
        asked: dict[str, Any] = {"by": User.objects.get(username="chair"), "at": at}
        if name == "resend":
            delivery.resend(Delivery.objects.earliest("pk"), **asked)
        elif name == "open":
            meeting.open_briefing(Briefing.objects.earliest("starts_at"), **asked)
        elif name == "close":
            meeting.close_briefing(Briefing.objects.earliest("starts_at"), **asked)
        elif name == "approve":
            briefing = Briefing.objects.earliest("starts_at")
            approving.approve(briefing, PaperKind.NOTICE, reason="", **asked)
        elif name == "hand out":
            approving.send(BriefingPaper.objects.get(), addresses=[], **asked)
        else:
            raise ValueError(name)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
    importlib.import_module("reporting.definitions").catalogue()
    importlib.import_module("backend.urls")
    for points in POINTS.values():
        for each in points.values():
            importlib.import_module(each.module)
    for line in sys.stdin:
        name, _, point = line.strip().partition(": ")
        pid = os.fork()
        if not pid:
            if point:
                where = POINTS[name][point]
                module = importlib.import_module(where.module)
                setattr(module, where.name, _killing(where, getattr(module, where.name)))
            work(name)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
