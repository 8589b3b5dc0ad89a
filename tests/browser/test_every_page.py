"""Every page in a real browser: no accessibility fault, no complaint, nothing wider than a phone."""

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

from backend.accounts.models import Role
from tests.contracts.test_permissions import PAGES as ROUTES
from tests.contracts.test_permissions import POST_ONLY, allowed

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Parts of a page that one can jump to and tell apart; of the pages of reports and briefings.
LANDMARKS = ["heading-order", "landmark-unique", "region"]
OF_REPORTS = ("/bao-cao/", "/giao-ban/", "/nhiem-vu/", "/tai-lieu/")
#: What can differ between light and dark.
COLOURS = ["color-contrast", "link-in-text-block"]
#: A table's rows come from one template; axe takes most of its time to look at hundreds.
LIKE_THOSE_ABOVE = "tbody tr:nth-child(n+21)"

#: Who opens what. {edition}, {employee} and {day} are filled in.
PAGES = {
    None: ["/dang-nhap/", "/khong-co-trang-nay/"],
    "executive": [
        "/",
        "/cham-cong/bang-cong/",
        "/cham-cong/tong-hop/?tu=2026-01-01",
        "/cham-cong/nguoi/{employee}/",
        "/cham-cong/ngay/{employee}/{day}/",
        "/cham-cong/co-mat/",
        "/cham-cong/may/",
        "/cham-cong/may/?dang=bang",
        "/cham-cong/may/?tuong=1",
        "/cham-cong/ma-chua-biet/",
        "/ban-ve/",
        "/ban-ve/kho-ve/?ngay={ticket_day}&seri=8KX&so=00042",
        "/ban-ve/phan-ve/",
        "/ban-ve/suc-khoe/",
        "/ban-ve/dai-ly/",
        "/bao-cao/",
        "/bao-cao/danh-muc/",
        "/bao-cao/{edition}/",
        "/bao-cao/{edition}/so-sanh/",
        "/giao-ban/",
        "/giao-ban/loat-hop/moi/",
        "/giao-ban/{briefing}/",
        "/nhiem-vu/",
        "/nhiem-vu/don-vi/d-KD/",
        "/bao-cao/tinh-trang/",
        "/bao-cao/luu-tru/",
        "/bao-cao/nghia-vu/",
        "/bao-cao/nghia-vu/thue-gtgt-ttdb/",
        "/bao-cao/lich/",
        "/bao-cao/lich/moi/",
        "/bao-cao/lich/weekly-briefing/",
        "/bao-cao/lich/weekly-briefing/sua/",
        "/tai-lieu/QT-01/2/",
        "/nhat-ky/",  # may not: the page that says so
    ],
    "hr": [
        "/tai-lieu/",
        "/tai-lieu/moi/",
        "/tai-lieu/QT-01/",
        "/tai-lieu/QT-01/sua/",
        "/tai-lieu/QT-01/lan-moi/",
        "/giao-ban/loat-hop/{series}/",
        "/giao-ban/{held}/",
        "/giao-ban/{held}/hop/",
        "/giao-ban/{held}/van-ban/bien-ban/",
        "/giao-ban/{held}/van-ban/thong-bao/",
        "/giao-ban/{briefing}/trinh-chieu/",
        "/giao-ban/{held}/bien-ban/{minutes}/",
        "/nhiem-vu/{task}/",
        "/cham-cong/may/?xep=ma",
        "/cham-cong/quy-tac/",
        "/cham-cong/bieu-mau/",
        "/cham-cong/lich/?nam=2026",
        "/cham-cong/lich/ngay/2026-11-24/",
        "/cham-cong/lich/xac-nhan/?nam=2026",
        "/cham-cong/lich/nhap/?nam=2028&tet=2%2B3",
        "/cham-cong/nguoi/{employee}/dieu-chuyen/",
        "/cham-cong/bo-phan/",
        "/cham-cong/may/{terminal}/",
        "/cham-cong/may/{terminal}/xoa-nhat-ky/",
        "/cham-cong/may/{terminal}/nguoi-dung/",
        "/cham-cong/dong-y/",
        "/cham-cong/kham-ket-noi/",
        "/cham-cong/kham-ket-noi/{checkup}/",
        "/cham-cong/ma-chua-biet/?ma=9001",
        "/cham-cong/nhap-tep/",
        "/cham-cong/ban-ghi-cach-ly/",
        "/cham-cong/phan-ca/",
        "/cham-cong/phan-ca/mau/",
        "/cham-cong/phan-ca/nghi-tuan/",
        "/cham-cong/doi-ca/?a={employee}",
        "/cham-cong/phan-ca/?thang=2026-11",
        "/cham-cong/cham-tay/",
        "/cham-cong/nghi-phep/",
        "/cham-cong/gio-che-do/",
        "/cham-cong/phep-nam/",
        "/cham-cong/phep-nam/chuyen-nam/",
        "/cham-cong/phep-nam/nguoi/{employee}/",
        "/cham-cong/lam-them/",
        "/cham-cong/chot-cong/",
        "/cham-cong/tai-lieu/",
        "/cham-cong/chot-cong/xac-nhan/",
        "/cham-cong/ngoai-le/",
        "/cham-cong/ngoai-le/da-quyet/",
        "/cham-cong/cham-tay/them/?nv={employee}&ngay={day}",
    ],
    "sales_manager": [
        "/tai-lieu/QT-01/1/",
        "/bao-cao/kham-pha/?ky=12_thang&thanh=1",
        "/bao-cao/kham-pha/?hang=dia_ban&cot=thang&so=nam_truoc&ky=12_thang",
        "/bao-cao/nghia-vu/moi/",
        "/bao-cao/nghia-vu/thue-gtgt-ttdb/sua/",
        "/ban-ve/vung/",
        "/ban-ve/vung/{territory}/",
        "/ban-ve/vung-trang/",
        "/ban-ve/vung-trang/so-lieu/",
        "/ban-ve/chuong-trinh/",
        "/ban-ve/chuong-trinh/{campaign}/",
        "/ban-ve/ke-hoach/?thang={month}",
        "/ban-ve/cong-no/",
        "/ban-ve/cong-no/dai-ly/{seller}/?tu={month_first}&den={month_last}",
        "/ban-ve/cong-no/doi-chieu/?thang={month}",
        "/ban-ve/cong-no/doi-chieu/{record}/",
        "/ban-ve/cong-no/quyet-toan/",
        "/ban-ve/cong-no/nhac-no/",
        "/ban-ve/cong-no/thu-tien/",
        "/ban-ve/cong-no/thu-tien/?loai=collateral",
        "/ban-ve/cong-no/sao-ke/",
        "/ban-ve/cong-no/sao-ke/?tt=booked",
        "/ban-ve/cong-no/lai-cham-nop/?thang={month}",
        "/ban-ve/cong-no/ke-toan/?thang={month}",
        "/ban-ve/cong-no/thue-dai-ly/?nam={year}",
        "/ban-ve/kho-ve/?ngay={ticket_day}",
        "/ban-ve/phat-hanh/",
        "/ban-ve/tra-ve/?ngay={ticket_day}",
        "/ban-ve/tra-ve/{return}/",
        "/ban-ve/nhap-tep/",
        "/ban-ve/nhap-tep/{import}/",
        "/ban-ve/ngay-quay/?ngay={ticket_day}",
        "/ban-ve/nhap-bang/?viec=tra&ngay={ticket_day}",
        "/ban-ve/ket-qua/",
        "/ban-ve/ket-qua/{keyed}/",
        "/ban-ve/ket-qua/{drawn}/",
        "/ban-ve/ket-qua/{keyed}/truc-tiep/",
        "/ban-ve/tin-tuc/",
        "/ban-ve/tin-tuc/{news}/",
        "/ban-ve/do-ve/?so={special}&ky_hieu=2KX&ngay={drawn}",
        "/ban-ve/tra-thuong/",
        "/ban-ve/tra-thuong/?tt=all",
        "/ban-ve/tra-thuong/them/?so={special}&ky_hieu=2KX&ngay={drawn}",
        "/ban-ve/tra-thuong/{claim}/",
        "/ban-ve/tra-thuong/{paid}/",
        "/ban-ve/tra-thuong/ty-le/",
        "/ban-ve/dai-ly/?trang_thai=active",
        "/ban-ve/dai-ly/{agent}/",
        "/ban-ve/dai-ly/{agent}/sua/",
        "/ban-ve/dai-ly/{agent}/hop-dong/moi/",
        "/ban-ve/dai-ly-moi/",
    ],
    "employee": [
        "/cham-cong/cua-toi/",
        "/cham-cong/cua-toi/ngay/{day}/",
        "/cham-cong/cua-toi/don-moi/?ngay={day}",
        "/cham-cong/cua-toi/don-moi/?loai=leave",
        "/cham-cong/cua-toi/don-moi/?loai=overtime",
        "/cham-cong/cua-toi/don-moi/?loai=swap",
        "/cham-cong/don/{request}/",
    ],
    "manager": [
        "/cham-cong/ngoai-le/",
        "/cham-cong/don/",
        "/cham-cong/don/{request}/",
        "/cham-cong/uy-quyen/",
    ],
    "administrator": [
        "/nhat-ky/",
        "/nhat-ky/?loai=org.employee",
        "/quan-tri/",
        "/cham-cong/may/{terminal}/chep-van-tay/",
        "/cham-cong/may-day/",
        "/cham-cong/may-day/{pushing}/",
        "/cham-cong/may-day/cho/WAITING001/duyet/",
    ],
}
#: The pages that say no are looked at too.
OTHER_THAN_200 = {(None, "/khong-co-trang-nay/"): 404, ("executive", "/nhat-ky/"): 403}
#: Opened by scripts or programs, not by a link.
NOT_PAGES = re.compile("(api|iclock)/.*|health/|giao-ban/.*/trang/|.*-biet/(nhan-vien|da-gan)/")
#: Addresses of papers.
PRINTED = re.compile(r"[./]pdf\b")
#: Linked only where somebody has done something first.
LATER = {
    "tai-lieu/<str:code>/<int:number>/sua/",
    "tai-lieu/<str:code>/<int:number>/thu/",
    "giao-ban/<int:pk>/bien-ban/<int:number>/",
    "giao-ban/<int:pk>/van-ban/<str:kind>/",
    "giao-ban/tep/<int:pk>/",
    "giao-ban/van-ban/<int:pk>/tep.<str:kind>",
    "nhiem-vu/tep/<int:pk>/",
    "ban-ve/dai-ly/<str:code>/tep/<int:pk>/",
    "cham-cong/tai-lieu/<uuid:key>/tep/",
    "cham-cong/bieu-mau/<int:pk>/tep/",
    "cham-cong/bieu-mau/<int:pk>/thu/",
    "cham-cong/don/<int:pk>/dinh-kem/",
    "cham-cong/doi-ca/<int:pk>/thu-hoi/",
    "cham-cong/cham-tay/<int:pk>/thu-hoi/",
    "cham-cong/cham-tay/<int:pk>/dinh-kem/",
    "cham-cong/ban-ghi-cach-ly/<int:pk>/sua-gio/",
    "cham-cong/nhap-tep/<uuid:key>/",
}
#: Django's own pages: no complaint of the browser, but their markup is Django's business.
ADMIN = [
    "/quan-tri/org/employee/",
    "/quan-tri/org/region/add/",
    "/quan-tri/accounts/user/add/",
    "/quan-tri/sales/agent/",
]


