"""What may go wrong with a simulated terminal. All off; tests switch them on one by one."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Faults:
    """Switches; they act on every connection until switched off again.

    `silent`: accepts and never answers. `count_lie`: added to the record count it reports.
    `fin_after`, `reset_after`: close or reset the connection after that many bytes of answers.
    `stall_after`: stop answering (connection open) after that many bytes. `flip_bit_in`: one bit
    of every n-th DATA packet is wrong. `odd_segments`: answers leave in pieces of 1 to 1460
    bytes. `small_data`: a chunk comes in several DATA packets. `no_buffered_read`: 1503 and 1504
    are unknown. `no_closing_ack`: a chunk's last ACK_OK is missing. `events`: an unsolicited
    event before every answer. `lose`, `double`, `reorder`: every n-th UDP datagram.
    `answer_delay`: seconds before every answer. `clock_reading`: what it says the time is, as the
    32-bit number. `no_serial`: does not know its serial number. `refuses_protocol`: answers
    CONNECT with 6001, as newer firmware does. `one_connection`: closes a second one at once.
    `refuse_offsets`: a table is only read from its beginning on, without gaps; `ignore_offsets`:
    it is sent from its beginning whatever was asked. `size_lie`: added to a table's size when it
    is made ready. `half_record`: the log's last record is cut when it is sent. `grow`: so many
    punches arrive at every chunk. `bad_checksum_in`: the checksum of every n-th DATA packet is
    wrong. `keeps_users`: says that it wrote or deleted a user, and did nothing. `stale_reply_in`: before every n-th answer comes one to an older question.
    `loses_users`: so many users are missing from the list. `hides_templates`: counts fingers but
    gives no template away.
    `zero_session`: DATA packets name session 0. `refuse_chunk`: every n-th chunk is refused once.
    """

    silent: bool = False
    count_lie: int = 0
    fin_after: int | None = None
    reset_after: int | None = None
    stall_after: int | None = None
    flip_bit_in: int = 0
    odd_segments: bool = False
    small_data: int = 0
    no_buffered_read: bool = False
    no_closing_ack: bool = False
    events: bool = False
    lose: int = 0
    double: int = 0
    reorder: int = 0
    answer_delay: float = 0.0
    clock_reading: int | None = None
    no_serial: bool = False
    refuses_protocol: bool = False
    one_connection: bool = False
    refuse_offsets: bool = False
    ignore_offsets: bool = False
    size_lie: int = 0
    half_record: bool = False
    grow: int = 0
    bad_checksum_in: int = 0
    stale_reply_in: int = 0
    zero_session: bool = False
    refuse_chunk: int = 0
    keeps_users: bool = False
    loses_users: int = 0
    hides_templates: bool = False


def fault_from(text: str) -> dict[str, Any]:
    """A fault as it is named on a command line: "silent", "fin_after=5000". Raises ValueError."""
    name, _, value = text.partition("=")
    known = {field.name: field for field in fields(Faults)}
    if name not in known:
        raise ValueError(f"no fault is called {name}; there are: {', '.join(sorted(known))}")
    if known[name].type == "bool" or known[name].type is bool:
        return {name: True}
    return {name: float(value) if name == "answer_delay" else int(value)}
