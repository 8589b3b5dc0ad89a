"""A sales manager's pages, each with its main job done without a mouse."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.keyboard import tab_to, write


def press(page, name, *, role="button"):
    tab_to(page, page.locator("main").get_by_role(role, name=name, exact=True))
    page.keyboard.press("Enter")


def test_unsold_tickets_are_declared_received_and_counted(tab, company):
    window = tab("sales_manager")
    page, agent = window.page, company["seller"]
    window.open("/ban-ve/tra-ve/?ngay={ticket_day}".format(**company))
    write(page, page.get_by_label("Mã đại lý"), agent)
    write(page, page.get_by_label("TT10 (vé)"), "30")
    press(page, "Lập bảng kê")
    row = page.get_by_role("row").filter(has_text=agent)
    expect(row).to_contain_text("đã kê")
    tab_to(page, row.get_by_role("checkbox"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Ghi bước"), back=True)
    page.keyboard.press("Enter")
    expect(row).to_contain_text("đã nhận")
    tab_to(page, row.get_by_role("link"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("TT10: số đếm"), "29")
    write(page, page.get_by_label("Số biên bản"), "BB-31")
    press(page, "Ghi kết quả đếm")
    expect(page.locator("main")).to_contain_text("Bạn đã kiểm đếm bảng kê này")
    expect(page.get_by_role("row").filter(has_text="TT10").first).to_contain_text("29")
    assert window.complaints == []


def test_money_people_and_a_campaign_are_entered(tab, company):
    window = tab("sales_manager")
    page = window.page
    window.open("/ban-ve/cong-no/sao-ke/")
    press(page, "Ghi sổ các dòng đã chọn")
    expect(page.locator(".message.success")).to_be_visible()

    window.open("/ban-ve/vung-trang/so-lieu/")
    write(page, page.get_by_label("Nguồn (niên giám, công văn…)"), "Niên giám thống kê")
    write(page, page.get_by_label("Dân số Phường Hồng Gai"), "45.678")
    page.keyboard.press("Enter")
    expect(page.locator(".message.success")).to_contain_text("Đã lưu 1 địa bàn")
    expect(page.get_by_role("row").filter(has_text="Phường Hồng Gai")).to_contain_text("45.678")

    window.open("/ban-ve/chuong-trinh/")
    start = date.fromisoformat(company["ticket_day"]) - timedelta(days=2)
    write(page, page.get_by_label("Tên chương trình"), "Thay biển hiệu")
    write(page, page.get_by_label("Nội dung, mục tiêu"), "Biển mới cho đại lý xa trung tâm")
    write(page, page.get_by_label("Từ kỳ"), start.isoformat())
    write(page, page.get_by_label("Đến hết kỳ"), (start + timedelta(days=30)).isoformat())
    write(page, page.get_by_label("Chi phí (đồng)"), "1.500.000")
    write(page, page.get_by_label("Mã đại lý, mỗi dòng một mã"), company["seller"])
    press(page, "Lưu")
    expect(page.get_by_role("heading", name="Thay biển hiệu")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Chưa đủ số liệu")
    assert window.complaints == []


def test_a_winning_ticket_is_checked_and_its_claim_written(tab, company):
    window = tab("sales_manager")
    page = window.page
    window.open("/ban-ve/do-ve/")
    expect(page.get_by_label("Số vé")).to_be_focused()
    page.keyboard.type("21266")
    write(page, page.get_by_label("Ký hiệu"), "3KX")
    write(page, page.get_by_label("Ngày quay"), company["drawn"])
    press(page, "Dò")
    expect(page.locator("main")).to_contain_text("Vé trúng thưởng")
    press(page, "Lập phiếu lĩnh thưởng")
    press(page, "Lập phiếu")
    expect(page.get_by_role("heading", name="Phiếu lĩnh thưởng 21266 3KX")).to_be_visible()
    write(page, page.get_by_label("Số chứng từ"), "PC-77")
    press(page, "Ghi trả thưởng")
    expect(page.locator("main")).to_contain_text("PC-77")
    expect(page.locator("main")).to_contain_text("đã trả")
    assert window.complaints == []


def test_agents_in_arrears_are_reminded(tab):
    window = tab("sales_manager")
    page = window.page
    window.open("/ban-ve/cong-no/nhac-no/")
    write(page, page.get_by_label("Ghi chú"), "Hứa nộp thứ Sáu")
    tab_to(page, page.locator("main").get_by_role("checkbox").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Ghi đã nhắc"), back=True)
    page.keyboard.press("Enter")
    expect(page.locator(".message.success")).to_contain_text("Đã ghi nhắc 1 đại lý")
    expect(page.get_by_role("row").filter(has_text="Hứa nộp thứ Sáu")).to_have_count(1)
    assert window.complaints == []


def test_figures_are_explored_sorted_and_kept(tab, company):
    window = tab("sales_manager")
    page = window.page
    window.open("/bao-cao/kham-pha/?ky=12_thang")
    tab_to(page, page.locator("select[name=hang]"))
    for _ in range(5):  # agent, unit, below the province, province, territory, product
        page.keyboard.press("ArrowDown")
    tab_to(page, page.locator("select[name=cot]"))
    page.keyboard.press("End")
    press(page, "Xem")
    expect(page.get_by_role("heading", name="Doanh thu theo loại vé × tháng")).to_be_visible()
    head = page.get_by_role("columnheader", name="Cộng")
    expect(head).to_have_attribute("aria-sort", "descending")
    tab_to(page, head.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    sums = page.locator(".explorer-table tbody td:last-child").all_inner_texts()
    amounts = [float(text.replace(".", "").replace(",", ".")) for text in sums]
    assert amounts == sorted(amounts)
    tab_to(page, page.get_by_text("Lưu bảng này"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Tên bảng"), "Loại vé theo tháng")
    press(page, "Lưu thành bảng mới")
    kept = page.get_by_role("navigation", name="Bảng đã lưu").get_by_role("link")
    expect(kept).to_have_attribute("aria-current", "page")
    expect(page.locator(".explorer-table tbody tr").first).to_contain_text(sums[0])
    assert window.complaints == []
