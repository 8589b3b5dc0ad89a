"""Each page's main job, done by the person whose page it is, without a mouse."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from backend import clock
from tests.browser.keyboard import tab_to, write


def told(page):
    return page.locator("#announcements")


def test_the_month_shows_its_keys_and_gives_the_focus_back(tab):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/bang-cong/")
    cell = page.locator("table.timesheet td[tabindex='0']")
    tab_to(page, cell)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Phím tắt")
    expect(keys).to_contain_text("mở ngày")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    drawer = page.locator("#day-drawer")
    expect(drawer).to_be_visible()
    close = drawer.get_by_role("button", name="Đóng")
    expect(close).to_be_focused()
    for _ in range(4):  # the drawer keeps the focus, or the browser's own bar has it
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.querySelector('#day-drawer').contains(document.activeElement)"
        )
    page.keyboard.press("Escape")
    expect(cell).to_be_focused()
    assert window.complaints == []


def test_a_day_is_explained_and_leads_to_its_month(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/ngay/{employee}/{day}/".format(**company))
    expect(page.locator("main")).to_contain_text("Cách tính")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    tab_to(page, page.get_by_role("button", name="Cả tháng"))
    page.keyboard.press("Enter")
    expect(page.locator("table.person-days")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="đi muộn"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("chi=muon"))
    expect(page.get_by_role("link", name="đi muộn")).to_have_attribute("aria-current", "page")
    assert window.complaints == []


def test_an_employee_asks_for_a_forgotten_punch_on_a_phone_and_withdraws_it(tab, company):
    window = tab("employee", width=390)
    page = window.page
    window.open("/cham-cong/cua-toi/")
    tab_to(page, page.get_by_role("button", name="Gửi đơn"))
    page.keyboard.press("Enter")
    day = date.fromisoformat(company["day"]) - timedelta(days=1)
    write(page, page.get_by_label("Ngày", exact=True), day.isoformat())
    write(page, page.get_by_label("Giờ", exact=True), "17:05")
    tab_to(page, page.get_by_label("Lượt này là"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Lý do"))
    page.keyboard.type("Ngắn")
    tab_to(page, page.locator("main").get_by_role("button", name="Gửi đơn"))
    page.keyboard.press("Enter")  # too short: the browser leads back to it
    expect(page.get_by_label("Lý do")).to_be_focused()
    page.keyboard.type(" nhưng thật: quên chấm lúc về")
    tab_to(page, page.locator("main").get_by_role("button", name="Gửi đơn"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Đơn số")
    window.photograph("request-sent-phone")
    withdraw = page.get_by_role("button", name="Rút đơn")
    tab_to(page, withdraw)
    page.keyboard.press("Enter")
    expect(page.locator(".title-bar .chip")).to_have_text("đã rút")
    assert window.complaints == []


def test_a_month_is_confirmed_locked_and_opened_by_a_second_person(tab):
    last_month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    closing = f"/cham-cong/chot-cong/?thang={last_month:%Y-%m}"
    window = tab("hr")
    page = window.page
    window.open(closing)
    tab_to(page, page.get_by_role("link", name="Phòng ban chưa xác nhận"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name=re.compile("Xác nhận bảng công")))
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("xác nhận")
    window.open(closing)
    write(page, page.get_by_label("Lý do vẫn khóa dù còn việc"), "Đã đối chiếu với từng phòng")
    tab_to(page, page.get_by_role("button", name="Khóa kỳ công"))
    page.keyboard.press("Enter")
    expect(page.locator(".title-bar")).to_contain_text("Đã khóa")
    expect(page.get_by_text("chỉ người khác của phòng nhân sự mở lại được")).to_be_visible()
    window.photograph("month-locked")

    second = tab("hr2")
    second.open(closing)
    write(second.page, second.page.get_by_label("Lý do mở lại"), "Sót phiếu của kho vé")
    tab_to(second.page, second.page.get_by_role("button", name="Mở lại"))
    second.page.keyboard.press("Enter")
    expect(told(second.page)).to_contain_text("Đã mở lại kỳ công")
    assert window.complaints == second.complaints == []


@pytest.mark.parametrize(
    ("address", "name", "button", "undone"),
    [
        ("/cham-cong/nghi-phep/", "Nhập nghỉ phép, công tác", "Ghi", "thu hồi"),
        ("/cham-cong/lam-them/", "Duyệt làm thêm giờ", "Duyệt", "thu hồi"),
    ],
)
def test_leave_and_overtime_are_entered_and_taken_back(tab, company, address, name, button, undone):
    window = tab("hr")
    page = window.page
    window.open(address)
    tab_to(page, page.locator("summary", has_text=name))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Mã nhân viên"), company["employee"])
    page.keyboard.press("Escape")  # the list of suggestions
    day = date.fromisoformat(company["day"])
    write(page, page.locator("main [name=ngay]"), day.isoformat())
    if button == "Duyệt":
        write(page, page.get_by_label("Từ giờ"), "20:00")
        write(page, page.get_by_label("Đến giờ"), "21:00")
    write(page, page.locator("main .entry [name=ly_do]"), "Theo kế hoạch đã ký")
    tab_to(page, page.locator("main .entry").get_by_role("button", name=button))
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_be_visible()
    window.open(f"{address}?thang={day:%Y-%m}")
    row = page.locator("tbody tr", has_text="Theo kế hoạch đã ký").first
    tab_to(page, row.locator("summary"))
    page.keyboard.press("Enter")
    write(page, row.get_by_label("Lý do thu hồi"), "Nhập nhầm ngày")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text(undone)
    assert window.complaints == []


def test_care_hours_are_entered_and_ended(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/gio-che-do/")
    tab_to(page, page.locator("summary", has_text="Nhập giờ chế độ"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Mã nhân viên"), company["employee"])
    page.keyboard.press("Escape")  # the list of suggestions
    tab_to(page, page.get_by_label("Chế độ"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Chế độ")).to_have_value("lighter")
    day = date.fromisoformat(company["day"])
    write(page, page.locator("main [name=ngay]"), day.isoformat())
    write(page, page.locator("main .entry [name=den]"), (day + timedelta(days=90)).isoformat())
    write(page, page.locator("main .entry [name=ly_do]"), "Giấy khám thai số 7")
    tab_to(page, page.locator("main .entry").get_by_role("button", name="Ghi"))
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_be_visible()
    row = page.locator("tbody tr", has_text="Giấy khám thai số 7")
    tab_to(page, row.locator("summary"))
    page.keyboard.press("Enter")
    write(page, row.locator("[name=ly_do]"), "Chuyển việc nhẹ hơn")
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_be_visible()
    expect(row).to_contain_text("thôi sau")
    assert window.complaints == []


def test_own_rest_days_are_entered_and_ended(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/phan-ca/nghi-tuan/")
    tab_to(page, page.locator("summary", has_text="Nhập ngày nghỉ riêng"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Mã nhân viên"), "NV009")
    page.keyboard.press("Escape")  # the list of suggestions
    tab_to(page, page.get_by_label("thứ Ba"))
    page.keyboard.press("Space")
    write(page, page.locator("main .entry [name=ngay]"), company["day"])
    write(page, page.locator("main .entry [name=ly_do]"), "Nội quy đội bảo vệ")
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_be_visible()
    row = page.locator("tbody tr", has_text="Nội quy đội bảo vệ")
    expect(row.locator("td").first).to_have_text("thứ Ba")
    tab_to(page, row.locator("summary"))
    page.keyboard.press("Enter")
    write(page, row.locator("[name=ly_do]"), "Đổi lịch trực")
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_be_visible()
    expect(row).to_contain_text("thôi sau")
    assert window.complaints == []


def test_a_transfer_is_recorded_and_taken_back(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/nguoi/NV009/dieu-chuyen/")
    day = date.fromisoformat(company["day"]) + timedelta(days=20)
    write(page, page.get_by_label("Có hiệu lực từ ngày"), day.isoformat())
    tab_to(page, page.get_by_label("Phòng ban"))
    page.keyboard.press("ArrowDown")
    write(page, page.get_by_label("Số quyết định, lý do"), "QĐ 12/TCHC")
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_contain_text("thuộc Phòng")
    expect(page.locator("#placements ~ .scroll tbody tr").first).to_contain_text("sắp tới")
    row = page.locator("tbody tr", has_text="QĐ 12/TCHC")
    tab_to(page, row.locator("summary"))
    page.keyboard.press("Enter")
    write(page, row.locator("[name=ly_do]"), "Ghi nhầm người")
    page.keyboard.press("Enter")
    expect(told(page).locator(".success")).to_contain_text("Đã thu hồi điều chuyển")
    expect(page.locator("#placements ~ .scroll tbody tr")).to_have_count(1)
    assert window.complaints == []


def test_who_is_in_keeps_the_focus_when_the_page_renews_itself(tab):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/co-mat/")
    person = page.locator("#presence tbody a").first
    tab_to(page, person)
    where = person.get_attribute("href")
    with page.expect_response(re.compile("/cham-cong/co-mat/")):
        page.evaluate(
            "htmx.ajax('GET', location.href,"
            " {source: '#presence', target: '#presence', select: '#presence', swap: 'outerHTML'})"
        )
    expect(page.locator(f"#presence a[href='{where}']").first).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("khong co ai ten nay")
    page.keyboard.press("Enter")
    expect(page.locator("#presence tbody a")).to_have_count(0)
    expect(page.locator("main .empty")).to_be_visible()
    assert window.complaints == []


def test_a_head_of_department_follows_a_figure_to_its_days(tab, company):
    window = tab("manager")
    page = window.page
    window.open("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.locator("#people")).to_be_visible()
    state = page.locator("details.state summary").first
    tab_to(page, state)
    was_open = state.evaluate("node => node.parentElement.open")
    page.keyboard.press("Enter")
    assert state.evaluate("node => node.parentElement.open") is not was_open
    name = page.locator("section[aria-labelledby=people] tbody a").first
    tab_to(page, name)
    page.keyboard.press("Enter")
    day = page.locator("table.person-days tbody a").first
    tab_to(page, day)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ngày công")
    tab_to(page, page.get_by_role("button", name="Cả tháng"))
    page.keyboard.press("Space")  # what looks like a button is pressed like one
    expect(page.locator("table.person-days")).to_be_visible()
    assert window.complaints == []


def test_rules_are_set_and_a_document_is_fetched(tab):
    window = tab("hr")
    page = window.page
    window.open("/cham-cong/quy-tac/")
    write(page, page.get_by_label("Căn cứ, lý do"), "Nội quy lao động 2026, Điều 12")
    tab_to(page, page.get_by_role("button", name="Đặt quy tắc"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Nội quy lao động 2026, Điều 12")

    window.open("/cham-cong/tai-lieu/")
    card = page.locator("section.card").filter(has=page.get_by_role("heading", name="Ngoại lệ"))
    tab_to(page, card.get_by_role("button").first)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")
    assert window.complaints == []


def test_a_head_of_department_names_a_deputy_and_takes_it_back(tab, company):
    window = tab("manager")
    page = window.page
    window.open("/cham-cong/uy-quyen/")
    tomorrow = clock.today() + timedelta(days=1)
    write(page, page.get_by_label("Người được ủy quyền"), company["employee"])
    write(page, page.get_by_label("Từ ngày"), tomorrow.isoformat())
    write(page, page.get_by_label("Đến hết ngày"), (tomorrow + timedelta(days=3)).isoformat())
    write(page, page.get_by_label("Lý do"), "Đi công tác tỉnh ngoài")
    tab_to(page, page.locator("main").get_by_role("button", name="Ủy quyền", exact=True))
    page.keyboard.press("Enter")
    given = page.get_by_role("listitem").filter(has_text="Đi công tác tỉnh ngoài")
    expect(given).to_be_visible()
    tab_to(page, given.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(given).to_contain_text("đã thôi")
    assert window.complaints == []


def test_a_form_is_registered_and_approved_by_another_person(tab):
    window = tab("hr")
    page = window.page
    window.open("/tai-lieu/")
    tab_to(page, page.get_by_role("button", name="Đăng ký tài liệu"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Mã tài liệu"), "BM-09")
    write(page, page.get_by_label("Tên tài liệu"), "Thong bao ket luan")
    tab_to(page, page.get_by_label("Đơn vị chủ quản"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Do hệ thống lập"))
    page.keyboard.press("End")  # the last form the program prints: no file is needed
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Lưu"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Nội dung thay đổi"), "Lan dau")
    tab_to(page, page.get_by_role("button", name="Lưu dự thảo"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Trình duyệt"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("chờ người duyệt", ignore_case=True)
    other = tab("executive")
    other.open("/tai-lieu/BM-09/1/")
    tab_to(other.page, other.page.get_by_role("button", name="Duyệt", exact=True))
    other.page.keyboard.press("Enter")
    expect(other.page.locator("main .chip")).to_have_text("có hiệu lực")
    assert window.complaints == other.complaints == []
