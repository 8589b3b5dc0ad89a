"""A simulated terminal on real sockets: TCP and UDP on the same port, in an event loop of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import cast

from attendance.zk import codec
from attendance.zk.codec import FrameBuffer, NotOurProtocol
from scripts.simulated_terminal.terminal import Connection, SimulatedTerminal


class _HangUp(Exception):
    """The fault says that the connection ends here."""


class _Line:
    """The way out of one TCP connection, where most faults live."""

    def __init__(self, terminal: SimulatedTerminal, writer: asyncio.StreamWriter) -> None:
        self.terminal = terminal
        self.writer = writer
        self.sent = 0
        self.chance = Random(terminal.connections)  # noqa: S311 - repeatable, no secret

    async def send(self, data: bytes) -> None:
        faults = self.terminal.faults
        for limit in (faults.fin_after, faults.reset_after, faults.stall_after):
            if limit is not None and self.sent + len(data) > limit:
                await self._write(data[: max(0, limit - self.sent)])
                await self._break_off()
        await self._write(data)

    async def _write(self, data: bytes) -> None:
        self.sent += len(data)
        start = 0
        while start < len(data):
            step = (
                self.chance.randrange(1, 1460) if self.terminal.faults.odd_segments else len(data)
            )
            self.writer.write(data[start : start + step])
            await self.writer.drain()
            start += step
            if self.terminal.faults.odd_segments:
                await asyncio.sleep(0)

    async def _break_off(self) -> None:
        faults = self.terminal.faults
        if faults.stall_after is not None:
            await asyncio.sleep(3600)
        if faults.reset_after is not None:
            self.writer.transport.abort()
        raise _HangUp


async def _serve_tcp(
    terminal: SimulatedTerminal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    connection = terminal.connect(datagrams=False)
    terminal.open_connections += 1
    terminal.most_open = max(terminal.most_open, terminal.open_connections)
    line, frames = _Line(terminal, writer), FrameBuffer()
    try:
        if terminal.faults.one_connection and terminal.open_connections > 1:
            return
        while data := await reader.read(65536):
            frames.feed(data)
            for raw in frames.packets():
                await _answer_tcp(terminal, connection, line, raw)
    except (_HangUp, NotOurProtocol, ConnectionError):
        pass
    finally:
        terminal.open_connections -= 1
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _answer_tcp(
    terminal: SimulatedTerminal, connection: Connection, line: _Line, raw: bytes
) -> None:
    packet = codec.unpack_packet(raw)
    if packet is None:
        return
    if terminal.faults.answer_delay:
        await asyncio.sleep(terminal.faults.answer_delay)
    for answer in terminal.answer(connection, packet):
        await line.send(codec.frame(answer))
    if connection.boot != terminal.boots:
        line.writer.transport.abort()
        raise _HangUp
    if packet.command == codec.CMD_EXIT:
        raise _HangUp


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, terminal: SimulatedTerminal) -> None:
        self.terminal = terminal
        self.peers: dict[tuple[str, int], Connection] = {}
        self.sent = 0
        self.held: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        packet = codec.unpack_packet(data)
        if packet is None:
            return
        if packet.command == codec.CMD_CONNECT or addr not in self.peers:
            self.peers[addr] = self.terminal.connect(datagrams=True)
        for answer in self.terminal.answer(self.peers[addr], packet):
            self._send(answer, addr)

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        faults = self.terminal.faults
        self.sent += 1
        if faults.lose and self.sent % faults.lose == 0:
            return
        if faults.reorder and self.sent % faults.reorder == 0 and self.held is None:
            self.held = answer
            return
        self.transport.sendto(answer, addr)
        if faults.double and self.sent % faults.double == 0:
            self.transport.sendto(answer, addr)
        if self.held is not None:
            held, self.held = self.held, None
            self.transport.sendto(held, addr)


async def serve(terminal: SimulatedTerminal, *, host: str, port: int, udp: bool) -> int:
    """Listen until the loop ends; port 0 takes a free one. Returns the port."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve_tcp(terminal, reader, writer)

    for left in range(20 if port == 0 else 1, 0, -1):
        server = await asyncio.start_server(serve_one, host, port)
        taken = int(server.sockets[0].getsockname()[1])
        if not udp:
            break
        loop = asyncio.get_running_loop()
        try:
            await loop.create_datagram_endpoint(lambda: _Udp(terminal), local_addr=(host, taken))
            break
        except OSError:  # free by TCP only
            server.close()
            if left == 1:
                raise
    return taken


@contextmanager
def running(terminal: SimulatedTerminal, *, port: int = 0, udp: bool = True) -> Iterator[int]:
    """The terminal on 127.0.0.1 in a thread of its own, for tests; yields the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    taken = asyncio.run_coroutine_threadsafe(
        serve(terminal, host="127.0.0.1", port=port, udp=udp), loop
    ).result(10)
    try:
        yield taken
    finally:
        loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join(10)
        loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()

    async def finish() -> None:
        await asyncio.gather(*tasks, return_exceptions=True)
        loop.stop()

    loop.create_task(finish())
