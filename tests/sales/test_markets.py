"""White spots and campaigns through page and API: entered, kept, seen by those who may."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import InternalError
from django.test import Client
from rest_framework.test import APIClient

from backend.clock import VN
from backend.org.models import Territory, TerritoryRegion
from sales.growth.shipped_census import shipped_census
from sales.models import (
    Agent,
    AgentStatus,
    Campaign,
    CampaignAgent,
    Draw,
    PointOfSale,
    RegionCensus,
)
from tests import make
from tests.sales.conftest import Company, bulk, line

NOW = datetime(2026, 11, 24, 9, tzinfo=VN)
SPOTS, CENSUS = "/api/v1/white-spots/", "/api/v1/census/"
CAMPAIGNS = "/api/v1/campaigns/"
NEW = {
    "name": "Thăm đại lý", "purpose": "Thăm mỗi tuần một lần, thay biển hiệu.",
    "starts": "2026-10-26", "ends": "2026-11-22", "cost_amount": 3_000_000,
}  # fmt: skip


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def counted(lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    source = {"as_of": "2025-12-31", "source": "Niên giám thống kê 2025", "lines": lines}
    return source | fields


def test_figures_of_an_unknown_unit_are_refused_and_none_is_kept(
    company: Company, manager: APIClient
) -> None:
    known = {"region": "06685", "inhabitants": 30_000}
    answer = manager.post(CENSUS, counted([known, {"region": "99999", "inhabitants": 5}]))
    assert answer.status_code == 400
    assert "99999" in answer.json()["errors"]
    assert manager.post(CENSUS, counted([known | {"inhabitants": 0}])).status_code == 400
    assert not RegionCensus.objects.exists()


def test_points_are_counted_by_inhabitants_and_newer_figures_win(
    company: Company, manager: APIClient, api: Any, page: Any
) -> None:
    for code in ("P1", "P2"):
        PointOfSale.objects.create(
            agent=company.an, code=code, name=code, address="Phố", region=company.mong_cai,
            opened_date=date(2024, 1, 1), closed_date=date(2026, 11, 23) if code == "P2" else None,
        )  # fmt: skip
    make.agent("NGHI", company.hong_gai, status=AgentStatus.SUSPENDED)
    sent = [
        {"region": "06685", "inhabitants": 10_000, "area_km2": "50.00"},
        {"region": "06712", "inhabitants": 99, "area_km2": "20.00"},
    ]
    assert manager.post(CENSUS, counted(sent)).json() == {"kept": 2}
    newer = counted([{"region": "06712", "inhabitants": 40_000}], as_of="2026-06-30")
    assert manager.post(CENSUS, newer).status_code == 201
    assert bulk(manager, [line("CHI", issued=100, returned=20)]).status_code == 201

    mong_cai, hong_gai = manager.get(SPOTS).json()["results"]
    # Chi has no point of its own and sells where it is; so does Bình; An has one there, one closed.
    assert (mong_cai["region"], mong_cai["points"], mong_cai["inhabitants"]) == ("06712", 2, 40_000)
    assert (hong_gai["points"], hong_gai["points_per_100_km2"]) == (1, 2.0)
    assert mong_cai["tickets_per_1_000"] == 2.0
    assert (mong_cai["points_per_10_000"], mong_cai["points_per_10_000_usual"]) == (0.5, 0.75)
    assert (mong_cai["missing_points"], hong_gai["missing_points"]) == (1, 0)
    assert RegionCensus.objects.count() == 3

    east = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(
        territory=east, region=company.mong_cai, valid_from=date(2026, 1, 1)
    )
    for place, code in {"region=06685": "06685", "territory=DONG": "06712"}.items():
        assert [one["region"] for one in manager.get(f"{SPOTS}?{place}").json()["results"]] == [
            code
        ]
    assert [one["missing_points"] for one in manager.get(f"{SPOTS}?region=22").json()["results"]] == [1, 0]  # fmt: skip
    assert manager.get(f"{SPOTS}?region=99").json()["code"] == "request.invalid"
    client: Client = page("executive")
    text = client.get("/ban-ve/vung-trang/?dia_ban=vung:DONG").content.decode()
    assert ('<th scope="row">Móng Cái 1' in text, '<th scope="row">Hồng Gai' in text) == (
        True,
        False,
    )
    assert "<strong>1</strong>" in text  # still beside the usual unit of the whole company

    of_region = api(make_region_manager(company))
    assert of_region.get(f"{SPOTS}?territory=DONG").status_code == 400
    assert [one["region"] for one in of_region.get(SPOTS).json()["results"]] == ["06685"]
    outside = of_region.post(CENSUS, counted([{"region": "06712", "inhabitants": 7}]))
    assert outside.status_code == 400


def make_region_manager(company: Company) -> Any:
    from backend.accounts.models import Role, User

    return User.objects.create(
        username="hg", email="hg@x.vn", role=Role.SALES_MANAGER, region=company.hong_gai
    )


def test_figures_are_typed_in_a_form_that_keeps_only_what_changed(
    company: Company, page: Any
) -> None:
    client: Client = page("sales_manager")
    sent = {"as_of": "2026-06-30", "source": "Niên giám 2025", "people_06685": "12.500"}
    wrong = client.post("/ban-ve/vung-trang/so-lieu/", sent | {"area_06712": "41,5"})
    assert wrong.status_code == 400
    assert "Hãy ghi cả dân số." in wrong.content.decode()
    assert not RegionCensus.objects.exists()
    right = sent | {"area_06685": "41,5"}
    assert client.post("/ban-ve/vung-trang/so-lieu/", right).status_code == 302
    again = client.post("/ban-ve/vung-trang/so-lieu/", right)
    assert "Chưa có số nào thay đổi" in again.content.decode()
    [kept] = RegionCensus.objects.all()
    assert (kept.region, kept.inhabitants, str(kept.area_km2)) == (
        company.hong_gai,
        12_500,
        "41.50",
    )
    with pytest.raises(InternalError):
        RegionCensus.objects.update(inhabitants=1)


def test_the_office_file_fills_the_form_and_is_kept_once_it_was_looked_at(
    company: Company, page: Any
) -> None:
    client: Client = page("sales_manager")
    address, spots = "/ban-ve/vung-trang/so-lieu/", "/ban-ve/vung-trang/"
    assert "2 địa bàn chưa có dân số" in client.get(spots).content.decode()

    def read(text: str) -> Any:
        file = SimpleUploadedFile("dan-so.csv", text.encode())
        return client.post(address, {"doc": "1", "tep": file})

    wrong = read("Đơn vị;Dân số\nHồng Gai;nhiều\nXã Lạ;5\n")
    assert wrong.status_code == 400
    assert "Dòng 2: dân số &quot;nhiều&quot; không đọc được" in wrong.content.decode()
    assert "Dòng 3: &quot;Xã Lạ&quot; không phải xã, phường" in wrong.content.decode()
    assert client.post(address, {"doc": "1"}).status_code == 400
    told = read("Đơn vị;Diện tích (km2);Dân số\nTổng số;;90.000\nHồng Gai;12,34;28.490\n")
    shown = told.content.decode()
    assert told.status_code == 200
    assert "Đã đọc 1 địa bàn từ tệp dan-so.csv, chưa lưu." in shown
    assert 'value="28.490"' in shown
    assert 'value="12,34"' in shown
    assert not RegionCensus.objects.exists()

    sent = {"as_of": "2025-12-31", "source": "Niên giám 2025", "is_estimate": "on",
            "people_06685": "28.490", "area_06685": "12,34"}  # fmt: skip
    assert client.post(address, sent).status_code == 302
    now = " ".join(client.get(spots).content.decode().split())
    assert "1 địa bàn chưa có dân số" in now
    assert "Niên giám 2025, số đến 31/12/2025 (1 địa bàn)" in now
    assert "ước tính" in now


def test_figures_that_come_with_the_program_are_saved_by_who_has_looked_at_them(
    company: Company, page: Any
) -> None:
    census = shipped_census()
    assert len(census.lines) == 54
    assert sum(each.inhabitants for each in census.lines.values()) == 1_497_447
    client: Client = page(make_region_manager(company))
    address = "/ban-ve/vung-trang/so-lieu/"
    filled = client.post(address, {"doc": "kem-theo"}).content.decode()
    assert "Đã điền 1 địa bàn theo số kèm theo sản phẩm, chưa lưu." in filled
    assert ('value="51.333"' in filled, 'name="people_06712"' in filled) == (True, False)
    assert (census.source in filled, RegionCensus.objects.exists()) == (True, False)
    sent = {"as_of": "2025-07-01", "source": census.source}
    client.post(address, sent | {"people_06685": "51.333", "area_06685": "5"})
    [kept] = RegionCensus.objects.all()
    assert (kept.inhabitants, kept.is_estimate) == (51_333, False)
    assert "chưa đối chiếu bản gốc" in client.get("/ban-ve/vung-trang/").content.decode()


def test_a_campaign_with_an_unknown_agent_is_refused_whole(
    company: Company, manager: APIClient
) -> None:
    answer = manager.post(CAMPAIGNS, NEW | {"agents": ["AN", "LA"]})
    assert answer.status_code == 400
    assert "LA" in answer.json()["errors"]["agents"]
    reversed_days = manager.post(CAMPAIGNS, NEW | {"agents": ["AN"], "ends": "2026-10-01"})
    assert "ends" in reversed_days.json()["errors"]
    assert not Campaign.objects.exists()


def test_a_campaign_is_seen_by_those_who_see_all_its_agents_and_cancelled_with_a_reason(
    company: Company, manager: APIClient, page: Any
) -> None:
    both = manager.post(CAMPAIGNS, NEW | {"agents": ["AN", "CHI", "AN"]}).json()
    assert both["agents"] == ["AN", "CHI"]
    own = manager.post(CAMPAIGNS, NEW | {"agents": ["AN"]}).json()
    there = manager.get(f"{CAMPAIGNS}?region=06712&fields=id").json()["results"]
    assert there == [{"id": both["id"]}]
    seen = page("executive").get("/ban-ve/chuong-trinh/?dia_ban=06712").content.decode()
    assert (f"/chuong-trinh/{both['id']}/" in seen, f"/chuong-trinh/{own['id']}/" in seen) == (
        True, False,
    )  # fmt: skip
    client: Client = page(make_region_manager(company))
    assert client.get(f"/ban-ve/chuong-trinh/{both['id']}/").status_code == 404
    address = f"/ban-ve/chuong-trinh/{own['id']}/"
    assert "Chưa đủ số liệu" in client.get(address).content.decode()
    refused = client.post(f"{address}huy/", {"ly_do": "lỗi"}, follow=True).content.decode()
    assert "Hãy ghi lý do hủy, ít nhất 5 ký tự." in refused
    assert Campaign.objects.get(pk=own["id"]).cancelled_at is None
    client.post(f"{address}huy/", {"ly_do": "Nhập nhầm đại lý"})
    cancelled = client.get(address).content.decode()
    assert "Nhập nhầm đại lý" in cancelled
    assert Campaign.objects.get(pk=own["id"]).cancelled_at == NOW
    client.post(f"{address}huy/", {"ly_do": "Lần thứ hai"})
    assert Campaign.objects.get(pk=own["id"]).cancel_reason == "Nhập nhầm đại lý"
    undo = f"{CAMPAIGNS}{both['id']}/cancellation/"
    key = {"Idempotency-Key": "huy-1"}
    undone = manager.post(undo, {"reason": "Nhập nhầm ngày"}, headers=key)
    assert (undone.status_code, undone.json()["is_cancelled"]) == (201, True)
    assert manager.post(undo, {"reason": "Nhập nhầm ngày"}, headers=key).json() == undone.json()
    assert manager.post(undo, {"reason": "Nhập nhầm ngày"}).status_code == 409
    table = manager.get(f"{CAMPAIGNS}?fields=id,is_cancelled", headers={"Accept": "text/csv"})
    assert len(table.content.decode().splitlines()) == 3
    with pytest.raises(InternalError):
        CampaignAgent.objects.all().delete()


def test_its_effect_is_told_against_agents_like_them(
    company: Company, manager: APIClient, page: Any, django_assert_max_num_queries: Any
) -> None:
    others = [make.agent(f"D{n:02}", company.hong_gai) for n in range(12)]
    start = date(2026, 10, 26)
    days = [start + timedelta(days=n) for n in range(-56, 28)]
    for day in days:
        if not (date(2026, 11, 16) <= day <= date(2026, 11, 22)):
            make.draw(day)
    lines = [
        line(code, f"{day}", issued=150 if code == "AN" and day >= start else 100 + number)
        for day in days
        for number, code in enumerate(["AN", *(one.code for one in others)])
    ]
    assert bulk(manager, lines).status_code == 201
    made = manager.post(CAMPAIGNS, NEW | {"agents": ["AN", "CHI"]}).json()
    found = manager.get(f"{CAMPAIGNS}{made['id']}/").json()["effect"]
    assert (found["draws"], found["tickets"], found["expected"]) == (28, 4_200, 2_800)
    assert (found["change"], found["chance"]) == (0.5, 0.0)
    part = manager.get(f"{CAMPAIGNS}{made['id']}/?region=06685").json()
    assert (part["agents"], part["effect"]) == (["AN", "CHI"], found)  # Chi sold nothing
    assert manager.get(f"{CAMPAIGNS}{made['id']}/?region=06712").json()["effect"] is None
    client: Client = page("executive")
    of_place = client.get(f"/ban-ve/chuong-trinh/{made['id']}/?dia_ban=06712").content.decode()
    assert ("/dai-ly/CHI/" in of_place, "/dai-ly/AN/" in of_place) == (True, False)
    with django_assert_max_num_queries(20):
        text = client.get(f"/ban-ve/chuong-trinh/{made['id']}/").content.decode()
    assert "+50,0 %" in text
    assert "khó là ngẫu nhiên" in text
    assert "D00, D01, D02, D03, D04" in text
    assert "không bán đều trong các tuần trước" in text  # Chi sold nothing


def test_a_campaign_of_a_day_is_seen_in_the_weeks_after_it_beside_agents_that_still_sell(
    company: Company, manager: APIClient
) -> None:
    began, last = date(2026, 11, 10), date(2026, 11, 23)
    codes = ["AN", "CHI", *(make.agent(f"K{one}", company.hong_gai).code for one in range(11))]
    lines = []
    for back in range(70):
        day = last - timedelta(days=back)
        if not Draw.objects.filter(date=day).exists():
            make.draw(day)
        for code in codes:
            tickets = 130 if code == "AN" and day >= began else 100
            if code != "CHI" or day < began:
                lines.append(line(code, f"{day}", issued=tickets))
    assert bulk(manager, lines).status_code == 201
    Agent.objects.filter(code="CHI").update(status=AgentStatus.ENDED, closed_date=began)
    sent = NEW | {"starts": f"{began}", "ends": f"{began}", "agents": ["AN"]}
    made = manager.post(CAMPAIGNS, sent).json()
    told = manager.get(f"{CAMPAIGNS}{made['id']}/").json()["effect"]
    assert (told["draws"], told["tickets"], told["expected"]) == (14, 14 * 130, 14 * 100)


@pytest.mark.parametrize("starts", ["0001-01-01", "9999-12-20"])
def test_a_campaign_of_a_mistyped_year_is_refused(
    company: Company, manager: APIClient, starts: str
) -> None:
    sent = NEW | {"starts": starts, "ends": "9999-12-31", "agents": ["AN"]}
    answer = manager.post(CAMPAIGNS, sent)
    assert (answer.status_code, answer.json()["errors"]) == (
        400, {"starts": "Ngày đầu phải từ năm 2000 đến năm 2100."},
    )  # fmt: skip
    assert not Campaign.objects.exists()
