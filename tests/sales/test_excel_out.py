"""Every list of sales goes out as the workbook of what the person sees."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Territory, TerritoryRegion
from backend.pages.files import XLSX
from sales.files import sheets
from tests.sales.conftest import Company, bulk, line

DAY = "2026-11-17"
#: The lists and the head of their first column.
LISTS = {
    "": "Địa bàn", "dai-ly/": "Mã đại lý", f"ngay-quay/?ngay={DAY}": "Địa bàn",
    f"tra-ve/?ngay={DAY}": "Số bảng kê", "cong-no/": "Mã đại lý", "cong-no/nhac-no/": "Mức",
    "cong-no/doi-chieu/?thang=2026-11": "Số biên bản", "cong-no/sao-ke/": "Tài khoản",
    "cong-no/dai-ly/AN/?tu=2026-11-01&den=2026-11-30": "Ngày", "tra-thuong/": "Số vé",
    "tra-thuong/ty-le/": "Từ ngày quay", "ket-qua/": "Kỳ quay", f"kho-ve/?ngay={DAY}": "Loại vé",
    "suc-khoe/": "Mã đại lý", "phan-ve/": "Mã đại lý",
}  # fmt: skip


@pytest.fixture
def december(company: Company, api: Callable[..., APIClient], person: Callable[..., User]) -> Any:
    """2 December: An, whose name looks like a formula, and Chi owe for the draw of 17 November."""
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        company.an.name = '=HYPERLINK("http://x")'
        company.an.save()
        client = api(person("sales_manager", username="thu_ky"))
        bulk(client, [line("AN", issued=40, returned=4), line("CHI", issued=50)])
        sent = {"agent": "AN", "draw_date": DAY, "tickets": {"TT10": 3}}
        assert client.post("/api/v1/returns/", sent).status_code == 201
        assert client.post(f"/api/v1/draws/{DAY}/close/").status_code == 201
        account = {"agent": "AN", "first": "2026-11-01", "last": "2026-11-30"}
        assert client.post("/api/v1/reconciliations/", account).status_code == 201
        bank = "Ngày;Số tham chiếu;Nội dung;Ghi có\n25/11/2026;FT1;CHI nop;440000\n"
        file = {"file": SimpleUploadedFile("a.csv", bank.encode()), "account": "0011"}
        assert client.post("/api/v1/bank-statements/", file, format="multipart").status_code == 201
        yield company


def book(client: Client, address: str) -> Any:
    joint = "&" if "?" in address else "?"
    answer = client.get(f"/ban-ve/{address}{joint}dang=xlsx")
    assert (answer.status_code, answer["Content-Type"]) == (200, XLSX), address
    return load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content))


def top_of(sheet: Any) -> int:
    """The row of the heads: it is printed on every page."""
    return int(sheet.print_title_rows.replace("$", "").split(":")[0])


def rows(sheet: Any) -> list[list[Any]]:
    """What stands below the heads."""
    return [list(row) for row in sheet.iter_rows(min_row=top_of(sheet) + 1)]


def told(client: Client, address: str, sheet: int = 0) -> list[tuple[Any, ...]]:
    return [
        tuple(cell.value for cell in row) for row in rows(book(client, address).worksheets[sheet])
    ]


def test_every_list_goes_out_with_frozen_heads_for_print(
    december: Company, page: Callable[..., Client]
):
    client = page("executive")
    for address, head in LISTS.items():
        assert "Xuất Excel" in client.get(f"/ban-ve/{address}").content.decode(), address
        if address == "phan-ve/":
            continue  # no draw to come
        sheets_of = book(client, address).worksheets
        assert sheets_of[0].cell(top_of(sheets_of[0]), 1).value == head
        for sheet in sheets_of:
            assert sheet.freeze_panes.endswith(str(top_of(sheet) + 1)), address
            assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_the_workbook_is_the_list_of_the_page(
    december: Company,
    page: Callable[..., Client],
    person: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
):
    client = page("executive")
    (an, _binh, _chi) = rows(book(client, "dai-ly/").worksheets[0])
    assert (an[1].value, an[1].data_type) == ('=HYPERLINK("http://x")', "s")
    assert (an[8].value, an[8].number_format, an[9].value, an[9].number_format) == (
        360_000, "#,##0", 0.1, "0.0%",
    )  # fmt: skip
    assert [row[0] for row in told(client, "dai-ly/?dia_ban=06712")] == ["CHI"]
    assert told(client, f"tra-ve/?ngay={DAY}")[0][1:] == (
        "AN", '=HYPERLINK("http://x")', "Hồng Gai", "đã kê", None, 3, None, None, None, None,
    )  # fmt: skip
    assert told(client, f"ngay-quay/?ngay={DAY}&dia_ban=06712") == [
        ("Móng Cái 1", "CHI", "Đại lý CHI", 50, 0, 50, 500_000, None)
    ]
    assert [row[2:8] for row in told(client, "cong-no/sao-ke/")] == [
        (
            datetime(2026, 11, 25),  # noqa: DTZ001 -- as a cell is
            440_000,
            None,
            "CHI nop",
            "CHI",
            "thấp: đúng số nợ",
        )
    ]
    assert [row[6:] for row in told(client, "cong-no/doi-chieu/?thang=2026-11")] == [
        (0, 360_000, 0, 316_800, "chờ đại lý ký")
    ]
    opening, sale = told(client, "cong-no/dai-ly/AN/?tu=2026-11-01&den=2026-11-30")
    assert (opening[8], sale[5:]) == (0, (360_000, 43_200, 316_800, 316_800))
    assert told(client, "?thang=2026-11", sheet=1)[0][3:] == (50, 50, 0, 500_000, 60_000)
    theirs = page(person("sales_manager", username="mai", region=december.mong_cai))
    for address in ("dai-ly/", "cong-no/", f"ngay-quay/?ngay={DAY}"):
        assert {value for row in told(theirs, address) for value in row} & {"AN", "CHI"} == {"CHI"}
    monkeypatch.setattr(sheets, "MOST_HELD", 2)
    long = client.get("/ban-ve/dai-ly/?dang=xlsx")
    assert (long.streaming, [row[0] for row in told(client, "dai-ly/")]) == (
        True,
        ["AN", "BINH", "CHI"],
    )


def test_the_desk_looks_at_a_territory(
    december: Company, page: Callable[..., Client], person: Callable[..., User]
):
    east = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(
        territory=east, region=december.mong_cai, valid_from="2025-07-01"
    )
    client = page("executive")
    shown = client.get("/ban-ve/ngay-quay/", {"ngay": DAY, "dia_ban": "vung:DONG"}).content.decode()
    assert '<option value="vung:DONG" selected>Vùng Đông' in shown
    # Of one agent who has tickets nobody is silent: the draw is closed.
    assert ("Móng Cái 1" in shown, "0 / 1" in shown) == (True, True)
    assert [row[0] for row in told(client, "cong-no/?dia_ban=vung:DONG")] == ["CHI"]
    assert [row[0] for row in told(client, "dai-ly/?dia_ban=vung:DONG")] == ["CHI"]
    assert client.get("/ban-ve/dai-ly/?dia_ban=99999").status_code == 404
    clerk = page(person("sales_manager", username="nhap"))
    sheet = clerk.get("/ban-ve/nhap-bang/", {"ngay": DAY, "dia_ban": "vung:DONG"}).content.decode()
    assert ("CHI" in sheet, "BINH" in sheet) == (True, False)
    assert client.get("/ban-ve/ngay-quay/?dia_ban=vung:TAY").status_code == 404
    theirs = page(person("sales_manager", username="mai", region=december.hong_gai))
    assert theirs.get("/ban-ve/ngay-quay/?dia_ban=vung:DONG").status_code == 404
