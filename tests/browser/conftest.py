"""A real browser against the real product: Debian's Chromium, found and never downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.company import make_company
from tests.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

# Playwright's synchronous API keeps an event loop in this thread; Django would refuse its own work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test; without a browser it is skipped (loudly, see ../conftest)."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: sudo apt install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM}


@pytest.fixture(scope="session")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """A small demonstration company for all browser tests: addresses of pages with data in them.

    In a test database of its own, since these tests are not undone one by one as others are (and
    pytest-django makes none for tests without its mark).
    """
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        assert connection.settings_dict["NAME"].startswith("test_")
        yield make_company()
        teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session")
def server(company: dict[str, str], django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of the running product."""
    with django_db_blocker.unblock():
        live = LiveServer("localhost")
        yield live.url
        live.stop()


@dataclass
class Tab:
    """One browser window of one person, and everything it complained about."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> int:
        """Go there; returns the HTTP status."""
        answer = self.page.goto(self.server + address)
        assert answer is not None
        return answer.status

    def log_in(self, role: str) -> None:
        self.open("/dang-nhap/")
        self.page.fill("[name=username]", role)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("nav.sidebar")).to_be_visible()


@pytest.fixture
def tab(server: str, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """tab("hr") is a window of that role, logged in; tab(None) of a stranger. `dark`, `width`."""
    contexts: list[BrowserContext] = []

    def make(
        role: str | None, *, dark: bool = False, width: int = 1440, english: bool = False,
        bypass_csp: bool = False,
    ) -> Tab:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="en-GB" if english else "vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            bypass_csp=bypass_csp,
        )
        contexts.append(context)
        new = Tab(context.new_page(), server)
        new.page.set_default_timeout(15_000)
        new.page.on("console", lambda message: listen(new, message.type, message.text))
        new.page.on("pageerror", lambda error: new.complaints.append(str(error)))
        if role:
            new.log_in(role)
        return new

    yield make
    for context in contexts:
        context.close()


def listen(tab: Tab, kind: str, text: str) -> None:
    if kind == "error" or "Content Security Policy" in text:
        tab.complaints.append(text)
