"""Followers by briefing: each needs only the newest page and the newest dot, so nothing queues up."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from backend.event_stream import ALIVE, comes
from reporting.briefings.presenting import Shown

logger = logging.getLogger(__name__)

#: Seconds after which silence is broken.
HEARTBEAT: Final = 15.0

Read = Callable[[int], Awaitable[Shown]]


@dataclass
class Room:
    """The followers of one briefing. `dots` counts the moves of the laser dot."""

    followers: int = 0
    version: int = -1
    page: bytes = b""
    dots: int = 0
    dot: bytes = b""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        before, self.changed = self.changed, asyncio.Event()
        before.set()


class Rooms:
    """Tells every follower what the database told; without the database followers are let go."""

    def __init__(self, read: Read, *, heartbeat: float = HEARTBEAT) -> None:
        self._read, self._heartbeat = read, heartbeat
        self._rooms: dict[int, Room] = {}
        self.is_listening = False

    def heard(self, text: str) -> None:
        """A message of the channel; one that is not ours is left alone."""
        try:
            told: dict[str, Any] = json.loads(text)
            room = self._rooms.get(told["briefing"])
            if room is None:
                return
            if "shown" in told:
                _turn(room, Shown(**_fields(told["shown"])))
            else:
                room.dots += 1
                room.dot = _event("point", told["point"])
            room.wake()
        except (ValueError, KeyError, TypeError):
            logger.warning("a message that nobody understands: %.200s", text)

    def changed(self, is_listening: bool) -> None:
        """The line came up or broke: who follows comes back and reads anew."""
        self.is_listening = is_listening
        if not is_listening:
            for room in self._rooms.values():
                room.wake()

    async def follow(self, briefing: int, seen: int) -> AsyncGenerator[bytes, None]:
        """Events for one follower that has seen a version, until the line to the database breaks."""
        room = self._rooms.setdefault(briefing, Room())
        room.followers += 1
        try:
            _turn(room, await self._read(briefing))  # after entering, so that nothing is missed
            dots = room.dots
            while self.is_listening:
                changed = room.changed
                if room.version > seen:
                    seen = room.version
                    yield room.page
                elif room.dots > dots:
                    dots = room.dots
                    yield room.dot
                elif not await comes(changed, self._heartbeat):
                    yield ALIVE
        finally:
            room.followers -= 1
            if not room.followers:
                self._rooms.pop(briefing, None)


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "page": told["page"], "is_blank": told["blank"], "version": told["version"],
        "deck": told["deck"],
    }  # fmt: skip


def _turn(room: Room, shown: Shown) -> None:
    """Never back to an older page: messages and reads overtake each other."""
    if shown.version > room.version:
        room.version = shown.version
        room.page = _event("page", shown.told(), number=shown.version)


def _event(name: str, told: Any, *, number: int | None = None) -> bytes:
    known = f"id: {number}\n" if number is not None else ""
    return f"{known}event: {name}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n".encode()
