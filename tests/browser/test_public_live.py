"""A draw evening over real sockets: numbers keyed on one site appear for everybody on the other."""

import json
import re
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg2
import pytest
from playwright.sync_api import expect

WATCHERS = 200
#: As in sales/public/asgi.py, which nothing but the site's own process may import.
AT_WORK = 8
SECONDS = 30


@dataclass
class Watcher:
    """One open stream, and everything that came out of it."""

    socket: socket.socket
    heard: bytes = b""
    sheets: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        self.heard += self.socket.recv(65_536)
        self.sheets = [json.loads(text) for text in re.findall(rb"data: (\{.*?\})\n", self.heard)]

    @property
    def version(self) -> str:
        return str(re.findall(rb"id: (\S+)", self.heard)[-1], "ascii")


class Crowd:
    """Many watchers of one process."""

    def __init__(self, server: str) -> None:
        self._host, self._port = urlsplit(server).hostname, urlsplit(server).port
        self._selector = selectors.DefaultSelector()
        self.watchers: list[Watcher] = []

    def join(self, seen: str = "", host: str = "localhost") -> Watcher:
        line = socket.create_connection((self._host, self._port), timeout=SECONDS)
        resume = f"Last-Event-ID: {seen}\r\n" if seen else ""
        request = f"GET /truc-tiep/dong/ HTTP/1.1\r\nHost: {host}\r\n{resume}\r\n"
        line.sendall(request.encode())
        watcher = Watcher(line)
        self._selector.register(line, selectors.EVENT_READ, watcher)
        self.watchers.append(watcher)
        return watcher

    def until(self, true: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + SECONDS
        while not true() and time.monotonic() < deadline:
            for key, _events in self._selector.select(0.2):
                key.data.read()
        return true()

    def leave(self) -> None:
        for watcher in self.watchers:
            watcher.socket.close()


@pytest.fixture
def crowd(public_site):
    people = Crowd(public_site)
    yield people
    people.leave()


def connections(database_url: str) -> int:
    """How many connections the public site's process has to the database now."""
    mine = psycopg2.connect(database_url)
    with mine, mine.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where application_name = 'giaoban-public'"
        )
        (count,) = cursor.fetchone()
    mine.close()
    return int(count)


def test_two_hundred_watchers_see_each_number_as_it_is_keyed(
    tab, public_site, made, company, crowd
):
    with urlopen(f"{public_site}/du-lieu/truc-tiep.json") as answer:
        day = json.load(answer)["day"]
    for _ in range(WATCHERS):
        crowd.join()
    assert crowd.until(lambda: all(watcher.sheets for watcher in crowd.watchers))
    assert crowd.watchers[0].heard.startswith(b"HTTP/1.1 200")
    assert b"text/event-stream" in crowd.watchers[0].heard
    assert connections(made.database_url) <= 2

    public = tab(None)
    public.server = public_site
    public.open("/truc-tiep/")
    expect(public.page.locator("[data-live-state]")).to_contain_text("Đang nối trực tiếp")
    expect(public.page.get_by_text("Chưa đối chiếu.")).to_be_visible()
    clerk = tab("sales_manager")
    clerk.open(f"/ban-ve/ket-qua/{day}/truc-tiep/")
    expect(clerk.page.locator("#so_2")).to_be_focused()  # the first prize is drawn first
    clerk.page.keyboard.type("55349")
    expect(clerk.page.locator("[data-live-told]")).to_contain_text("55349")
    expect(clerk.page.locator("#so_3")).to_be_focused()
    expect(public.page.locator("[data-place='1']")).to_have_text("55349")
    assert crowd.until(lambda: all(w.sheets[-1]["numbers"][1] == "55349" for w in crowd.watchers))

    away = crowd.watchers[0]
    back = crowd.join(seen=away.version)
    clerk.page.keyboard.type("37265")
    expect(public.page.locator("[data-live-said]")).to_contain_text("37265")
    assert crowd.until(lambda: all(w.sheets and w.sheets[-1]["numbers"][2] == "37265"
                                   for w in crowd.watchers))  # fmt: skip
    assert len(back.sheets) == 1  # what it had seen was not sent again
    clerk.page.locator("#so_2").fill("55348")  # a slip, corrected
    expect(public.page.locator("[data-place='1']")).to_have_text("55348")
    clerk.page.locator("#so_3").fill("3")
    clerk.page.get_by_role("button", name="Gửi các ô đã sửa").click()
    assert clerk.page.locator("#so_3").evaluate("field => !field.validity.valid")
    expect(public.page.locator("[data-place='2']")).to_have_text("37265")
    public.photograph("public_live")
    clerk.photograph("live_entry")
    assert clerk.complaints + public.complaints == []


def test_a_rush_waits_for_its_turn_and_who_stands_still_holds_nobody_up(public_site, made):
    host, port = urlsplit(public_site).hostname, urlsplit(public_site).port
    standing = []
    for method in ("GET", "POST") * 10:
        line = socket.create_connection((host, port), timeout=SECONDS)
        line.sendall(
            f"{method} /ket-qua/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        standing.append(line)
    most, answers = 0, []
    with ThreadPoolExecutor(60) as rush:
        asked = [rush.submit(status, f"{public_site}/ket-qua/?n={n}") for n in range(180)]
        while not all(each.done() for each in asked):
            most = max(most, connections(made.database_url))
        answers = [each.result() for each in asked]
    assert set(answers) == {200}
    assert 0 < most <= 2 * AT_WORK  # a server process outlives its connection by a moment
    assert standing[1].recv(100).startswith(b"HTTP/1.1 405")
    for line in standing:
        line.close()


def status(address: str) -> int:
    with urlopen(address, timeout=SECONDS) as answer:
        answer.read()
        return int(answer.status)


def test_the_stream_knows_its_host_and_its_method(public_site, crowd):
    stranger = crowd.join(host="noibo.example.vn")
    assert crowd.until(lambda: b"\r\n\r\n" in stranger.heard)
    assert stranger.heard.startswith(b"HTTP/1.1 400")
    with socket.create_connection(
        (urlsplit(public_site).hostname, urlsplit(public_site).port)
    ) as line:
        line.sendall(
            b"POST /truc-tiep/dong/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 405")
