"""`scripts/start` in a folder whose path has spaces and accents: up, down, and through accidents.

The tests of this module share one running product and go through its life in order.
"""

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg2
import pytest

from scripts.launcher.database import own
from scripts.launcher.folders import Folders
from scripts.launcher.ports import Claims
from scripts.launcher.postgres import cluster
from scripts.launcher.start import is_healthy
from tests.backend.launching import Launch, eventually, open_folder

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A data folder with a difficult name."""
    with open_folder() as folder:
        (folder / "Xổ số Quảng Ninh").mkdir()
        yield folder / "Xổ số Quảng Ninh" / "dữ liệu"


@pytest.fixture(scope="module")
def first(var: Path) -> Iterator[Launch]:
    launch = Launch(var, "--empty")
    launch.wait_for_line("runs at")
    yield launch
    if launch.process.poll() is None:
        launch.end()


@pytest.fixture(scope="module")
def second(first: Launch) -> Iterator[Launch]:
    """The start after the first launcher was killed without warning."""
    pids = first.pids()
    first.end(signal.SIGKILL)
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    launch = Launch(first.var)
    launch.wait_for_line("runs at")
    yield launch
    if launch.process.poll() is None:
        launch.end()


def healthy(launch: Launch) -> bool:
    return is_healthy(f"http://127.0.0.1:{launch.port}/health/")


def status(address: str) -> int:
    """Tried until the process has come up."""
    answers: list[int] = []

    def answered() -> bool:
        try:
            with urlopen(address, timeout=10) as answer:
                answers.append(answer.status)
        except HTTPError as error:
            answers.append(error.code)
        except OSError:
            return False
        return True

    assert eventually(answered)
    return answers[-1]


def accounts(var: Path) -> list[str]:
    """The names of all accounts, asked as the program's role."""
    connection = psycopg2.connect(own(cluster(Folders(var))).program)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT username FROM accounts_user ORDER BY id")
        names = [name for (name,) in cursor.fetchall()]
    connection.close()
    return names


def test_the_product_answers_and_tells_where(first: Launch) -> None:
    assert healthy(first)
    assert f"http://localhost:{first.port}/" in first.lines[-1]


def test_the_public_site_answers_beside_it_and_neither_knows_the_others_pages(
    first: Launch,
) -> None:
    [told] = [line for line in first.lines if "public site" in line]
    public = re.findall(r"http://localhost:(\d+)/", told)[0]
    assert status(f"http://127.0.0.1:{public}/en/ket-qua/") == 200
    assert status(f"http://127.0.0.1:{public}/dang-nhap/") == 404
    assert status(f"http://127.0.0.1:{first.port}/ket-qua/") == 404


def test_an_empty_start_makes_one_administrator_and_shows_the_password(first: Launch) -> None:
    (name,) = accounts(first.var)
    assert any(name in line for line in first.lines)


def test_secrets_are_readable_by_their_owner_only(first: Launch) -> None:
    files = [first.var / "secrets", *(first.var / "secrets").iterdir()]
    assert len(files) > 4
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []


def test_the_database_never_trusts_and_listens_on_loopback_only(first: Launch) -> None:
    (rules,) = first.var.glob("postgres/*/data/pg_hba.conf")
    words = [line.split() for line in rules.read_text(encoding="utf-8").splitlines()]
    assert {line[-1] for line in words if line and line[0] != "#"} == {"scram-sha-256"}
    port = cluster(Folders(first.var)).port
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(host="127.0.0.1", port=port, user="giaoban", passfile="/dev/null")


def test_a_second_start_on_the_same_data_is_refused_in_one_line(first: Launch) -> None:
    another = Launch(first.var)
    assert another.process.wait(60) == 1
    another.wait_for_line("already running .*localhost")
    assert len(another.lines) == 1
    assert healthy(first)


def test_a_busy_port_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        another = Launch(tmp_path / "var", port=port)
        assert another.process.wait(60) == 1
    line = another.wait_for_line(f"Port {port} is used by another program.*--port {port + 1}")
    assert another.lines == [line]


def test_a_port_another_launcher_will_use_is_busy_before_anything_listens(tmp_path: Path) -> None:
    """Granian shares ports (SO_REUSEPORT): both would answer, each a part of the calls."""
    first, second = Claims(), Claims()
    port = first.take_any()
    assert not second.take(port)
    another = Launch(tmp_path / "var", port=port)
    assert another.process.wait(60) == 1
    another.wait_for_line(f"Port {port} is used by another program")
    del first
    assert second.take(port)


def test_an_unusable_folder_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    another = Launch(tmp_path / "file" / "var")
    assert another.process.wait(60) == 1
    line = another.wait_for_line("file/var cannot be written to.*GIAOBAN_VAR")
    assert another.lines == [line]


@pytest.mark.parametrize(
    ("name", "words"), [("scheduler", "backend scheduler"), ("web", "backend.wsgi:application")]
)
def test_a_killed_child_is_started_again_and_the_reason_told(
    first: Launch, name: str, words: str
) -> None:
    killed = first.pid_of(words)
    assert killed
    os.kill(killed, signal.SIGKILL)
    first.wait_for_line(rf"{name} was killed by SIGKILL; starting it again in 0\.5 s")
    assert eventually(lambda: healthy(first) and first.pid_of(words) not in (killed, None))


def test_the_product_survives_the_death_of_its_database(first: Launch) -> None:

    killed = first.postmaster()
    assert killed
    os.kill(killed, signal.SIGKILL)
    first.wait_for_line("PostgreSQL was killed by SIGKILL")
    assert eventually(lambda: healthy(first) and first.postmaster() != killed)


def test_the_next_start_after_a_killed_launcher_goes_on_with_the_same_data(
    first: Launch, second: Launch
) -> None:
    assert healthy(second)
    assert len(accounts(second.var)) == 1
    assert not any("password" in line.lower() for line in second.lines)


def test_terminate_stops_everything(second: Launch) -> None:
    pids = second.pids()
    assert len(pids) > 4
    assert second.end(signal.SIGTERM) == 0
    # An ended one stands in the table until the system has taken note of it.
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), seconds=10)
    assert second.lines[-1].startswith("Stopped.")
    assert not list(second.var.glob("postgres/*/data/postmaster.pid"))
