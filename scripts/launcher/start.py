"""`scripts/start`: from nothing to the running product, and back to rest on Ctrl-C."""

import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.launcher import program
from scripts.launcher.console import fail, say, warn
from scripts.launcher.database import Addresses, ensure_database, external, is_empty, own
from scripts.launcher.demonstration import Demonstration
from scripts.launcher.environment import program_environment
from scripts.launcher.fingerprint import is_current, static_fingerprint
from scripts.launcher.folders import Folders, folders
from scripts.launcher.libraries import missing_for_pdf
from scripts.launcher.lock import only_one
from scripts.launcher.milestones import last_line
from scripts.launcher.ports import LOOPBACK, Claims
from scripts.launcher.postgres import cluster
from scripts.launcher.processes import allow_many_files, end_left_behind
from scripts.launcher.state import State
from scripts.launcher.supervisor import Child, Supervisor

#: In the environment of everything we start, so that a later launcher recognises leftovers.
MARK = "GIAOBAN_LAUNCHED_FOR"
#: A large database may have to recover first.
DATABASE_SECONDS = 120.0
DATABASE_TRIES = 5
#: Generous: a slow machine is no reason to give up.
WEB_SECONDS = 120.0


@dataclass(frozen=True)
class Wishes:
    """What the person asked for on the command line."""

    port: int
    empty: bool


class Stopped(Exception):
    """A stop was asked for while we were still starting."""


def start(wishes: Wishes) -> None:
    """Run the product until SIGINT or SIGTERM."""
    place = folders()
    state = State.read(place.state)
    busy = f"Giao Ban is already running with this data: http://localhost:{state.web_port}/"
    with only_one(place.run / "lock", busy=busy):
        Start(place, state, wishes).run()


