"""A briefing's whole life: figures frozen on schedule and mailed, a meeting planned, presented, decided, told."""

import re

import pytest
from django.db import connection
from playwright.sync_api import expect

from backend.mail import outbox
from tests.browser.conftest import point_at
from tests.mailbox import Mailbox, serve

#: A page is to follow within a second; tests share the machine, so some more (milliseconds).
SOON = 5_000
#: The event stream of a presentation.
STREAM = re.compile("/giao-ban/theo-doi/")
LINE = "Rà soát điểm bán vé @KD @TCHC #31/12 !kpi:doanh-thu"
#: Shows a table's slide with long reasons in it; gives what of the table is seen and how high it is.
LENGTHENED = """table => {
  for (const slide of document.querySelectorAll(".slide")) slide.classList.toggle("off", !slide.contains(table));
  for (const cell of table.querySelectorAll("tbody th")) cell.textContent = "Cam kết trả dần ".repeat(60);
  return [table.clientHeight, table.scrollHeight];
}"""


@pytest.fixture
def post(made, settings, django_db_blocker):
    """Hands what waits in the outbox to a real mail server, and gives that."""
    others, mine = connection.settings_dict["NAME"], made.database_url.rpartition("/")[2]

    def send():
        with django_db_blocker.unblock():
            point_at(mine)
            try:
                while outbox.send_due(worker="browser-tests:2"):
                    pass
            finally:
                point_at(others)
        return box

    with serve(Mailbox()) as box:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield send


def subjects(box, reader):
    return [mail["subject"] for mail in box.of(f"{reader}@giaoban.example")]


def at_page(window, number):
    expect(window.page.locator("#place")).to_have_text(re.compile(rf"^{number} / "), timeout=SOON)


def plan(chair):
    """A weekly series; returns the addresses of its first two briefings."""
    page = chair.page
    chair.open("/giao-ban/loat-hop/moi/")
    page.fill("[name=name]", "Giao ban khối")
    page.fill("[name=starts]", "23:30")
    page.select_option("[name=chair]", label="executive")
    page.select_option("[name=secretary]", label="hr")
    page.select_option("[name=people]", label=["manager", "sales_manager"])
    page.select_option("[name=report]", index=1)
    page.fill("[name=join_url]", "http://khong-an-toan.vn/hop")
    page.click("main form button[type=submit]")
    expect(page.locator("[role=alert]")).to_contain_text("https://")
    page.fill("[name=join_url]", "https://meet.example.vn/khoi")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("Thứ Hai hằng tuần, 23:30")
    chair.open("/giao-ban/")
    found = page.locator("#coming ~ .scroll a", has_text="Giao ban khối")
    return [found.nth(place).get_attribute("href") for place in (0, 1)]


