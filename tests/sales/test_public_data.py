"""The public ticket check and open data: what a ticket wins, what programs read, and how often."""

import csv
import json
from datetime import datetime
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from backend.clock import VN
from sales.draws.prize_tables import load_prize_tables
from sales.engine.draw_sheet import FIELDS
from sales.models import Draw
from sales.public.limits import CHECKS_A_MINUTE, DATA_A_MINUTE
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

SPECIAL = AUGUST_18[0]


@pytest.fixture(autouse=True)
def published(company: Company) -> Any:
    load_prize_tables()
    load_rules()
    with time_machine.travel(datetime(2026, 11, 18, 9, 0, 12, tzinfo=VN), tick=False):
        make.result(Draw.objects.get(date="2026-11-17"), AUGUST_18, ("2KX", "5KX"), series_count=20)
        yield


def check(public: Client, **asked: str) -> str:
    answer = public.get("/do-ve/", {"ngay": "2026-11-17", **asked})
    text = answer.content.decode()
    assert answer.status_code == (400 if "aria-invalid" in text else 200)
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("so", "ky_hieu", "told"),
    [
        (SPECIAL, "2kx", ("vé trúng thưởng", "500.000.000", "Lĩnh thưởng đến hết ngày 17/12/2026")),
        (SPECIAL, "9KX", ("vé trúng thưởng", "25.000.000", "25.040.000")),
        (SPECIAL, "", ("trùng số giải đặc biệt|vé trúng thưởng", "Hãy nhập ký hiệu", "40.000")),
        ("55349", "", ("vé trúng thưởng", "10.000.000")),
        ("00000", "", ("vé không trúng",)),
        ("123", "", ("Số vé phải là đúng 5 chữ số",)),
        ("12345", "Đ", ("Ký hiệu vé gồm chữ không dấu",)),
    ],
)  # fmt: skip
def test_a_ticket_is_told_what_it_wins(
    public: Client, so: str, ky_hieu: str, told: tuple[str, ...]
):
    text = check(public, so=so, ky_hieu=ky_hieu)
    for words in told:
        assert any(word in text for word in words.split("|")), words
    assert ("500.000.000" in text) == (ky_hieu == "2kx")


def test_a_draw_without_a_published_result_is_not_checked(public: Client):
    assert "chưa có kết quả được công bố" in check(public, so=SPECIAL, ngay="2026-11-16")
    never = public.get("/do-ve/", {"so": SPECIAL, "ngay": "2025-01-01"})
    assert never.status_code == 404
    assert "không có kỳ quay" in never.content.decode().lower()
    assert 'value="2026-11-17"' in public.get("/do-ve/").content.decode()  # the newest
    assert public.post("/do-ve/", {"so": SPECIAL}).status_code == 405


def test_programs_read_the_same_in_every_form(public: Client):
    answer = public.get("/du-lieu/ket-qua.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    [told] = json.loads(answer.content)["results"]
    assert told["numbers"]["special"] == [SPECIAL]
    assert told["numbers"]["sixth"] == ["873", "082", "954"]
    assert (told["symbols"], told["series_count"], told["corrected"]) == (["2KX", "5KX"], 20, False)
    assert told["url"] == "http://localhost:8001/ket-qua/2026-11-17/"
    assert json.loads(public.get("/du-lieu/ket-qua/2026-11-17.json").content) == told
    text = public.get("/du-lieu/ket-qua.csv?tu=2026-11-01").content.decode()
    [row] = csv.DictReader(StringIO(text))
    assert [row[field] for field in FIELDS] == list(AUGUST_18)
    assert row["symbols"] == "2KX 5KX"
    for kind, item, summary in (
        ("atom", "{http://www.w3.org/2005/Atom}entry", "{http://www.w3.org/2005/Atom}summary"),
        ("rss", "channel/item", "description"),
    ):
        feed = ElementTree.fromstring(public.get(f"/du-lieu/ket-qua.{kind}.xml").content)
        [entry] = feed.findall(item)
        assert f"giải đặc biệt: {SPECIAL}" in str(entry.findtext(summary))
        assert str(entry.findtext(summary)).endswith("; Ký hiệu trúng: 2KX 5KX")
    known = {"If-None-Match": answer.headers["ETag"]}
    assert public.get("/du-lieu/ket-qua.json", headers=known).status_code == 304
    [table] = json.loads(public.get("/du-lieu/co-cau-giai.json").content)["tables"]
    assert table["prizes"][0]["amount"] == 500_000_000
    assert json.loads(public.get("/du-lieu/lich-quay.json").content)["draws"][0] == {
        "date": "2026-11-18", "host": "Quảng Ninh",
    }  # fmt: skip
    assert public.get("/du-lieu/").status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("ket-qua.json?tu=hôm qua", 400, "data.not_a_day"),
        ("ket-qua.csv?tu=2020-01-01", 400, "data.too_many_days"),
        ("ket-qua/2026-11-16.json", 404, "data.no_result"),
        ("ket-qua/x.json", 404, "data.no_result"),
        ("ket-qua.csv?tu=2026-11-17&den=2026-11-01", 400, "data.wrong_order"),
    ],
)
def test_what_cannot_be_given_is_a_problem_document(
    public: Client, address: str, status: int, code: str
):
    answer = public.get(f"/du-lieu/{address}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == code


def test_who_asks_too_often_is_told_when_to_come_back(public: Client, settings: Any):
    answers = [public.get("/do-ve/").status_code for _ in range(CHECKS_A_MINUTE + 1)]
    assert set(answers[:-1]) == {200}
    refused = public.get("/do-ve/?so=12345")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "48"  # it is twelve seconds past the minute
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Hãy thử lại sau 48 giây" in refused.content.decode()
    assert public.get("/ket-qua/").status_code == 200  # pages to read are not counted
    for _ in range(DATA_A_MINUTE):
        assert public.get("/du-lieu/ket-qua/x.json").status_code == 404
    document = public.get("/du-lieu/ket-qua.json")
    assert document.status_code == 429
    assert json.loads(document.content)["code"] == "too_many_requests"
    other = public.get("/do-ve/", REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 200
    pretended = {"X-Forwarded-For": "203.0.113.10"}
    assert public.get("/do-ve/", headers=pretended).status_code == 429  # nobody's proxy
    settings.PROXY_NETWORKS = ["127.0.0.0/8"]
    assert public.get("/do-ve/", headers=pretended).status_code == 200
    with time_machine.travel(datetime(2026, 11, 18, 9, 1, 1, tzinfo=VN), tick=False):
        assert public.get("/do-ve/").status_code == 200


def test_one_subscriber_of_ipv6_is_one_caller(public: Client):
    for number in range(CHECKS_A_MINUTE):
        assert public.get("/do-ve/", REMOTE_ADDR=f"2001:db8:1:2::{number:x}").status_code == 200
    assert public.get("/do-ve/", REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert public.get("/do-ve/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 200
