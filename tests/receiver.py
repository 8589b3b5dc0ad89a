"""A program that is told by webhooks: a real HTTP server that keeps what it got."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answers` are given one after the other, the last one for ever after.

    `drips` are written one after the other, a tenth of a second apart, in place of an answer.
    """

    port: int = 0
    drips: list[bytes] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [204])
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?from=giaoban"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append((self.path, names, body))
            if receiver.drips:
                self.drip()
                return
            status = receiver.answers.pop(0) if receiver.answers[1:] else receiver.answers[0]
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", receiver.url + "&again=1")
            said = b"" if status == 204 else "đã nghe".encode()
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def drip(self) -> None:
            with suppress(OSError):
                for piece in receiver.drips:
                    self.wfile.write(piece)
                    time.sleep(0.1)

        def log_message(self, *_args: object) -> None:
            """Nothing on the terminal of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
