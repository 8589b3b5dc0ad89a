"""The API's documentation in a real browser, under the strict Content-Security-Policy."""

from playwright.sync_api import expect


def test_the_docs_render_and_break_no_policy(tab):
    reader = tab(None)
    answer = reader.page.goto(f"{reader.server}/api/v1/docs/")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    reader.page.locator("#operations-tag-sales").click()
    reader.page.get_by_role("button", name="POST /api/v1/sales/bulk/", exact=True).click()
    expect(reader.page.get_by_text("Record up to 10,000 movements")).to_be_visible()
    expect(reader.page.get_by_text("Idempotency-Key").first).to_be_visible()
    assert reader.complaints == []
