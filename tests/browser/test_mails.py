"""Mails of reports on a phone: nothing is wider than the screen."""

from datetime import date

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from reporting.builders.content import Column, Kind, Report, Section, Table, row
from reporting.builders.mail import letter
from tests.reporting.samples import every_block


def widest() -> Report:
    """Every block, and a table of as many columns as a mail may have, with the numbers of a month."""
    columns = (
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Vé tiêu thụ", Kind.TICKETS, in_mail=True),
        Column("Tỷ lệ tiêu thụ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, in_mail=True),
        Column("So cùng kỳ năm trước", Kind.CHANGE, in_mail=True),
    )
    rows = tuple(row(date(2026, 11, 17), 12_301_860, 9_533, 123_018_600_000, 13_666) for _ in "12")
    report, table = every_block(), Table("Theo kỳ quay", columns, rows, in_mail=5)
    return replace(report, sections=(*report.sections, Section("month", "Bán vé", (table,))))


@pytest.mark.parametrize("width", [390, 700])
def test_mail_is_no_wider_than_the_screen(browser: Browser, width: int) -> None:
    made = letter(widest(), sha256="0" * 64, link="https://a.vn/", files=["thang-2026-11-1.xlsx"])
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.set_content(made.html)
    shown = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert shown == width
