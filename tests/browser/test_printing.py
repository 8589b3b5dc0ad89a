"""Pages on paper: white, without what only a screen can do, and nothing cut at the edge."""

#: Whom a page belongs to, and whether it asks for landscape. {employee} and {day} are filled in.
PAPER = [
    ("hr", "/cham-cong/bang-cong/", True),
    ("hr", "/cham-cong/nguoi/{employee}/", True),
    ("hr", "/cham-cong/ngay/{employee}/{day}/", False),
    ("hr", "/cham-cong/phan-ca/", True),
    ("hr", "/cham-cong/phan-ca/?thang=2026-11", True),
    ("hr", "/cham-cong/co-mat/", False),
    ("hr", "/cham-cong/chot-cong/", False),
    ("hr", "/cham-cong/ngoai-le/", False),
    ("hr", "/cham-cong/nghi-phep/", False),
    ("hr", "/cham-cong/lich/", True),
    ("hr", "/cham-cong/phep-nam/", True),
    ("hr", "/cham-cong/phep-nam/nguoi/{employee}/", False),
    ("hr", "/cham-cong/lam-them/", False),
    ("hr", "/cham-cong/gio-che-do/", False),
    ("hr", "/cham-cong/phan-ca/nghi-tuan/", False),
    ("hr", "/cham-cong/nguoi/{employee}/dieu-chuyen/", False),
    ("manager", "/cham-cong/bo-phan/", False),
    ("manager", "/cham-cong/don/", False),
    ("employee", "/cham-cong/cua-toi/", False),
]
#: A4 less its margins, in CSS pixels.
PORTRAIT, LANDSCAPE = 702, 1062

SHOWN = """() => [...document.querySelectorAll(
    '.sidebar, .demonstration, .filters, .title-bar .actions, main button, main input, main select'
)].filter(node => node.checkVisibility()).map(node => node.outerHTML.slice(0, 80))"""
CUT = "document.documentElement.scrollWidth - innerWidth"
STUCK = """() => [...document.querySelectorAll('th, td')]
    .filter(cell => getComputedStyle(cell).position === 'sticky').length"""
HEADS = """() => [...document.querySelectorAll('thead, tfoot')]
    .map(part => getComputedStyle(part).display)"""
PALE = """() => { const style = getComputedStyle(document.querySelector('main h1'));
    return [getComputedStyle(document.body).backgroundColor, style.color]; }"""
BLACK_ON_WHITE = ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def in_light(page):
    page.emulate_media(media="print", color_scheme="light")
    colours = page.evaluate(PALE)
    page.emulate_media(media="print", color_scheme="dark")
    return colours


def test_pages_are_fit_for_paper(tab, company):
    """Who likes it dark prints black on white too."""
    windows, faults = {}, {}
    for role, address, wide in PAPER:
        if role not in windows:
            windows[role] = tab(role, dark=True)
            windows[role].page.emulate_media(media="print", color_scheme="dark")
        page = windows[role].page
        page.set_viewport_size({"width": LANDSCAPE if wide else PORTRAIT, "height": 900})
        windows[role].open(address.format(**company))
        windows[role].photograph(f"paper-{address.strip('/').replace('/', '_')[:30]}")
        told = {
            "shown": page.evaluate(SHOWN),
            "cut": max(0, page.evaluate(CUT)),
            "stuck": page.evaluate(STUCK),
            "heads": set(page.evaluate(HEADS)) - {"table-header-group", "table-row-group"},
            "colours in the dark": page.evaluate(PALE),
            "colours": in_light(page),
        }
        fine = {
            "shown": [], "cut": 0, "stuck": 0, "heads": set(),
            "colours in the dark": BLACK_ON_WHITE, "colours": BLACK_ON_WHITE,
        }  # fmt: skip
        if told != fine:
            faults[address] = told
    assert faults == {}, faults


def test_the_month_fits_the_width_of_a4_and_of_a3(tab):
    """Chromium really prints it: so many pages, each as wide as the paper that was chosen."""
    window = tab("hr")
    window.open("/cham-cong/bang-cong/")
    for paper, width in (("A4", b"842"), ("A3", b"1191")):
        document = window.page.pdf(format=paper, landscape=True, prefer_css_page_size=True)
        assert b"/MediaBox [0 0 " + width in document
