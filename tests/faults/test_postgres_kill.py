"""kill -9 of PostgreSQL during a pull, a bulk import and a delivery: nothing lost, nothing doubled.

Each test has a server of its own, so that the others keep theirs.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import sleep
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection
from knox.models import AuthToken

from attendance.models import Pull, PullState, Punch, Terminal
from backend.accounts.models import User
from backend.jobs import queue
from backend.org.models import Company
from reporting.setup import ensure_weekly_briefing
from sales.models import AgentDrawTotal, ConsignmentEntry
from scripts.launcher.folders import Folders
from scripts.launcher.postgres import Cluster, cluster
from scripts.simulated_terminal.faults import Faults
from tests import make
from tests.attendance.terminals import device, registered
from tests.backend.launching import open_folder
from tests.faults.test_bulk_kill import Web, _send
from tests.faults.test_collector_kill import start_collector
from tests.faults.test_push_kill import check as check_pushed
from tests.faults.test_push_kill import pushing, until_more_is_sent
from tests.faults.test_scheduler_kill import READERS, Scheduler, check, settled
from tests.mailbox import Mailbox, serve
from tests.sales.conftest import MONDAY
from tests.waiting import until

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
]


class Server:
    """A PostgreSQL that can be killed, and started again on what is left on the disk."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        self.cluster = cluster
        self._stack = stack
        stack.enter_context(cluster.running())

    def kill(self) -> None:
        lines = (self.cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        os.kill(int(lines[0]), signal.SIGKILL)
        os.waitpid(int(lines[0]), 0)  # a zombie would hold the lock file

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All of its processes stand still: connections stay open and nothing answers."""
        lines = (self.cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        main = int(lines[0])
        os.kill(main, signal.SIGSTOP)  # first, so that it starts no more
        children = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="ascii").split()
        processes = [main, *map(int, children)]
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):  # a connection whose client has left ends
                    os.kill(process, signal.SIGCONT)

    def start_again(self) -> None:
        self._stack.enter_context(self.cluster.running())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with open_folder() as folder, ExitStack() as stack:
        folders = Folders(folder / "var").make()
        server = Server(cluster(folders), stack)
        _ask(server, "CREATE DATABASE migrated")
        url = server.cluster.url(name="migrated")
        subprocess.run(
            [sys.executable, "-m", "backend", "migrate", "--skip-checks", "--verbosity", "0"],
            env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url},
            check=True,
        )
        yield server


@pytest.fixture
def postgres(
    server: Server, transactional_db: None, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The server, with a fresh migrated database that Django's connection points to."""
    name = re.sub(r"\W", "_", request.node.name).strip("_")
    _ask(server, f"CREATE DATABASE {name} TEMPLATE migrated")
    ours = urlsplit(server.cluster.url(name=name))
    usual = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        NAME=name, USER=ours.username, PASSWORD=ours.password, HOST=ours.hostname, PORT=ours.port
    )
    yield server
    connection.close()
    connection.settings_dict.update(usual)