#: Until the page's scripts have nothing more to do and no colour is on its way to another. What turns
#: for ever (work going on) has no end to go to.
QUIET = """new Promise(done => {
    const idle = then => requestIdleCallback(then, {timeout: 2000});
    const finish = () => document.getAnimations()
        .filter(one => Number.isFinite(one.effect.getComputedTiming().endTime))
        .forEach(one => one.finish());
    finish();
    idle(() => idle(() => { finish(); done(); }));
})"""


def visits(company):
    """Who opens what; where GIAOBAN_PAGES is a pattern, only addresses that hold it."""
    wanted = re.compile(os.environ.get("GIAOBAN_PAGES", ""))
    return [(role, address) for role, address in all_visits(company) if wanted.search(address)]


def all_visits(company):
    return [(role, address.format(**company)) for role, pages in PAGES.items() for address in pages]


def picture_of(address, kind):
    return f"{re.sub('[^a-z0-9-]+', '_', address).strip('_') or 'home'}-{kind}"


#: Marks what looks like three things before it, on this page or on one before (`known` tells how often
#: each look was met): the same element and class in the same colours, size and weight, on the same
#: grounds; a link also beside the same text. One letter alone or none, or out of sight, is another look:
#: of those axe says less. Returns how often the looks of this page were met, and whether a text that can
#: be read is left unmarked.
MARK_ALIKE = r"""([notLookedAt, told]) => {
    const known = JSON.parse(told);
    const grounds = new Map(), times = new Map();
    let anyNew = false;
    const ground = one => {
        if (one && !grounds.has(one)) {
            const {backgroundColor, backgroundImage, opacity, filter, position} = getComputedStyle(one);
            const own = [backgroundColor, backgroundImage, opacity, filter, position].join();
            const plain = own === 'rgba(0, 0, 0, 0),none,1,none,static';
            grounds.set(one, ground(one.parentElement) + (plain ? '' : own));
        }
        return grounds.get(one) ?? '';
    };
    const around = link => {
        let block = link.parentElement;
        while (getComputedStyle(block).display === 'inline') block = block.parentElement;
        const alone = block.textContent.trim() === link.textContent.trim();
        return [alone, getComputedStyle(block).color, getComputedStyle(link).textDecorationLine];
    };
    const hash = text => {  // cyrb53
        let a = 0xdeadbeef, b = 0x41c6ce57;
        for (let at = 0; at < text.length; at++) {
            a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
            b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
        }
        a = Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909);
        b = Math.imul(b ^ b >>> 16, 2246822507) ^ Math.imul(a ^ a >>> 13, 3266489909);
        return 4294967296 * (2097151 & b) + (a >>> 0);
    };
    for (const one of document.querySelectorAll(`body *:not(${notLookedAt} *)`)) {
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
        const texts = [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        const text = [one.value, one.placeholder, ...texts.map(node => node.data)].join('');
        const letters = Math.min(2, text.match(/[\p{L}\p{N}]/gu)?.length ?? 0);
        const visible = one.checkVisibility();
        const look = hash([
            one.localName, one.className, letters, visible, color, fontSize, fontWeight, textShadow,
            ground(one), one.localName === 'a' ? around(one) : '',
        ].join());
        times.set(look, (times.get(look) ?? known[look] ?? 0) + 1);
        const alike = times.get(look) > 3;
        anyNew ||= visible && !alike && text.trim() !== '';
        one.toggleAttribute('data-alike', alike);
    }
    return [JSON.stringify(Object.fromEntries(times)), anyNew];
}"""

