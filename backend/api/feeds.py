"""Feeds of changes: read on from where the last answer ended."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


def feed(
    found: Sequence[Row],
    *,
    limit: int,
    cursor: Any,
    show: Callable[[Row], object],
    cursor_of: Callable[[Row], Any],
) -> dict[str, object]:
    """The answer to `cursor`: of the rows found, one more than `limit`, those that are shown."""
    shown = found[:limit]
    return {
        "results": [show(row) for row in shown],
        "cursor": cursor_of(shown[-1]) if shown else cursor,
        "more": len(found) > len(shown),
    }
