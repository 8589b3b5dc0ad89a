"""A small company with a mail server."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.org.models import Company
from tests.mailbox import Mailbox, serve

#: Monday 2026-11-23, 07:30 in Vietnam.
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(
        name="Công ty Xổ số Thử Nghiệm", short_name="XSKT TN", owner_name="UBND tỉnh Thử Nghiệm"
    )


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with serve(Mailbox()) as box:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box