#: Contrast is most of axe's work, and the same for all that looks the same.
ONCE_A_LOOK = "axe.configure({rules: [{id: 'color-contrast', selector: ':not([data-alike])'}]})"
AXE_OF_OURS = f"{Axe().axe_script};{ONCE_A_LOOK}"
#: To load the style sheets once more, a fifth of all, is for a rule that has a test of its own; for
#: another one, sound and film are loaded where there are any.
RUN = """([where, options]) => axe.run(where, {
    ...options,
    preload: options.runOnly.includes('css-orientation-lock') || !!document.querySelector('audio, video'),
})"""


#: Columns whose head stands at the other side than what is below it.
BESIDE_THEIR_HEAD = r"""() => [...document.querySelectorAll('table')].flatMap(table => {
    const [heads, row] = [table.tHead?.rows, table.tBodies[0]?.rows[0]];
    const cells = [...heads?.[0]?.cells ?? [], ...row?.cells ?? []];
    const isPlain = heads?.length === 1 && cells.length === 2 * heads[0].cells.length;
    if (!isPlain || cells.some(cell => cell.colSpan > 1)) return [];
    const isRight = cell => getComputedStyle(cell).textAlign === 'right';
    return [...heads[0].cells].filter((head, n) =>
        head.textContent.trim() && row.cells[n].textContent.trim() && isRight(head) !== isRight(row.cells[n])
    ).map(head => `the column of ${head.textContent.trim()} is not below it`);
})"""


