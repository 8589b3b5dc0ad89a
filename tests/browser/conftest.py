"""A real browser against the real product: Debian's Chromium, found and never downloaded."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test.utils import override_settings, setup_databases, teardown_databases
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.models import User
from backend.database_roles import grant_public_role
from scripts.launcher.debian import chromium
from tests.browser.company import make_company
from tests.conftest import session_of
from tests.sharing import BROWSER

CHROMIUM = chromium()
#: As in production; most tests look for static files in the source (../conftest).
STORAGES = settings.STORAGES

# Playwright's synchronous API keeps an event loop in this thread; Django would refuse its own work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: Milliseconds a page may take to show something while other tests use the machine.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test; without a browser it is skipped (loudly, see ../conftest)."""
    for item in items:
        if is_browser_test(item):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: sudo apt install chromium"))


def is_browser_test(item: pytest.Item) -> bool:
    return item.nodeid.startswith(BROWSER)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone after the last test of this folder: while Playwright's loop runs in this thread, Django
    gives out other connections, and other tests would leave them open for ever.
    """
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM)


@dataclass(frozen=True)
class Made:
    """The company of all browser tests, in a database of its own."""

    database_url: str
    addresses: dict[str, str]


@pytest.fixture(scope="package")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Made]:
    """A test database beside that of the other tests, which never see it: they run in between.

    Where these tests run alone, pytest-django makes no database for others.
    """
    others = connection.settings_dict["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # `others` names it only where it is made
    name = f"test_{others.removeprefix('test_')}_pages{worker}"
    connection.settings_dict["TEST"]["NAME"] = name
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        mine = connection.settings_dict["NAME"]
        assert mine.startswith("test_")
        addresses = make_company()
        point_at(others)
    yield Made(database_url(mine), addresses)
    with django_db_blocker.unblock():
        point_at(mine)
        teardown_databases(databases, verbosity=0)


def point_at(name: str) -> None:
    """Let this process's connection lead to another database."""
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def database_url(name: str) -> str:
    known = connection.settings_dict
    user, password = quote(known["USER"], safe=""), quote(known["PASSWORD"], safe="")
    return f"postgresql://{user}:{password}@{known['HOST']}:{known['PORT']}/{name}"


@pytest.fixture(scope="package")
def company(made: Made) -> dict[str, str]:
    """Names in addresses of pages with data in them: edition, employee, day."""
    return made.addresses


@pytest.fixture(scope="package")
def follow(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the process that presentations are followed by."""
    var = tmp_path_factory.mktemp("follow")
    yield from serving(
        environment_of(made, var), var, "asgi", "reporting.following.asgi:application"
    )


@pytest.fixture(scope="package")
def server(made: Made, follow: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the product as it runs in production: granian, collected static files."""
    var = tmp_path_factory.mktemp("var")
    environment = environment_of(made, var)
    environment["GIAOBAN_FOLLOW_PORT"] = str(urlsplit(follow).port)
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=var / "static"):
        call_command("collectstatic", interactive=False, verbosity=0)
    yield from serving(environment, var, "wsgi", "backend.wsgi:application")


@pytest.fixture(scope="package")
def public_site(
    made: Made, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the public site, as it runs in production, over the same company: its role in
    the database may read what the site shows and nothing else.
    """
    var = tmp_path_factory.mktemp("public")
    role, password = f"giaoban_public_{token_hex(4)}", token_hex(16)
    owner = urlsplit(made.database_url)
    with in_company(made, django_db_blocker) as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD %s", [password])
        grant_public_role(role)
    address = owner._replace(netloc=f"{role}:{password}@{owner.hostname}:{owner.port}").geturl()
    environment = {**environment_of(made, var), "DATABASE_URL": address}
    del environment["DATABASE_OWNER_URL"]
    yield from serving(environment, var, "asgi", "sales.public.asgi:application")
    with in_company(made, django_db_blocker) as cursor:
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@contextmanager
def in_company(made: Made, blocker: DjangoDbBlocker) -> Iterator[CursorWrapper]:
    """This process's connection led to the browser tests' database, and back to that of the others."""
    others = connection.settings_dict["NAME"]
    with blocker.unblock():
        point_at(urlsplit(made.database_url).path.strip("/"))
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            point_at(others)


def environment_of(made: Made, var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": made.database_url,
        "DATABASE_OWNER_URL": made.database_url,
        "GIAOBAN_VAR": str(var),
        "GIAOBAN_DEBUG": "false",
        "GIAOBAN_LOG_LEVEL": "WARNING",
        "GIAOBAN_TEMPLATE_COPY": "true",  # its page is looked at too
    }


def serving(
    environment: dict[str, str], var: Path, interface: str, application: str
) -> Iterator[str]:
    """Granian with the application on a free port, while the generator lives."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = ["--workers", "2", "--blocking-threads", "1"] if interface == "wsgi" else []
    command = [
        sys.executable, "-m", "granian", "--interface", interface, *processes,
        "--host", "127.0.0.1", "--port", str(port), application,
    ]  # fmt: skip
    with (var / "web.log").open("wb") as log:
        web = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health/", web, var / "web.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait(20)


def wait_for(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1_200):
        assert web.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the web server does not answer: {log.read_text()}")


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

    def fetch(self, address: str) -> APIResponse:
        """What the server answers there to this person; the window stays where it is."""
        return self.page.request.get(self.server + address, timeout=PATIENCE)

    def photograph(self, name: str) -> None:
        """A picture for people to look at, where GIAOBAN_SCREENSHOTS names a folder."""
        if folder := os.environ.get("GIAOBAN_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def log_in(self, session: str) -> None:
        """Go on with a session as the form begins one; the form has tests of its own."""
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.server}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.fixture
def tab(
    made: Made, server: str, browser: Browser, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[..., Tab]]:
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
        new.page.set_default_timeout(PATIENCE)
        new.page.on("console", lambda message: listen(new, message.type, message.text))
        new.page.on("pageerror", lambda error: new.complaints.append(str(error)))
        if role:
            with in_company(made, django_db_blocker):
                session = session_of(User.objects.get(username=role))
            new.log_in(session)
        return new

    yield make
    for context in contexts:
        context.close()


def listen(tab: Tab, kind: str, text: str) -> None:
    if kind == "error" or "Content Security Policy" in text:
        tab.complaints.append(text)
