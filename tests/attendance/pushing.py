"""Push terminals for tests: simulated ones that call the live server, and their leave to push."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from attendance.models import Collecting, PushLink, Terminal
from backend import clock
from backend.org.models import Site
from scripts.simulated_terminal.push import PushPunch, PushTerminal

SERIAL = "PUSH000001"


def wall_clock() -> datetime:
    """What a right clock in Vietnam shows."""
    return clock.now().astimezone(clock.VN).replace(tzinfo=None, microsecond=0)


def link(serial: str = SERIAL, *, key: str = "", **values: Any) -> PushLink:
    """A registered terminal with leave to push from this machine."""
    site, _ = Site.objects.get_or_create(code="VP", defaults={"name": "Văn phòng"})
    terminal = Terminal.objects.create(
        code=serial, name=f"Máy {serial}", serial_number=serial, address="127.0.0.1",
        site=site, collecting=values.pop("collecting", Collecting.PUSH),
    )  # fmt: skip
    networks = values.pop("networks", ["127.0.0.0/8"])
    made = PushLink(terminal=terminal, networks=networks, created_at=clock.now(), **values)
    made.set_key(key)
    made.full_clean()
    made.save()
    return made


def caller(address: str, serial: str = SERIAL, **values: Any) -> PushTerminal:
    """A push terminal that calls the server at that address."""
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    return PushTerminal(parts.hostname, parts.port, serial, clock=wall_clock, **values)


def punches(count: int, *, days_ago: int = 1) -> list[PushPunch]:
    """A log of five people, one punch a minute from 07:00 on."""
    start = wall_clock().replace(hour=7, minute=0, second=0) - timedelta(days=days_ago)
    return [
        PushPunch(str(101 + index % 5), start + timedelta(minutes=index), index % 2)
        for index in range(count)
    ]
