"""kill -9 of the web process during a bulk import: all lines or none, and once."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection
from knox.models import AuthToken

from backend.accounts.models import User
from sales.models import AgentDrawTotal, ConsignmentEntry, RegionDayTotal
from tests import make
from tests.sales.conftest import MONDAY

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

AGENTS = 2_500
APPLICATION = "backend.wsgi:application"
OPTIONS = [
    "--interface",
    "wsgi",
    "--workers",
    "1",
    "--blocking-threads",
    "1",
    "--host",
    "127.0.0.1",
    "--no-ws",
]


class Web:
    """The product's own web process, in a process group of its own.

    Every start has a port of its own: a dying worker still accepts connections on the old one.
    """

    def __init__(self) -> None:
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        database = connection.settings_dict
        url = (
            f"postgresql://{database['USER']}:{database['PASSWORD']}"
            f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *OPTIONS, "--port", str(self.port), APPLICATION],
            env=os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url},
            start_new_session=True,
        )
        for _ in range(1_200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the web process did not start within a minute")

    def kill(self) -> None:
        """SIGKILL to the group: nobody gets to clean up."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def post(self, body: bytes, *, token: str, key: str) -> tuple[int, str | None]:
        """Status and Idempotency-Hit. Raises OSError or HTTPException when the process dies."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Authorization": f"Token {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        client.request("POST", "/api/v1/sales/bulk/", body, headers)
        answer = client.getresponse()
        answer.read()
        return answer.status, answer.headers["Idempotency-Hit"]


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    server = Web()
    yield server
    server.kill()


def test_a_killed_bulk_import_leaves_all_or_nothing(web: Web, person: Callable[..., User]):
    province = make.region("22")
    make.product("TT10")
    days = [make.draw(MONDAY.replace(day=16 + n)).date.isoformat() for n in range(4)]
    for number in range(AGENTS):
        make.agent(f"A{number}", province)
    token = AuthToken.objects.create(person("sales_manager"))[1]
    lines = [
        {"draw_date": day, "agent": f"A{n}", "product": "TT10", "issued": 2, "returned": 1}
        for day in days
        for n in range(AGENTS)
    ]
    body = json.dumps({"lines": lines}).encode()

    web.start()
    web.post(body, token=token, key="warm")
    begin = time.perf_counter()
    assert web.post(body, token=token, key="undisturbed") == (201, None)
    usual_seconds = time.perf_counter() - begin
    done, interrupted = 2, 0

    for part in (0.2, 0.5, 0.75, 0.95):
        key = f"killed-{part}"
        answers: list[tuple[int, str | None]] = []
        sender = Thread(target=_send, args=(web, body, token, key, answers))
        sender.start()
        time.sleep(usual_seconds * part)
        web.kill()
        sender.join()
        interrupted += not answers
        web.start()
        # Sent again, as a client must: the database first ends what the dead process had begun.
        status, hit = web.post(body, token=token, key=key)
        assert status == 201
        assert hit == "true" or not answers
        assert web.post(body, token=token, key=key) == (201, "true")
        done += 1
        assert ConsignmentEntry.objects.count() == done * len(lines)
    assert interrupted >= 2, "no kill came in time; the test has shown nothing"
    assert set(AgentDrawTotal.objects.values_list("issued", "returned")) == {(2 * done, done)}
    assert sum(RegionDayTotal.objects.values_list("issued", flat=True)) == 2 * done * len(lines)
    call_command("verify_ledger", stdout=StringIO())


def _send(
    web: Web, body: bytes, token: str, key: str, answers: list[tuple[int, str | None]]
) -> None:
    try:
        answers.append(web.post(body, token=token, key=key))
    except (OSError, http.client.HTTPException):
        return
