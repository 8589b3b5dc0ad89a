"""The public site in a real browser, from its own process: accessible, light, without complaints."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import COLOURS, WCAG, faults_of, picture_of

PAGES = [
    "/ket-qua/",
    "/ket-qua/{drawn}/",
    "/ket-qua/tinh/quang-ninh/",
    "/lich-quay/",
    "/truc-tiep/",
    "/co-cau-giai-thuong/",
    "/diem-ban/",
    "/diem-ban/{commune}/",
    "/tin-tuc/",
    "/tin-tuc/{news_slug}/",
    "/do-ve/?so={special}&ngay={drawn}",
    "/du-lieu/",
    "/khong-co/",
    "/ket-qua/?ngay=31/02/2026",
    "/ket-qua/tinh/ca-mau/",
    "/ket-qua/x%00/",
    "/do-ve/?so=123&ngay=31/02/2026",
]
#: What nobody can answer, and its status; all others are 200.
REFUSED = dict(zip(PAGES[-5:], (404, 400, 404, 400, 400), strict=True))
#: What a page may weigh over the wire with all it needs, in bytes.
MOST = 30_000


@pytest.fixture
def visitor(tab, public_site):
    """visitor() is a stranger's window at the public site."""

    def make(**how):
        window = tab(None, **how)
        window.server = public_site
        return window

    return make


@pytest.mark.parametrize(("width", "english"), [(390, False), (1440, True)])
def test_every_public_page_is_accessible_light_and_fits(visitor, company, width, english):
    window = visitor(width=width, english=english, bypass_csp=True)
    faults, heavy, wide = {}, {}, {}
    known: dict[str, int] = {}
    weight = []

    def weigh(answer):
        if "/dong/" not in answer.url:  # the stream never ends
            weight.append(len(answer.body()))

    window.page.on("response", weigh)
    for page in PAGES:
        address = ("/en" if english else "") + page.format(**company)
        weight.clear()
        answer = window.page.goto(window.server + address, wait_until="load")
        assert answer.status == REFUSED.get(page, 200), address
        assert "set-cookie" not in answer.headers
        if sum(weight) > MOST:
            heavy[address] = sum(weight)
        if (over := window.page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            wide[address] = over
        window.photograph(picture_of(f"public{address}", f"{width}-light"))
        found = faults_of(window.page, WCAG, known)
        window.page.emulate_media(color_scheme="dark")
        window.photograph(picture_of(f"public{address}", f"{width}-dark"))
        found += faults_of(window.page, COLOURS, known)
        window.page.emulate_media(color_scheme="light")
        if found:
            faults[address] = found
    assert (faults, heavy, wide) == ({}, {}, {})


def test_a_visitor_finds_a_result_by_keyboard_and_changes_language(visitor, company):
    window = visitor()
    window.open("/ket-qua/")
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".skip")).to_be_focused()
    window.page.locator("#ngay").fill(company["drawn"])
    window.page.keyboard.press("Enter")
    expect(window.page).to_have_url(f"{window.server}/ket-qua/{company['drawn']}/")
    expect(window.page.locator(".special b")).to_have_text(company["special"])
    window.page.locator(".language").click()
    expect(window.page.locator("html")).to_have_attribute("lang", "en")
    expect(window.page.locator(".special b")).to_have_text(company["special"])
    assert window.complaints == []