def present(address, leader, second, follower, other, asker):
    """Both follow; one leafs alone and comes back; without a line paging goes on. Two may lead.

    The asker's network lets no event stream through: he asks each second.
    """
    asker.page.route(STREAM, lambda route: route.abort())
    for window in (leader, second, follower, other, asker):
        window.open(f"{address}trinh-chieu/")
    for window in (second, follower, other):
        expect(window.page.locator("#line")).to_have_text("trực tiếp")
    expect(asker.page.locator("#line")).to_have_text("hỏi từng giây")
    keys = leader.page.keyboard
    second.page.keyboard.press("ArrowRight")
    for window in (leader, second, follower, other, asker):
        at_page(window, 2)
    keys.press("b")
    for window in (follower, asker):
        expect(window.page.locator("#curtain")).to_be_visible(timeout=SOON)
    keys.press("b")
    for window in (follower, asker):
        expect(window.page.locator("#curtain")).to_be_hidden(timeout=SOON)
    keys.press("p")
    box = leader.page.locator("#deck").bounding_box()
    assert box
    leader.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(follower.page.locator("#dot")).to_be_visible(timeout=SOON)
    assert 24 <= follower.page.locator("#dot").evaluate("dot => parseFloat(dot.style.left)") <= 26
    keys.press("p")
    expect(follower.page.locator("#dot")).to_be_hidden(timeout=SOON)
    other.page.keyboard.press("End")
    last = other.page.locator("#place").inner_text().split(" / ")[1]
    at_page(other, last)
    keys.press("PageDown")
    for window in (second, follower, asker):
        at_page(window, 3)
    asker.page.unroute(STREAM)  # let through again, he hears by himself
    expect(asker.page.locator("#line")).to_have_text("trực tiếp")
    at_page(other, last)
    other.page.keyboard.press("t")
    at_page(other, 3)
    follower.page.context.set_offline(True)
    follower.page.keyboard.press("ArrowRight")
    at_page(follower, 4)
    keys.press("Home")
    at_page(other, 1)
    follower.page.context.set_offline(False)
    follower.page.keyboard.press("t")
    at_page(follower, 1)
    # A page turned while the presenter's own link is down reaches the others when it is back.
    leader.page.context.set_offline(True)
    keys.press("ArrowRight")
    at_page(leader, 2)
    expect(leader.page.locator("#line")).to_contain_text("mất kết nối")
    leader.page.context.set_offline(False)
    at_page(follower, 2)
    # The numbers behind a picture open on the spot, and stay to be read when the page is turned.
    while not leader.page.locator(".slide:not(.off) figure").count():
        keys.press(" ")
    keys.press("d")
    expect(leader.page.locator("dialog[open] td").first).to_be_visible()
    keys.press("Escape")
    assert follower.page.locator(".notes").count() == 0
    number = int(leader.page.locator("#place").inner_text().split(" / ")[0])
    at_page(follower, number)
    follower.page.keyboard.press("d")
    keys.press("PageDown")
    at_page(follower, number + 1)
    expect(follower.page.locator("dialog[open] td").first).to_be_visible()
    follower.page.keyboard.press("Escape")
    follower.page.keyboard.press("PageDown")
    at_page(follower, number + 2)
    follower.page.keyboard.press("t")
    # Under the presenter's curtain one may leaf alone: it is no longer over one's own page.
    keys.press("b")
    expect(follower.page.locator("#curtain")).to_be_visible(timeout=SOON)
    follower.page.keyboard.press("PageUp")
    expect(follower.page.locator("#curtain")).to_be_hidden()
    keys.press("b")
    follower.page.keyboard.press("t")
    # The dot is seen where the presenter's second window is thrown on the wall, too.
    keys.press("p")
    leader.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(second.page.locator("#dot")).to_be_visible(timeout=SOON)
    keys.press("p")
    a_late_item_is_on_everybodys_slides(address, second, leader, follower)
    # On a telephone a table of long reasons makes its slide longer; the slide scrolls, nothing is cut.
    other.page.set_viewport_size({"width": 390, "height": 780})
    seen, whole = other.page.locator(".fits").first.evaluate(LENGTHENED)
    assert 780 < whole == seen
    # What is moved sideways there is reached by keys, too.
    assert other.page.locator(".slide figure:not([tabindex]), .fits:not([tabindex])").count() == 0


def a_late_item_is_on_everybodys_slides(address, putting, leader, follower):
    """Put in while the slides are open: with the next page turned everybody has them, and the same."""
    before = int(follower.page.locator("#place").inner_text().split(" / ")[1])
    putting.open(address)
    putting.page.get_by_text("Gửi nội dung", exact=True).click()
    putting.page.fill("[name=title]", "Việc phát sinh")
    putting.page.locator("details[open]").get_by_role("button", name="Gửi", exact=True).click()
    leader.page.keyboard.press("End")
    for window in (leader, follower):
        expect(window.page.locator("#place")).to_have_text(f"{before} / {before + 1}", timeout=SOON)
        shown = window.page.locator(".slide:not(.off) > header h2")
        expect(shown).to_have_text("Việc phát sinh")
    putting.open(f"{address}trinh-chieu/")


def pictures_fit_a_phone(window):
    """Each chart is on the screen from end to end, and its letters are large enough to read."""
    window.page.set_viewport_size({"width": 390, "height": 780})
    pictures = window.page.locator("figure > svg")
    for picture in pictures.locator("visible=true").all():
        told = picture.evaluate(
            """picture => {
                const { left, right, width } = picture.getBoundingClientRect();
                const letters = [...picture.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
                const scale = width / picture.viewBox.baseVal.width;
                return {
                    is_within: left >= 0 && right <= innerWidth,
                    letters: letters.every((each) => each.left >= left - 1 && each.right <= right + 1),
                    smallest: scale * Math.min(...[...picture.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")))),
                };
            }"""
        )
        assert told["is_within"], told
        assert told["letters"], told
        assert told["smallest"] >= 8, told
    shown = pictures.locator("visible=true").count()
    assert 2 * shown == pictures.count() > 0
    window.page.set_viewport_size({"width": 1440, "height": 900})
    assert pictures.locator("visible=true").count() == shown


