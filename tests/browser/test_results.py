"""Draw evening at the keyboard: 27 numbers without the mouse, a pasted row, what differs, publish."""

from playwright.sync_api import expect

from tests.sales.draws import AUGUST_18

ADDRESS = "/ban-ve/ket-qua/{evening}/"


def test_a_sheet_is_keyed_pasted_and_published_without_the_mouse(tab, company):
    first = tab("sales_manager")
    first.open(ADDRESS.format(**company))
    expect(first.page.get_by_text("Người kia nhập")).to_be_visible()
    table = first.page.locator("section[aria-labelledby=state] tbody tr")
    expect(table).to_have_count(1)
    expect(table).to_contain_text("36729")
    assert first.page.evaluate("document.activeElement.id") == "so_6"

    second = tab("sales_manager2")
    second.open(ADDRESS.format(**company))
    page = second.page
    page.locator("#so_1").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("".join(AUGUST_18[:10]))  # a full field goes on to the next by itself
    assert page.evaluate("document.activeElement.id") == "so_11"
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
            {clipboardData: data, bubbles: true, cancelable: true})) }""",
        "\t".join(AUGUST_18[10:]),
    )
    assert page.evaluate("document.activeElement.id") == "ky_hieu"
    values = page.eval_on_selector_all("[data-digits]", "all => all.map(o => o.value)")
    assert tuple(values) == AUGUST_18
    page.keyboard.press("Enter")
    expect(page.get_by_text("Hai lần nhập trùng khớp")).to_be_visible()

    page.locator("[name=bien_ban]").focus()
    page.keyboard.type("BB-9/2026")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã công bố kết quả kỳ này.")).to_be_visible()
    expect(page.locator(".sheet tr").first).to_contain_text("29183")
    expect(page.get_by_text("biên bản số BB-9/2026")).to_be_visible()
