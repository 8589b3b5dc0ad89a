"""Pages kept for a moment: made once for a rush, given as 304 to who has them, made anew after."""

import asyncio
from typing import Any

from sales.public.shelf import Shelf


class Site:
    """A small ASGI application that says how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b""
        self.asked.append(scope["path"])
        await asyncio.sleep(0.01)
        is_open = scope["path"] == "/open/"
        headers = [
            (b"Content-Type", b"text/html"), (b"ETag", b'"%d"' % len(self.asked)),
            (b"Cache-Control", b"public, max-age=15" if is_open else b"no-store"),
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"page"})


async def ask(
    shelf: Shelf, path: str, query: bytes = b"", **headers: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    given = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"method": "GET", "path": path, "query_string": query, "headers": given}
    await shelf(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_rush_for_one_page_makes_it_once():
    site = Site()

    async def rush() -> None:
        shelf = Shelf(site, seconds=60)
        answers = await asyncio.gather(*(ask(shelf, "/open/", host="a") for _ in range(100)))
        assert {(status, body) for status, _headers, body in answers} == {(200, b"page")}
        assert site.asked == ["/open/"]
        status, headers, body = await ask(shelf, "/open/", host="a", if_none_match='"1"')
        assert (status, body, headers[b"etag"]) == (304, b"", b'"1"')
        assert b"content-type" not in headers
        assert (await ask(shelf, "/open/", host="a", if_none_match='"0"'))[0] == 200
        assert len(site.asked) == 1
        await ask(shelf, "/open/", host="b")  # another site by its name
        await ask(shelf, "/open/", b"ngay=2026-11-17", host="a")  # a question of one's own
        await ask(shelf, "/open/", host="a", if_modified_since="Tue, 17 Nov 2026 11:40:00 GMT")
        assert len(site.asked) == 4
        await asyncio.gather(*(ask(shelf, "/closed/") for _ in range(3)))
        assert site.asked.count("/closed/") == 3  # for nobody else

    asyncio.run(rush())


def test_a_page_is_made_anew_when_its_moment_is_over():
    site = Site()

    async def later() -> None:
        shelf = Shelf(site, seconds=0)
        assert (await ask(shelf, "/open/"))[1][b"etag"] == b'"1"'
        first = await ask(shelf, "/open/", if_none_match='"1"')
        assert (first[0], first[1][b"etag"]) == (200, b'"2"')

    asyncio.run(later())
