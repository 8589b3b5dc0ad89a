"""Entry point (granian, ASGI) of the followers' process: one path, no sessions, no thread a follower."""

import asyncio
import os
from collections import Counter
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

import django

from backend.garbage import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
with loading():
    django.setup()

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http.request import split_domain_port, validate_host

from backend import clock
from backend.event_stream import (
    HEADERS,
    RETRY,
    Receive,
    Scope,
    Send,
    refuse,
    until_gone,
)
from reporting.briefings.presenting import CHANNEL, Shown, admitted, shown
from reporting.following.listening import Listener
from reporting.following.rooms import Rooms

STREAM: Final = "/giao-ban/theo-doi/"
HEALTH: Final = "/health/"
#: Open streams of the process, and of one briefing.
MOST_FOLLOWERS: Final = 2_000
MOST_OF_ONE: Final = 500
#: The ticket is what admits; a page of the same host on another port may read the answer.
ANY_ORIGIN: Final = [(b"access-control-allow-origin", b"*")]


def _admit(ticket: str) -> int | None:
    try:
        return admitted(ticket)
    finally:
        connection.close()


def _shown(briefing: int) -> Shown:
    try:
        return shown(briefing, at=clock.now())
    finally:
        connection.close()


rooms = Rooms(sync_to_async(_shown, thread_sensitive=False))
_open = Counter[int]()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Followers of a presentation, and a sign of life."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    if scope["type"] != "http":
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    domain, _port = split_domain_port(headers.get("host", ""))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        await refuse(send, HTTPStatus.BAD_REQUEST)
    elif scope["path"] == HEALTH:
        up = HTTPStatus.OK if rooms.is_listening else HTTPStatus.SERVICE_UNAVAILABLE
        await refuse(send, up)
    elif scope["path"] != STREAM:
        await refuse(send, HTTPStatus.NOT_FOUND)
    elif scope["method"] != "GET":
        await refuse(send, HTTPStatus.METHOD_NOT_ALLOWED)
    else:
        await _follow(scope, headers, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """Listen from the start of the process to its end."""
    listener = Listener(
        settings.PROGRAM_DATABASE_URL, CHANNEL, heard=rooms.heard, changed=rooms.changed
    )
    listening = None
    while True:
        kind = (await receive())["type"]
        if kind == "lifespan.startup":
            listening = asyncio.create_task(listener.run())
        elif listening is not None:
            listening.cancel()
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _follow(scope: Scope, headers: dict[str, str], receive: Receive, send: Send) -> None:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    if not rooms.is_listening or _open.total() >= MOST_FOLLOWERS:
        await refuse(send, HTTPStatus.SERVICE_UNAVAILABLE, ANY_ORIGIN)
        return
    ticket = query.get("ve", [""])[0]
    briefing = await sync_to_async(_admit, thread_sensitive=False)(ticket)
    if briefing is None:
        await refuse(send, HTTPStatus.FORBIDDEN, ANY_ORIGIN)
    elif _open[briefing] >= MOST_OF_ONE:
        await refuse(send, HTTPStatus.TOO_MANY_REQUESTS, ANY_ORIGIN)
    else:
        _open[briefing] += 1
        try:
            await until_gone(receive, _send(briefing, _seen(query, headers), send))
        finally:
            _open[briefing] -= 1


def _seen(query: dict[str, list[str]], headers: dict[str, str]) -> int:
    """The version the follower has: that of its last event, else that of the page (?seen=)."""
    text = headers.get("last-event-id") or query.get("seen", [""])[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1


async def _send(briefing: int, seen: int, send: Send) -> None:
    start: dict[str, Any] = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [*HEADERS, *ANY_ORIGIN]})
    await send({"type": "http.response.body", "body": RETRY, "more_body": True})
    async for event in rooms.follow(briefing, seen):
        await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