class Start:
    """One start, step by step. Every step may end it with a single line."""

    def __init__(self, place: Folders, state: State, wishes: Wishes) -> None:
        self._place = place
        self._state = state
        self._wishes = wishes
        self._supervisor = Supervisor()
        self._ports = Claims()
        self._demonstration = Demonstration(place.var)
        self._addresses = Addresses("", "")

    def run(self) -> None:
        """All of it. Whatever happens, nothing of ours is left running."""
        end_left_behind(f"{MARK}={self._place.var}")
        self._take_ports()
        self._set_old_logs_aside()
        allow_many_files()
        self._supervisor.listen()
        try:
            self._bring_up()
            if self._state.demonstration and not self._state.briefed:
                self._brief()
            self._supervisor.watch()
        except Stopped:
            pass
        finally:
            self._stop()

    def _bring_up(self) -> None:
        """The web boots while the demonstration is loaded: two cores are better than one."""
        self._addresses = external() or self._start_own_database()
        self._migrate()
        self._choose_kind(first=is_empty(self._addresses))
        web = self._keep("web", program.web(self._wishes.port))
        public = self._keep_public()
        self._keep("follow", program.follow(self._state.follow_port))
        if self._state.demonstration:
            self._start_demonstration()
        self._keep("collector", program.backend("collector"))
        self._keep("scheduler", program.backend("scheduler"))
        self._wait_for_web(web, self._wishes.port, line="The web server does not answer")
        self._wait_for_web(public, self._state.public_port, line="The public site does not answer")
        self._tell_addresses()

    def _take_ports(self) -> None:
        port = self._wishes.port
        if not self._ports.take(port):
            fail(
                f"Port {port} is used by another program. Stop that one, or choose another port:"
                f" ./scripts/start --port {port + 1}"
            )
        self._state.web_port = port
        beside = port + 1
        self._state.public_port = beside if self._ports.take(beside) else self._ports.take_any()
        self._state.follow_port = self._ports.take_any()
        if not self._state.mail_port or not self._ports.take(self._state.mail_port):
            self._state.mail_port = self._ports.take_any()
        self._state.write(self._place.state)

    def _set_old_logs_aside(self) -> None:
        for log in self._place.log.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _start_own_database(self) -> Addresses:
        server = cluster(self._place)
        server.make()
        server.end_stray()
        child = self._supervisor.add(
            Child(
                "PostgreSQL", server.command, server.environment, server.log,
                stop_signal=signal.SIGINT, account=server.account, cwd=Path("/"), stops_last=True,
            )
        )  # fmt: skip
        self._wait(
            server.answers, child, seconds=DATABASE_SECONDS, tries=DATABASE_TRIES,
            line="PostgreSQL did not start",
        )  # fmt: skip
        ensure_database(server)
        return own(server)

    def _migrate(self) -> None:
        """Bring the tables up to date; beside it do what a new version needs once."""
        steps = [
            self._step(
                "migrate", program.backend("migrate", "-v", "1", "--skip-checks"), owner=True
            )
        ]
        stamp = self._place.var / "static.stamp"
        if not is_current(stamp):
            steps.append(self._step("first-use", program.first_use()))
        self._run(*steps)
        stamp.write_text(static_fingerprint(), encoding="ascii")

    def _choose_kind(self, *, first: bool) -> None:
        """Demonstration or empty is decided once, while there is no data."""
        if self._wishes.empty and self._state.demonstration:
            fail(
                f"{self._place.var} already holds the demonstration company. To start empty, move"
                " that folder away (or set GIAOBAN_VAR to a new one) and start again."
            )
        if first:
            self._state.demonstration = not self._wishes.empty
            if self._wishes.empty:
                self._make_empty_company()
        self._state.write(self._place.state)

    def _start_demonstration(self) -> None:
        """The company, its accounts, its terminals and its mail server."""
        company = self._demonstration
        self._keep("mail", program.mail_sink(self._state.mail_port, self._place.mail))
        if self._state.loaded:
            self._run(self._step("terminals-list", company.write_terminals))
        else:
            self._load(company)
        self._keep("terminals", company.simulate_terminals)

    def _load(self, company: Demonstration) -> None:
        """Fill the empty database. Each part does nothing when it was done before we were killed."""
        say("Loading the demonstration company …")
        self._run(self._step("demonstration", company.load, owner=True))
        self._state.loaded = True
        self._state.write(self._place.state)

    def _brief(self) -> None:
        """The first briefing, once the running product has read the terminals."""
        self._run(self._step("first-briefing", self._demonstration.order_briefing))
        self._state.briefed = True
        self._state.write(self._place.state)

    def _make_empty_company(self) -> None:
        step = self._step("empty-company", program.empty_company())
        self._run(step)
        say(step.log.read_text(encoding="utf-8").rstrip())
        step.log.unlink()  # the password is shown once and kept nowhere

    def _tell_addresses(self) -> None:
        if self._state.demonstration:
            say("Demonstration accounts (invented people; passwords made for this folder):")
            for name, password in self._demonstration.accounts().items():
                say(f"  {name:<12} {password}")
        say(f"The public site is found at http://localhost:{self._state.public_port}/")
        say(f"Giao Ban runs at http://localhost:{self._wishes.port}/ (Ctrl-C stops it)")
        if packages := " ".join(missing_for_pdf()):
            warn(f"PDF files cannot be made: sudo apt install {packages}. Everything else works.")

    def _keep(self, name: str, command: Sequence[str]) -> Child:
        environment = {**self._environment(), "GIAOBAN_PROCESS": f"giaoban-{name}"}
        return self._supervisor.add(
            Child(name, command, environment, self._place.log / f"{name}.log")
        )

    def _keep_public(self) -> Child:
        """The public site knows the database only as its own role."""
        reads = replace(self._addresses, program=self._addresses.public)
        environment = {**self._environment(reads), "GIAOBAN_PROCESS": "giaoban-public"}
        command = program.public(self._state.public_port)
        return self._supervisor.add(
            Child("public", command, environment, self._place.log / "public.log")
        )

    def _step(self, name: str, command: Sequence[str], *, owner: bool = False) -> Child:
        """A command that has to end well before we go on."""
        log = self._place.log / f"{name}.log"
        quietly = {"GIAOBAN_LOG_LEVEL": "WARNING", **self._environment(owner=owner)}
        return Child(name, command, quietly, log)

    def _run(self, *steps: Child) -> None:
        for failed in self._supervisor.run_to_end(steps):
            self._give_up(f"The step {failed.name} failed", failed.log)

    def _wait(
        self, ready: Callable[[], bool], child: Child, *, seconds: float, tries: int, line: str
    ) -> None:
        """Wait for a child to be of use; give up when it keeps dying."""
        ended = self._supervisor.wait_for(lambda: child.deaths >= tries or ready(), seconds=seconds)
        if not ended or child.deaths >= tries:
            self._give_up(line, child.log)

    def _wait_for_web(self, child: Child, port: int, *, line: str) -> None:
        url = f"http://{LOOPBACK}:{port}/health/"
        self._wait(lambda: is_healthy(url), child, seconds=WEB_SECONDS, tries=3, line=line)

    def _give_up(self, line: str, log: Path) -> None:
        if self._supervisor.stop_asked:
            raise Stopped
        fail(f"{line}: {last_line(log)} (all of it: {log})")

    def _environment(
        self, addresses: Addresses | None = None, *, owner: bool = False
    ) -> dict[str, str]:
        used = addresses or self._addresses
        filled = program_environment(self._place, used, self._state, owner=owner)
        return {**filled, MARK: str(self._place.var)}

    def _stop(self) -> None:
        if self._supervisor.children:
            say("Stopping …")
            self._supervisor.stop()
            say("Stopped. The next start goes on with the same data.")


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
