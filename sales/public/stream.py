"""Server-sent events of the live draw: one reader of the database for all watchers of a process.

Every event carries the whole sheet (half a kilobyte), so a watcher that was away, or is slow, needs
nothing but the newest one: nothing queues up, and resuming is comparing two versions.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, connection
from django.http.request import split_domain_port, validate_host

from backend import clock
from backend.callers import household, seen_address
from backend.event_stream import (
    ALIVE,
    HEADERS,
    RETRY,
    Receive,
    Scope,
    Send,
    comes,
    refuse,
    until_gone,
)
from sales.draws.live import LiveSheet, live_sheet

logger = logging.getLogger(__name__)

STREAM: Final = "/truc-tiep/dong/"
#: Seconds between two looks at the database, whatever the number of watchers.
EVERY: Final = 1.0
#: Seconds after which silence is broken, so that proxies and browsers know the line is alive.
HEARTBEAT: Final = 15.0
#: Open streams of a process, and of one caller: many telephones share an address of their network.
MOST_WATCHERS: Final = 5_000
MOST_OF_ONE: Final = 500

Read = Callable[[], LiveSheet | None]


class Broadcaster:
    """Looks at the database while anybody watches, and wakes the watchers when something changed."""

    def __init__(self, read: Read, *, every: float = EVERY, heartbeat: float = HEARTBEAT) -> None:
        self._read = sync_to_async(read, thread_sensitive=False)
        self._every, self._heartbeat = every, heartbeat
        self._watchers = 0
        self._version, self._event = "", b""
        self._changed = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def watch(self, seen: str) -> AsyncGenerator[bytes, None]:
        """Events for one watcher, who has seen a version already (or none), for ever."""
        self._watchers += 1
        try:
            while True:
                self._keep_reading()
                changed = self._changed
                if self._version and self._version != seen:
                    seen = self._version
                    yield self._event
                elif not await comes(changed, self._heartbeat):
                    yield ALIVE
        finally:
            self._watchers -= 1

    def _keep_reading(self) -> None:
        if self._reader is None or self._reader.done():
            self._version = ""  # what was known when nobody watched is old
            self._reader = asyncio.create_task(self._reading())

    async def _reading(self) -> None:
        while self._watchers:
            try:
                sheet = await self._read()
            except Error:
                logger.exception("the live draw cannot be read; trying again")
            else:
                if sheet is not None and sheet.version != self._version:
                    self._tell(sheet)
            await asyncio.sleep(self._every)

    def _tell(self, sheet: LiveSheet) -> None:
        self._version, self._event = sheet.version, event_of(sheet)
        before, self._changed = self._changed, asyncio.Event()
        before.set()


def event_of(sheet: LiveSheet) -> bytes:
    """The sheet as one event; its id is the version, which a browser sends back when it resumes."""
    told = {"day": sheet.day.isoformat(), "compared": sheet.is_published, "numbers": sheet.numbers}
    text = json.dumps(told, separators=(",", ":"))
    return f"id: {sheet.version}\nevent: sheet\ndata: {text}\n\n".encode()


def read_now() -> LiveSheet | None:
    """The sheet as of now, over a connection that is not kept."""
    try:
        return live_sheet(at=clock.now())
    finally:
        connection.close()


class LiveStream:
    """The ASGI application behind `STREAM`: no thread and no connection of its own for a watcher."""

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._broadcaster = broadcaster
        self._open = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        caller = household(seen_address(scope["client"][0], headers.get("x-forwarded-for", "")))
        if (refusal := self._refusal(scope["method"], headers.get("host", ""), caller)) is not None:
            await refuse(send, refusal)
            return
        self._open[caller] += 1
        try:
            await until_gone(receive, self._send(_seen(scope, headers), send))
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]

    def _refusal(self, method: str, host: str, caller: str) -> HTTPStatus | None:
        domain, _port = split_domain_port(host)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return HTTPStatus.BAD_REQUEST
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED
        if self._open[caller] >= MOST_OF_ONE:
            return HTTPStatus.TOO_MANY_REQUESTS
        if self._open.total() >= MOST_WATCHERS:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return None

    async def _send(self, seen: str, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": RETRY, "more_body": True})
        async for event in self._broadcaster.watch(seen):
            await send({"type": "http.response.body", "body": event, "more_body": True})


def _seen(scope: Scope, headers: dict[str, str]) -> str:
    """The version the watcher has: that of its last event, else that of the page (?seen=)."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("seen", [""])
    return headers.get("last-event-id") or asked[0]
