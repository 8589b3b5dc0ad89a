"""When a computed day may be asked about: not before its last shift is over. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from backend.clock import VN

#: So long after the end of a shift its last punch may still be on the way: nothing is asked yet.
ON_THE_WAY: Final = timedelta(minutes=60)

#: The steps that say when work ends: a flexible shift ends later when it was begun later.
ENDING: Final = frozenset({"shift", "flex"})


def settled_at(steps: Iterable[Mapping[str, Any]]) -> datetime | None:
    """The moment from which the day's exceptions count; None for a day without a shift."""
    ends = [step["to"] for step in steps if step["rule"] in ENDING]
    return datetime.fromisoformat(max(ends)).replace(tzinfo=VN) + ON_THE_WAY if ends else None
