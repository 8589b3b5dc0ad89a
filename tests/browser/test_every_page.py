"""Every page in a real browser: no accessibility fault, no complaint, nothing wider than a phone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: Who opens what. {edition}, {employee} and {day} are filled in.
PAGES = {
    None: ["/dang-nhap/", "/khong-co-trang-nay/"],
    "executive": [
        "/",
        "/cham-cong/bang-cong/",
        "/cham-cong/nguoi/{employee}/",
        "/cham-cong/ngay/{employee}/{day}/",
        "/cham-cong/co-mat/",
        "/cham-cong/may/",
        "/cham-cong/may/?dang=bang",
        "/cham-cong/may/?tuong=1",
        "/cham-cong/ma-chua-biet/",
        "/ban-ve/",
        "/bao-cao/",
        "/bao-cao/{edition}/",
        "/nhat-ky/",  # may not: the page that says so
    ],
    "hr": [
        "/cham-cong/may/?xep=ma",
        "/cham-cong/may/{terminal}/",
        "/cham-cong/may/{terminal}/xoa-nhat-ky/",
        "/cham-cong/may/{terminal}/nguoi-dung/",
        "/cham-cong/dong-y/",
        "/cham-cong/kham-ket-noi/",
        "/cham-cong/kham-ket-noi/{checkup}/",
        "/cham-cong/ma-chua-biet/?ma=9001",
        "/cham-cong/nhap-tep/",
        "/cham-cong/ban-ghi-cach-ly/",
        "/cham-cong/cham-tay/",
        "/cham-cong/cham-tay/them/?nv={employee}&ngay={day}",
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
#: Django's own pages: no complaint of the browser, but their markup is Django's business.
ADMIN = [
    "/quan-tri/org/employee/",
    "/quan-tri/org/region/add/",
    "/quan-tri/accounts/user/add/",
    "/quan-tri/sales/agent/",
]


def visits(company):
    return [(role, address.format(**company)) for role, pages in PAGES.items() for address in pages]


def picture_of(address, kind):
    return f"{re.sub('[^a-z0-9-]+', '_', address).strip('_') or 'home'}-{kind}"


@pytest.mark.parametrize(
    ("dark", "english"), [(False, False), (True, True)], ids=["light-vi", "dark-en"]
)
def test_no_page_has_an_accessibility_fault(tab, company, dark, english):
    faults, windows = {}, {}
    for role, address in visits(company):
        if role not in windows:
            windows[role] = tab(role, dark=dark, english=english, bypass_csp=True)
        windows[role].open(address)
        windows[role].photograph(picture_of(address, "dark-en" if dark else "light-vi"))
        result = Axe().run(windows[role].page, options={"runOnly": WCAG})
        assert result.response["passes"], address
        if result.violations_count:
            faults[address] = [
                (fault["id"], node["target"], node.get("failureSummary", "")[:300])
                for fault in result.response["violations"]
                for node in fault["nodes"][:3]
            ]
    assert faults == {}


def test_no_page_breaks_the_content_security_policy_or_complains(tab, company):
    windows = {}
    for role, address in [*visits(company), *(("administrator", page) for page in ADMIN)]:
        if role not in windows:
            windows[role] = tab(role)
        answer = windows[role].page.goto(windows[role].server + address)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in f"{policy};", address
        assert "style-src 'self';" in f"{policy};", address
        assert "unsafe" not in policy
        windows[role].page.wait_for_load_state("networkidle")
        told = [
            line
            for line in windows[role].complaints
            if not line.startswith("Failed to load resource: the server responded with a status")
        ]
        assert told == [], address


def test_the_record_of_changes_opens_for_everything_that_is_recorded(tab, company):
    auditor = tab("auditor")
    auditor.open("/nhat-ky/")
    kinds = auditor.page.eval_on_selector_all("[name=loai] option", "all => all.map(o => o.value)")
    assert len(kinds) > 15
    answers = {kind: auditor.open(f"/nhat-ky/?loai={kind}") for kind in kinds}
    assert set(answers.values()) == {200}, answers


def test_no_page_is_wider_than_a_phone(tab, company):
    wide, windows = {}, {}
    for role, address in visits(company):
        if role not in windows:
            windows[role] = tab(role, width=390)
        windows[role].open(address)
        windows[role].photograph(picture_of(address, "phone"))
        over = windows[role].page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[address] = over
    assert wide == {}
