"""A reorganisation of administrative units: new ones in force, agents with their whole unit.

History is never rewritten: entries keep the unit of their own time, former units stay to be read,
and the shares of divided units are the company's own.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Region, RegionLevel, RegionSuccession, Site, TerritoryRegion
from backend.problems import Problem
from sales.models import Agent, PointOfSale

_WHOLE: Final = 10_000
#: What stands in a unit today and goes with it where it goes over whole.
_STANDING: Final[tuple[type[models.Model], ...]] = (Agent, PointOfSale, User, Site)


class ReorganisationRefused(Problem):
    """Nothing was changed; `details["errors"]` says what is wrong with the file, a line each."""

    code = "reorganisation.refused"
    message = _("Tệp sắp xếp địa bàn có chỗ chưa đúng nên chưa đổi gì. Hãy sửa các dòng được nêu.")

    def __init__(self, errors: Iterable[object]) -> None:
        super().__init__(details={"errors": [str(error) for error in errors]})


@dataclass(frozen=True)
class Unit:
    """A new unit: its code, kind, name, and the code of the unit above it."""

    code: str
    level: str
    name: str
    parent: str


@dataclass(frozen=True)
class Reorganisation:
    """From a day on there are new units, and each old one goes over in shares (basis points)."""

    effective: date
    legal_basis: str
    units: tuple[Unit, ...]
    successions: tuple[tuple[str, str, int], ...]

    def shares(self) -> dict[str, dict[str, int]]:
        """By old unit: its heirs and their shares."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for old, new, share in self.successions:
            found[old][new] = found[old].get(new, 0) + share
        return dict(found)


@dataclass(frozen=True)
class Moved:
    """What was done: units ended and begun, rows that went with their unit by kind, and what
    stands in a divided unit, where a person has to decide.
    """

    ended: int
    begun: int
    moved: Mapping[str, int]
    undecided: tuple[str, ...]


