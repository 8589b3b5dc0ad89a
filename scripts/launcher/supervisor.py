"""Keeps the children alive: restarts those that die, with growing pauses, and stops them all."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.launcher.accounts import Account
from scripts.launcher.console import say
from scripts.launcher.folders import PROJECT
from scripts.launcher.milestones import Milestones, last_line
from scripts.launcher.processes import describe_end, has_ended, kill_group, spawn

#: A report in the making may take that long to come to an end.
STOP_SECONDS = 20.0
LONGEST_PAUSE = 30.0
#: A child that lived this long was well; its next death starts with the shortest pause again.
WELL_AFTER_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.1


@dataclass
class Child:
    """One process to keep alive, and how it fared so far."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    stop_signal: int = signal.SIGTERM
    account: Account | None = None
    cwd: Path = PROJECT
    stops_last: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float = field(default=0.0)

    def start(self) -> None:
        self.process = spawn(
            self.command, log=self.log, environment=self.environment,
            stop_signal=self.stop_signal, account=self.account, cwd=self.cwd,
        )  # fmt: skip
        self.started_at = time.monotonic()

    def has_ended(self) -> bool:
        return self.process is None or has_ended(self.process.pid)

    def tell(self, number: int) -> None:
        """Send a signal to the process itself (SIGKILL: to its whole group)."""
        if self.process is not None:
            if number == signal.SIGKILL:
                kill_group(self.process.pid)
            else:
                self.process.send_signal(number)

    def collect(self) -> int:
        """End what is left of an ended child's group and return its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        kill_group(process.pid)
        return process.wait()

    def pause_before_restart(self) -> float:
        """0.5 s, 1 s, 2 s … 30 s, as deaths follow each other."""
        if time.monotonic() - self.started_at > WELL_AFTER_SECONDS:
            self.deaths = 0
        self.deaths += 1
        return float(min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1)))


class Supervisor:
    """Starts children in order, watches them until told to stop, and stops them in reverse."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stop_asked = False
        self._milestones = Milestones()

    def listen(self) -> None:
        """SIGINT and SIGTERM ask for an orderly end; a second one does not wait for it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: object) -> None:
        if self.stop_asked:
            for child in self.children:
                child.tell(signal.SIGKILL)
        self.stop_asked = True

    def add(self, child: Child) -> Child:
        child.log.parent.mkdir(exist_ok=True)
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """Until a stop is asked for: restart what dies and tell what happens."""
        while not self.stop_asked:
            self.look()
            time.sleep(LOOK_EVERY_SECONDS)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Watch until `condition` holds. False when the time is over or a stop is asked for."""
        deadline = time.monotonic() + seconds
        while not self.stop_asked and time.monotonic() < deadline:
            if condition():
                return True
            self.look()
            time.sleep(LOOK_EVERY_SECONDS)
        return False

    def look(self) -> None:
        """One round."""
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.due_at:
                    child.start()
            elif child.has_ended():
                self._bury(child)
        for line in self._milestones.news([child.log for child in self.children]):
            say(line)

    def _bury(self, child: Child) -> None:
        how = describe_end(child.collect())
        pause = child.pause_before_restart()
        child.due_at = time.monotonic() + pause
        words = last_line(child.log)
        say(
            f"{child.name} {how}; starting it again in {pause:g} s."
            + (f" Last line of {child.log.name}: {words}" if words else "")
        )

    def run_to_end(self, children: Sequence[Child]) -> list[Child]:
        """Run children that are meant to end, side by side. Returns those that did not end well."""
        for child in children:
            child.start()
        while not all(child.has_ended() for child in children):
            if self.stop_asked:
                for child in children:
                    child.tell(signal.SIGTERM)
            else:
                self.look()
            time.sleep(LOOK_EVERY_SECONDS / 5)
        return [child for child in children if child.collect() != 0]

    def stop(self) -> None:
        """Stop all children together, then those that the others lean on."""
        self.stop_asked = True
        self._stop_together([child for child in self.children if not child.stops_last])
        self._stop_together([child for child in self.children if child.stops_last])

    def _stop_together(self, children: list[Child]) -> None:
        for child in children:
            child.tell(child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(child.has_ended() for child in children):
            time.sleep(0.02)
        for child in children:
            if not child.has_ended():
                say(f"{child.name} did not stop in {STOP_SECONDS:g} s and was killed.")
            child.collect()
