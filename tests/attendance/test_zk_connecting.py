"""Getting through to a terminal: TCP or UDP found out, keys locked only where asked for and never left so."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import sleep
from typing import Any

import pytest

from attendance.collecting.collector import Collector, Manners
from attendance.models import NoticeKind, Pull, PullState, Punch, Terminal, TerminalNotice
from attendance.zk import codec
from attendance.zk.client import Limits
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.server import _Udp
from scripts.simulated_terminal.terminal import SimulatedTerminal

from .terminals import device, register, registered

MANNERS = Manners(limits=Limits(answer_seconds=0.3, datagram_seconds=0.1, contact_seconds=4))

pytestmark = pytest.mark.django_db


def collect(manners=MANNERS):
    Terminal.objects.update(next_poll_at=None)
    Collector(now=now, manners=manners).run_once()


@contextmanager
def by_udp_only(simulated):
    """The terminal listens on a UDP port; by TCP the connection is refused."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = loop.create_datagram_endpoint(lambda: _Udp(simulated), local_addr=("127.0.0.1", 0))
    transport, _ = asyncio.run_coroutine_threadsafe(opening, loop).result(10)
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        transport.close()
        loop.close()


def transport():
    return Terminal.objects.get().transport


def test_tcp_is_found_by_the_first_pull_and_remembered():
    simulated = device(30)
    with registered(simulated):
        collect()
    assert (transport(), Punch.objects.count(), simulated.connections) == ("tcp", 30, 1)


def test_udp_is_found_where_tcp_is_refused():
    simulated = device(30)
    with by_udp_only(simulated) as port:
        register(port)
        collect()
        assert (transport(), Punch.objects.count()) == ("udp", 30)
        simulated.connections = 0
        collect()
    assert simulated.connections == 1
    assert Pull.objects.latest("pk").state == PullState.DONE


@dataclass
class DeafByTcp(SimulatedTerminal):
    """Accepts TCP, and answers there with `by_tcp` or not at all."""

    by_tcp: int | None = None

    def answer(self, connection, packet):
        if connection.datagrams:
            return super().answer(connection, packet)
        if self.by_tcp is None:
            return []
        return [codec.pack_packet(codec.Packet(self.by_tcp, 1, packet.reply, b""))]


def deaf(**values: Any) -> SimulatedTerminal:
    model = device(30)
    return DeafByTcp(log=model.log, clock=model.clock, **values)


@pytest.mark.parametrize("by_tcp", [None, codec.CMD_ACK_UNKNOWN])
def test_udp_is_found_where_tcp_gives_no_sensible_answer(by_tcp):
    with registered(deaf(by_tcp=by_tcp)):
        collect()
    assert (transport(), Punch.objects.count()) == ("udp", 30)


@pytest.mark.parametrize("by_tcp", [None, codec.CMD_ACK_UNKNOWN])
def test_a_transport_set_by_hand_is_not_changed(by_tcp):
    with registered(deaf(by_tcp=by_tcp), transport="tcp"):
        collect()
    assert (transport(), Punch.objects.count()) == ("tcp", 0)
    assert Pull.objects.get().code == ("silent" if by_tcp is None else "protocol_violation")


def test_a_terminal_that_now_speaks_the_other_way_is_found_again():
    with registered(deaf(by_tcp=None), transport="tcp"):
        Terminal.objects.update(consecutive_failures=9)
        collect()
        assert (transport(), Punch.objects.count()) == ("tcp", 0)
        Terminal.objects.update(next_poll_at=None)
        collect()
    assert (transport(), Punch.objects.count()) == ("udp", 30)


def test_where_nothing_answers_the_failure_by_tcp_is_told_and_nothing_remembered():
    simulated = device(faults=Faults(silent=True))
    with registered(simulated):
        collect()
    assert (Pull.objects.get().code, transport()) == ("silent", "")


def test_what_a_terminal_says_by_udp_is_told():
    with registered(deaf(comm_key=4711), comm_key=7):
        collect()
    assert (Pull.objects.get().code, transport()) == ("auth_refused", "")


def test_a_refused_key_or_a_break_in_mid_log_is_no_reason_to_try_udp():
    simulated = device(3000, comm_key=4711)
    with registered(simulated, comm_key=7):
        collect()
        assert (Pull.objects.latest("pk").code, simulated.connections) == ("auth_refused", 1)
        simulated.comm_key, simulated.faults.stall_after = 0, 50_000
        collect()
    assert (Pull.objects.latest("pk").code, simulated.connections) == ("silent", 2)


# --- keys -----------------------------------------------------------------------------------


