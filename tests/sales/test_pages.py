"""The sales page and the start page's card."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from tests import make
from tests.sales.conftest import Company, bulk, line


@pytest.fixture
def recorded(company: Company, manager: APIClient) -> Company:
    lines = [line("AN", issued=1_234, returned=134), line("CHI", issued=500)]
    assert bulk(manager, lines).status_code == 201
    return company


@pytest.fixture(autouse=True)
def monday_after() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), tick=True) as moment:
        yield moment


def test_the_page_shows_regions_months_and_agents(recorded: Company, page: Callable[..., Client]):
    text = page("executive").get("/ban-ve/").content.decode()
    assert "Hồng Gai" in text
    assert "Móng Cái 1" in text
    assert "11,0" in text  # 1.100 vé x 10.000 đ, in triệu đồng
    assert "11.000.000" in text  # the same in the ranking
    assert "1.320.000" in text  # 12 % commission
    assert "10,9 %" in text  # unsold
    assert "Kỳ 22/11: thiếu 3 đại lý" in text


def test_the_page_tells_the_month_at_a_glance(
    recorded: Company, page: Callable[..., Client], manager: APIClient
):
    make.draw("2025-11-18")  # 52 weeks before
    assert bulk(manager, [line("AN", "2025-11-18", issued=800)]).status_code == 201
    text = page("executive").get("/ban-ve/").content.decode()
    glance = text[text.index('id="headline"') : text.index('id="by-region"')]
    told = re.findall(r"<dd>(.*?)</dd>", glance)
    assert told == ["16,0", "+100,0 %", "–", "1.600", "7,7 %"]  # no plan is set


def test_the_page_follows_month_and_region(recorded: Company, page: Callable[..., Client]):
    client = page("executive")
    empty = client.get("/ban-ve/?thang=2026-03").content.decode()
    assert "Không có phát sinh" in empty
    one = client.get("/ban-ve/?thang=2026-11&dia_ban=06712").content.decode()
    assert "5.000.000" in one
    assert "11.000.000" not in one
    for wrong in ("thang=2026", "thang=x", "dia_ban=99999", "thang=0000-01"):
        assert client.get(f"/ban-ve/?{wrong}").status_code == 404


def test_a_regional_manager_sees_only_the_region(
    recorded: Company, page: Callable[..., Client], person: Callable[..., User]
):
    client = page(person("sales_manager", username="mai", region=recorded.mong_cai))
    text = client.get("/ban-ve/").content.decode()
    assert "5.000.000" in text
    assert "Hồng Gai" not in text
    assert client.get("/ban-ve/?dia_ban=06685").status_code == 404
    assert "Đại lý AN" not in text


@pytest.mark.parametrize(
    ("role", "status"),
    [("executive", 200), ("auditor", 200), ("hr", 403), ("administrator", 403)],
)
def test_who_may_look(recorded: Company, page: Callable[..., Client], role: str, status: int):
    client = page(role)
    assert client.get("/ban-ve/").status_code == status
    assert ("Bán vé" in client.get("/").content.decode()) == (status == 200)


def test_the_card_tells_of_the_last_draw(recorded: Company, page: Callable[..., Client]):
    text = page("executive").get("/").content.decode()
    assert "22/11/2026 Quảng Ninh" in text
    assert "3 đại lý chưa có số liệu kỳ này" in text


def test_an_empty_company_has_an_empty_page(db: None, page: Callable[..., Client]):
    text = page("executive").get("/ban-ve/").content.decode()
    assert "Chưa có dữ liệu" in text
    assert "Không có phát sinh" in text
    assert 'id="headline"' not in text


def test_a_card_without_data_does_not_call_it_complete(db: None, page: Callable[..., Client]):
    cards = page("executive").get("/").content.decode().split("<section")[1:]
    assert any("Chưa có dữ liệu" in card for card in cards)
    for card in cards:
        assert not ("Chưa có dữ liệu" in card and "Đủ dữ liệu" in card), card


def test_reference_data_is_kept_in_the_admin(recorded: Company, person: Callable[..., User]):
    client = Client()
    keeper = person("administrator", is_staff=True)
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/quan-tri/sales/agent/").status_code == 200
    answer = client.post(
        "/quan-tri/sales/product/add/",
        {
            "code": "TT20",
            "name": "Vé mới",
            "kind": "instant",
            "face_value_amount": "20000",
            "valid_from": "01/01/2027",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert client.post("/quan-tri/sales/product/1/delete/").status_code == 403
    hr = Client()
    hr.force_login(person("hr", is_staff=True), backend="django.contrib.auth.backends.ModelBackend")
    assert hr.get("/quan-tri/sales/agent/", follow=True).status_code == 403
