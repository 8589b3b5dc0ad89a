"""The program's database role works with rows; it cannot touch tables, triggers or history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import connection
from psycopg2 import errors, sql
from pytest_django.plugin import DjangoDbBlocker

from backend.database_roles import append_only_tables, grant_program_role, grant_public_role

# Marked for the database, so that it is made where these tests run alone.
pytestmark = pytest.mark.django_db


@contextmanager
def role(grant: Callable[[str], object]) -> Iterator[psycopg2.extensions.connection]:
    """A connection of a new role to the test database, after the grants."""
    name, password = f"giaoban_under_test_{token_hex(4)}", token_hex(16)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD %s", [password])
    grant(name)
    settings = connection.settings_dict
    other = psycopg2.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        dbname=settings["NAME"],
        user=name,
        password=password,
    )
    other.autocommit = True
    yield other
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture(scope="module")
def as_program(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[psycopg2.extensions.connection]:
    with django_db_blocker.unblock(), role(grant_program_role) as other:
        yield other


@pytest.fixture(scope="module")
def as_public(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[psycopg2.extensions.connection]:
    with django_db_blocker.unblock(), role(grant_public_role) as other:
        yield other


def refused(connection: psycopg2.extensions.connection, statement: str, table: str) -> bool:
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql.SQL(statement).format(table=sql.Identifier(table)))
        except errors.InsufficientPrivilege:
            return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE {table}",
        "DROP TABLE {table} CASCADE",
        "ALTER TABLE {table} ADD COLUMN sneaky text",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "CREATE TRIGGER sneaky BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ],
)
def test_no_table_can_be_changed_or_emptied(
    as_program: psycopg2.extensions.connection, statement: str
) -> None:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    assert len(tables) > 10
    assert [t for t in sorted(tables) if not refused(as_program, statement, t)] == []


@pytest.mark.parametrize(
    "table", ["attendance_punch", "reporting_edition", "sales_consignmententry"]
)
def test_what_must_never_change_is_append_only(table: str) -> None:
    assert table in append_only_tables()


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"]
)
def test_append_only_tables_refuse_change(
    as_program: psycopg2.extensions.connection, statement: str
) -> None:
    existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
    columns = {
        model._meta.db_table: model._meta.pk.column
        for model in apps.get_models()
        if model._meta.db_table in existing and model._meta.pk
    }
    tables = sorted(append_only_tables() & columns.keys())
    assert tables, "the house has append-only tables"
    accepted = [
        table
        for table in tables
        if not refused(as_program, statement.replace("{column}", f'"{columns[table]}"'), table)
    ]
    assert accepted == []


def test_who_made_a_change_cannot_be_taken_away(
    as_program: psycopg2.extensions.connection,
) -> None:
    assert refused(as_program, "DELETE FROM {table}", "pghistory_context")


def test_append_only_triggers_cannot_be_switched_off(
    as_program: psycopg2.extensions.connection,
) -> None:
    with as_program.cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute("SET session_replication_role = replica")


def test_rows_of_every_table_can_be_read_and_added(
    as_program: psycopg2.extensions.connection,
) -> None:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with as_program.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s) AS t WHERE NOT has_table_privilege(t, 'SELECT')"
            " OR NOT has_table_privilege(t, 'INSERT')",
            [[f'public."{table}"' for table in tables]],
        )
        assert cursor.fetchall() == []


def test_new_tables_need_no_ddl_of_the_program(as_program: psycopg2.extensions.connection) -> None:
    with as_program.cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE public.sneaky (id int)")


def test_the_public_sites_role_reads_what_is_shown_and_nothing_else(
    as_public: psycopg2.extensions.connection, settings: Any
) -> None:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with as_public.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s) AS t WHERE has_any_column_privilege(t, 'SELECT')", [tables]
        )
        assert {table for (table,) in cursor.fetchall()} == set(settings.PUBLIC_TABLES)
        cursor.execute(
            "SELECT t FROM unnest(%s) AS t WHERE has_any_column_privilege(t, 'INSERT, UPDATE')"
            " OR has_table_privilege(t, 'DELETE, TRUNCATE')",
            [tables],
        )
        assert cursor.fetchall() == []
    assert not refused(as_public, "SELECT status FROM {table}", "sales_agent")
    assert refused(as_public, "SELECT name FROM {table}", "sales_agent")