def faults_of(page, rules, known, more=()):
    """What axe finds by these rules (tags of rules, or all rules by name) and `more` of them by name,
    and columns that do not stand below their heads.

    `known` learns how often each look was met.
    """
    # As one text: Playwright would wrap each of thousands of numbers, on three ways.
    met, has_new_looks = page.evaluate(MARK_ALIKE, [LIKE_THOSE_ABOVE, json.dumps(known)])
    known.update(json.loads(met))
    if rules == COLOURS and not has_new_looks:
        return []
    if not page.evaluate("'axe' in window"):  # half a megabyte, sent once a page
        page.evaluate(AXE_OF_OURS)
    also = {rule: {"enabled": True} for rule in more}
    options = {"runOnly": rules, "rules": also, "resultTypes": ["violations"]}
    where = {"include": [["html"]], "exclude": [[LIKE_THOSE_ABOVE]]}
    result = page.evaluate(RUN, [where, options])
    assert result["passes"] or rules == COLOURS, page.url
    beside = page.evaluate(BESIDE_THEIR_HEAD) if rules == WCAG else []
    return beside + [
        (fault["id"], node["target"], node.get("failureSummary", "")[:300])
        for fault in result["violations"]
        for node in fault["nodes"][:3]
    ]


def complaints_of(window):
    """What the browser said; a page that is meant to say no may."""
    answers = "Failed to load resource: the server responded with a status"
    return [line for line in window.complaints if not line.startswith(answers)]