@dataclass
class Keyed(SimulatedTerminal):
    """Knows whether its keys are locked, and what was asked while they were."""

    locked: bool = False
    asked_while_locked: set[int] = field(default_factory=set)
    refuses_to_unlock: bool = False

    def answer(self, connection, packet):
        if packet.command == codec.CMD_DISABLE_DEVICE:
            self.locked = True
        elif packet.command == codec.CMD_ENABLE_DEVICE:
            if self.refuses_to_unlock:
                return [codec.pack_packet(packet._replace(command=codec.CMD_ACK_ERROR))]
            self.locked = False
        elif self.locked:
            self.asked_while_locked.add(packet.command)
        return super().answer(connection, packet)


def keyed(count=3000, **values: Any) -> Keyed:
    model = device(count)
    return Keyed(log=model.log, clock=model.clock, **values)


def locked_at():
    return Terminal.objects.get().locked_at


def test_keys_stay_free_unless_the_terminal_is_set_to_need_a_lock():
    simulated = keyed()
    with registered(simulated):
        collect()
    assert Punch.objects.count() == 3000
    assert codec.CMD_DISABLE_DEVICE not in simulated.commands
    assert codec.CMD_ENABLE_DEVICE not in simulated.commands


@pytest.mark.parametrize("udp", ["tcp", "udp"])
def test_keys_are_locked_while_the_log_is_read_and_released_after(udp):
    simulated = keyed(300)
    with registered(simulated, lock_keys=True, transport=udp):
        collect()
    assert codec.CMD_READ_BUFFER in simulated.asked_while_locked
    assert (simulated.locked, locked_at(), Punch.objects.count()) == (False, None, 300)
    assert not TerminalNotice.objects.exists()


@pytest.mark.parametrize(
    "faults",
    [Faults(flip_bit_in=1), Faults(answer_delay=0.25), Faults(no_closing_ack=True, count_lie=-9)],
    ids=["damaged", "deadline", "liar"],
)
def test_keys_are_released_whatever_comes(faults):
    simulated = keyed(60_000, faults=faults)
    with registered(simulated, lock_keys=True, transport="tcp"):
        collect(Manners(limits=Limits(answer_seconds=0.4, contact_seconds=2)))
        assert codec.CMD_READ_BUFFER in simulated.asked_while_locked
        for _ in range(40):
            if simulated.locked:
                sleep(0.05)
    assert not simulated.locked


def test_a_line_that_broke_while_locked_is_repaired_at_the_next_contact():
    simulated = keyed(faults=Faults(reset_after=50_000))
    before = now()
    with registered(simulated, lock_keys=True):
        collect()
        assert simulated.locked
        since = locked_at()
        assert since is not None
        assert before - timedelta(seconds=1) < since <= now()
        simulated.faults = Faults(silent=True)
        collect()
        assert locked_at() == since
        simulated.faults = Faults()
        # Nobody needs the lock any more: releasing what was left over is due all the same.
        Terminal.objects.update(lock_keys=False)
        collect()
    assert (simulated.locked, locked_at(), Punch.objects.count()) == (False, None, 3000)
    notice = TerminalNotice.objects.get()
    assert (notice.kind, notice.details) == (
        NoticeKind.KEYS_RELEASED,
        {"since": since.isoformat()},
    )


def test_a_terminal_that_does_not_confirm_is_asked_again_at_every_contact():
    simulated = keyed(refuses_to_unlock=True)
    with registered(simulated, lock_keys=True):
        collect()
        assert Punch.objects.count() == 3000
        assert locked_at() is not None
        Terminal.objects.update(lock_keys=False)
        collect()
        assert locked_at() is not None
        assert not TerminalNotice.objects.exists()
        simulated.refuses_to_unlock = False
        collect()
    assert (simulated.locked, locked_at()) == (False, None)
    assert TerminalNotice.objects.get().kind == NoticeKind.KEYS_RELEASED


def test_who_lost_the_lease_locks_no_keys(monkeypatch):
    simulated = keyed()
    with registered(simulated, lock_keys=True):
        collector = Collector(now=now, manners=MANNERS)

        def clock():
            # Asked for right before the lock is noted: by then another collector has taken over.
            Terminal.objects.update(attempt=99)
            return now()

        monkeypatch.setattr(collector, "_now", clock)
        Terminal.objects.update(next_poll_at=None)
        collector.run_once()
    assert codec.CMD_DISABLE_DEVICE not in simulated.commands
    assert locked_at() is None
    assert Pull.objects.get().code == "lease_lost"
