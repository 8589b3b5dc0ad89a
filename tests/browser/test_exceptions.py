"""HR works off the exception inbox by keyboard alone."""

import re

from playwright.sync_api import expect


def test_causes_are_walked_and_one_is_decided_by_keyboard(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/ngoai-le/")
    window.photograph("exceptions")
    causes = page.locator("[data-item]")
    count = causes.count()
    assert count > 2  # the demonstration asks something
    expect(causes.first).to_have_attribute("aria-current", "true")

    page.keyboard.press("j")
    expect(causes.nth(1)).to_have_attribute("aria-current", "true")
    expect(causes.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(causes.first).to_be_focused()

    page.keyboard.press("r")
    expect(page.locator("#reject")).to_be_focused()
    page.keyboard.press("Enter")  # no reason: the browser refuses and leads to it
    expect(page.get_by_label("Lý do", exact=True)).to_be_focused()
    asked = page.locator("[name=chon]").count()
    page.keyboard.type("Đã xem, giữ như đã tính")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") != "reject":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_contain_text(f"Đã quyết {asked} ngoại lệ")
    window.photograph("exceptions-decided")

    page.get_by_role("link", name="Đã quyết").click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("giữ như đã tính")
    expect(row).to_contain_text("Đã xem, giữ như đã tính")
    window.photograph("exception-decisions")
    row.get_by_label(re.compile("Vì sao mở lại")).fill("Xem chưa kỹ")
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_contain_text("Đã mở lại")
    expect(page.locator("tbody tr").first).to_contain_text("Xem chưa kỹ")
    assert window.complaints == []


def test_all_marks_are_taken_away_at_once(tab, company):
    window = tab("hr", width=390)
    page = window.page
    window.open("/cham-cong/ngoai-le/")
    page.locator("#all").uncheck()
    assert page.locator("[name=chon]:checked").count() == 0
    page.get_by_label("Lý do", exact=True).fill("Đã xem kỹ")
    page.locator("#reject").click()
    expect(page.locator("#announcements")).to_contain_text("Chưa đánh dấu ngoại lệ nào")
    window.photograph("exceptions-phone")