@dataclass(frozen=True)
class Look:
    """How a page is looked at, and what for."""

    name: str
    scheme: str
    width: int
    rules: list[str]

    def faults(self, page, known, landmarks):
        if self.rules:
            more = landmarks if self.rules == WCAG else ()
            return faults_of(page, self.rules, known, more)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return [f"{over} wider than a phone"] if over > 0 else []

    def take(self, page, before):
        if self.scheme != before.scheme:
            page.emulate_media(color_scheme=self.scheme)
        if self.width != before.width:
            page.set_viewport_size({"width": self.width, "height": 900})


LOOKS = [
    Look("light", "light", 1440, WCAG),
    Look("dark", "dark", 1440, COLOURS),
    Look("phone", "dark", 390, []),
]


def look_at(window, address, looks, known):
    """Open a page in the first look and tell its status, its policy, and every fault found."""
    page = window.page
    window.complaints.clear()  # axe wants styles of its own where the last page allowed none
    answer = page.goto(window.server + address)
    page.evaluate(QUIET)
    found = {"complaints": complaints_of(window)}
    landmarks = LANDMARKS if address.startswith(OF_REPORTS) else ()
    for before, look in pairwise([looks[0], *looks]):
        if look is not before:
            look.take(page, before)
            page.evaluate(QUIET)
        window.photograph(picture_of(address, look.name))
        found[look.name] = look.faults(page, known, landmarks)
    return answer, {kind: faults for kind, faults in found.items() if faults}


def assert_policy(answer):
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in f"{policy};", answer.url
    assert "style-src 'self';" in f"{policy};", answer.url
    assert "unsafe" not in policy, answer.url


