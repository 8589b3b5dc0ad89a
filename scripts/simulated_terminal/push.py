"""A simulated terminal that pushes (ADMS): real HTTP requests, as firmware makes them.

`PushTerminal` holds a log and remembers by its stamp what it has sent. Whatever is not answered
"OK: n" is sent again; so is everything when the server's stamp says so. Each request opens a
connection of its own, as `iClock Proxy/1.09` does.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import islice
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from scripts.simulated_terminal.terminal import SimulatedTerminal

_AGENT: Final = {"User-Agent": "iClock Proxy/1.09", "Connection": "close", "Accept": "*/*"}
#: Between two rounds of a terminal that runs by itself.
_POLL_SECONDS: Final = 5
_FORM: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class PushPunch:
    """One record of the log; `time` is the terminal's wall clock."""

    user_id: str
    time: datetime
    state: int = 0
    verify: int = 1
    work_code: str = "0"

    def line(self) -> str:
        columns = (self.user_id, f"{self.time:{_FORM}}", self.state, self.verify, self.work_code)
        return "\t".join(map(str, (*columns, 0, 0)))


@dataclass
class PushFaults:
    """What goes wrong; numbers count down as it happens.

    `lose_answers` closes before the answer is read, `cut_bodies` sends half of what was announced,
    `repeat` sends each upload once more, `garbage` goes before the lines of an upload. With
    `forget_answers` commands are carried out but not answered.
    """

    lose_answers: int = 0
    cut_bodies: int = 0
    repeat: bool = False
    garbage: bytes = b""
    forget_answers: int = 0
    cannot_count: bool = False


@dataclass
class Reply:
    status: int
    body: bytes
    date: str = ""


class Lost(Exception):
    """No answer was received."""


