"""A day's tickets keyed like in Excel: walked by keys, pasted, mended, saved."""

from playwright.sync_api import expect

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text", text);
    const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(paste);
}"""


def test_a_sheet_is_filled_by_keys_and_by_paste(tab, company):
    window = tab("sales_manager")
    page = window.page
    window.open(f"/ban-ve/nhap-bang/?viec=giao&ngay={company['ticket_day']}")
    codes = page.eval_on_selector_all("[data-agent]", "all => all.map(row => row.dataset.agent)")
    product = page.locator("thead th.number").nth(2).inner_text()
    cell = lambda code: page.get_by_label(f"{code} {product}", exact=True)  # noqa: E731
    expect(cell(codes[0])).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(cell(codes[1])).to_be_focused()
    page.keyboard.type("ba")
    page.keyboard.press("ArrowDown")
    page.evaluate(PASTE, f"{codes[3]}\t1.000\n{codes[2]}\t7\nKHONGCO\t9\n")
    expect(cell(codes[3])).to_have_value("1.000")
    expect(cell(codes[2])).to_have_value("7")
    expect(page.get_by_role("status")).to_contain_text("KHONGCO")
    expect(page.locator("[data-total]").first).to_have_text("1.019")
    page.get_by_role("button", name="Lưu cả bảng").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("chưa lưu ô nào")
    expect(cell(codes[1])).to_be_focused()  # the faulty one
    expect(cell(codes[3])).to_have_value("1.000")
    window.photograph("entry-sheet-fault")
    page.keyboard.type("3")
    page.get_by_role("button", name="Lưu cả bảng").press("Enter")
    expect(page.locator(".message.success")).to_contain_text("1.022 vé của 4 đại lý")
    window.photograph("entry-sheet-done")
    assert [line for line in window.complaints if "400" not in line] == []
