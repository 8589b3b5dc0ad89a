"""A backup as docs/deploy.md makes it: restored, it is the same and guards its rows as before."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, connection

from scripts.launcher.postgres import binary_folders
from tests import make
from tests.backend.databases import empty_database, looks

#: What has conditions in it, which come back with other casts.
WITH_CONDITIONS = {"constraints", "indexes", "triggers"}


def run(program: str, *arguments: str | Path, database: str) -> None:
    """One of PostgreSQL's programs, at least as new as the server, on a database beside the test's."""
    known = connection.settings_dict
    access = {
        "PGHOST": known["HOST"],
        "PGPORT": str(known["PORT"]),
        "PGUSER": known["USER"],
        "PGPASSWORD": known["PASSWORD"],
        "PGDATABASE": database,
    }
    command = [next(binary_folders()) / program, *arguments]
    subprocess.run(command, env={**os.environ, **access}, check=True)


@contextmanager
def led_to(name: str) -> Iterator[None]:
    """This test's connection leads to another database."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def of_words(seen: dict[str, list[Any]]) -> dict[str, Any]:
    """What a dump says in the same words; the rest is counted."""
    return {what: len(rows) if what in WITH_CONDITIONS else rows for what, rows in seen.items()}


def test_a_restored_backup_is_the_same_and_guards_its_rows(transactional_db: None, tmp_path: Path):
    make.punches("7", "2026-11-02 07:28")
    own, dump = connection.settings_dict["NAME"], tmp_path / "giaoban.dump"
    kept = looks("default")
    with empty_database(f"{own}_restored") as name:
        run("pg_dump", "-Fc", "-f", dump, database=own)
        run("pg_restore", "--exit-on-error", "-d", name, dump, database=name)
        with led_to(name):
            assert of_words(looks("default")) == of_words(kept)
            with connection.cursor() as cursor:
                cursor.execute("SELECT device_user_id, device_time::text FROM attendance_punch")
                assert cursor.fetchall() == [("7", "2026-11-02 07:28:00")]
                with pytest.raises(InternalError, match="Cannot update or delete"):
                    cursor.execute("UPDATE attendance_punch SET device_user_id = '8'")
