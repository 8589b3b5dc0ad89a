"""Days as visitors write them, in addresses and forms."""

import re
from datetime import date
from typing import Final

from backend.pages.months import day_from

_AS_SPOKEN: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def day_asked(text: str) -> date | None:
    """The day of "2026-11-17", "17/11/2026" or "17-11-2026"; None where there is no such day."""
    found = _AS_SPOKEN.fullmatch(text.strip())
    if found is None:
        return day_from(text.strip())
    day, month, year = found.groups()
    return day_from(f"{year}-{month:0>2}-{day:0>2}")
