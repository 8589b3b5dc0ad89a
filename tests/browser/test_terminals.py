"""Terminals on the screen: the wall that tells when it is old, the inbox by keyboard alone."""

import pytest
from playwright.sync_api import expect

WALL, INBOX = "/cham-cong/may/?tuong=1", "/cham-cong/ma-chua-biet/"


@pytest.fixture
def wall(tab):
    """The wall with a clock of its own, so that nobody waits for its next refresh."""
    window = tab("executive")
    window.page.clock.install()
    window.open(WALL)
    expect(window.page.locator("#terminals .card")).not_to_have_count(0)
    return window


def refresh(page):
    with page.expect_event("requestfinished", lambda request: "tuong=1" in request.url):
        page.clock.fast_forward(11_000)


def test_the_wall_refreshes_itself_and_has_no_menu(wall):
    page = wall.page
    expect(page.locator("nav")).to_have_count(0)
    before = page.locator("#as-of").get_attribute("data-at")
    page.wait_for_timeout(1_100)
    refresh(page)
    expect(page.locator("#as-of")).not_to_have_attribute("data-at", before)
    expect(page.locator("#stale")).to_be_hidden()
    assert wall.complaints == []


def test_the_wall_says_when_it_cannot_refresh_and_when_it_can_again(wall):
    page = wall.page
    shown = page.locator("#terminals").inner_text()
    page.route("**/may/?tuong=1", lambda route: route.abort())
    page.clock.fast_forward(11_000)
    expect(page.locator("#stale")).to_be_visible()
    assert page.locator("#terminals").inner_text() == shown
    page.unroute("**/may/?tuong=1")
    refresh(page)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_session_that_ran_out_leaves_the_last_data_and_a_warning(wall):
    page = wall.page
    cards = page.locator("#terminals .card").count()
    page.context.clear_cookies()
    page.clock.fast_forward(11_000)
    expect(page.locator("#stale")).to_be_visible()
    assert page.locator("#terminals .card").count() == cards


def test_an_unknown_user_is_mapped_by_keyboard_alone_and_taken_back(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/")
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page.locator("#user-title")).to_contain_text("9001")

    while "9017" not in page.locator("a[aria-current=true]").inner_text():
        before = page.locator("#user-title").inner_text()
        page.keyboard.press("j")
        expect(page.locator("#user-title")).not_to_have_text(before)
    expect(page.locator("#user-title")).to_contain_text("9017")
    expect(page.locator("a[aria-current=true]")).to_be_focused()
    page.keyboard.press("Enter")  # nobody is suggested: to the search
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("nguyen")
    expect(page.locator("#found input[type=radio]").first).to_be_checked()
    page.locator("a[aria-current=true]").focus()

    while "9001" not in page.locator("a[aria-current=true]").inner_text():
        before = page.locator("#user-title").inner_text()
        page.keyboard.press("k")
        expect(page.locator("#user-title")).not_to_have_text(before)
    expect(page.locator("#user-title")).to_contain_text("9001")
    expect(page.locator("a[aria-current=true]")).to_be_focused()
    page.keyboard.press("Enter")  # somebody is: to the button, which still has to be pressed
    expect(page.locator("#accept")).to_be_focused()
    page.keyboard.press("Enter")
    done = page.locator("#mapped")
    expect(done).to_contain_text("Mã 9001 là của")
    expect(done).to_contain_text("đang tính lại")
    window.photograph("mapped-user")
    done.get_by_role("button", name="Gắn nhầm").press("Enter")
    expect(page.locator("#announcements")).to_contain_text("Đã gỡ mã 9001")
    expect(page.locator("#user-title")).to_contain_text("9001")
    assert window.complaints == []


def test_the_presence_page_is_printed_without_the_frame(tab, company):
    window = tab("hr")
    window.open("/cham-cong/co-mat/")
    window.page.emulate_media(media="print")
    expect(window.page.locator(".sidebar")).to_be_hidden()
    expect(window.page.locator(".filters")).to_be_hidden()
    expect(window.page.locator(".presence-counts")).to_be_visible()
