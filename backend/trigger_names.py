"""The names of all triggers kept beside pgtrigger's registry, which else collects them anew for each."""

from django.db.models import Model
from pgtrigger import Trigger, registry


class Registry(registry._Registry):
    """As its own, but 450 triggers are registered without going through all of them for each: a
    seventh of the start of every process.
    """

    def __init__(self) -> None:
        self._of_tables: dict[tuple[str, str | None], Trigger] = {}
        self._functions: set[str] = set()
        super().__init__()

    @property
    def by_db_table(self) -> dict[tuple[str, str | None], Trigger]:
        return self._of_tables

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    def __setitem__(self, key: str, value: tuple[Model, Trigger]) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self._of_tables[model._meta.db_table, trigger.name] = trigger
        self._functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)  # type: ignore[no-untyped-call]
        del self._of_tables[model._meta.db_table, trigger.name]
        self._functions.discard(trigger.get_pgid(model))


def keep_names() -> None:
    """To be called before any model is imported: it begins with none."""
    registry._registry = Registry()
