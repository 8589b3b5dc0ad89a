"""The whole way of a punch: exported file, ledger, dirty day, row, cell on the page, cell in Excel."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from attendance.models import DirtyDay, Punch
from tests import make

pytestmark = pytest.mark.django_db
DAYS = ("2026-11-02", "2026-11-03", "2026-11-04")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def export(tmp_path: Path):
    def imported(*lines: str) -> None:
        path = tmp_path / "1_attlog.dat"
        path.write_text("".join(f"{line}\t1\t0\t1\t0\r\n" for line in lines), encoding="ascii")
        call_command("import_punches", str(path), "--terminal", "M1")

    return imported


def on_page(client: Client) -> list[str]:
    html = client.get("/cham-cong/bang-cong/?thang=2026-11").content.decode()
    line = re.search(r'<tr data-person="7">.*?</tr>', html, re.DOTALL)
    assert line
    shown = re.findall(r"<td[^>]*>([^<]*)", line[0])[1:4]
    return [str(symbol) for symbol in shown]


def in_excel(client: Client) -> list[str]:
    content = client.get("/cham-cong/bang-cong/mau-01a/?thang=2026-11").content
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [sheet.cell(9, 3 + day).value for day in (2, 3, 4)]


def test_what_the_terminal_wrote_stands_on_page_and_form(page, export):
    person = make.employee("7")
    make.roster(person, *DAYS)
    make.terminal("M1")
    client = page("hr")

    export("7\t2026-11-02 07:28:11", "7\t2026-11-02 17:03:40", "7\t2026-11-03 17:01:00")
    assert Punch.objects.count() == 3
    assert not DirtyDay.objects.exists()
    assert on_page(client) == in_excel(client) == ["+", "?", "V"]

    # The arrival of the 3rd comes late, with all that was there before; the day repairs itself.
    export(
        "7\t2026-11-02 07:28:11",
        "7\t2026-11-02 17:03:40",
        "7\t2026-11-03 07:25:59",
        "7\t2026-11-03 17:01:00",
    )
    assert Punch.objects.count() == 4
    assert on_page(client) == in_excel(client) == ["+", "+", "V"]
    detail = client.get("/cham-cong/ngay/7/2026-11-03/").content.decode()
    assert "Vào lúc 07:25 tại máy M1" in detail
    assert "07:25:59 03/11" in detail
