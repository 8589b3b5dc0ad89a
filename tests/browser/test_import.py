"""HR brings a terminal's log on a USB stick: chosen, looked at, imported."""

from datetime import datetime, timedelta

from playwright.sync_api import expect


def test_a_file_is_looked_at_before_it_is_imported(tab, company):
    begin = datetime.now() - timedelta(days=20)  # noqa: DTZ005 - a terminal's own clock
    lines = [
        f"7700{number % 3}\t{begin + timedelta(hours=number):%Y-%m-%d %H:%M:%S}\t1\t255\t1\t0"
        for number in range(9)
    ]
    content = "\r\n".join([*lines, "77001\t2000-01-01 00:12:44\t1\t255\t1\t0", "hỏng\tx", ""])
    file = {"name": "1_attlog.dat", "mimeType": "text/plain", "buffer": content.encode()}

    window = tab("hr")
    page = window.page
    window.open("/cham-cong/may/")
    page.get_by_role("link", name="Nhập tệp từ USB").click()
    page.get_by_label("Tệp xuất từ máy chấm công").set_input_files([file])
    page.get_by_role("button", name="Xem trước").click()

    choice = page.get_by_label("Tệp này của máy")
    expect(choice).to_be_visible()
    choice.select_option(index=1)
    page.get_by_role("button", name="Xem lại theo máy này").click()
    expect(page.get_by_role("table")).to_contain_text("hỏng")
    window.photograph("import-preview")
    page.get_by_role("button", name="Nhập 9 lượt mới").click()
    expect(page.locator(".message.success")).to_contain_text("đã nhập 9 lượt mới")

    page.get_by_label("Tệp xuất từ máy chấm công").set_input_files([file])
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("9 trong 9 lượt lấy mẫu đã có ở máy này")).to_be_visible()
    expect(page.get_by_text("nhập cũng không thêm gì")).to_be_visible()
    page.get_by_role("button", name="Bỏ tệp này").click()
    expect(page.get_by_role("heading", name="Các lần nhập gần nhất")).to_be_visible()
    expect(page.get_by_text("Tệp đang chờ")).to_have_count(0)
    window.photograph("import-done")
    assert window.complaints == []
