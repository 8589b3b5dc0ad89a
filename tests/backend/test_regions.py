"""The administrative units of Quảng Ninh, in force and former."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from backend.org.importing import equal_shares, load_regions
from backend.org.models import Region, RegionLevel, RegionSuccession

REFORM = date(2025, 7, 1)


@pytest.fixture
def units(db: None) -> None:
    load_regions()


def levels(on: date) -> Counter[str]:
    return Counter(Region.objects.in_force(on).values_list("level", flat=True))


def test_30_wards_22_communes_and_2_special_zones_are_in_force_since_the_reform(units: None):
    assert levels(REFORM) == {
        RegionLevel.PROVINCE: 1,
        RegionLevel.WARD: 30,
        RegionLevel.COMMUNE: 22,
        RegionLevel.SPECIAL_ZONE: 2,
    }


def test_171_former_units_in_13_districts_were_in_force_until_the_day_before(units: None):
    assert levels(REFORM - timedelta(days=1)) == {
        RegionLevel.PROVINCE: 1,
        RegionLevel.DISTRICT: 13,
        RegionLevel.WARD: 73,
        RegionLevel.COMMUNE: 91,
        RegionLevel.TOWNSHIP: 7,
    }


def test_every_former_unit_went_over_whole_in_184_links(units: None):
    links = RegionSuccession.objects.all()
    assert links.count() == 184
    assert set(links.values_list("effective_date", flat=True)) == {REFORM}
    former = links.values("old").annotate(share=Sum("share_bps"), parts=Count("pk"))
    assert Counter(row["parts"] for row in former) == {1: 159, 2: 11, 3: 1}
    assert {row["share"] for row in former} == {10_000}
    assert links.filter(is_estimate=True).count() == 11 * 2 + 3
    assert links.values("new").distinct().count() == 54


def test_hai_lang_was_divided_in_three_estimated_parts(units: None):
    parts = RegionSuccession.objects.filter(old__code="06886", old__valid_to__isnull=False)
    assert sorted(parts.values_list("new__name", "share_bps", "is_estimate")) == [
        ("Xã Ba Chẽ", 3_334, True),
        ("Xã Hải Hòa", 3_333, True),
        ("Xã Hải Lạng", 3_333, True),
    ]


@pytest.mark.parametrize("parts", range(1, 12))
def test_equal_shares_always_make_the_whole(parts: int):
    shares = equal_shares(parts)
    assert (len(shares), sum(shares)) == (parts, 10_000)
    assert max(shares) - min(shares) <= 1


def test_a_code_that_came_back_names_another_unit(units: None):
    rows = Region.objects.filter(code="06652").order_by("valid_from")
    assert [(row.name, row.path) for row in rows] == [
        ("Phường Hà Phong", "22/193/06652"),
        ("Phường Hà Tu", "22/06652"),
    ]


def test_units_are_found_without_accents(units: None):
    found = Region.objects.in_force(REFORM).filter(search__contains="hong gai")
    assert [(unit.code, unit.level) for unit in found] == [("06685", RegionLevel.WARD)]


def test_loading_again_adds_nothing_and_keeps_local_changes(units: None):
    renamed = Region.objects.get(code="06994", valid_from=REFORM)
    renamed.name = "Đặc khu Vân Đồn (đã sửa)"
    renamed.save()
    out = StringIO()
    call_command("load_regions", stdout=out)
    assert out.getvalue() == "239 units (0 new), 184 successions (0 new)\n"
    renamed.refresh_from_db()
    assert renamed.name == "Đặc khu Vân Đồn (đã sửa)"