def test_no_page_has_a_fault(tab, company):
    """Each page is opened once: opening it is most of what looking at it costs.

    To go back to the first look before the next page is the rest: that one begins where this ended.
    """
    windows, faults = {}, {}
    known: dict[str, int] = {}
    for role, address in visits(company):
        if role not in windows:
            windows[role] = tab(role), LOOKS
            windows[role][0].page.add_init_script(AXE_OF_OURS)  # sent once, not with every page
        window, looks = windows[role]
        windows[role] = window, looks[::-1]
        answer, found = look_at(window, address, looks, known)
        assert answer.status == OTHER_THAN_200.get((role, address), 200), address
        assert_policy(answer)
        if found:
            faults[address] = found
    assert faults == {}


def test_the_style_sheets_lock_no_orientation(tab):
    """They are the same on all pages; axe can read them only where it may add styles."""
    window = tab("hr", bypass_csp=True)
    window.open("/")
    assert faults_of(window.page, ["css-orientation-lock"], {}) == []


def test_a_faint_text_among_many_alike_is_found(tab):
    window = tab("hr")
    window.open("/cham-cong/bang-cong/")
    known: dict[str, int] = {}
    assert faults_of(window.page, COLOURS, known) == []
    assert faults_of(window.page, COLOURS, known) == []  # nothing is new any more
    names = window.page.locator("tr[data-person] th a")
    names.nth(8).evaluate("name => { name.style.color = '#aaa' }")
    window.page.evaluate(QUIET)
    assert {rule for rule, *_ in faults_of(window.page, COLOURS, known)} == {"color-contrast"}


def test_no_page_of_the_administration_breaks_the_policy_or_complains(tab):
    window = tab("administrator")
    for address in ADMIN:
        answer = window.page.goto(window.server + address)
        assert answer.status == 200, address
        assert_policy(answer)
        window.page.evaluate(QUIET)
        assert complaints_of(window) == [], address


def test_the_record_of_changes_opens_for_everything_that_is_recorded(tab, company):
    auditor = tab("auditor")
    auditor.open("/nhat-ky/")
    kinds = auditor.page.eval_on_selector_all("[name=loai] option", "all => all.map(o => o.value)")
    assert len(kinds) > 15
    answers = {kind: auditor.fetch(f"/nhat-ky/?loai={kind}").status for kind in kinds}
    assert set(answers.values()) == {200}, answers


def routes_linked_from(tab, role, known, files):
    """The routes a person finds by following links from the start page, one of each kind.

    The `known` addresses are followed besides: what a page links to may depend on what it shows, and
    other tests make more of a kind. Papers are not printed, and what turns out to be a file is kept in
    `files` and not made again for the next role, most of the time went into that: tests/contracts asks
    who may have it.
    """
    window = tab(role)
    waiting, seen, kinds = ["/"], set(), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        try:
            route = resolve(path).route
        except Resolver404:
            continue
        if address in seen or route.startswith("quan-tri/"):
            continue
        if kinds[route] and address not in known:
            continue
        seen.add(address)
        kinds[route] += 1
        if address in files or PRINTED.search(path):
            assert allowed(ROUTES[route], role), (role, address)
            continue
        answer = window.fetch(address)
        assert answer.status == 200, (role, address)  # no link leads where one may not go
        if "html" in answer.headers["content-type"]:
            links = re.findall(r'href="([^"#]+)', answer.text())
            waiting += [
                urljoin(address, link.replace("&amp;", "&")) for link in links if "://" not in link
            ]
        else:
            files.add(address)
    return set(kinds)


def test_every_page_is_found_by_following_links(tab, company):
    known = {address for _, address in all_visits(company)}
    files: set[str] = set()
    found = {"dang-nhap/"}.union(*(routes_linked_from(tab, role, known, files) for role in Role))
    pages = {route for route in ROUTES if not NOT_PAGES.fullmatch(route)}
    assert pages - POST_ONLY - LATER - found == set()
