"""A person examines a terminal, looks at its page, and is asked before its log is cleared."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from scripts.simulated_terminal.server import running
from tests.attendance.terminals import device


def test_the_doctor_shows_its_steps_until_it_is_done(tab, company):
    with running(device(30, comm_key=77)) as port:
        window = tab("hr")
        page = window.page
        window.open("/cham-cong/may/")
        page.get_by_role("link", name="Khám kết nối").click()
        page.get_by_label("Địa chỉ IP").fill("127.0.0.1")
        page.get_by_label("Cổng").fill(str(port))
        page.get_by_label("Khóa kết nối").fill("77")
        page.get_by_role("button", name="Khám", exact=True).click()
        expect(page.get_by_text("Khóa kết nối đúng.")).to_be_visible()
        expect(page.get_by_text("2025-11-03").first).to_be_visible()
        expect(page.get_by_role("status")).not_to_have_text("Đang khám…")
        window.photograph("doctor-done-light")
    assert "77" not in urlsplit(page.url)._replace(netloc="").geturl()  # a port may have it
    assert window.complaints == []


def test_clearing_is_asked_twice_and_refused_without_the_code(tab, company):
    window = tab("hr", dark=True)
    page = window.page
    window.open(f"/cham-cong/may/{company['terminal']}/")
    window.photograph("terminal-dark")
    page.get_by_role("link", name="Xóa nhật ký an toàn").click()
    page.get_by_label("Gõ mã máy").fill("sai")
    page.get_by_label("Lý do").fill("Nhật ký sắp đầy rồi")
    page.get_by_role("button", name="Đối chiếu rồi xóa").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa xóa gì")
    expect(page.get_by_label("Lý do")).to_have_value("Nhật ký sắp đầy rồi")
    window.photograph("terminal-clear-dark")
