"""Server-sent events over ASGI: what every stream of ours answers, and waiting without a thread."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]

#: A browser whose stream broke comes back after so long.
RETRY: Final = b"retry: 3000\n\n"
#: Breaks a silence, so that proxies and browsers know the line is alive.
ALIVE: Final = b":\n\n"

_SAFE: Final = [
    (b"cache-control", b"no-store, no-transform"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
]
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx would wait for more
    *_SAFE,
]


async def refuse(
    send: Send, status: HTTPStatus, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    """In few words; the page then asks by itself now and then."""
    told = [(b"content-type", b"text/plain"), (b"retry-after", b"60"), *_SAFE, *(headers or [])]
    await send({"type": "http.response.start", "status": int(status), "headers": told})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode()})


async def comes(changed: asyncio.Event, seconds: float) -> bool:
    """Whether it happens within the time."""
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def until_gone(receive: Receive, work: Any) -> None:
    """Do the work until the browser leaves; then nothing of it is left."""
    tasks = {asyncio.create_task(_gone(receive)), asyncio.create_task(work)}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