@dataclass
class PushTerminal:
    """One terminal. `sent` records of the log were acknowledged, as far as it knows."""

    host: str
    port: int
    serial: str
    clock: Callable[[], datetime]
    key: str = ""
    path: str = "/iclock"
    faults: PushFaults = field(default_factory=PushFaults)
    log: list[PushPunch] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    templates: list[str] = field(default_factory=list)
    batch: int = 500
    end_of_line: str = "\n"
    timeout: float = 20.0
    introduced: bool = False
    sent: int = 0
    users_sent: bool = False
    rebooted: int = 0
    done: list[str] = field(default_factory=list)
    clock_change: timedelta = timedelta()

    def now(self) -> datetime:
        return self.clock() + self.clock_change

    # --- the wire --------------------------------------------------------------------------

    def ask(
        self, name: str, *, body: bytes | None = None, key: str | None = None, **query: str
    ) -> Reply:
        """One request on a connection of its own. Raises Lost."""
        sent = {"SN": self.serial, **query}
        if key is not None:
            sent["pushcommkey"] = key
        target = f"{self.path}/{name}?{urlencode(sent, quote_via=quote)}"
        connection = HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            if body is not None and self.faults.cut_bodies:
                self.faults.cut_bodies -= 1
                self._cut(connection, target, body)
            connection.request("GET" if body is None else "POST", target, body, dict(_AGENT))
            if self.faults.lose_answers and body is not None:
                self.faults.lose_answers -= 1
                self._wait_for_answer(connection)
                raise Lost
            return _read(connection.getresponse())
        except (OSError, HTTPException) as error:
            raise Lost from error
        finally:
            connection.close()

    def _cut(self, connection: HTTPConnection, target: str, body: bytes) -> None:
        connection.putrequest("POST", target)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body[: len(body) // 2])
        raise Lost

    def _wait_for_answer(self, connection: HTTPConnection) -> None:
        """The server has answered, but nobody will ever read it."""
        assert connection.sock is not None  # noqa: S101 - narrows the type for mypy
        connection.sock.recv(1, socket.MSG_PEEK)

    # --- what firmware does ----------------------------------------------------------------

    def introduce(self) -> bool:
        """The handshake. The server's stamp says from where to send; false where it refuses."""
        reply = self.ask(
            "cdata",
            key=self.key or None,
            options="all",
            pushver="2.4.1",
            DeviceType="att",
            language="86",
        )
        text = reply.body.decode()
        if reply.status != 200 or not text.startswith(f"GET OPTION FROM: {self.serial}"):
            self.introduced = False
            return False
        options = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        stamp = options["ATTLOGStamp"]
        self.sent = min(int(stamp), len(self.log)) if stamp.isdigit() else 0
        self.users_sent = options["OPERLOGStamp"] not in ("0", "None")
        self.introduced = True
        return True

    def punch(self, user_id: str, state: int = 0) -> PushPunch:
        one = PushPunch(user_id, self.now().replace(microsecond=0), state)
        self.log.append(one)
        return one

    def upload(self) -> int:
        """Send what was not acknowledged, a batch at a time; returns how many records were."""
        done = 0
        while self.sent < len(self.log):
            lines = [one.line() for one in islice(self.log, self.sent, self.sent + self.batch)]
            stamp = str(self.sent + len(lines))
            if not self._post_punches(lines, stamp):
                return done
            self.sent += len(lines)
            done += len(lines)
        return done

    def _post_punches(self, lines: list[str], stamp: str) -> bool:
        body = self.faults.garbage + self._joined(lines)
        reply = self.ask("cdata", body=body, table="ATTLOG", Stamp=stamp)
        if self.faults.repeat:
            reply = self.ask("cdata", body=body, table="ATTLOG", Stamp=stamp)
        return self._accepted(reply)

    def _accepted(self, reply: Reply) -> bool:
        if reply.body.startswith(b"UNKNOWN DEVICE"):
            self.introduced = False
        return reply.status == 200 and reply.body.startswith(b"OK")

    def _joined(self, lines: list[str]) -> bytes:
        return "".join(f"{line}{self.end_of_line}" for line in lines).encode()

    def upload_users(self) -> bool:
        """Users, and templates as older firmware sends them unasked."""
        lines = [
            f"USER PIN={user}\tName={name}\tPri=0\tPasswd=13797913\tCard=[15CD5B07]\tGrp=1"
            for user, name in self.users.items()
        ]
        lines += [
            f"FP PIN={user}\tFID=0\tSize={len(template)}\tValid=1\tTMP={template}"
            for user, template in zip(self.users, self.templates, strict=False)
        ]
        if not lines:
            return True
        reply = self.ask("cdata", body=self._joined(lines), table="OPERLOG", Stamp="9999")
        self.users_sent = self._accepted(reply)
        return self.users_sent

    def poll(self) -> list[str]:
        """Ask for commands, carry them out, answer; returns the commands."""
        reply = self.ask("getrequest")
        if not self._accepted(reply) and not reply.body.startswith(b"C:"):
            return []
        commands = [line for line in reply.body.decode().splitlines() if line.startswith("C:")]
        answers = [self._carry_out(*line.split(":", 2)[1:]) for line in commands]
        told = [answer for answer in answers if answer]
        if told and self.faults.forget_answers:
            self.faults.forget_answers -= 1
        elif told:
            self.ask("devicecmd", body="\n".join(told).encode())
        return commands

    def _carry_out(self, number: str, text: str) -> str:
        self.done.append(text)
        if text.startswith("VERIFY SUM ATTLOG "):
            if self.faults.cannot_count:
                return f"ID={number}&Return=-1002&CMD=VERIFY SUM"
            span = text.removeprefix("VERIFY SUM ATTLOG ")
            count = len(self._span(span))
            told = span.replace("\t", "&")
            return f"ID={number}&Return=0&CMD=VERIFY SUM&{told}&AttlogSum={count}"
        if text.startswith("DATA QUERY ATTLOG "):
            lines = [one.line() for one in self._span(text.removeprefix("DATA QUERY ATTLOG "))]
            while lines:
                if not self._post_punches(lines[: self.batch], str(self.sent)):
                    return f"ID={number}&Return=-3&CMD=DATA"
                del lines[: self.batch]
            return f"ID={number}&Return=0&CMD=DATA"
        if text == "INFO":
            return (
                f"ID={number}&Return=0&CMD=INFO\n~DeviceName=Simulated\nFWVersion=Ver 8.0.4\n"
                f"TransactionCount={len(self.log)}\nUserCount={len(self.users)}\n"
                f"FPCount={len(self.templates)}\nWirelessKey=not-to-be-kept\n"
            )
        if text == "REBOOT":
            self.rebooted += 1
            self.introduced = False
        elif text == "CHECK":
            self.introduced = False
        elif text != "LOG":
            return f"ID={number}&Return=-1002&CMD={text.split()[0]}"
        return f"ID={number}&Return=0&CMD={text}"

    def _span(self, text: str) -> list[PushPunch]:
        first, last = (
            datetime.strptime(part.split("=", 1)[1], _FORM)  # noqa: DTZ007 - the terminal's own
            for part in text.split("\t")
        )
        return [one for one in self.log if first <= one.time <= last]

    def work(self) -> None:
        """One round: introduce, send what is new, ask for commands. Nothing lost where it fails."""
        try:
            if not self.introduced and not self.introduce():
                return
            if not self.users_sent:
                self.upload_users()
            self.upload()
            self.poll()
        except Lost:
            return

    def run(self, stop: threading.Event, *, every: float) -> None:
        """Work again and again until `stop` is set; `every` is seconds."""
        while not stop.wait(every):
            self.work()


def _read(response: HTTPResponse) -> Reply:
    return Reply(response.status, response.read(), response.getheader("Date", ""))


# --- scripts/simulate-terminal --push --------------------------------------------------------


def run_pushing(terminal: SimulatedTerminal, *, server: str, key: str = "") -> int:
    """Push the log of a simulated terminal, and what comes to it, until interrupted."""
    parts = urlsplit(server)
    if parts.scheme != "http" or not parts.hostname:
        print("simulate-terminal: --push wants http://address:port", file=sys.stderr)
        return 2
    pushing = PushTerminal(
        parts.hostname,
        parts.port or 80,
        terminal.serial,
        clock=terminal.clock,
        key=key,
        users={user.user_id: user.name for user in terminal.log.users.values()},
    )
    told = None
    while True:
        terminal.news(terminal.clock())
        for one in terminal.log.punches[len(pushing.log) :]:
            pushing.log.append(PushPunch(one.user_id, one.time, one.state, one.verify))
        pushing.work()
        state = f"{pushing.sent} of {len(pushing.log)} records sent"
        state = state if pushing.introduced else "the server does not hear this terminal (yet)"
        if state != told:
            told = state
            print(f"{terminal.serial}: {told}", flush=True)
        try:
            time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            return 0
