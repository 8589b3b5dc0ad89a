"""HR's rarer pages, each with its main job done without a mouse."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.keyboard import tab_to, write


def press(page, name):
    tab_to(page, page.locator("main").get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def test_a_pattern_is_made(tab):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/phan-ca/mau/")
    form = page.locator("section").filter(has=page.get_by_role("heading", name="Thêm mẫu"))
    write(page, form.locator("[name=m-code]"), "XOAY3")
    write(page, form.locator("[name=m-name]"), "Ba ngày làm, một ngày nghỉ")
    write(page, form.locator("[name=m-cycle]"), "HC HC HC -")
    write(page, form.locator("[name=m-anchor]"), "2026-11-02")
    press(page, "Lưu mẫu")
    expect(page.get_by_role("row").filter(has_text="XOAY3")).to_contain_text("HC HC HC -")
    assert window.complaints == []


def test_swapping_with_oneself_is_refused_and_what_was_typed_stays(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/doi-ca/")
    tab_to(page, page.locator("summary").filter(has_text="Nhập đổi ca"))
    page.keyboard.press("Enter")
    day = date.fromisoformat(company["day"]) - timedelta(days=1)
    write(page, page.get_by_label("Người đổi"), company["employee"])
    write(page, page.get_by_label("Đổi với"), company["employee"])
    write(page, page.get_by_label("Ngày"), day.isoformat())
    write(page, page.get_by_label("Lý do"), "Đổi ca theo đơn")
    press(page, "Đổi ca")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Người đổi")).to_have_value(company["employee"])
    expect(page.get_by_label("Lý do")).to_have_value("Đổi ca theo đơn")
