"""HR changes the roster by keyboard alone, and by dragging."""

from playwright.sync_api import expect

from tests.browser.keyboard import tab_to


def test_the_roster_is_changed_with_the_keyboard_alone(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    cell = page.locator("table.roster td[tabindex='0']")
    expect(cell).to_be_visible()
    tab_to(page, cell)  # the grid is one stop of the Tab key
    code = page.locator("#shift-codes option").first.get_attribute("value")

    page.keyboard.press("Enter")
    expect(page.locator("#cell-editor")).to_be_visible()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#announcements")).to_contain_text("Đã sửa phân ca")
    expect(cell).to_have_attribute("data-shifts", code)
    expect(cell).to_be_focused()

    page.keyboard.press("Control+X")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+V")  # what dragging does
    expect(cell).to_have_attribute("data-shifts", code)
    first = page.locator("table.roster td[data-day]").first
    expect(first).to_have_attribute("data-shifts", "")

    page.keyboard.press("Control+C")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+V")
    expect(page.locator("table.roster td[data-day]").nth(2)).to_have_attribute("data-shifts", code)
    page.keyboard.press("Delete")
    expect(page.locator("table.roster td[data-day]").nth(2)).to_have_attribute("data-shifts", "")
    expect(cell).to_be_focused()
    assert window.complaints == []


def test_a_shift_is_dragged_to_another_day(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/phan-ca/")
    cells = page.locator("table.roster tr[data-person]").first.locator("td")
    code = page.locator("#shift-codes option").first.get_attribute("value")
    cells.nth(3).click()
    page.locator("#cell-editor input[name=ca]").fill(code)
    page.keyboard.press("Enter")
    expect(cells.nth(3)).to_have_attribute("data-shifts", code)
    cells.nth(3).drag_to(cells.nth(5))
    expect(cells.nth(5)).to_have_attribute("data-shifts", code)
    expect(cells.nth(3)).to_have_attribute("data-shifts", "")
    window.open("/cham-cong/phan-ca/")  # as it was stored
    expect(cells.nth(5)).to_have_attribute("data-shifts", code)
    expect(cells.nth(3)).to_have_attribute("data-shifts", "")
