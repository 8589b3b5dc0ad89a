"""The demonstration company, as scripts/start asks for it: four commands of scripts.demonstration.

load                              Fills an empty database, all or nothing; does nothing when
                                  the demonstration is there already.
accounts --passwords-file FILE    Makes one account per role, with the passwords in FILE (JSON:
                                  {username: password}); those missing there are made up and
                                  written to it. Prints nothing secret.
terminals --folder DIR            Carries sales and rosters on to today; writes
                                  DIR/terminals.json (and what it refers to) for
                                  scripts/simulate-terminal --config; ports that are taken are
                                  replaced there and in the database.
first-briefing                    Waits until the terminals were read, three minutes at most, and
                                  orders the weekly briefing with a first edition; does nothing
                                  when it is ordered already.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Demonstration:
    """Its commands and files in one var/ folder."""

    var: Path

    @property
    def passwords(self) -> Path:
        return self.var / "secrets" / "demonstration-accounts.json"

    @property
    def terminals(self) -> Path:
        return self.var / "terminals"

    @property
    def load(self) -> list[str]:
        files = ("--passwords-file", str(self.passwords), "--folder", str(self.terminals))
        return self._command("load", *files)

    @property
    def write_terminals(self) -> list[str]:
        return self._command("terminals", "--folder", str(self.terminals))

    @property
    def order_briefing(self) -> list[str]:
        return self._command("first-briefing")

    @property
    def simulate_terminals(self) -> list[str]:
        config = str(self.terminals / "terminals.json")
        return [sys.executable, "-m", "scripts.simulated_terminal", "--config", config]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "scripts.demonstration", *arguments]

    def accounts(self) -> dict[str, str]:
        """Username -> password of the demonstration's accounts."""
        found: dict[str, str] = json.loads(self.passwords.read_text(encoding="utf-8"))
        return found
