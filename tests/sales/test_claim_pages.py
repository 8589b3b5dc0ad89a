"""The counter's pages: a ticket checked, claimed, paid, reversed; refusals keep what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from backend.accounts.models import User
from backend.clock import VN
from sales.draws.prize_tables import load_prize_tables
from sales.models import Draw, JournalEntry, PrizeClaim
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

HOME = "/ban-ve/tra-thuong/"


@pytest.fixture(autouse=True)
def friday() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=VN), tick=False):
        yield


@pytest.fixture
def counter(company: Company, page: Callable[..., Client]) -> Client:
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date="2026-11-17"), AUGUST_18, ["2KX"], series_count=20)
    return page("sales_manager")


def ticket(number: str = "10776", **fields: str) -> dict[str, str]:
    return {"so": number, "ky_hieu": "3kx", "ngay": "2026-11-17", "trinh": "2026-11-20", **fields}


def test_a_ticket_is_checked_claimed_paid_and_reversed(counter: Client):
    checked = counter.get("/ban-ve/do-ve/", ticket()).content.decode()
    assert "tra-thuong/them/?so=10776" in checked
    made = counter.post(f"{HOME}them/", ticket(), follow=True).content.decode()
    assert "Đã lập phiếu lĩnh thưởng." in made
    claim = PrizeClaim.objects.get()
    assert f"{HOME}{claim.pk}/" in counter.get(HOME).content.decode()
    payment = {"ngay": "2026-11-20", "tu": "agent", "dai_ly": "AN", "phi": "20", "chung_tu": "UQ1"}
    lacking = counter.post(f"{HOME}{claim.pk}/tra/", payment | {"dai_ly": ""}, follow=True)
    assert "Hãy ghi mã đại lý" in lacking.content.decode()
    paid = counter.post(f"{HOME}{claim.pk}/tra/", payment, follow=True).content.decode()
    assert "Đã ghi trả thưởng." in paid
    assert "phí 400" in paid
    assert "UQ1" in counter.get(f"{HOME}{claim.pk}/").content.decode()
    found = counter.get(HOME, {"tim": "UQ1"}).content.decode()
    assert "10776 3KX" in found
    undone = counter.post(f"{HOME}{claim.pk}/dao/", {"ly_do": "Nhầm đại lý"}, follow=True)
    assert "phiếu lại chờ trả" in undone.content.decode()
    assert JournalEntry.objects.count() == 2
    gone = counter.post(f"{HOME}{claim.pk}/huy/", {"ly_do": "Lập nhầm vé"}, follow=True)
    assert "Lập nhầm vé" in gone.content.decode()


def test_a_refusal_says_why_and_keeps_what_was_typed(counter: Client):
    answer = counter.post(f"{HOME}them/", ticket("29183", ten="Trần Thị Trúng"))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "phải ghi họ tên và số giấy tờ" in text
    assert 'value="Trần Thị Trúng"' in text
    assert not PrizeClaim.objects.exists()


def test_a_claim_that_hangs_on_an_unconfirmed_rule_says_so(counter: Client):
    sent = ticket("29183", ten="Trần Thị Trúng", giay_to="022190000001")
    shown = counter.post(f"{HOME}them/", sent, follow=True).content.decode()
    assert "Quy định thuế hiện hành chưa được xác nhận" in shown
    payment = {"ngay": "2026-11-20", "tu": "cash"}
    pk = PrizeClaim.objects.get().pk
    refused = counter.post(f"{HOME}{pk}/tra/", payment, follow=True).content.decode()
    assert "chưa được xác nhận" in refused
    assert not JournalEntry.objects.exists()


def test_a_late_payment_is_seen(counter: Client):
    counter.post(f"{HOME}them/", ticket())
    assert "quá hạn trả" not in counter.get(HOME).content.decode()
    with time_machine.travel(datetime(2026, 11, 28, 9, 0, tzinfo=VN), tick=False):
        assert "quá hạn trả" in counter.get(HOME).content.decode()


def test_others_look_and_regions_see_their_own(
    counter: Client, company: Company, page: Callable[..., Client], person: Callable[..., User]
):
    counter.post(f"{HOME}them/", ticket())
    pk = PrizeClaim.objects.get().pk
    executive = page("executive")
    assert "10776 3KX" in executive.get(HOME).content.decode()
    assert "Ghi trả thưởng" not in executive.get(f"{HOME}{pk}/").content.decode()
    region = page(person("sales_manager", username="vung", region=company.hong_gai))
    assert "10776" not in region.get(HOME).content.decode()
    assert region.get(f"{HOME}{pk}/").status_code == 404
    assert region.post(f"{HOME}{pk}/tra/", {"ngay": "2026-11-20", "tu": "cash"}).status_code == 404
    assert "của một địa bàn không xem được" in region.get(f"{HOME}ty-le/").content.decode()


def test_the_ratio_page(counter: Client):
    assert "Chưa có kỳ nào" in counter.get(f"{HOME}ty-le/").content.decode()
    counter.post(f"{HOME}them/", ticket())
    pk = PrizeClaim.objects.get().pk
    counter.post(f"{HOME}{pk}/tra/", {"ngay": "2026-11-20", "tu": "bank"})
    shown = counter.get(f"{HOME}ty-le/").content.decode()
    assert "200.000" in shown
    assert "11/2026" in shown
