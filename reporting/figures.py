"""The neighbours' figures that a report asks for, read at one moment."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from reporting import completeness
from reporting.assembling import Failed, reason_of
from reporting.builders.content import Completeness
from reporting.defining import Asked, Definition
from sales import figures as sales_figures

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """All datasets of a report (a `Failed` for each that could not be had) and what is missing."""

    data: dict[str, Any]
    found: Completeness
    recorded_until_at: datetime | None


def read(definition: Definition, asked: Asked) -> Read:
    """Read every dataset of the report as the database stands at one moment."""
    with one_moment():
        recorded = part("recorded_until", sales_figures.recorded_until)
        data = {
            name: part(name, lambda reader=reader: reader(asked))  # type: ignore[misc]
            for name, reader in definition.datasets.items()
        }
        found = completeness.of(definition.sources, asked, part)
    return Read(data, found, None if isinstance(recorded, Failed) else recorded)


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads inside see the database as it was at one moment (when not inside one already)."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def part(name: str, read_it: Callable[[], T]) -> T | Failed:
    """What `read_it` gives, or that it failed, so that the rest goes on.

    A lost connection is not a failing part: it rises, and the whole run is tried again.
    """
    try:
        with transaction.atomic():
            return read_it()
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("figures of %s failed", name)
        return Failed(reason_of("Lỗi khi đọc số liệu", error))
