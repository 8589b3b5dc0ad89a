"""What every test stands on: real PostgreSQL, people with roles, API clients."""

import functools
import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation
from knox.models import AuthToken
from rest_framework.test import APIClient
from xdist.remote import Producer

from backend.accounts.models import Role, User
from backend.garbage import uncollected
from tests.emptying import empty_quickly
from tests.mailbox import Mailbox, serve
from tests.sharing import Together, early

# An example takes what a busy machine needs: no test is about time.
hypothesis.settings.register_profile(
    "giaoban", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("giaoban")

PASSWORD = "mật-khẩu-thử-nghiệm-1"


@pytest.fixture(scope="session", autouse=True)
def static_files_as_written() -> Iterator[None]:
    """Pages find their static files in the source folders: nobody ran collectstatic for a test."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain}, WHITENOISE_AUTOREFRESH=True
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_quickly() -> None:
    empty_quickly()


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_quickly() -> Iterator[None]:
    """Argon2 is slow on purpose; what the tests' own process hashes is not. Programs that tests start
    hash as in production."""
    with override_settings(PASSWORD_HASHERS=["tests.passwords.QuickArgon2"]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A test is one transaction, and a PDF made in it may take a busy machine longer than the product
    lets a transaction lie idle. Programs that tests start keep that limit."""
    options = connection.settings_dict["OPTIONS"]
    options["options"] += " -c idle_in_transaction_session_timeout=0"


@pytest.fixture(autouse=True)
def language_of_the_source() -> None:
    """A page read in English leaves English behind; the next test begins in Vietnamese."""
    translation.deactivate()


@functools.cache
def hashed_password() -> str:
    """The real hash of PASSWORD, made once: thousands have it here."""
    return make_password(PASSWORD)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """person("hr") makes and returns an account with that role."""

    def make(role: str, **fields: object) -> User:
        username = str(fields.pop("username", role))
        return User.objects.create(
            username=username,
            email=f"{username}@example.vn",
            password=hashed_password(),
            role=Role(role),
            **fields,
        )

    return make


@pytest.fixture
def page(person: Callable[..., User]) -> Callable[..., Client]:
    """page("hr") is a logged-in browser of a new person with that role (or of the given person)."""

    def login(who: str | User) -> Client:
        client = Client()
        key = session_of(who if isinstance(who, User) else person(who))
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    return login


def session_of(user: User) -> str:
    """The key of a new session such as a login begins: the login itself is told to the watchman of
    wrong passwords, which takes five times as long, and has tests of its own (backend/test_shell)."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture
def api(person: Callable[..., User]) -> Callable[..., APIClient]:
    """api("sales_manager") is an API client that carries a token of that person."""

    def connect(who: str | User) -> APIClient:
        user = who if isinstance(who, User) else person(who)
        _, token = AuthToken.objects.create(user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return connect


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server that our mails go to."""
    with serve(Mailbox()) as box:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box


#: Marks of tests that need a program beside us, and how to get it.
PROGRAMS = {
    "browser": "BROWSER TESTS DID NOT RUN: sudo apt install chromium",
    "libreoffice": "WORKBOOKS WERE NOT RECALCULATED: sudo apt install libreoffice-calc-nogui",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without LibreOffice what needs it is skipped, loudly; so browser tests, see browser/conftest."""
    for item in items:
        if item.get_closest_marker("libreoffice") and shutil.which("soffice") is None:
            item.add_marker(pytest.mark.skip(reason=PROGRAMS["libreoffice"]))
    items.sort(key=early)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Three hundred modules are imported: that is no time to look for garbage."""
    with uncollected():
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is imported by now stays: to look for garbage in it again and again takes a sixth of all.

    What tests make is looked through seldom, else it took a twentieth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _skipped(terminalreporter: pytest.TerminalReporter) -> list[str]:
    """A sentence for each program that was missing."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = {mark: sum(mark in report.keywords for report in skipped) for mark in PROGRAMS}
    return [f"{count} {PROGRAMS[mark]}" for mark, count in counts.items() if count]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Say loudly what was not tried for want of a program; pytest's own line stays the last."""
    yield
    for words in _skipped(terminalreporter):
        terminalreporter.write_sep("!", words, red=True, bold=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where the project is judged (CI=true), a test skipped for want of a program is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