def _ask(server: Server, statement: str) -> None:
    link = psycopg2.connect(server.cluster.url(name="postgres"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(statement)
    link.close()


def _die_and_return(postgres: Server) -> None:
    connection.close()
    postgres.kill()
    sleep(0.3)
    postgres.start_again()


def test_during_a_pull(postgres: Server):
    devices = [
        device(6000, serial=f"T{n}", faults=Faults(small_data=4000, answer_delay=0.02))
        for n in range(2)
    ]
    with ExitStack() as stack:
        for number, simulated in enumerate(devices):
            stack.enter_context(registered(simulated, code=str(number), poll_seconds=5))
        collector = start_collector()
        try:
            until(lambda: all(simulated.open_connections for simulated in devices))
            _die_and_return(postgres)
            until(lambda: Terminal.objects.filter(lease_until=None).count() == 2)
            Terminal.objects.update(next_poll_at=None)
            until(lambda: Punch.objects.count() >= 12_000)
            assert collector.poll() is None
        finally:
            collector.send_signal(signal.SIGTERM)
            _, errors = collector.communicate(timeout=40)
        assert collector.returncode == 0, errors
    for simulated in devices:
        stored = Counter(
            Punch.objects.filter(serial_number=simulated.serial).values_list(
                "device_user_id", "device_time", "state"
            )
        )
        assert stored == Counter((p.user_id, p.time, p.state) for p in simulated.log.punches)
    assert not Pull.objects.filter(state=PullState.RUNNING).exists()


@pytest.mark.parametrize("stuck_seconds", [60, 3], ids=["waits", "ends_itself"])
def test_frozen_during_a_pull(postgres: Server, stuck_seconds: int):
    """The collector waits for the database, or ends itself and its successor goes on."""
    simulated = device(6000, faults=Faults(small_data=4000, answer_delay=0.02))
    with registered(simulated, poll_seconds=5):
        collector = start_collector(f"--stuck-seconds {stuck_seconds}")
        try:
            until(lambda: simulated.open_connections)
            connection.close()
            with postgres.frozen():
                sleep(8)
                assert (collector.poll() is None) is (stuck_seconds == 60)
            if collector.poll() is not None:
                assert collector.returncode == 1
                assert b"Timeout" in collector.communicate()[1]
                collector = start_collector()
            until(lambda: Punch.objects.count() >= 6000)
        finally:
            collector.send_signal(signal.SIGTERM)
            _, errors = collector.communicate(timeout=40)
        assert collector.returncode == 0, errors
    assert Punch.objects.count() == 6000
    assert not Pull.objects.filter(state=PullState.RUNNING).exists()
    assert Terminal.objects.get().lease_until is None


def test_during_a_bulk_import(postgres: Server, person: Callable[..., User]):
    province = make.region("22")
    make.product("TT10")
    day = make.draw(MONDAY).date.isoformat()
    for number in range(2500):
        make.agent(f"A{number}", province)
    token = AuthToken.objects.create(person("sales_manager"))[1]
    lines = [
        {"draw_date": day, "agent": f"A{n}", "product": "TT10", "issued": 2, "returned": 1}
        for n in range(2500)
    ]
    body = json.dumps({"lines": lines}).encode()
    web = Web()
    web.start()
    try:
        for turn, wait in enumerate((0.01, 0.05, 0.1), start=1):
            key = f"killed-{turn}"
            answers: list[tuple[int, str | None]] = []
            sender = Thread(target=_send, args=(web, body, token, key, answers))
            sender.start()
            sleep(wait)
            _die_and_return(postgres)
            sender.join()
            kept = ConsignmentEntry.objects.count()
            assert kept in ((turn - 1) * 2500, turn * 2500), "half an import was kept"
            if answers and answers[0][0] == 201:
                assert kept == turn * 2500, "an acknowledged import was lost"
            # A worker meets its lost connection once; the client sends again, as it must.
            for _ in range(5):
                status, _hit = web.post(body, token=token, key=key)
                if status == 201:
                    break
                sleep(0.2)
            assert status == 201
            assert ConsignmentEntry.objects.count() == turn * 2500
        assert set(AgentDrawTotal.objects.values_list("issued", "returned")) == {(6, 3)}
    finally:
        web.kill()


def test_during_a_push(postgres: Server):
    web = Web()
    web.start()
    terminals = pushing(web.port)
    stop = Event()
    threads = [Thread(target=one.run, args=(stop,), kwargs={"every": 0.05}) for one in terminals]
    try:
        for thread in threads:
            thread.start()
        for wait in (0.0, 0.05, 0.1):
            until_more_is_sent(terminals)
            sleep(wait)
            connection.close()
            postgres.kill()
            acknowledged = [one.sent for one in terminals]
            assert sum(acknowledged) < sum(len(one.log) for one in terminals), "too late a kill"
            sleep(0.3)
            postgres.start_again()
            check_pushed(terminals, acknowledged)
        until(lambda: all(one.sent == len(one.log) for one in terminals))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        web.kill()
    check_pushed(terminals, [len(one.log) for one in terminals])


def test_during_a_delivery(postgres: Server, person: Callable[..., User], tmp_path: Path):
    Company.objects.create(name="Công ty Thử Nghiệm", short_name="TN")
    readers = [person("executive", username=f"e{n}") for n in range(READERS)]
    now = queue.database_now()
    ensure_weekly_briefing(readers, first_due_at=now, at=now)
    with serve(Mailbox(slowness=0.05)) as mailbox:
        scheduler = Scheduler(mailbox, tmp_path / "scheduler.log")
        try:
            until(lambda: len(mailbox.recipients) >= 2, "the first mails")
            _die_and_return(postgres)
            until(settled, "the rest of the mails")
            states = check(mailbox)
        finally:
            scheduler.kill()
    # At most the mails on their way at that moment are in doubt, and those are not sent again.
    assert states["accepted"] >= READERS - 4
