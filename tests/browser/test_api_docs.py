"""The API's documentation in a real browser, under the strict Content-Security-Policy."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """An empty tab; every complaint of the browser fails the test."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium")
    # Playwright's own loop runs in this thread; Django must not take it for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()
    assert complaints == []


def test_the_docs_render_and_break_no_policy(live_server: LiveServer, tab: Page):
    answer = tab.goto(f"{live_server.url}/api/v1/docs/")
    assert answer is not None
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    tab.get_by_role("button", name="POST /api/v1/sales/bulk/", exact=True).click()
    expect(tab.get_by_text("Record up to 10,000 movements")).to_be_visible()
    expect(tab.get_by_text("Idempotency-Key").first).to_be_visible()
