"""The frame of every page, as a person with a keyboard, a phone or a screen reader meets it."""

from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.conftest import PASSWORD


def test_logging_in_and_out_with_the_keyboard_only(tab):
    hr = tab(None)
    hr.open("/cham-cong/bang-cong/")
    keys = hr.page.keyboard
    keys.type("hr")  # the name field has the focus
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(hr.page).to_have_url(f"{hr.server}/cham-cong/bang-cong/")
    expect(hr.page.get_by_role("link", name="Bảng công")).to_have_attribute("aria-current", "page")
    keys.press("Tab")
    expect(hr.page.get_by_text("Đến nội dung")).to_be_focused()
    button = hr.page.get_by_role("button", name="Đăng xuất")
    tab_to(hr.page, button)
    keys.press("Enter")
    expect(hr.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert hr.complaints == []


def test_the_keys_that_work_on_every_page(tab):
    boss = tab("executive")
    boss.open("/")
    keys = boss.page.keyboard
    keys.press("?")
    expect(boss.page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    keys.press("Escape")
    keys.press("g")
    keys.press("t")
    expect(boss.page).to_have_url(f"{boss.server}/cham-cong/bang-cong/")
    boss.page.wait_for_load_state("load")
    keys.press("/")
    expect(boss.page.get_by_role("searchbox")).to_be_focused()
    keys.type("gt?")  # letters typed into a field are letters
    expect(boss.page.get_by_role("searchbox")).to_have_value("gt?")
    assert boss.complaints == []


def test_the_chosen_theme_outlives_the_page_and_the_browser_preference(tab):
    boss = tab("executive", dark=True)
    boss.open("/")
    background = "getComputedStyle(document.body.parentElement).backgroundColor"
    dark = boss.page.evaluate(background)
    boss.page.get_by_role("button", name="Sáng / tối").click()
    light = boss.page.evaluate(background)
    assert light != dark
    boss.open("/bao-cao/")
    assert boss.page.evaluate(background) == light


def test_a_chosen_language_wins_over_the_browser_preference(tab):
    guest = tab("hr", english=True)
    guest.open("/")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Today")
    guest.page.get_by_role("button", name="Tiếng Việt").click()
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    guest.open("/cham-cong/bang-cong/")
    expect(guest.page.get_by_role("heading", level=1)).to_contain_text("Bảng công")


def test_the_day_drawer_opens_by_keyboard_and_gives_the_focus_back(tab):
    hr = tab("hr")
    hr.open("/cham-cong/bang-cong/")
    cell = hr.page.locator("tr[data-person] > td[tabindex='0']")
    cell.focus()
    keys = hr.page.keyboard
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    second = hr.page.locator("tr[data-person]").nth(1).locator("td").nth(1)
    expect(second).to_be_focused()
    keys.press("Enter")
    drawer = hr.page.get_by_role("dialog", name="Chi tiết ngày công")
    expect(drawer.get_by_role("heading", level=2)).to_be_visible()
    keys.press("Escape")
    expect(drawer).to_be_hidden()
    expect(second).to_be_focused()
    assert hr.complaints == []


def test_a_locked_out_person_is_told_what_to_do(tab):
    guest = tab(None)
    guest.open("/dang-nhap/")
    for _ in range(8):
        guest.page.fill("[name=username]", "khong-co-ai")
        guest.page.fill("[name=password]", "sai")
        guest.page.keyboard.press("Enter")
        guest.page.wait_for_load_state()
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Tạm khoá đăng nhập")
    expect(guest.page.get_by_role("button", name="Về trang chính")).to_be_visible()


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(tab):
    hr = tab("hr", width=390)
    hr.open("/")
    menu = hr.page.get_by_role("button", name="Menu")
    link = hr.page.get_by_role("link", name="Bảng công")
    expect(link).to_be_hidden()
    menu.focus()
    hr.page.keyboard.press("Enter")
    expect(link).to_be_visible()
    hr.page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    hr.page.keyboard.press("Enter")
    link.click()
    expect(hr.page).to_have_url(f"{hr.server}/cham-cong/bang-cong/")
    assert hr.complaints == []


def test_going_to_a_page_presses_none_of_the_keys_of_this_one(tab):
    hr = tab("hr")
    hr.open("/cham-cong/ngoai-le/")
    keys = hr.page.keyboard
    keys.press("j")
    expect(hr.page.locator("[data-item]").nth(1)).to_be_focused()
    keys.press("g")
    keys.press("k")  # to the closing, not to the cause before
    expect(hr.page).to_have_url(f"{hr.server}/cham-cong/chot-cong/")
    assert hr.complaints == []


def test_single_keys_are_switched_off_and_on_again(tab):
    hr = tab("hr")
    hr.open("/")
    hr.page.get_by_role("button", name="Phím tắt").click()
    dialog = hr.page.get_by_role("dialog", name="Phím tắt")
    dialog.get_by_role("checkbox").uncheck()
    hr.page.keyboard.press("Escape")
    hr.open("/cham-cong/ngoai-le/")
    for key in "j?gt":
        hr.page.keyboard.press(key)
    expect(dialog).to_be_hidden()
    expect(hr.page).to_have_url(f"{hr.server}/cham-cong/ngoai-le/")
    hr.page.get_by_role("button", name="Phím tắt").click()
    dialog.get_by_role("checkbox").check()
    hr.page.keyboard.press("Escape")
    hr.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    assert hr.complaints == []
