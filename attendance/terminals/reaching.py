"""How to reach a registered terminal."""

from datetime import datetime

from django.conf import settings

from attendance.collecting.cursors import cursor_of
from attendance.models import Terminal, Transport
from attendance.zk.client import Target


def target_of(terminal: Terminal, *, at: datetime) -> Target:
    """How to reach a terminal, and where to go on reading. Raises CannotUnseal."""
    return Target(
        address=terminal.address,
        port=terminal.port,
        networks=settings.TERMINAL_NETWORKS,
        datagrams=None if terminal.is_transport_open else terminal.transport == Transport.UDP,
        comm_key=terminal.comm_key(),
        layout=terminal.record_layout,
        serial_number=terminal.serial_number,
        cursor=cursor_of(terminal, at=at),
        lock_keys=terminal.lock_keys,
        was_locked=terminal.locked_at is not None,
    )
