"""Inhabitants and areas that come with the program, for somebody to look at and save."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from sales.growth.surveying import CensusLine

SHIPPED: Final = Path(__file__).parents[1] / "data" / "quangninh-census.json"


@dataclass(frozen=True, slots=True)
class ShippedCensus:
    """Figures by code of the unit; the source says where they come from and who has not confirmed them."""

    as_of: date
    source: str
    lines: Mapping[str, CensusLine]


def shipped_census() -> ShippedCensus:
    """The 54 units of Quảng Ninh of 2025-07-01, from a secondary source (the file tells which)."""
    told = json.loads(SHIPPED.read_text(encoding="utf-8"))
    lines = {code: CensusLine(people, Decimal(area)) for code, people, area in told["units"]}
    return ShippedCensus(date.fromisoformat(told["as_of"]), told["source"], lines)
