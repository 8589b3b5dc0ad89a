"""An empty database made at once is the one that all migrations lead to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as StepByStep
from django.db import connections
from django.db.migrations.state import ProjectState
from pytest_django.plugin import DjangoDbBlocker

#: What the database knows of itself, in words that no number of an object enters.
LOOKS = {
    "columns": """
        select table_name, column_name, data_type, udt_name, is_nullable, column_default,
               character_maximum_length, collation_name, is_identity, generation_expression
        from information_schema.columns where table_schema = 'public'
    """,
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace
    """,
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "triggers": """
        select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled from pg_trigger
        where not tgisinternal
    """,
    "functions": """
        select proname, prosrc, prorettype::regtype::text from pg_proc
        where pronamespace = 'public'::regnamespace and prolang <> 13
          and (proname not like 'pgtrigger_%' or exists (select from pg_trigger where tgfoid = pg_proc.oid))
    """,
    "room in pages": "select relname, reloptions from pg_class where reloptions is not null",
    "views": "select viewname, definition from pg_views where schemaname = 'public'",
    "comments": "select description from pg_description where objsubid > 0",
    "extensions": "select extname from pg_extension",
    "migrations": "select app, name from django_migrations",
    "permissions": "select codename from auth_permission",
}


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The alias of a database without tables, gone afterwards."""
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'create database "{name}"')
    connections.databases[name] = {**connections["default"].settings_dict, "NAME": name}
    try:
        yield name
    finally:
        connections[name].close()
        del connections.databases[name]
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(f'drop database if exists "{name}"')


def looks(alias: str) -> dict[str, list[Any]]:
    seen = {}
    with connections[alias].cursor() as cursor:
        for what, sql in LOOKS.items():
            cursor.execute(sql)
            seen[what] = sorted(map(str, cursor.fetchall()))
    return seen


def only_the_model(state: ProjectState, app: str, model: str, delay: bool = False) -> set[Any]:
    """What one step of a migration renders anew.

    Django renders all that the model reaches as well, 50 times as much, and uses it for nothing that
    would show in the database; steps that move rows get everything fresh, as it marks here.
    """
    state.is_delayed = True
    return {(app, model)}


def test_made_at_once_or_step_by_step_it_is_the_same(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ProjectState, "_find_reload_model", only_the_model)
    own = connections["default"].settings_dict["NAME"]
    with (
        django_db_blocker.unblock(),
        empty_database(f"{own}_once") as once,
        empty_database(f"{own}_steps") as steps,
    ):
        call_command("migrate", database=once, verbosity=0)
        call_command(StepByStep(), database=steps, verbosity=0)
        made, grown = looks(once), looks(steps)
    differing = {what: sorted(set(made[what]) ^ set(rows)) for what, rows in grown.items()}
    assert {what: rows for what, rows in differing.items() if rows} == {}
    assert all(rows for what, rows in grown.items() if what != "comments")
