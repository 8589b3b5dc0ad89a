"""kill -9 of the web process while terminals push: what was acknowledged is there, once."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from random import Random
from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection

from attendance.models import Pull, PullState, Punch
from scripts.simulated_terminal.push import PushTerminal
from tests.attendance.pushing import caller, link, punches
from tests.faults.test_bulk_kill import Web
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

TERMINALS, PUNCHES, KILLS = 3, 3000, 6


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    server = Web()
    yield server
    server.kill()


def pushing(port: int) -> list[PushTerminal]:
    """Terminals with leave to push, and logs to send in small batches."""
    made = []
    for number in range(TERMINALS):
        serial = f"PUSHKILL{number:02}"
        link(serial)
        address = f"http://127.0.0.1:{port}"
        made.append(caller(address, serial, log=punches(PUNCHES, days_ago=4), batch=60, timeout=5))
    return made


def stored(terminal: PushTerminal) -> Counter[tuple[str, datetime, int, int]]:
    rows = Punch.objects.filter(serial_number=terminal.serial)
    return Counter(rows.values_list("device_user_id", "device_time", "verify", "state"))


def sent(terminal: PushTerminal, count: int) -> Counter[tuple[str, datetime, int, int]]:
    log = terminal.log[:count]
    return Counter((one.user_id, one.time, one.verify, one.state) for one in log)


def check(terminals: list[PushTerminal], acknowledged: list[int]) -> None:
    for terminal, count in zip(terminals, acknowledged, strict=True):
        there = stored(terminal)
        assert sent(terminal, count) <= there, "an acknowledged punch was lost"
        assert there <= sent(terminal, len(terminal.log)), "a punch was doubled or invented"


def until_more_is_sent(terminals: list[PushTerminal]) -> None:
    """Wait until the server works and takes uploads."""
    before = sum(terminal.sent for terminal in terminals)
    until(lambda: sum(terminal.sent for terminal in terminals) > before)


def test_a_killed_web_process_loses_and_doubles_nothing(web: Web):
    web.start()
    terminals = pushing(web.port)
    stop = Event()
    threads = [
        Thread(target=terminal.run, args=(stop,), kwargs={"every": 0.01}) for terminal in terminals
    ]
    for thread in threads:
        thread.start()
    caught: set[int] = set()
    random = Random(7)
    try:
        for _ in range(KILLS):
            until_more_is_sent(terminals)
            sleep(random.uniform(0, 0.2))
            web.kill()
            acknowledged = [terminal.sent for terminal in terminals]
            caught.add(sum(acknowledged))
            check(terminals, acknowledged)
            web.start()
            for terminal in terminals:
                terminal.port = web.port
        for _ in range(300):
            if all(terminal.sent == PUNCHES for terminal in terminals):
                break
            sleep(0.1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(caught) == KILLS, "the kills were not in the middle of anything"
    assert max(caught) < TERMINALS * PUNCHES
    check(terminals, [PUNCHES] * TERMINALS)
    assert not Pull.objects.exclude(state=PullState.DONE).exists()
    connection.close()
