"""The pages of results and tickets: keyed, refused field by field, published; tickets checked."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from backend.accounts.models import User
from backend.clock import VN
from sales.draws.prize_tables import load_prize_tables
from sales.models import Draw, DrawPublication, DrawResultEntry
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

ADDRESS = "/ban-ve/ket-qua/2026-11-17/"


@pytest.fixture(autouse=True)
def evening() -> Any:
    with time_machine.travel(datetime(2026, 11, 17, 18, 36, tzinfo=VN), tick=False):
        yield


@pytest.fixture
def clerks(
    company: Company, page: Callable[..., Client], person: Callable[..., User]
) -> tuple[Client, Client]:
    one, two = (page(person("sales_manager", username=name)) for name in ("hoa", "lan"))
    return one, two


def form(**fields: str) -> dict[str, str]:
    numbers = {f"so_{place}": number for place, number in enumerate(AUGUST_18, 1)}
    return numbers | {"ky_hieu": "2kx, 5KX", "so_seri": "20"} | fields


def test_two_people_key_and_one_publishes(clerks: tuple[Client, Client]):
    one, two = clerks
    answer = one.post(ADDRESS, form(), follow=True)
    assert "đang chờ người thứ hai" in answer.content.decode()
    blind = two.get(ADDRESS).content.decode()
    assert "1 người khác đã nhập" in blind
    assert "29183" not in blind
    differs = two.post(ADDRESS, form(so_17="0777"), follow=True).content.decode()
    assert "Giải năm, số 3" in differs
    assert "0776" in differs
    agreed = two.post(ADDRESS, form(), follow=True).content.decode()
    assert "trùng khớp" in agreed
    shown = two.post(f"{ADDRESS}cong-bo/", {"bien_ban": "BB-7"}, follow=True).content.decode()
    assert "Đã công bố kết quả kỳ này." in shown
    assert "biên bản số BB-7" in shown
    draw = Draw.objects.get(date="2026-11-17")
    assert (draw.numbers, draw.winning_symbols) == (list(AUGUST_18), ["2KX", "5KX"])
    listed = one.get("/ban-ve/ket-qua/").content.decode()
    assert "29183" in listed
    assert "chưa nhập" in listed  # the day before


def test_a_wrong_field_is_named_and_what_was_typed_stays(clerks: tuple[Client, Client]):
    answer = clerks[0].post(ADDRESS, form(so_21="87", ky_hieu=""))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'href="#so_21">giải sáu, số 1' in text
    assert "Thiếu ký hiệu trúng giải đặc biệt." in text
    assert 'value="0776"' in text
    no_series = clerks[0].post(ADDRESS, form(so_seri="hai mươi"))
    assert "Số sê-ri phát hành phải là số nguyên" in no_series.content.decode()
    assert not DrawResultEntry.objects.exists()


def test_others_only_look(
    company: Company, page: Callable[..., Client], person: Callable[..., User]
):
    executive = page("executive")
    assert "Nhập kết quả" not in executive.get(ADDRESS).content.decode()
    assert executive.post(ADDRESS, form()).status_code == 400
    region = page(person("sales_manager", username="vung", region=company.hong_gai))
    assert region.post(ADDRESS, form()).status_code == 403
    assert region.post(f"{ADDRESS}cong-bo/").status_code == 302
    assert not DrawResultEntry.objects.exists()
    assert not DrawPublication.objects.exists()
    for strange in ("2026-02-30", "2019-01-01", "x"):
        assert executive.get(f"/ban-ve/ket-qua/{strange}/").status_code == 404


def test_a_ticket_is_checked_at_the_counter(company: Company, page: Callable[..., Client]):
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date="2026-11-17"), AUGUST_18, ["2KX"])
    counter = page("sales_manager")

    def check(number: str, symbol: str = "2kx", day: str = "2026-11-17") -> str:
        asked = {"so": number, "ky_hieu": symbol, "ngay": day}
        return counter.get("/ban-ve/do-ve/", asked).content.decode()

    special = check("29183")
    for part in ("500.040.000", "48.004.000", "452.036.000", "17/12/2026", "chưa được xác nhận"):
        assert part in special, part
    assert "Vé không trúng" in check("11111")
    assert "đúng 5 chữ số" in check("9183")
    assert "chưa có kết quả" in check("29183", day="2026-11-16")


def test_the_list_asks_a_fixed_number_of_times(
    company: Company, page: Callable[..., Client], django_assert_max_num_queries: Any
):
    looker = page("executive")
    looker.get("/ban-ve/ket-qua/")
    with django_assert_max_num_queries(8):
        looker.get("/ban-ve/ket-qua/")


def test_a_draw_to_come_is_not_late(company: Company, page: Callable[..., Client]):
    looker = page("executive")
    for moment, waiting, missing in (("18:14", 1, 1), ("18:15", 0, 2)):
        with time_machine.travel(f"2026-11-17T{moment}:00+07:00", tick=False):
            text = looker.get("/ban-ve/ket-qua/").content.decode()
        assert (text.count("chưa quay"), text.count("chưa nhập")) == (waiting, missing), moment
