"""Loads the administrative units of the province from the data file shipped with the program."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import transaction

from backend.org.models import Region, RegionSuccession
from backend.vntext import search_key

QUANG_NINH = Path(__file__).parent / "data" / "quangninh-regions.json"
WHOLE_BPS = 10_000


@dataclass(frozen=True)
class Loaded:
    """What is in the tables after loading, and how much of it is new."""

    regions: int
    new_regions: int
    successions: int
    new_successions: int


@transaction.atomic
def load_regions(path: Path = QUANG_NINH) -> Loaded:
    """Load the units in force, the former ones and who took over which. Repeating adds nothing.

    Rows that exist are left as they are. The first day of a former unit is the first day the file
    speaks for (its `former_from`), not the day the unit was founded.
    """
    before = _counts()
    facts = json.loads(path.read_text(encoding="utf-8"))
    reform = date.fromisoformat(facts["reform_date"])
    former = {
        "valid_from": date.fromisoformat(facts["former_from"]),
        "valid_to": reform - timedelta(days=1),
    }
    in_force = {"valid_from": reform, "legal_basis": facts["reform_basis"]}

    province_from = date.fromisoformat(facts["province_from"])
    (province,) = _store([_region(facts["province"], None, valid_from=province_from)])
    districts = {
        district.code: district
        for district in _store(
            _region(row, province, **former) for row in facts["former_districts"]
        )
    }
    new = {
        unit.code: unit
        for unit in _store(_region(row, province, **in_force) for row in facts["units"])
    }
    old = {
        unit.code: unit
        for unit in _store(
            _region(row, districts[row[3]], **former) for row in facts["former_units"]
        )
    }
    RegionSuccession.objects.bulk_create(
        chain.from_iterable(
            _successions(old[row[0]], [new[code] for code in row[4]], reform)
            for row in facts["former_units"]
        ),
        ignore_conflicts=True,
    )
    after = _counts()
    return Loaded(after[0], after[0] - before[0], after[1], after[1] - before[1])


def equal_shares(parts: int) -> list[int]:
    """`parts` shares in basis points that add up to the whole; the last ones take the remainder."""
    return [WHOLE_BPS * (n + 1) // parts - WHOLE_BPS * n // parts for n in range(parts)]


def _region(row: Sequence[Any], parent: Region | None, **fields: Any) -> Region:
    code, level, name = row[:3]
    return Region(
        code=code,
        name=name,
        search=search_key(name),
        level=level,
        parent=parent,
        path=f"{parent.path}/{code}" if parent else code,
        **fields,
    )


def _store(regions: Iterable[Region]) -> list[Region]:
    """The rows as they are in the table, those already there included."""
    wanted = list(regions)
    Region.objects.bulk_create(wanted, ignore_conflicts=True)
    return list(
        Region.objects.filter(
            code__in=[region.code for region in wanted], valid_from=wanted[0].valid_from
        )
    )


def _successions(old: Region, new: Sequence[Region], on: date) -> list[RegionSuccession]:
    """An old unit that was divided goes over in equal parts: the law gives no weights."""
    return [
        RegionSuccession(
            old=old, new=unit, effective_date=on, share_bps=share, is_estimate=len(new) > 1
        )
        for unit, share in zip(new, equal_shares(len(new)), strict=True)
    ]


def _counts() -> tuple[int, int]:
    return Region.objects.count(), RegionSuccession.objects.count()
