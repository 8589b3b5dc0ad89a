"""Simulated terminals in processes of their own, so that they take no time from who reads them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from random import Random
from typing import Any

from scripts.benches.terminal_log import log_bytes
from scripts.simulated_terminal.log import DeviceUser, LogPunch, TerminalLog
from scripts.simulated_terminal.main import wall_clock
from scripts.simulated_terminal.server import serve
from scripts.simulated_terminal.terminal import SimulatedTerminal

_USERS = [DeviceUser(uid, str(1000 + uid), f"Người {uid}") for uid in range(300)]


@dataclass
class BenchTerminal(SimulatedTerminal):
    """Is used by as many people a minute as it is told."""

    punches_a_minute: float = 0.0
    written_until: datetime = field(default_factory=wall_clock)
    chance: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - repeatable

    def __post_init__(self) -> None:
        self.news = self._be_used

    def add(self, count: int) -> None:
        """So many people punch now."""
        for _ in range(count):
            self.log.add(LogPunch(self.chance.choice(_USERS).user_id, wall_clock()))

    def _be_used(self, now: datetime) -> None:
        due = int((now - self.written_until).total_seconds() / 60 * self.punches_a_minute)
        if due > 0:
            self.add(due)
            self.written_until += timedelta(minutes=due / self.punches_a_minute)


def bench_terminal(*, serial: str, records: int, punches_a_minute: float = 0.0) -> BenchTerminal:
    """A terminal of layout 40 with 300 users and so many records."""
    log = TerminalLog("40", _USERS)
    # A million of them must not reach into the future.
    log.bytes = bytearray(log_bytes(records, Random(1), longest=200))  # noqa: S311 - repeatable
    log.count = records
    return BenchTerminal(
        log=log,
        clock=wall_clock,
        serial=serial,
        record_capacity=10_000_000,
        punches_a_minute=punches_a_minute,
    )


@dataclass(frozen=True)
class Terminals:
    """The ports they listen on, and `do`: run a method in their process and return its result."""

    ports: list[int]
    _pipe: Pipe

    def do(self, method: Callable[..., Any], *arguments: Any) -> Any:
        """`method(terminals, *arguments)`; a function of a module, so that it can be sent."""
        self._pipe.send((method, arguments))
        return self._pipe.recv()


@contextmanager
def terminals(builders: list[dict[str, Any]]) -> Iterator[Terminals]:
    """One process with a terminal for each dictionary of `bench_terminal`'s arguments."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_main, args=(theirs, builders), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Terminals(ours.recv(), ours)
    finally:
        ours.close()
        process.join(10)


def _main(pipe: Pipe, builders: list[dict[str, Any]]) -> None:
    asyncio.run(_serve(pipe, [bench_terminal(**builder) for builder in builders]))


async def _serve(pipe: Pipe, served: list[BenchTerminal]) -> None:
    """Until the other end of the pipe is closed."""
    ended = asyncio.Event()

    def command() -> None:
        try:
            method, arguments = pipe.recv()
        except EOFError:
            ended.set()
        else:
            pipe.send(method(served, *arguments))

    pipe.send([await serve(each, host="127.0.0.1", port=0, udp=False) for each in served])
    asyncio.get_running_loop().add_reader(pipe.fileno(), command)
    await ended.wait()


def sent(served: list[BenchTerminal]) -> int:
    """Bytes of answers since this was asked last."""
    total = sum(each.sent_bytes for each in served)
    for each in served:
        each.sent_bytes = 0
    return total


def punch(served: list[BenchTerminal], count: int) -> None:
    """So many new punches on each."""
    for each in served:
        each.add(count)


def rename(served: list[BenchTerminal], serial: str) -> None:
    """The first one is another terminal from now on."""
    served[0].serial = serial
