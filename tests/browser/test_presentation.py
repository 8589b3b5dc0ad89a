"""A presentation: one leads by keyboard, two follow; the line breaks, and comes back."""

import re

from playwright.sync_api import expect

#: A page is to follow within this time (milliseconds); tests share the machine, so some more.
SOON = 5_000


def at_page(window, number):
    expect(window.page.locator("#place")).to_have_text(re.compile(rf"^{number} / "), timeout=SOON)


def test_two_windows_follow_the_presenter(tab, company):
    address = f"/giao-ban/{company['briefing']}/trinh-chieu/"
    leader, follower, other = tab("hr"), tab("manager"), tab("sales_manager")
    for window in (leader, follower, other):
        window.open(address)
    for window in (follower, other):
        expect(window.page.locator("#line")).to_have_text("trực tiếp")
    keys = leader.page.keyboard
    keys.press("ArrowRight")
    for window in (leader, follower, other):
        at_page(window, 2)
    assert "Kết luận còn mở" in follower.page.locator(".slide:not(.off) h2").inner_text()
    # Blank, and back; speaker notes are the presenter's alone.
    keys.press("b")
    expect(follower.page.locator("#curtain")).to_be_visible(timeout=SOON)
    keys.press("b")
    expect(follower.page.locator("#curtain")).to_be_hidden(timeout=SOON)
    assert follower.page.locator(".notes").count() == 0
    # The laser dot goes along.
    keys.press("p")
    box = leader.page.locator("#deck").bounding_box()
    assert box
    leader.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(follower.page.locator("#dot")).to_be_visible(timeout=SOON)
    left = follower.page.locator("#dot").evaluate("dot => parseFloat(dot.style.left)")
    assert 24 <= left <= 26
    keys.press("p")
    expect(follower.page.locator("#dot")).to_be_hidden(timeout=SOON)
    # One leafs by himself and stays there while the presenter goes on; then follows again.
    other.page.keyboard.press("End")
    last = other.page.locator("#place").inner_text().split(" / ")[1]
    at_page(other, last)
    keys.press("PageDown")
    at_page(follower, 3)
    at_page(other, last)
    other.page.keyboard.press("t")
    at_page(other, 3)
    # The numbers behind a slide open without leaving it.
    keys.press("Home")
    at_page(follower, 1)
    # Without a line paging goes on by itself; when it is back, everybody is together again.
    follower.page.context.set_offline(True)
    follower.page.keyboard.press("ArrowRight")
    at_page(follower, 2)
    keys.press("End")
    at_page(other, last)
    follower.page.context.set_offline(False)
    follower.page.keyboard.press("t")
    at_page(follower, last)
    assert [line for window in (leader, other) for line in window.complaints] == []
