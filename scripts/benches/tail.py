"""A poll that finds a few new records, against a full pull, and in logs of very different length.

Bytes are counted at the terminal. Each poll is a complete one: connection, serial number, clock,
counts, the tail, the ledger's transaction.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final
from uuid import uuid4

from attendance.models import Terminal
from scripts.benches.first_pull import poll_once, registered
from scripts.benches.measure import Measure, is_trial
from scripts.benches.terminals import Terminals, punch, sent, terminals

MIDDLE: Final = 10_000 if is_trial() else 100_000
SHORT, LONG = (2_000, 50_000) if is_trial() else (10_000, 1_000_000)
NEW: Final = 20
POLLS: Final = 5 if is_trial() else 25


@dataclass
class _Followed:
    """A terminal whose log is stored, and what polling it has cost since."""

    served: Terminals
    terminal: Terminal
    first_seconds: float
    first_bytes: int
    seconds: list[float]
    bytes: list[int]

    def poll(self) -> None:
        self.served.do(punch, NEW)
        Terminal.objects.update(enabled=False)
        Terminal.objects.filter(pk=self.terminal.pk).update(enabled=True)
        seconds, pull = poll_once(self.terminal)
        if (pull.stored, pull.read, pull.whole) != (NEW, NEW, False):
            raise AssertionError(f"stored {pull.stored} of {pull.read}, whole: {pull.whole}")
        self.seconds.append(seconds)
        self.bytes.append(self.served.do(sent))


def _follow(served: Terminals) -> _Followed:
    served.do(sent)
    terminal = registered(served.ports[0])
    seconds, _ = poll_once(terminal)
    return _Followed(served, terminal, seconds, served.do(sent), [], [])


def run() -> list[Measure]:
    with ExitStack() as stack:
        short, middle, long = (
            _follow(
                stack.enter_context(terminals([{"serial": uuid4().hex[:12], "records": records}]))
            )
            for records in (SHORT, MIDDLE, LONG)
        )
        for _ in range(POLLS):  # in turn, so that whatever disturbs the machine disturbs all
            for each in (short, middle, long):
                each.poll()
    name = f"poll that finds {NEW} new records in a log of"
    return [
        Measure(
            name=f"{name} {MIDDLE:,}: bytes",
            ours_seconds=max(middle.bytes) / 1000,
            peer="full pull",
            peer_seconds=middle.first_bytes / 1000,
            ratio=max(middle.bytes) / middle.first_bytes,
            meaning="of the bytes",
            at_most=0.01,
            unit="kB",
        ),
        Measure(
            name=f"{name} {MIDDLE:,}",
            ours_seconds=median(middle.seconds),
            peer="full pull",
            peer_seconds=middle.first_seconds,
            ratio=median(middle.seconds) / middle.first_seconds,
            meaning="of its time",
            at_most=0.05,
        ),
        Measure(
            name=f"{name} {LONG:,}",
            ours_seconds=median(long.seconds),
            peer=f"the same in a log of {SHORT:,}",
            peer_seconds=median(short.seconds),
            ratio=median(long.seconds) / median(short.seconds),
            meaning="of its time",
            at_least=0.8,
            at_most=1.2,
        ),
    ]
