"""A real SMTP server on the loopback, obedient or not."""

import asyncio
import socket
from asyncio import WriteTransport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What arrived, and how the server is to behave.

    `refuse_sender` answers every MAIL; `refuse` and `put_off` map recipients to 550 and 451 at RCPT; `drop_after_data` closes the
    connection once the whole content is here, without an answer. Every answer to a content takes
    `slowness` seconds.
    """

    refuse_sender: str = ""
    refuse: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    drop_after_data: set[str] = field(default_factory=set)
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    port: int = 0
    slowness: float = 0

    def of(self, recipient: str) -> list[EmailMessage]:
        return [mail for to, mail in self.arrived if to == recipient]

    @property
    def recipients(self) -> list[str]:
        return sorted(to for to, _mail in self.arrived)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return "550 no such user"
        if address in self.put_off:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.content
        mail = message_from_bytes(content, policy=default_policy)
        self.arrived.extend((to, mail) for to in envelope.rcpt_tos)
        await asyncio.sleep(self.slowness)
        if self.drop_after_data & set(envelope.rcpt_tos):
            cast("WriteTransport", server.transport).abort()
        return "250 taken"


@contextmanager
def serve(mailbox: Mailbox, port: int = 0) -> Iterator[Mailbox]:
    """Run the server in a thread; port 0 takes a free one."""
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port or _free_port())
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
