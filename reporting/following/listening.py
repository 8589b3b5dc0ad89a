"""One connection that listens for all followers of a process (PostgreSQL LISTEN)."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

logger = logging.getLogger(__name__)

#: Seconds before the next try when the database is not there.
PAUSE: Final = 2.0
#: A server that vanished is noticed within a quarter of a minute.
KEEPALIVE: Final = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3}


class Listener:
    """Hears a channel for as long as `run` runs, whatever becomes of the database meanwhile.

    `heard` gets each message, `changed` is called when the line comes up or breaks.
    """

    def __init__(
        self,
        url: str,
        channel: str,
        *,
        heard: Callable[[str], None],
        changed: Callable[[bool], None],
    ) -> None:
        self._url, self._channel = url, channel
        self._heard, self._changed = heard, changed

    async def run(self) -> None:
        """Listen; after a break connect again."""
        while True:
            try:
                line = await asyncio.to_thread(self._connect)
            except psycopg2.Error as error:
                logger.warning("cannot listen, trying again: %s", str(error).strip())
            else:
                self._changed(True)
                try:
                    await self._until_broken(line)
                finally:
                    self._changed(False)
                    line.close()
            await asyncio.sleep(PAUSE)

    def _connect(self) -> Any:
        line = psycopg2.connect(
            self._url, connect_timeout=5, application_name="giaoban-follow", **KEEPALIVE
        )
        line.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with line.cursor() as cursor:
            cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        return line

    async def _until_broken(self, line: Any) -> None:
        loop, broken = asyncio.get_running_loop(), asyncio.Event()

        def readable() -> None:
            try:
                line.poll()
            except psycopg2.Error as error:
                logger.warning("the line to listen broke: %s", str(error).strip())
                loop.remove_reader(descriptor)
                broken.set()
                return
            while line.notifies:
                self._heard(line.notifies.pop(0).payload)

        descriptor = line.fileno()
        loop.add_reader(descriptor, readable)
        try:
            await broken.wait()
        finally:
            loop.remove_reader(descriptor)
