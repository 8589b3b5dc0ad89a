"""A terminal that clears its log when told to, and locks its keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from attendance.zk import codec
from attendance.zk.codec import Packet
from scripts.simulated_terminal.terminal import Connection, SimulatedTerminal

from .terminals import device


def nothing() -> None:
    pass


@dataclass
class Clearable(SimulatedTerminal):
    """`is_locked` is the state of its keys. `before_clearing` runs when the order has come,
    `after_clearing` when it has cleared but not answered; `before_counting` at every count.
    """

    is_locked: bool = False
    can_lock: bool = True
    refuses_clearing: bool = False
    before_counting: Callable[[], None] = nothing
    before_clearing: Callable[[], None] = nothing
    after_clearing: Callable[[], None] = nothing

    def _serve(self, connection: Connection, packet: Packet) -> Iterator[tuple[int, bytes]]:
        match packet.command:
            case codec.CMD_GET_FREE_SIZES:
                self.before_counting()
                yield from super()._serve(connection, packet)
            case codec.CMD_CLEAR_ATTLOG if self.refuses_clearing:
                yield codec.CMD_ACK_ERROR, b""
            case codec.CMD_CLEAR_ATTLOG:
                self.before_clearing()
                self.log.clear()
                self.after_clearing()
                yield codec.CMD_ACK_OK, b""
            case codec.CMD_DISABLE_DEVICE if not self.can_lock:
                yield codec.CMD_ACK_ERROR, b""
            case codec.CMD_DISABLE_DEVICE | codec.CMD_ENABLE_DEVICE:
                self.is_locked = packet.command == codec.CMD_DISABLE_DEVICE
                yield codec.CMD_ACK_OK, b""
            case _:
                yield from super()._serve(connection, packet)


def clearable(count: int = 30, **values: object) -> Clearable:
    """As `device`, but it can be cleared."""
    like = device(count)
    return Clearable(log=like.log, clock=like.clock, serial=like.serial, **values)  # type: ignore[arg-type]
