"""How each commune is covered today, from what the company and the statistics office know."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.org.models import Region, RegionLevel, RegionSuccession
from backend.problems import Problem
from backend.reasons import says_why
from sales.engine.census_sheet import read_census
from sales.figures.rows import held_draws
from sales.growth.coverage import Coverage, Place, survey
from sales.imports.sheet_files import cells_of
from sales.models import Agent, AgentStatus, PointOfSale, RegionCensus, RegionDayTotal

#: Tickets are counted over the last four weeks.
SPAN: Final = timedelta(weeks=4)
#: The units people live in, and whether they are a town.
KINDS: Final = {
    RegionLevel.WARD: "urban", RegionLevel.COMMUNE: "rural", RegionLevel.SPECIAL_ZONE: "rural",
}  # fmt: skip
_WHOLE: Final = 10_000


class CensusUnreadable(Problem):
    """A file of figures was not taken; `details["faults"]` says why, row by row."""

    code = "census.unreadable"
    message = _("Tệp có dòng chưa đúng nên chưa lấy số nào. Hãy sửa các dòng được nêu rồi gửi lại.")


class CensusRefused(Problem):
    """Nothing was kept; `details["errors"]` has what is wrong by code of the unit, or by field."""

    code = "census.refused"
    message = _("Có chỗ chưa đúng nên chưa lưu số nào. Hãy sửa các dòng được nêu.")

    def __init__(self, errors: Mapping[str, object]) -> None:
        super().__init__(details={"errors": dict(errors)})


@dataclass(frozen=True, slots=True)
class Survey:
    """The coverage of the units a person sees; `unplaced` points stand in a unit that was divided.

    `first` to `last` are the draws whose tickets are told, `sources` where the figures of these
    units come from.
    """

    units: list[Coverage]
    unplaced: int
    first: date
    last: date
    sources: list["CensusSource"]


@dataclass(frozen=True, slots=True)
class CensusSource:
    """What inhabitants and areas of so many units are taken from; the day they tell of."""

    source: str
    as_of: date
    is_estimate: bool
    units: int


@dataclass(frozen=True, slots=True)
class CensusLine:
    """What was entered for a unit: inhabitants, and km² where known."""

    inhabitants: int
    area_km2: Decimal | None


def survey_regions(on: date, path: str | None) -> Survey:
    """Every commune in force on the day, compared within the whole company, told in these units.

    `path` as `User.scope_path`; None is all.
    """
    regions = list(Region.objects.in_force(on).filter(level__in=KINDS))
    heirs = _heirs()
    points = _by_heir(_points(on), heirs)
    first = on - SPAN
    tickets = _by_heir(_tickets(first, on), heirs)
    census = newest_census(on)
    found = survey(_place(region, census.get(region.pk), points, tickets) for region in regions)
    known = {region.pk for region in regions}
    seen = set(Region.objects.in_scope(path).values_list("code", flat=True))
    told = [census[each.pk] for each in regions if each.pk in census and each.code in seen]
    return Survey(
        [one for one in found if one.place.code in seen],
        sum(number for unit, number in points.items() if unit not in known),
        first,
        on - timedelta(days=1),
        _sources(told),
    )


def _sources(told: Iterable[RegionCensus]) -> list[CensusSource]:
    """The sources, that of most units first."""
    counts = Counter((one.source, one.as_of, one.is_estimate) for one in told)
    return [CensusSource(*source, units) for source, units in counts.most_common()]


def _place(
    region: Region,
    census: RegionCensus | None,
    points: Mapping[int, int],
    tickets: Mapping[int, int],
) -> Place:
    return Place(
        region.code,
        region.name,
        KINDS[RegionLevel(region.level)],
        census.inhabitants if census else None,
        float(census.area_km2) if census and census.area_km2 else None,
        points.get(region.pk, 0),
        tickets.get(region.pk, 0),
    )


def newest_census(on: date) -> dict[int, RegionCensus]:
    """By unit: the figures of the newest day, entered last."""
    rows = RegionCensus.objects.filter(as_of__lte=on).order_by("region", "-as_of", "-pk")
    return {row.region_id: row for row in rows.distinct("region")}


def _heirs() -> dict[int, int]:
    """Which unit took over a former one whole."""
    whole = RegionSuccession.objects.filter(share_bps=_WHOLE)
    return dict(whole.values_list("old", "new"))


def _by_heir(counts: Iterable[tuple[int, int]], heirs: Mapping[int, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for unit, number in counts:
        while unit in heirs:  # through several reorganisations
            unit = heirs[unit]
        found[unit] += number
    return found


def _points(on: date) -> list[tuple[int, int]]:
    """Open points of sale by unit; an agent whose points nobody entered sells at its own unit."""
    agents = Agent.objects.filter(status=AgentStatus.ACTIVE).under_contract(on, on)
    still = Q(closed_date__isnull=True) | Q(closed_date__gte=on)
    points = PointOfSale.objects.filter(still, opened_date__lte=on, agent__in=agents)
    lone = agents.filter(points__isnull=True)
    return [
        *points.values_list("region").annotate(Count("pk")).order_by(),
        *lone.values_list("region").annotate(Count("pk")).order_by(),
    ]


def _tickets(first: date, last: date) -> Iterable[tuple[int, int]]:
    """Tickets sold by unit of the draws held in [first, last)."""
    held = held_draws(first, last - timedelta(days=1))
    rows = RegionDayTotal.objects.filter(draw_date__in=list(held))
    return rows.values_list("region").annotate(sold=Sum(F("issued") - F("returned"))).order_by()


#: What is wrong in a file, in words.
FAULTS: Final = {
    "no_heads": _("Không thấy dòng tiêu đề có cột dân số và cột mã hoặc tên xã, phường."),
    "unknown": _('Dòng %(row)s: "%(value)s" không phải xã, phường, đặc khu hiện nay.'),
    "ambiguous": _('Dòng %(row)s: có nhiều nơi tên "%(value)s"; hãy ghi mã hoặc cả xã, phường.'),
    "twice": _("Dòng %(row)s: %(value)s đã có ở một dòng trên."),
    "people": _('Dòng %(row)s: dân số "%(value)s" không đọc được, ví dụ đúng 28.490.'),
    "area": _('Dòng %(row)s: diện tích "%(value)s" không đọc được, ví dụ đúng 41,5.'),
}
#: No statistics office lists more; the rest of such a file is something else.
MOST_ROWS: Final = 2_000


def read_census_file(data: bytes, *, on: date, by: User) -> dict[str, CensusLine]:
    """What a file (xlsx, xls, csv) tells of the units the person sees, by code; nothing is kept.

    Raises FileRefused, CensusUnreadable.
    """
    units = Region.objects.in_force(on).filter(level__in=KINDS)
    cells = cells_of(data, most_rows=MOST_ROWS).rows
    sheet = read_census(cells, dict(units.values_list("code", "name")))
    if sheet.faults or not sheet.rows:
        told = [
            str(FAULTS[fault.code]) % {"row": fault.row, "value": fault.value[:40]}
            for fault in sheet.faults
        ]
        raise CensusUnreadable(details={"faults": told or [str(FAULTS["no_heads"])]})
    seen = set(units.in_scope(by.scope_path).values_list("code", flat=True))
    return {
        row.code: CensusLine(row.inhabitants, row.area_km2)
        for row in sheet.rows
        if row.code in seen
    }


def record_census(
    counts: Mapping[str, CensusLine],
    *,
    as_of: date,
    source: str,
    is_estimate: bool,
    by: User,
    at: datetime,
) -> int:
    """Keep new figures by code of the unit, all or nothing; returns how many. Raises CensusRefused."""
    regions = {
        region.code: region
        for region in Region.objects.in_scope(by.scope_path)
        .in_force(as_of)
        .filter(level__in=KINDS, code__in=counts)
    }
    if errors := _census_faults(counts, regions, source):
        raise CensusRefused(errors)
    rows = [
        RegionCensus(
            region=regions[code], as_of=as_of, inhabitants=count.inhabitants,
            area_km2=count.area_km2, source=source.strip(), is_estimate=is_estimate, by=by, at=at,
        )
        for code, count in counts.items()
    ]  # fmt: skip
    return len(RegionCensus.objects.bulk_create(rows))


def _census_faults(
    counts: Mapping[str, CensusLine], regions: Mapping[str, Region], source: str
) -> dict[str, Any]:
    """What speaks against the figures: by code, of the source, or of there being none."""
    errors = {code: _("Không có xã, phường mã này.") for code in counts if code not in regions}
    if not says_why(source):
        errors["source"] = _("Hãy ghi nguồn số liệu, ví dụ: Niên giám thống kê 2025.")
    if not counts:
        errors["counts"] = _("Chưa có số nào thay đổi để lưu.")
    for code, count in counts.items():
        if count.inhabitants <= 0 or (count.area_km2 is not None and count.area_km2 <= 0):
            errors[code] = _("Dân số và diện tích phải lớn hơn 0.")
    return errors
