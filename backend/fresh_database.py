"""An empty database gets its tables from the models at once instead of replaying how they grew.

For each of a thousand small steps Django renders every model that the step can reach, and through
accounts and history nearly all of them reach each other: a first start took a minute of computing
for it. What comes out is the same either way; `tests/backend/test_fresh_database.py` proves it by
comparing the two.
"""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import CreateExtension
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import Migration, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

#: Extensions and plain SQL ask the models of migrations for nothing.
_NOTHING = ProjectState()


class StructureSQL(RunSQL):
    """SQL of a migration that makes what models cannot say: a view, a function and its trigger.

    Other SQL of migrations moves rows, of which an empty database has none.
    """


def is_fresh(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database holds no table at all."""
    return not connection.introspection.table_names()


def create_from_models(connection: BaseDatabaseWrapper) -> None:
    """Make every table, trigger, view and function, and note all migrations as applied.

    One transaction: who is killed here leaves an empty database behind.
    """
    with transaction.atomic(using=connection.alias):
        executor = MigrationExecutor(connection)
        executor.migrate(_apart(executor.loader))
        plan = _plan(executor.loader)
        # Django's own editor: the one of triggers makes them too early, before what they name.
        with DatabaseSchemaEditor(connection) as editor:
            for migration, extension in _operations(plan, CreateExtension):
                extension.database_forwards(migration.app_label, editor, _NOTHING, _NOTHING)
            for model in _models(connection):
                editor.create_model(model)
        for table, trigger in pgtrigger.registered():
            trigger.install(table, database=connection.alias)
        with connection.schema_editor() as editor:
            for migration, sql in _operations(plan, StructureSQL):
                sql.database_forwards(migration.app_label, editor, _NOTHING, _NOTHING)
        for migration in plan:
            executor.recorder.record_applied(migration.app_label, migration.name)


def _apart(loader: Any) -> list[tuple[str, str]]:
    """The newest migrations of apps that reach no account: they are quick step by step."""
    accounts = settings.AUTH_USER_MODEL.partition(".")[0]
    return [
        leaf
        for leaf in loader.graph.leaf_nodes()
        if all(app != accounts for app, _name in loader.graph.forwards_plan(leaf))
    ]


def _plan(loader: Any) -> list[Migration]:
    """Every migration of the other apps, in the order they would be applied."""
    apart = {node for leaf in _apart(loader) for node in loader.graph.forwards_plan(leaf)}
    wanted: dict[tuple[str, str], Migration] = {}
    for leaf in loader.graph.leaf_nodes():
        for node in loader.graph.forwards_plan(leaf):
            if node not in apart:
                wanted.setdefault(node, loader.graph.nodes[node])
    return list(wanted.values())


def _operations(
    plan: list[Migration], kind: type[Operation]
) -> Iterator[tuple[Migration, Operation]]:
    return (
        (migration, operation)
        for migration in plan
        for operation in migration.operations
        if isinstance(operation, kind)
    )


def _models(connection: BaseDatabaseWrapper) -> Iterator[type[models.Model]]:
    """Every model with a table of its own that is not there yet."""
    known = set(connection.introspection.table_names())
    return (
        model
        for model in apps.get_models()
        if model._meta.can_migrate(connection) and model._meta.db_table not in known
    )
