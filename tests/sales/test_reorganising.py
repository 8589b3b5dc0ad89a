"""Units are reorganised: new ones in force, agents with their whole unit, history as it was."""

import json
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from backend.accounts.models import Role, User
from backend.clock import VN
from backend.org.models import Region, RegionSuccession, Territory, TerritoryRegion
from sales.models import Agent, ConsignmentEntry, PointOfSale
from tests.sales.conftest import Company, bulk, line

REFORM: dict[str, Any] = {
    "effective_date": "2026-11-23",
    "legal_basis": "Nghị quyết thử nghiệm 1/2026",
    "units": [
        ["90001", "ward", "Phường Vịnh Mới", "22"],
        ["90002", "commune", "Xã Biển Một", "22"],
        ["90003", "commune", "Xã Biển Hai", "22"],
    ],
    "successions": [
        ["06685", "90001", 10_000], ["06712", "90002", 7_000], ["06712", "90003", 3_000],
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=VN), tick=False):
        yield


@pytest.fixture
def run(tmp_path, capsys):
    def call(*options: str, **changes: Any) -> str:
        file = tmp_path / "reform.json"
        file.write_text(json.dumps(REFORM | changes), encoding="utf-8")
        call_command("reorganise_regions", str(file), *options)
        return str(capsys.readouterr().out)

    return call


def history_of(agent: Agent) -> list[dict[str, Any]]:
    events = apps.get_model("sales", "AgentEvent")
    return list(events._default_manager.filter(pgh_obj=agent.pk).order_by("pgh_id").values())


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Region, RegionSuccession, TerritoryRegion, PointOfSale, User)
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"effective_date": "2026-11-25"}, "Chưa tới ngày hiệu lực 25/11/2026"),
        ({"legal_basis": " "}, "Thiếu căn cứ"),
        ({"successions": [["06685", "90001", 9_999]]}, "06685: các phần phải dương và cộng đủ"),
        ({"successions": [["77777", "90001", 10_000]]}, "77777: không phải đơn vị đang có"),
        ({"successions": [["06685", "90009", 10_000]]}, "06685: không có đơn vị mới 90009"),
        ({"units": [["06685", "ward", "Trùng", "22"]], "successions": []}, "06685: mã này đang"),
        ({"units": [["90001", "city", "Lạ", "22"]], "successions": []}, "không có cấp city"),
        ({"units": [["90001", "ward", "Lạ", "99"]], "successions": []}, "đơn vị cấp trên 99"),
        ({"units": [["90001", "ward"]]}, "Không đọc được tệp"),
        ({"units": [["A", "ward", "A", "B"], ["B", "ward", "B", "A"]], "successions": []}, "vòng"),
    ],
)
def test_a_wrong_file_is_refused_with_its_faults_and_nothing_changes(
    company: Company, run: Any, changes: dict[str, Any], told: str
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=told):
        run(**changes)
    assert everything() == before


def test_what_stood_in_a_whole_unit_goes_with_it_and_sold_tickets_stay(
    company: Company, manager: APIClient, run: Any
) -> None:
    point = PointOfSale.objects.create(
        agent=company.an, code="P1", name="P1", address="Phố", region=company.hong_gai,
        opened_date=date(2024, 1, 1),
    )  # fmt: skip
    chief = User.objects.create(
        username="hg", email="hg@x.vn", role=Role.SALES_MANAGER, region=company.hong_gai
    )
    east = Territory.objects.create(code="DONG", name="Miền Đông")
    for region in (company.hong_gai, company.mong_cai):
        TerritoryRegion.objects.create(territory=east, region=region, valid_from=date(2025, 7, 1))
    lines = [line("AN", issued=100), line("CHI", issued=50)]
    assert bulk(manager, lines).status_code == 201
    before = everything()
    assert "dry run: nothing was changed" in run("--dry-run")
    assert everything() == before

    told = run()
    assert "2 units ended, 3 begun" in told
    assert "agent: 2 moved" in told
    assert "undecided: agent CHI Đại lý CHI: 06712 Móng Cái 1" in told
    assert "undecided: territory DONG: 06712 Móng Cái 1" in told

    new = Region.objects.get(code="90001")
    company.hong_gai.refresh_from_db()
    assert (company.hong_gai.valid_to, new.valid_from) == (date(2026, 11, 22), date(2026, 11, 23))
    assert (new.legal_basis, new.path) == ("Nghị quyết thử nghiệm 1/2026", "22/90001")
    for row in (company.an, company.binh, point, chief):
        row.refresh_from_db()
        assert row.region == new
    company.chi.refresh_from_db()
    assert company.chi.region == company.mong_cai
    history = [row["region_id"] for row in history_of(company.an)]
    assert history == [company.hong_gai.pk, new.pk]
    assert set(ConsignmentEntry.objects.values_list("region__code", flat=True)) == {
        "06685",
        "06712",
    }
    shares = RegionSuccession.objects.order_by("new__code").values_list("share_bps", "is_estimate")
    assert list(shares) == [(10_000, False), (7_000, True), (3_000, True)]
    assert east.scope_path(date(2026, 11, 23)) == "22/06685|22/90001"

    asked = {"date_from": "2026-11-16", "date_to": "2026-11-22"}
    now = manager.get("/api/v1/sales/summary/", asked | {"tree": "now"}).json()["rows"]
    assert {row["region"]: row["issued"] for row in now} == {"90001": 100, "90002": 35, "90003": 15}
    with pytest.raises(CommandError, match="06685: không phải đơn vị đang có hiệu lực"):
        run()


def test_a_unit_that_grows_keeps_its_row_and_two_territories_never_share_one(
    company: Company, run: Any
) -> None:
    for code, region in (("A", company.hong_gai), ("B", company.mong_cai)):
        territory = Territory.objects.create(code=code, name=code)
        TerritoryRegion.objects.create(
            territory=territory, region=region, valid_from=date(2025, 7, 1)
        )
    told = run(units=[], successions=[["06712", "06685", 10_000]])
    assert "agent: 1 moved" in told
    assert "undecided: territory B: 06712 Móng Cái 1" in told
    company.chi.refresh_from_db()
    assert company.chi.region == company.hong_gai
    assert TerritoryRegion.objects.get(valid_to=None).territory.code == "A"
