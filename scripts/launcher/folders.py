"""Where things are kept: everything that is not source lives under var/."""

import os
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.console import fail

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Folders:
    """The parts of var/ (or of the folder named by GIAOBAN_VAR)."""

    var: Path

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def mail(self) -> Path:
        return self.var / "mail"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def state(self) -> Path:
        return self.var / "state.json"

    def make(self) -> "Folders":
        """Make what is missing. Ends with one line when the place cannot be written to."""
        try:
            if not self.var.exists():
                self.var.mkdir(parents=True)
                self.var.chmod(0o755)  # PostgreSQL may have to run as another user, see postgres.py
            for folder in (self.log, self.mail, self.run):
                folder.mkdir(exist_ok=True)
            self.secrets.mkdir(mode=0o700, exist_ok=True)
            (self.run / "writable").touch()
        except OSError as error:
            fail(
                f"{self.var} cannot be written to ({error.strerror}). Give yourself the right to"
                " write there, or set GIAOBAN_VAR to another folder."
            )
        return self


def folders() -> Folders:
    """The folders of this checkout, made if need be."""
    return Folders(Path(os.environ.get("GIAOBAN_VAR") or PROJECT / "var").resolve()).make()
