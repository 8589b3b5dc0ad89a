"""Databases of a test's own, and what one looks like."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

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
