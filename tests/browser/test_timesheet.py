"""HR goes through the month by keyboard alone, and without a script."""

from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.conftest import PASSWORD


def test_the_month_is_read_with_the_keyboard_alone(tab, company):
    window = tab("hr")
    page = window.page
    window.open("/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.locator("table.timesheet")).to_be_visible()
    cell = page.locator("table.timesheet td[tabindex='0']")
    tab_to(page, cell)  # the grid is one stop of the Tab key, however many cells it has

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    place = cell.evaluate("c => [c.parentElement.dataset.person, c.cellIndex]")
    assert place[1] == 2
    page.keyboard.press("Enter")
    drawer = page.locator("#day-drawer")
    expect(drawer).to_be_visible()
    expect(drawer.locator("h2")).to_contain_text(place[0])
    expect(drawer).to_contain_text("Lượt chấm")

    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert cell.evaluate("c => [c.parentElement.dataset.person, c.cellIndex]") == place
    expect(cell).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")  # the sums are no days
    expect(page.locator("table.timesheet td.number:focus")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    assert window.complaints == []


def test_the_official_forms_are_fetched_from_a_menu_by_keyboard(tab, company):
    window = tab("hr")
    window.open("/cham-cong/bang-cong/?thang=2026-11")
    page = window.page
    menu = page.locator("details.downloads")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator("li a").last).to_be_visible()
    window.photograph("downloads")
    for name in (
        "bang-cham-cong-2026-11.xlsx",
        "bang-cham-cong-2026-11.pdf",
        "bang-cham-cong-lam-them-2026-11.xlsx",
        "bang-cham-cong-lam-them-2026-11.pdf",
    ):
        page.keyboard.press("Tab")
        with page.expect_download() as fetched:
            page.keyboard.press("Enter")
        assert fetched.value.suggested_filename == name
    assert window.complaints == []


def test_a_template_of_the_company_is_uploaded_tried_and_used_by_keyboard(tab, company, tmp_path):
    window = tab("hr")
    window.open("/cham-cong/bieu-mau/")
    page = window.page
    with page.expect_download() as fetched:
        page.get_by_text("Mẫu ví dụ để bắt đầu").first.press("Enter")
    example = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(example)
    page.locator("input[type=file]").first.set_input_files(example)
    page.get_by_role("button", name="Tải lên").first.press("Enter")
    expect(page.locator("#announcements")).to_contain_text("Hãy tải bản thử")
    with page.expect_download() as tried:
        page.get_by_role("link", name="Tải bản thử").press("Enter")
    assert tried.value.suggested_filename.startswith("thu-mau-01a-")
    page.get_by_role("button", name="Dùng mẫu này").press("Enter")
    expect(page.locator(".chip.good").first).to_have_text("Đang dùng: mau-01a.xlsx")
    page.locator("details summary").first.press("Enter")
    window.photograph("form-templates")
    page.get_by_role("button", name="Quay về mẫu có sẵn").press("Enter")
    expect(page.locator(".chip.good")).to_have_count(0)
    page.locator("input[type=file]").first.set_input_files(
        files=[{"name": "x.xlsx", "mimeType": "application/zip", "buffer": b"x"}]
    )
    page.get_by_role("button", name="Tải lên").first.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không phải bảng tính")
    window.photograph("form-templates-refused")
    assert [line for line in window.complaints if "400" not in line] == []


def test_without_a_script_every_day_can_still_be_opened(server, browser, company):
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{server}/dang-nhap/")
    page.fill("[name=username]", "hr")
    page.fill("[name=password]", PASSWORD)
    page.click("form button:has-text('Đăng nhập')")
    page.goto(f"{server}/cham-cong/bang-cong/")
    page.locator("table.timesheet tr[data-person] a").first.click()
    page.locator("table.person-days tbody a").first.click()
    expect(page.locator("h1")).to_have_text("Ngày công")
    expect(page.locator("main")).to_contain_text("Lượt chấm")
    context.close()
