"""Requests are decided without a mouse: J to the first, A approves it, R leads to the words."""


def test_a_head_of_department_decides_by_keys(tab, company):
    window = tab("manager")
    address = f"/cham-cong/don/{company['request']}/"
    window.open("/cham-cong/don/")
    page = window.page
    assert page.locator("[data-item]").count() == 1
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-item')")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "ly_do"
    page.keyboard.type("a")  # a letter of the words, not a command
    assert page.locator("[data-item]").count() == 1
    page.locator("[data-item]").focus()
    with page.expect_navigation():
        page.keyboard.press("a")
    assert page.locator("[data-item]").count() == 0
    assert page.locator(f"a[href='{address}']").count() == 0  # now it waits for HR
    assert window.complaints == []
    window.open(address)
    assert page.locator(".title-bar .chip").inner_text() == "chờ nhân sự"
