"""The cells of the tables people send, read in a process of its own and refused in words."""

import os
import pickle
import subprocess
import sys
from typing import Final

from django.conf import settings

from backend.problems import Problem
from sales.engine.spreadsheet import MOST_ROWS, Cells, Unreadable
from sales.imports.reading_process import MOST_SECONDS
from sales.messages import message

#: It waits for others on a busy machine, too.
_PATIENCE_SECONDS: Final = 2 * MOST_SECONDS


class FileRefused(Problem):
    """The file is no table we take; `details["reason"]` is the stable code."""

    code = "import.unreadable"

    def __init__(self, refused: Unreadable) -> None:
        super().__init__(message(refused.code, refused.values), details={"reason": refused.code})


def cells_of(data: bytes, *, most_rows: int = MOST_ROWS, sheet: str = "") -> Cells:
    """The cells of a file, its rows at their real places. Raises FileRefused."""
    try:
        told = _read_apart(data, most_rows, sheet)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        raise FileRefused(Unreadable("file.bomb")) from error
    if isinstance(told, Cells):
        return told
    code, values = told
    raise FileRefused(Unreadable(code, **values))


def _read_apart(data: bytes, most_rows: int, sheet: str) -> "Cells | tuple[str, dict[str, object]]":
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "sales.imports.reading_process", str(most_rows), sheet],
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name.startswith("PYTHON")},
        timeout=_PATIENCE_SECONDS,
        check=True,
    )
    told: Cells | tuple[str, dict[str, object]] = pickle.loads(done.stdout)  # noqa: S301 -- our own process wrote it
    return told