def read_reorganisation(path: Path) -> Reorganisation:
    """The file's contents (docs/selling.md has an example). Raises ReorganisationRefused."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Reorganisation(
            date.fromisoformat(facts["effective_date"]),
            str(facts["legal_basis"]),
            tuple(Unit(*map(str, row)) for row in facts["units"]),
            tuple((str(old), str(new), int(share)) for old, new, share in facts["successions"]),
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ReorganisationRefused(
            [_("Không đọc được tệp: {error}").format(error=error)]
        ) from error


def faults(plan: Reorganisation, in_force: Mapping[str, Region], *, today: date) -> list[str]:
    """Everything that speaks against the plan, given the units in force the day before it."""
    told: list[Any] = []
    new, shares = {unit.code for unit in plan.units}, plan.shares()
    if plan.effective > today:
        told.append(_("Chưa tới ngày hiệu lực {day}.").format(day=f"{plan.effective:%d/%m/%Y}"))
    if not plan.legal_basis.strip():
        told.append(_("Thiếu căn cứ pháp lý (legal_basis)."))
    if len(new) < len(plan.units):
        told.append(_("Có mã đơn vị mới ghi hai lần."))
    stay = {code for code in in_force if code not in shares}
    for unit in plan.units:
        told.extend(_unit_faults(unit, new, stay))
    for old, heirs in shares.items():
        if old not in in_force or in_force[old].valid_to is not None:
            told.append(_("{old}: không phải đơn vị đang có hiệu lực.").format(old=old))
        told.extend(_heir_faults(old, heirs, new | stay))
    return [str(one) for one in told]


def _unit_faults(unit: Unit, new: Set[str], stay: Set[str]) -> Iterator[str]:
    if unit.level not in RegionLevel.values:
        yield _("{code}: không có cấp {level}.").format(code=unit.code, level=unit.level)
    if unit.code in stay:
        yield _("{code}: mã này đang có hiệu lực.").format(code=unit.code)
    if unit.parent not in new | stay:
        yield _("{code}: không có đơn vị cấp trên {parent}.").format(
            code=unit.code, parent=unit.parent
        )


def _heir_faults(old: str, heirs: Mapping[str, int], known: Set[str]) -> Iterator[str]:
    if sum(heirs.values()) != _WHOLE or min(heirs.values()) <= 0:
        yield _("{old}: các phần phải dương và cộng đủ 10000.").format(old=old)
    for heir in heirs:
        if heir not in known:
            yield _("{old}: không có đơn vị mới {heir}.").format(old=old, heir=heir)


@transaction.atomic
def reorganise(plan: Reorganisation, *, at: datetime) -> Moved:
    """Carry the plan out, all or nothing. Raises ReorganisationRefused."""
    eve = plan.effective - timedelta(days=1)
    in_force = {region.code: region for region in Region.objects.in_force(eve)}
    told = faults(plan, in_force, today=at.astimezone(VN).date())
    if told := told or _moved_later(plan, in_force):
        raise ReorganisationRefused(told)
    shares = plan.shares()
    ended = [in_force[code] for code in shares]
    Region.objects.filter(pk__in=[one.pk for one in ended]).update(valid_to=eve)
    heirs = {code: one for code, one in in_force.items() if code not in shares}
    heirs |= _begin(plan, heirs)
    for old, parts in shares.items():
        RegionSuccession.objects.bulk_create(
            RegionSuccession(
                old=in_force[old], new=heirs[new], effective_date=plan.effective,
                share_bps=share, is_estimate=len(parts) > 1,
            )
            for new, share in parts.items()
        )  # fmt: skip
    whole = {
        in_force[old].pk: heirs[next(iter(parts))]
        for old, parts in shares.items()
        if len(parts) == 1
    }
    divided = [in_force[old] for old, parts in shares.items() if len(parts) > 1]
    moved = {kind._meta.model_name or "": _move(kind, whole) for kind in _STANDING}
    moved["territory"], conflicts = _move_territories(plan.effective, ended, whole)
    return Moved(len(ended), len(plan.units), moved, (*conflicts, *_standing_in(divided)))


def _moved_later(plan: Reorganisation, in_force: Mapping[str, Region]) -> list[str]:
    """Units that end, but were put in or out of a territory for a day behind that."""
    ended = [in_force[code].pk for code in plan.shares()]
    behind = Q(valid_from__gte=plan.effective) | Q(valid_to__gte=plan.effective)
    rows = TerritoryRegion.objects.filter(behind, region__in=ended).select_related("region")
    text = _("{code}: đã ghi đổi vùng bán hàng sau ngày hiệu lực; hãy bỏ lần đổi ấy trước.")
    return sorted({text.format(code=row.region.code) for row in rows})


def _begin(plan: Reorganisation, above: Mapping[str, Region]) -> dict[str, Region]:
    """The new units, those above first."""
    made: dict[str, Region] = {}
    waiting = list(plan.units)
    while waiting:
        ready = [unit for unit in waiting if unit.parent in made or unit.parent in above]
        if not ready:
            codes = ", ".join(unit.code for unit in waiting)
            raise ReorganisationRefused(
                [_("Các đơn vị nằm trong nhau thành vòng: {codes}.").format(codes=codes)]
            )
        for unit in ready:
            made[unit.code] = Region.objects.create(
                code=unit.code, name=unit.name, level=unit.level,
                parent=made.get(unit.parent) or above[unit.parent],
                valid_from=plan.effective, legal_basis=plan.legal_basis,
            )  # fmt: skip
        waiting = [unit for unit in waiting if unit not in ready]
    return made


def _move(kind: type[models.Model], whole: Mapping[int, Region]) -> int:
    """Rows that stand in a unit go with it; their history keeps where they stood."""
    rows = kind._default_manager
    return sum(rows.filter(region=old).update(region=new) for old, new in whole.items())


def _move_territories(
    on: date, ended: Iterable[Region], whole: Mapping[int, Region]
) -> tuple[int, list[str]]:
    """Territories keep the heirs of their whole units, unless two territories would share one."""
    open_rows = TerritoryRegion.objects.filter(region__in=list(ended), valid_to=None)
    wanted: dict[int, set[int]] = defaultdict(set)
    rows = list(open_rows.select_related("territory", "region").order_by("pk"))
    for row in rows:
        if row.region_id in whole:
            wanted[whole[row.region_id].pk].add(row.territory_id)
    open_rows.update(valid_to=on - timedelta(days=1))
    taken = dict(
        TerritoryRegion.objects.filter(region__in=wanted)
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .values_list("region", "territory")
    )
    made = [
        TerritoryRegion(region_id=region, territory_id=min(territories), valid_from=on)
        for region, territories in wanted.items()
        if len(territories) == 1 and region not in taken
    ]
    TerritoryRegion.objects.bulk_create(made)
    settled = {row.region_id for row in made} | {
        region for region, territories in wanted.items() if territories == {taken.get(region)}
    }
    conflicts = [
        f"territory {row.territory.code}: {row.region.code} {row.region.name}"
        for row in rows
        if row.region_id not in whole or whole[row.region_id].pk not in settled
    ]
    return len(made), conflicts


def _standing_in(divided: list[Region]) -> list[str]:
    """What is left in units that were divided: nobody but a person knows to which part it goes."""
    return [
        f"{kind._meta.model_name} {row}: {region.code} {region.name}"
        for region in divided
        for kind in _STANDING
        for row in kind._default_manager.filter(region=region).order_by("pk")
    ]
