"""Money of agents as a list: entered, found, reversed, taken out as a workbook, within one's units."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.models import AgentBalance, JournalEntry, RecordingBatch, Source
from tests.sales.conftest import Company
from tests.sales.test_money import book, money

HOME = "/ban-ve/cong-no/thu-tien/"
NOVEMBER = f"{HOME}?tu=2026-11-01&den=2026-11-30"


@pytest.fixture(autouse=True)
def friday() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=VN), tick=False):
        yield


def test_who_has_a_moved_agent_now_finds_and_reverses_what_it_paid_before(
    company: Company, page: Callable[..., Client], person: Callable[..., User]
):
    page("sales_manager").post(f"{HOME}ghi/", sent())
    company.an.region = company.mong_cai
    company.an.save()
    before = page(person("sales_manager", username="hg", region=company.hong_gai))
    now = page(person("sales_manager", username="mc", region=company.mong_cai))
    own = f"{NOVEMBER}&dia_ban={company.mong_cai.code}"
    assert [row[6] for row in cells(before, NOVEMBER)] == ["PT 7"], "units keep what was paid there"
    assert cells(now, own) == []
    assert [row[6] for row in cells(now, f"{own}&tim=an")] == ["PT 7"]
    assert "/dao/" in now.get(f"{own}&tim=AN").content.decode()
    below = f"{NOVEMBER}&dia_ban={company.hong_gai.code}"
    assert [row[6] for row in cells(page("executive"), f"{below}&tim=AN")] == ["PT 7"]


def sent(agent: str = "AN", **fields: str) -> dict[str, str]:
    values = {"loai": "payment", "viec": "payment", "dai_ly": agent, "ngay": "2026-11-19"}
    return values | {"so_tien": "1.500.000", "vao": "bank", "chung_tu": "PT 7"} | fields


def cells(client: Client, address: str) -> list[tuple[Any, ...]]:
    answer = client.get(f"{address}&dang=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    top = int(sheet.print_title_rows.replace("$", "").split(":")[0])
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=top + 1)]


def owed() -> dict[str, tuple[int, int]]:
    rows = AgentBalance.objects.values_list("agent__code", "receivable", "collateral")
    return {code: (receivable, collateral) for code, receivable, collateral in rows}


def test_money_is_entered_found_and_reversed(company: Company, page: Callable[..., Client]):
    client = page("sales_manager")
    answer = client.post(f"{HOME}ghi/", sent(), follow=True)
    assert "1.500.000" in answer.content.decode()
    assert answer.redirect_chain == [(f"{HOME}?loai=payment&ngay=2026-11-19&vao=bank", 302)]
    client.post(
        f"{HOME}ghi/", sent(loai="collateral", viec="deposit", so_tien="300.000", chung_tu="KQ 1")
    )
    client.post(
        f"{HOME}ghi/", sent(loai="collateral", viec="give_back", so_tien="100000", chung_tu="KQ 2")
    )
    taken = sent(loai="adjustment", viec="less", so_tien="20.000", chung_tu="QĐ 3")
    client.post(f"{HOME}ghi/", taken | {"ly_do": "Miễn phần chênh lệch kiểm đếm"})
    assert owed() == {"AN": (-1_520_000, -200_000)}
    assert {batch.source for batch in RecordingBatch.objects.all()} == {Source.PAGE}

    (row,) = cells(client, NOVEMBER)
    day = datetime(2026, 11, 19)  # noqa: DTZ001 -- as a cell is
    assert row[:8] == (day, "AN", "Đại lý AN", "Hồng Gai", 1_500_000, "chuyển khoản", "PT 7", None)
    assert [row[4] for row in cells(client, f"{NOVEMBER}&loai=collateral")] == [-100_000, 300_000]
    assert [row[4] for row in cells(client, f"{NOVEMBER}&loai=adjustment")] == [-20_000]
    assert cells(client, f"{NOVEMBER}&vao=cash") == cells(client, f"{NOVEMBER}&tim=Binh") == []
    assert len(cells(client, f"{NOVEMBER}&vao=bank&tim=dai+ly+an")) == 1
    assert len(cells(client, f"{NOVEMBER}&tim=pt+7")) == 1

    entry = JournalEntry.objects.get(event="payment")
    wrong = client.post(f"{HOME}{entry.pk}/dao/", {"ly_do": "nhầm"}, follow=True).content.decode()
    assert ("ít nhất 5 ký tự" in wrong, owed()["AN"][0]) == (True, -1_520_000)
    client.post(f"{HOME}{entry.pk}/dao/", {"ly_do": "Ghi nhầm đại lý"})
    assert owed()["AN"][0] == -20_000
    newest, first = cells(client, NOVEMBER)
    assert (newest[4], newest[7], first[4], first[8]) == (
        -1_500_000, "Ghi nhầm đại lý", 1_500_000, f"đã đảo bởi {newest[9]}",
    )  # fmt: skip
    assert newest[8] == f"đảo {entry.pk}"


#: What is wrong with a form, and what the refusal names.
WRONG: list[tuple[dict[str, str], str]] = [
    ({"dai_ly": "KHONG"}, "KHONG"),
    ({"so_tien": "1,5 triệu"}, "Số tiền"),
    ({"so_tien": "0"}, "Số tiền"),
    ({"ngay": "2026-11-21"}, "21/11/2026"),
    ({"chung_tu": ""}, "Số chứng từ"),
    ({"chung_tu": "PT 1"}, "PT 1"),
    ({"viec": "deposit"}, "Việc"),
    ({"loai": "collateral", "viec": "give_back"}, "ký quỹ"),
    ({"loai": "adjustment", "viec": "more"}, "lý do"),
]


def test_a_wrong_field_is_named_and_nothing_is_booked(
    company: Company, page: Callable[..., Client], person: Callable[..., User], manager: APIClient
):
    book(manager, money(amount=1, reference="PT 1"))
    client = page(person("sales_manager", username="thu"))
    for wrong, told in WRONG:
        answer = client.post(f"{HOME}ghi/", sent(**wrong))
        shown = answer.content.decode()
        assert answer.status_code in (400, 409), wrong
        assert told in shown.split('role="alert"')[1].split("</p>")[0], wrong
        assert f'name="dai_ly" value="{wrong.get("dai_ly", "AN")}"' in shown  # as it was typed
    assert JournalEntry.objects.count() == 1


def test_who_sees_and_corrects_what(
    company: Company, page: Callable[..., Client], person: Callable[..., User], manager: APIClient
):
    book(manager, *(money(amount=5, agent=agent, reference="A") for agent in ("AN", "CHI")))
    theirs = page(person("sales_manager", username="mai", region=company.mong_cai))
    assert [row[1] for row in cells(theirs, NOVEMBER)] == ["CHI"]
    an = JournalEntry.objects.get(agent=company.an)
    assert theirs.post(f"{HOME}{an.pk}/dao/", {"ly_do": "Không phải của tôi"}).status_code == 404
    assert theirs.post(f"{HOME}ghi/", sent("AN")).status_code == 400
    boss = page("executive")
    assert [row[1] for row in cells(boss, f"{NOVEMBER}&dia_ban=06712")] == ["CHI"]
    assert (boss.post(f"{HOME}ghi/", sent()).status_code, JournalEntry.objects.count()) == (403, 2)
    assert "Ghi tiền" not in boss.get(HOME).content.decode()
