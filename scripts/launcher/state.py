"""What a later start has to know about the data in var/: one small file beside it."""

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class State:
    """Whether the data is the demonstration company, complete, briefed, and where its helpers listen."""

    demonstration: bool = False
    loaded: bool = False
    briefed: bool = False
    mail_port: int = 0
    web_port: int = 0
    public_port: int = 0
    follow_port: int = 0

    @classmethod
    def read(cls, file: Path) -> "State":
        with contextlib.suppress(OSError, ValueError, TypeError):
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        return cls()

    def write(self, file: Path) -> None:
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        draft.replace(file)
