"""What the program's database role may do: work with rows, and nothing with the tables themselves.

Migrations run as the owner; the program runs as a role that owns nothing and cannot change or
empty what is append-only, not even by switching the triggers off. The public site's role reads
the few tables it shows.
"""

from collections.abc import Iterable

import pghistory.models
import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg2 import sql

#: Django's own bookkeeping of migrations is the owner's business.
OWNERS_TABLES = {"django_migrations"}
#: Who made the changes of histories: a request adds to its own row, and a trigger keeps what was said.
ACTORS = {"pghistory_context"}

_MINE = """
    SELECT relname, relkind = 'S' FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND pg_has_role(relowner, 'USAGE')
"""


def append_only_tables() -> set[str]:
    """Tables that only ever grow: guarded by triggers against UPDATE and DELETE, or histories."""
    return {model._meta.db_table for model in apps.get_models() if _is_append_only(model)}


def _is_append_only(model: type[Model]) -> bool:
    if issubclass(model, pghistory.models.Event):
        return True
    guards = [t for t in getattr(model._meta, "triggers", []) if isinstance(t, pgtrigger.Protect)]
    refused = " ".join(str(guard.operation) for guard in guards)
    return "UPDATE" in refused and "DELETE" in refused


def grant_program_role(role: str) -> None:
    """Give `role` exactly the rights the program needs on every table there is now.

    Runs as the owner after each migrate, so a new table is never forgotten. Rights given earlier
    and no longer wanted are taken away. Raises ProgrammingError when the role does not exist.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MINE)
        kinds = dict(cursor.fetchall())
        tables = {name for name, is_sequence in kinds.items() if not is_sequence}
        sequences = kinds.keys() - tables
        everything = "SELECT, INSERT, UPDATE, DELETE"
        _change(cursor, "REVOKE ALL ON TABLE {} FROM {}", tables, role)
        _change(cursor, f"GRANT {everything} ON TABLE {{}} TO {{}}", tables, role)
        _change(cursor, "GRANT USAGE ON SEQUENCE {} TO {}", sequences, role)
        for_ever = tables & append_only_tables()
        _change(cursor, "REVOKE UPDATE, DELETE ON TABLE {} FROM {}", for_ever, role)
        _change(cursor, "REVOKE DELETE ON TABLE {} FROM {}", tables & ACTORS, role)
        owners = tables & OWNERS_TABLES
        _change(cursor, "REVOKE INSERT, UPDATE, DELETE ON TABLE {} FROM {}", owners, role)
        _change(cursor, "GRANT USAGE ON SCHEMA {} TO {}", {"public"}, role)


def grant_public_role(role: str) -> None:
    """Let `role` read what the public site shows (settings.PUBLIC_TABLES), and nothing else.

    Runs as the owner after each migrate. Raises ProgrammingError when the role does not exist.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MINE)
        _change(
            cursor, "REVOKE ALL ON TABLE {} FROM {}", (name for name, _ in cursor.fetchall()), role
        )
        for table, columns in settings.PUBLIC_TABLES.items():
            chosen = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
            statement = sql.SQL("GRANT SELECT {} ON TABLE {} TO {}").format(
                chosen if columns else sql.SQL(""), sql.Identifier(table), sql.Identifier(role)
            )
            cursor.execute(statement)
        _change(cursor, "GRANT USAGE ON SCHEMA {} TO {}", {"public"}, role)


def _change(cursor: CursorWrapper, statement: str, names: Iterable[str], role: str) -> None:
    if listed := [sql.Identifier(name) for name in sorted(names)]:
        cursor.execute(sql.SQL(statement).format(sql.SQL(", ").join(listed), sql.Identifier(role)))
