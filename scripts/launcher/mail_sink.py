"""A mail server that keeps every mail as a file: `python -m scripts.launcher.mail_sink PORT FOLDER`.

For the demonstration: nothing leaves this machine, and the mails can be opened by a double click.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.launcher.ports import LOOPBACK

_numbers = count(1)


class Keeper:
    """Writes each accepted mail to a file of its own before it answers 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{next(_numbers):04}.eml"
        content = envelope.content
        body = content.encode() if isinstance(content, str) else content or b""
        draft = self._folder / f".{name}"
        draft.write_bytes(body)
        draft.rename(self._folder / name)
        print(f"{name} for {', '.join(envelope.rcpt_tos)}", flush=True)
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    """Until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", enable_SMTPUTF8=True), LOOPBACK, port
    )
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
