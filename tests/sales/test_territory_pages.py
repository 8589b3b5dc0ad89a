"""Sales territories as pages: figures of their units, units that come and go, who may do it."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Territory, TerritoryRegion
from sales.models import Draw, DrawStatus
from tests import make
from tests.sales.conftest import Company, bulk, line

HOME = "/ban-ve/vung/"


@pytest.fixture(autouse=True)
def friday() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=VN), tick=False):
        yield


@pytest.fixture
def east(company: Company) -> Territory:
    made = Territory.objects.create(code="DONG", name="Vùng Đông", manager=make.employee("NV9"))
    TerritoryRegion.objects.create(
        territory=made, region=company.mong_cai, valid_from=date(2025, 7, 1)
    )
    return made


def sheets(client: Client, query: str = "") -> list[list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(client.get(f"{HOME}?dang=xlsx{query}").content))
    tops = [int(each.print_title_rows.replace("$", "").split(":")[0]) for each in book.worksheets]
    return [
        [tuple(cell.value for cell in row) for row in each.iter_rows(min_row=top + 1)]
        for each, top in zip(book.worksheets, tops, strict=True)
    ]


def not_held(manager: APIClient) -> None:
    """Tickets of the draws of today and tomorrow, and of one called off: nothing was sold of them yet."""
    bulk(manager, [line("CHI", f"2026-11-{day}", issued=70) for day in (18, 20, 21)])
    Draw.objects.filter(date="2026-11-18").update(status=DrawStatus.VOID)
    Draw.objects.filter(date__gte="2026-11-20").update(status=DrawStatus.SCHEDULED)


def test_the_list_of_agents_tells_what_was_sold(
    company: Company, manager: APIClient, page: Callable[..., Client]
):
    bulk(manager, [line("CHI", issued=50, returned=5)])
    not_held(manager)
    book = load_workbook(BytesIO(page("executive").get("/ban-ve/dai-ly/?dang=xlsx").content))
    [chi] = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "CHI"]
    assert chi[8:10] == (450_000, 0.1)
    shown = page(User.objects.get(username="executive")).get("/ban-ve/dai-ly/CHI/").content.decode()
    assert shown.count('<td class="number">70</td>') == 3  # given, and nothing told as sold
    assert "450.000" in shown


def belongs() -> set[tuple[str, str, str, str | None]]:
    rows = TerritoryRegion.objects.values_list(
        "territory__code", "region__code", "valid_from", "valid_to"
    )
    return {(a, b, str(c), str(d) if d else None) for a, b, c, d in rows}


def test_the_list_tells_what_each_territory_sells(
    company: Company,
    east: Territory,
    manager: APIClient,
    page: Callable[..., Client],
    person: Callable[..., User],
):
    bulk(manager, [line("CHI", issued=50, returned=5), line("AN", issued=40)])
    not_held(manager)
    Territory.objects.create(code="TAY", name="Vùng Tây")
    boss = page("executive")
    whole, units = sheets(boss)
    assert whole == [
        ("DONG", "Vùng Đông", "NV9 Nguyễn Văn An", 1, 1, 450_000, 0.1, 0),
        ("TAY", "Vùng Tây", None, 0, 0, 0, None, 0),
    ]
    assert [row[:3] + row[5:6] for row in units] == [("DONG", "06712", "Móng Cái 1", 450_000)]
    assert [row[0] for row in sheets(boss, "&tim=vung+tay")[0]] == ["TAY"]
    shown = boss.get(HOME).content.decode()
    assert ("1 địa bàn chưa thuộc vùng nào" in shown, "Lập vùng" in shown) == (True, False)
    theirs = page(person("sales_manager", username="dong", territory=east))
    assert [row[0] for row in sheets(theirs)[0]] == ["DONG"]
    assert theirs.get(f"{HOME}DONG/").status_code == 200
    assert theirs.get(f"{HOME}TAY/").status_code == 404
    local = page(person("sales_manager", username="mai", region=company.mong_cai))
    assert sheets(local)[0] == []


def test_units_move_from_one_territory_to_another_and_mistakes_are_put_right(
    company: Company, east: Territory, page: Callable[..., Client], person: Callable[..., User]
):
    client = page("sales_manager")
    made = client.post(f"{HOME}moi/", {"ma": "TAY", "ten": "Vùng Tây", "phu_trach": ""})
    assert made.headers["Location"] == f"{HOME}TAY/"

    def move(code: str, what: str, unit: str, day: str) -> str:
        sent = {"viec": what, "dia_ban": unit, "tu": day}
        return client.post(f"{HOME}{code}/dia-ban/", sent, follow=True).content.decode()

    move("TAY", "them", "06712", "2026-11-10")
    assert belongs() == {("DONG", "06712", "2025-07-01", "2026-11-09"),
                         ("TAY", "06712", "2026-11-10", None)}  # fmt: skip
    before = belongs()
    assert "quá một năm" in move("DONG", "them", "06712", "2027-12-21")
    assert "10/11/2026" in move("DONG", "them", "06712", "2026-11-05")  # it moved later
    assert "không thuộc vùng này" in move("TAY", "bo", "06685", "2026-11-15")
    assert "đã thuộc vùng này" in move("TAY", "them", "06712", "2026-11-15")
    assert "Không có địa bàn" in move("TAY", "them", "99999", "2026-11-15")
    assert belongs() == before
    move("DONG", "them", "06712", "2026-11-10")  # the move of that day was a mistake
    assert belongs() == {("DONG", "06712", "2025-07-01", "2026-11-09"),
                         ("DONG", "06712", "2026-11-10", None)}  # fmt: skip
    move("DONG", "bo", "06712", "2026-11-20")
    assert ("DONG", "06712", "2026-11-10", "2026-11-19") in belongs()
    client.post(f"{HOME}DONG/sua/", {"ten": "Miền Đông", "phu_trach": "NV9"})
    assert "Không có nhân viên" in client.post(
        f"{HOME}DONG/sua/", {"ten": "X", "phu_trach": "NV1"}, follow=True
    ).content.decode()  # fmt: skip
    assert Territory.objects.get(code="DONG").name == "Miền Đông"

    theirs = page(person("sales_manager", username="dong", territory=east))
    before = belongs()
    sent = {"viec": "them", "dia_ban": "06685", "tu": "2026-11-20"}
    assert "cả công ty" in theirs.post(f"{HOME}DONG/dia-ban/", sent, follow=True).content.decode()
    assert (belongs(), theirs.post(f"{HOME}TAY/dia-ban/", sent).status_code) == (before, 404)
