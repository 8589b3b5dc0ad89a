"""An empty database made at once is the one that all migrations lead to."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as StepByStep
from django.db import connections
from django.db.migrations.state import ProjectState
from pytest_django.plugin import DjangoDbBlocker

from tests.backend.databases import empty_database, looks


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
