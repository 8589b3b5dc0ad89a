"""The calendar of holidays by keyboard alone."""


def test_hr_walks_to_a_day_and_makes_it_a_holiday(tab, company):
    window = tab("hr")
    window.open("/cham-cong/lich/?nam=2025")
    page = window.page

    def press(*keys: str) -> str:
        for key in keys:
            page.keyboard.press(key)
        return str(page.evaluate("document.activeElement.dataset.day"))

    page.focus(".year a[tabindex='0']")
    assert page.locator(".year a[tabindex='0']").count() == 1
    assert press("ArrowUp", "ArrowLeft") == "2025-01-01"  # the year ends here
    assert press("PageDown") == "2025-02-01"
    assert press("End", "ArrowRight", "ArrowDown") == "2025-03-08"
    assert (
        press("Home", "PageUp", "PageUp", "End", "PageDown") == "2025-02-28"
    )  # February is shorter
    page.keyboard.press("Enter")
    page.wait_for_url("**/lich/ngay/2025-02-28/")
    page.focus("[name=loai]")
    for keys in ("ngày lễ", None, "Lễ của tỉnh", None, "12/QĐ-UBND", None, " ", None, "Tỉnh báo"):
        if keys is None:
            page.keyboard.press("Tab")
        else:
            page.keyboard.type(keys)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cham-cong/lich/?nam=2025#ngay-2025-02-28")
    assert "Đã lưu ngày 28/02/2025." in page.inner_text("#announcements")
    row = page.inner_text("#ngay-2025-02-28")
    assert [
        told for told in ("Lễ của tỉnh", "12/QĐ-UBND", "đã xác nhận", "hr, ") if told not in row
    ] == []
    assert "Tỉnh báo" in page.inner_text("section[aria-labelledby=history]")
    assert window.complaints == []
