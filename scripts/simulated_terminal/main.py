"""`scripts/simulate-terminal`: run one simulated terminal, or several from a file."""

import argparse
import asyncio
import json
import signal
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from scripts.simulated_terminal.faults import Faults, fault_from
from scripts.simulated_terminal.log import DeviceUser, LogPunch, TerminalLog, pack_record
from scripts.simulated_terminal.people import Crowd
from scripts.simulated_terminal.push import run_pushing
from scripts.simulated_terminal.server import serve
from scripts.simulated_terminal.terminal import SimulatedTerminal

_VN = timezone(timedelta(hours=7))


def wall_clock() -> datetime:
    """A terminal's clock in Vietnam: naive, whole seconds."""
    return datetime.now(_VN).replace(tzinfo=None, microsecond=0)


@dataclass
class CrowdNews:
    """Writes the crowd's punches into the log as time goes on, beginning with the past."""

    crowd: Crowd
    log: TerminalLog
    written_until: datetime

    def __call__(self, now: datetime) -> None:
        if now <= self.written_until:
            return
        for punch in self.crowd.punches_between(self.written_until, now):
            self.log.add(punch)
        self.written_until = now


def crowded_terminal(
    *, serial: str, crowd: Crowd, since: date, layout: str = "40", comm_key: int = 0
) -> SimulatedTerminal:
    """A terminal that the crowd has used since that day, and goes on using."""
    log = TerminalLog(layout, crowd.users())
    start = datetime(since.year, since.month, since.day)  # noqa: DTZ001 - a terminal has no zone
    return SimulatedTerminal(
        log=log,
        clock=wall_clock,
        serial=serial,
        comm_key=comm_key,
        news=CrowdNews(crowd, log, start),
    )


def terminal_with_log(
    *, serial: str, lines: Path, layout: str = "40", comm_key: int = 0
) -> SimulatedTerminal:
    """A terminal whose log is an export file (`*_attlog.dat`)."""
    punches = [
        LogPunch(user.strip(), datetime.fromisoformat(time), int(verify), int(state))
        for user, time, _machine, state, verify, *_ in (
            line.split("\t") for line in lines.read_text(encoding="utf-8").splitlines() if line
        )
    ]
    users = [
        DeviceUser(uid, user_id, "")
        for uid, user_id in enumerate(sorted({punch.user_id for punch in punches}), start=1)
    ]
    log = TerminalLog(layout, users)
    for punch in punches:
        log.add(punch)
    return SimulatedTerminal(log=log, clock=wall_clock, serial=serial, comm_key=comm_key)


def terminal_with_records(
    *, serial: str, count: int, layout: str = "40", comm_key: int = 0
) -> SimulatedTerminal:
    """A terminal with a log of that size: a hundred users, one punch a minute until now."""
    users = [DeviceUser(uid, str(1000 + uid), f"Người {uid}") for uid in range(1, 101)]
    newest = wall_clock()
    raw = b"".join(
        pack_record(
            layout,
            users[number % 100].uid,
            LogPunch(users[number % 100].user_id, newest - timedelta(minutes=count - number)),
        )
        for number in range(count)
    )
    log = TerminalLog.from_bytes(layout, raw, users)
    return SimulatedTerminal(log=log, clock=wall_clock, serial=serial, comm_key=comm_key)


def _build(item: dict[str, Any]) -> SimulatedTerminal:
    serial = str(item["serial"])
    common: dict[str, Any] = {
        "serial": serial,
        "layout": str(item.get("layout") or "40"),
        "comm_key": int(item.get("comm_key") or 0),
    }
    faults = Faults()
    for text in item.get("faults") or ():
        faults = replace(faults, **fault_from(text))
    terminal = _terminal(item, common)
    terminal.faults = faults
    return terminal


def _terminal(item: dict[str, Any], common: dict[str, Any]) -> SimulatedTerminal:
    serial = common["serial"]
    if item.get("log"):
        return terminal_with_log(lines=Path(item["log"]), **common)
    if item.get("records"):
        return terminal_with_records(count=int(item["records"]), **common)
    seed = f"{item.get('seed', 1)}/{serial}"
    if item.get("people"):
        crowd = Crowd.from_file(Path(item["people"]), seed=seed)
    else:
        crowd = Crowd(people=[], seed=seed)
    since = item.get("since")
    first = date.fromisoformat(since) if since else wall_clock().date() - timedelta(days=60)
    return crowded_terminal(crowd=crowd, since=first, **common)


async def _run(items: list[dict[str, Any]], host: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    for item in items:
        terminal = _build(item)
        terminal.news(terminal.clock())
        port = await serve(
            terminal, host=host, port=int(item["port"]), udp=bool(item.get("udp", True))
        )
        print(f"{terminal.serial}: {host}:{port}, {terminal.log.count} records", flush=True)
    await stop.wait()


def _known_fault(text: str) -> str:
    try:
        fault_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="simulate-terminal",
        description="Run simulated ZKTeco terminals that speak the real wire protocol.",
    )
    parser.add_argument("--config", type=Path, help="JSON file of several terminals")
    parser.add_argument("--serial", default="SIM0000001")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4370)
    parser.add_argument("--people", help="JSON file of people; punches appear as time goes on")
    parser.add_argument("--log", help="export file (*_attlog.dat) whose lines are the log")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--since", help="first day of the log (2025-10-01); 60 days ago if absent")
    parser.add_argument("--layout", default="40", choices=["8", "8b", "16", "40", "49"])
    parser.add_argument("--comm-key", dest="comm_key", type=int, default=0)
    parser.add_argument("--records", type=int, help="a log of that many records instead")
    parser.add_argument(
        "--fault",
        dest="faults",
        action="append",
        type=_known_fault,
        metavar="NAME[=VALUE]",
        help="what goes wrong, such as silent, fin_after=5000, refuse_offsets; several times",
    )
    parser.add_argument("--push", help="push (ADMS) to that server instead: http://127.0.0.1:8000")
    parser.add_argument("--push-key", dest="push_key", default="", help="the push key it shows")
    options = parser.parse_args(arguments)
    if options.push:
        return run_pushing(_build(vars(options)), server=options.push, key=options.push_key)
    items = json.loads(options.config.read_text()) if options.config else [vars(options)]
    try:
        asyncio.run(_run(items, options.host))
    except OSError as error:
        print(f"simulate-terminal: {error}", file=sys.stderr)
        return 1
    return 0
