"""The public site's entry point (granian, ASGI): Django's pages, and the stream of the live draw."""

import asyncio
import os
from http import HTTPStatus
from typing import Any, Final

from django.core.asgi import get_asgi_application

from backend.garbage import loading

# Never with other settings, whatever the environment says: they would open other doors.
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.public_settings"
with loading():
    pages: Any = get_asgi_application()

from backend.event_stream import Receive, Scope, Send, refuse
from sales.public.shelf import Shelf
from sales.public.stream import (
    STREAM,
    Broadcaster,
    LiveStream,
    read_now,
)

#: Pages at work at once. Each has a thread and a connection, and those of the database are shared
#: with the internal site; whoever comes meanwhile waits for a turn of some milliseconds.
AT_WORK: Final = 8
turns = asyncio.Semaphore(AT_WORK)
stream = LiveStream(Broadcaster(read_now))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Watchers of a draw go past Django: a request of its own would hold a thread for each."""
    if scope["type"] != "http":
        await pages(scope, receive, send)
    elif scope["path"] == STREAM:
        await stream(scope, receive, send)
    elif scope["method"] not in ("GET", "HEAD"):
        await refuse(send, HTTPStatus.METHOD_NOT_ALLOWED, [(b"allow", b"GET, HEAD")])
    else:
        await shelf(scope, _without_body(receive), send)


async def _in_turn(scope: Scope, receive: Receive, send: Send) -> None:
    async with turns:
        await pages(scope, receive, send)


shelf = Shelf(_in_turn)


def _without_body(receive: Receive) -> Receive:
    """A request to read has no body: who announces one and stands still holds nobody's turn."""
    is_told = False

    async def told() -> Any:
        nonlocal is_told
        if not is_told:
            is_told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return told
