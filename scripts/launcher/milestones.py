"""Reads what the children log and picks out the first of each thing a person waits for."""

import re
from collections.abc import Iterator
from pathlib import Path

_MILESTONE = re.compile(r"giaoban\.milestone \[([a-z._]+)\] (.+)")


class Milestones:
    """Follows the children's logs; each kind of event is told once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._offsets: dict[Path, int] = {}

    def news(self, logs: list[Path]) -> Iterator[str]:
        """A line for every kind of event that has now happened for the first time."""
        for log in logs:
            for line in self._new_lines(log):
                match = _MILESTONE.search(line)
                if match and match[1] not in self._seen:
                    self._seen.add(match[1])
                    yield f"[{match[1]}] {match[2]}"

    def _new_lines(self, log: Path) -> list[str]:
        """Whole lines written since the last look; half a line waits for its end."""
        try:
            with log.open("rb") as stream:
                stream.seek(self._offsets.get(log, 0))
                new = stream.read()
        except OSError:
            return []
        whole = new[: new.rfind(b"\n") + 1]
        self._offsets[log] = self._offsets.get(log, 0) + len(whole)
        return whole.decode("utf-8", errors="replace").splitlines()


def last_line(log: Path) -> str:
    """The last words of a child, for the person who asks why it died."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 4096))
            lines = stream.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
