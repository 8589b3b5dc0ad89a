"""50 followers of a presentation: from the turn of the page (row, NOTIFY) to the event at each of them.

The followers' process is the product's own; every follower is a connection of its own.
"""

import os
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from statistics import median, quantiles
from time import monotonic, perf_counter, sleep
from typing import Final
from urllib.request import urlopen

from backend import clock
from backend.accounts.models import Role, User
from reporting.briefings.presenting import show, ticket
from reporting.models import Briefing, BriefingSeries
from scripts.benches.measure import Measure, against_limit, is_trial

FOLLOWERS: Final = 10 if is_trial() else 50
TURNS: Final = 5 if is_trial() else 40
LIMIT_SECONDS: Final = 1.0


def run() -> list[Measure]:
    briefing = _briefing()
    with _process() as port:
        followers = _followers(briefing, port)
        taken = [_turn(briefing, page, followers) for page in range(1, TURNS + 1)]
        for follower in followers:
            follower.close()
    every = [seconds for turn in taken for seconds in turn]
    return [
        against_limit(
            f"a page change at {FOLLOWERS} followers, p95",
            quantiles(every, n=20)[18],
            LIMIT_SECONDS,
        ),
        against_limit(
            f"a page change at {FOLLOWERS} followers, median", median(every), LIMIT_SECONDS
        ),
    ]


def _briefing() -> Briefing:
    at = clock.now()
    chair = User.objects.create(username="chair", role=Role.EXECUTIVE)
    series = BriefingSeries.objects.create(
        name="Giao ban", starts="08:00", chair=chair, secretary=chair
    )
    return Briefing.objects.create(
        series=series, planned_date=at.date(), title="Giao ban", starts_at=at,
        duration_minutes=60, chair=chair, secretary=chair, items_due_at=at - timedelta(hours=1),
    )  # fmt: skip


@contextmanager
def _process() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "error",
        "reporting.following.asgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health/", timeout=2):
            return
        sleep(0.1)
    raise TimeoutError("the followers' process does not listen")


def _followers(briefing: Briefing, port: int) -> list[socket.socket]:
    """Open streams, each past its first answer."""
    known = ticket(briefing, briefing.chair)
    lines = []
    for _ in range(FOLLOWERS):
        line = socket.create_connection(("127.0.0.1", port), timeout=10)
        request = f"GET /giao-ban/theo-doi/?ve={known}&seen=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        line.sendall(request.encode())
        heard = b""
        while b"retry:" not in heard:
            heard += line.recv(65_536)
        lines.append(line)
    return lines


def _turn(briefing: Briefing, page: int, followers: list[socket.socket]) -> list[float]:
    """Seconds from the turn to each follower."""
    sleep(0.1)
    started = perf_counter()
    show(briefing, page=page, is_blank=False, by=briefing.chair, at=clock.now())
    wanted, taken = f'"page":{page},'.encode(), []
    with selectors.DefaultSelector() as waiting:
        for line in followers:
            waiting.register(line, selectors.EVENT_READ, bytearray())
        while waiting.get_map():
            if not (events := waiting.select(10)):
                raise TimeoutError("a follower heard nothing")
            for key, _events in events:
                key.data.extend(key.fileobj.recv(65_536))  # type: ignore[union-attr]
                if wanted in key.data:
                    taken.append(perf_counter() - started)
                    waiting.unregister(key.fileobj)
    return taken
