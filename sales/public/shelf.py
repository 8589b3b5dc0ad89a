"""Pages kept for a moment in the process: a rush for one page is one look at the database.

All watchers of a live draw open the page of its result in the same seconds. What is kept is what
every cache may keep (Cache-Control: public), for much less than a browser keeps it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from backend.event_stream import Receive, Scope, Send

#: Seconds a page is kept, so that what is published appears as good as at once.
SECONDS: Final = 2.0
#: More pages than are asked for in a moment; whoever asks for more only empties the shelf.
MOST: Final = 1_000
_OF_BODY: Final = {b"content-length", b"content-type"}

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bytes]


@dataclass(frozen=True)
class Page:
    """An answer as it was made, and until when (by the loop's clock) it may be given again."""

    status: int
    headers: Headers
    body: bytes
    until: float

    def header(self, name: bytes) -> bytes:
        return dict(self.headers).get(name, b"")

    @property
    def may_be_kept(self) -> bool:
        return b"public" in self.header(b"cache-control")


class Shelf:
    """An ASGI application before another one: addresses without a query are made once a moment."""

    def __init__(self, pages: Any, *, seconds: float = SECONDS) -> None:
        self._pages, self._seconds = pages, seconds
        self._kept: dict[Key, Page] = {}
        self._making: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["method"] != "GET" or scope["query_string"] or b"if-modified-since" in headers:
            await self._pages(scope, receive, send)
            return
        key = (scope["path"], headers.get(b"host", b""), headers.get(b"x-forwarded-proto", b""))
        page = await self._page(key, scope)
        tag = page.header(b"etag")
        if tag and tag in headers.get(b"if-none-match", b""):
            page = Page(304, [pair for pair in page.headers if pair[0] not in _OF_BODY], b"", 0)
        await send({"type": "http.response.start", "status": page.status, "headers": page.headers})
        await send({"type": "http.response.body", "body": page.body})

    async def _page(self, key: Key, scope: Scope) -> Page:
        """The page that is kept, or made now; who asks while it is made waits for it."""
        if (kept := self._fresh(key)) is not None:
            return kept
        if (made := self._making.get(key)) is not None:
            await made.wait()
            return self._fresh(key) or await self._made(scope)  # what is not kept is for one alone
        made = self._making[key] = asyncio.Event()
        try:
            page = await self._made(scope)
            if page.may_be_kept:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[key] = page
            return page
        finally:
            del self._making[key]
            made.set()

    def _fresh(self, key: Key) -> Page | None:
        kept = self._kept.get(key)
        is_fresh = kept is not None and asyncio.get_running_loop().time() < kept.until
        return kept if is_fresh else None

    async def _made(self, scope: Scope) -> Page:
        """The whole page, whatever version of it the one who asks has already."""
        unconditional = [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]
        sent: list[dict[str, Any]] = []

        async def keep(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._pages({**scope, "headers": unconditional}, _nobody_leaves(), keep)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        until = asyncio.get_running_loop().time() + self._seconds
        headers = [(name.lower(), value) for name, value in sent[0]["headers"]]
        return Page(sent[0]["status"], headers, body, until)


def _nobody_leaves() -> Receive:
    """A request without a body, by somebody who waits: others wait for the same page."""
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        return await asyncio.Event().wait()

    return receive
