"""One new punch: from a terminal's upload to the corrected day on HR's page, in wall time.

A real collector process does the computing, in its own rhythm, while 500 people's month stands in
the tables. The punch comes by the terminal's own door; the page is fetched until it tells the punch.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Final

from django.db import connection
from django.test import Client

from attendance.models import Collecting, DirtyDay, PushLink, Terminal
from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import recompute_dirty
from backend import clock
from scripts.benches.company import company, hr_browser, plain_files
from scripts.benches.measure import Measure, against_limit, is_trial

PEOPLE: Final = 100 if is_trial() else 500
PUNCHES: Final = 5 if is_trial() else 30
LIMIT_SECONDS: Final = 1.0


def run() -> list[Measure]:
    at = clock.now()
    today = at.astimezone(clock.VN).date()
    worked = today - timedelta(days=7 if today.weekday() < 5 else 8)  # a working day
    first = worked.replace(day=1)
    company(people=PEOPLE, first=first, last=today, at=at)
    mark_unwritten_days(first=first, last=today)
    while recompute_dirty(at=at):
        pass
    terminal = _push_terminal()
    luck = Random(1)  # noqa: S311 -- spreads the moments over the collector's rhythm
    with _collector(), plain_files():
        browser = hr_browser()
        _settled()
        taken = []
        for number in range(PUNCHES):
            sleep(luck.random())
            moment = datetime.combine(worked, time(21, number))
            taken.append(_seen_after(terminal, browser, f"B{number:05}", moment))
    return [
        against_limit(
            "one punch to the corrected day on the page, median", median(taken), LIMIT_SECONDS
        ),
        against_limit(
            "one punch to the corrected day on the page, slowest", max(taken), LIMIT_SECONDS
        ),
    ]


def _push_terminal() -> Terminal:
    terminal = Terminal.objects.get(code="BENCH")
    terminal.collecting = Collecting.PUSH
    terminal.save(update_fields=["collecting"])
    PushLink.objects.create(terminal=terminal, networks=["127.0.0.1/32"], created_at=clock.now())
    return terminal


@contextmanager
def _collector() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "backend", "collector"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _settled() -> None:
    """Wait until a first day marked by hand was computed: then the collector is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attendance_dirtyday (employee_id, work_date)"
            " SELECT min(employee_id), min(work_date) FROM attendance_timesheetrow"
        )
    end = monotonic() + 60
    while DirtyDay.objects.exists():
        if monotonic() > end:
            raise AssertionError("the collector computed nothing in a minute")
        sleep(0.1)


def _seen_after(terminal: Terminal, browser: Client, code: str, moment: datetime) -> float:
    """Seconds from the upload's first byte until the page tells the day with the punch."""
    line = f"{code}\t{moment:%Y-%m-%d %H:%M:%S}\t0\t1\t0\t0\t0\n".encode()
    address = f"/iclock/cdata?SN={terminal.serial_number}&table=ATTLOG&Stamp=9999"
    page = f"/cham-cong/ngay/{code}/{moment:%Y-%m-%d}/"
    before = _row(browser, page)
    start = perf_counter()
    answer = Client().post(address, line, content_type="text/plain", headers={"host": "localhost"})
    if answer.content != b"OK: 1":
        raise AssertionError(f"{answer.status_code} {answer.content!r}")
    while _row(browser, page) == before or DirtyDay.objects.exists():
        if perf_counter() - start > 30:
            raise AssertionError(f"{code} {moment}: not on the page after 30 s")
        sleep(0.01)
    return perf_counter() - start


def _row(browser: Client, page: str) -> str:
    """What the page tells of how the day came about, without the list of punches."""
    answer = browser.get(page)
    if answer.status_code != 200:
        raise AssertionError(f"{page}: {answer.status_code}")
    text = answer.content.decode()
    return text[text.index("<ol") : text.index("</ol>")] if "<ol" in text else ""