def tall_table_fits(window):
    """On a screen a little lower than its table a slide writes it smaller, else as large as ever."""
    page = window.page
    page.locator(".slide:not(.off) .stage").evaluate(
        """stage => {
            const rows = "<tr><td>Đại lý</td><td class=number>1.234,5</td></tr>".repeat(8);
            stage.innerHTML = `<div class="fits"><table><tbody>${rows}</tbody></table></div>`;
        }"""
    )
    slide = page.locator(".slide:not(.off)")
    table = slide.locator("table")
    spare = slide.evaluate(
        "slide => slide.querySelector('.stage').clientHeight - slide.querySelector('.fits').offsetHeight"
    )
    padding = "cell => parseFloat(getComputedStyle(cell).paddingTop)"
    wide = table.locator("td").first.evaluate(padding)
    page.set_viewport_size({"width": 1440, "height": 900 - int(spare) - 20})
    expect(table).to_have_attribute("style", re.compile("font-size"))
    assert table.locator("td").first.evaluate(padding) < wide, (
        "the padding shrinks with the letters"
    )
    assert slide.evaluate("slide => slide.scrollHeight <= slide.clientHeight")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(table).not_to_have_attribute("style", re.compile("font-size"))


def test_a_briefing_from_its_series_to_the_next_one(tab, company, post):
    chair, secretary = tab("executive"), tab("hr")
    follower, other, asker = tab("manager"), tab("sales_manager"), tab("manager")
    # The schedule's run froze an edition; it reaches its reader by mail, once, and the page proves it.
    told = [text for text in subjects(post(), "executive") if "doanh thu" in text]
    assert len(told) == 1
    chair.open(f"/bao-cao/{company['edition']}/")
    expect(chair.page.locator("main")).to_contain_text("máy chủ thư đã nhận")
    pictures_fit_a_phone(chair)
    first, second = plan(chair)
    secretary.open(f"{first}hop/")
    page = secretary.page
    page.get_by_role("button", name="Khai mạc").click()
    # The frozen edition came along, and says which report it is.
    expect(page.locator(".item").first).to_contain_text(
        re.compile(r"Báo cáo .* \(bản số \d+, chốt")
    )
    present(first, secretary, chair, follower, other, asker)
    tall_table_fits(secretary)

    secretary.open(f"{first}hop/")
    page.fill("#minutes-text", "Phòng Kinh doanh báo cáo.")
    expect(page.locator("#minutes-state")).to_contain_text("Đã lưu lúc")
    page.fill("#line", "Rà soát @KHONGCO #31/12")
    page.keyboard.press("Enter")
    expect(page.locator("#conclude [role=alert]")).to_contain_text("Không có đơn vị «KHONGCO»")
    page.fill("#line", LINE)
    page.keyboard.press("Enter")
    expect(page.locator(".decided li")).to_contain_text("Rà soát điểm bán vé")
    assert page.locator("#minutes-text").input_value() == "Phòng Kinh doanh báo cáo."
    page.get_by_role("button", name="Bế mạc").click()
    expect(page.locator(".title-bar")).to_contain_text("đã họp")

    chair.open(f"{first}van-ban/thong-bao/")
    chair.page.get_by_role("button", name="Duyệt và cấp số").click()
    expect(chair.page.locator(".title-bar")).to_contain_text("/TB-XSKT")
    with chair.page.expect_download() as told:
        chair.page.get_by_role("button", name="Tải PDF").click()
    assert re.fullmatch(r"\d\d-TB-XSKT-\d{4}\.pdf", told.value.suggested_filename)
    chair.page.get_by_role("button", name="Gửi cho người dự họp và các nơi trên").click()
    expect(chair.page.locator("main")).to_contain_text("manager@")
    assert any("Thông báo kết luận 01/TB-" in text for text in subjects(post(), "manager"))

    follower.open(second)
    expect(follower.page.locator(".tasks")).to_contain_text("Rà soát điểm bán vé")
    expect(follower.page.locator(".tasks")).to_contain_text("doanh thu tuần")
    failed = "Failed to load resource: "
    answers = (
        f"{failed}the server responded with a status",
        f"{failed}net::ERR_INTERNET_DISCONNECTED",
    )
    for window in (chair, secretary, other):
        assert [line for line in window.complaints if not line.startswith(answers)] == []
