"""HR adds a punch by hand from the day drawer."""

import re

from playwright.sync_api import expect


def test_a_punch_is_added_from_the_day_drawer(tab, company):
    window = tab("hr")
    page = window.page
    window.open(f"/cham-cong/bang-cong/?tim={company['employee']}&thang={company['day'][:7]}")
    day = int(company["day"][-2:])
    page.locator("tr[data-person] td:not(.number)").nth(day - 1).click()
    drawer = page.locator("#day-drawer")
    expect(drawer).to_contain_text("Lượt chấm")
    drawer.get_by_role("button", name="Thêm lượt chấm tay").click()

    expect(page.get_by_label("Ngày")).to_have_value(company["day"])
    page.get_by_label("Giờ").fill("12:34")
    page.get_by_role("button", name="Thêm lượt chấm").click()  # no reason: the browser refuses
    expect(page.get_by_label("Lý do")).to_be_focused()
    page.get_by_label("Lý do").fill("Máy ở cổng mất điện")
    page.get_by_label("Tệp đính kèm").set_input_files(
        [{"name": "don.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nx"}]
    )
    window.photograph("manual-new")
    page.get_by_role("button", name="Thêm lượt chấm").click()

    expect(page.locator("h1")).to_have_text("Ngày công")
    row = page.locator("tbody tr").filter(has_text="12:34")
    expect(row).to_contain_text("chấm tay")
    expect(row).to_contain_text("Máy ở cổng mất điện (hr)")
    window.photograph("manual-day")

    row.get_by_role("link", name="Thu hồi").click()
    page.get_by_label("Lý do thu hồi").fill("Nhập nhầm ngày")
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.locator("h1")).to_have_text("Các lượt chấm tay")
    expect(page.locator("tbody tr").first).to_contain_text(
        re.compile("thu hồi lúc .*Nhập nhầm ngày")
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="don.pdf").first.click()
    assert download.value.suggested_filename == "don.pdf"
    window.photograph("manual-list")
    assert window.complaints == []
