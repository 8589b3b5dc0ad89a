"""Which user of the system PostgreSQL runs as: it refuses root, so root hands it to nobody."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """A user of the system; `None` in its place means: the one we already are."""

    uid: int
    gid: int

    def as_arguments(self) -> Mapping[str, Any]:
        """For subprocess: run the child as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path, mode: int) -> bool:
        """Whether this user could open `path` (os.R_OK …), asked of the system itself."""
        child = os.fork()
        if child == 0:  # pragma: no cover - the child's life is not seen by coverage
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                os._exit(0 if os.access(path, mode) else 1)
            finally:
                os._exit(2)
        return os.waitpid(child, 0)[1] == 0


def unprivileged() -> Account | None:
    """Who PostgreSQL is to run as: nobody when we are root, otherwise ourselves (None)."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
