"""An administrator lets a terminal push that has called, and HR has it counted."""

import re

from playwright.sync_api import expect

from tests.attendance.pushing import caller, punches


def test_a_terminal_is_approved_and_counted(tab, company):
    window = tab("administrator")
    page = window.page
    # Older than the company's, of which other tests expect the newest; also in a run over midnight.
    terminal = caller(window.server, "CHROME0001", log=punches(40, days_ago=30))
    terminal.work()
    assert terminal.sent == 0

    window.open("/cham-cong/may/")
    page.get_by_role("link", name="Máy tự đẩy (ADMS)").click()
    page.get_by_role("button", name="Duyệt CHROME0001").click()
    page.get_by_label("Mã máy").fill("CR1")
    page.get_by_label("Tên máy").fill("Máy thử trình duyệt")
    page.get_by_label("Nơi đặt").select_option(index=1)
    expect(page.get_by_label("Dải mạng")).to_have_value("127.0.0.1/32")
    page.get_by_role("button", name="Duyệt máy này").click()
    expect(page.locator(".message.success")).to_contain_text("Đã duyệt")

    terminal.work()
    assert terminal.sent == 40

    hr = tab("hr", width=390)
    hr.open("/cham-cong/may-day/CR1/")
    hr.page.get_by_role("button", name="Kiểm tra số lượng").click()
    expect(hr.page.locator(".message.success")).to_contain_text("Đã xếp lệnh kiểm tra")
    queue = hr.page.get_by_role("region", name="Hàng đợi lệnh")
    expect(queue).to_contain_text("chờ gửi")
    terminal.poll()
    audits = hr.page.get_by_role("region", name="Đối chiếu với máy")
    expect(audits).to_contain_text("khớp", timeout=20_000)  # the page looks again by itself
    expect(audits.get_by_role("row").nth(1)).to_contain_text(re.compile(r"40\s+40\s+0"))
    hr.page.get_by_text("Khởi động lại máy").click()
    hr.page.get_by_role("button", name="Khởi động lại").click()
    assert terminal.rebooted == 0  # the browser wants the tick first
    hr.page.get_by_label("Tôi biết máy không chấm công").check()
    hr.page.get_by_role("button", name="Khởi động lại").click()
    expect(hr.page.locator(".message.success")).to_contain_text("khởi động lại")
    terminal.poll()
    assert terminal.rebooted == 1
    hr.photograph("push-terminal-phone")
    assert hr.complaints == window.complaints == []
