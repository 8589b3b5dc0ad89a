"""`scripts/test`: pytest against a PostgreSQL of its own. What Debian has for it: see debian.py."""

import base64
import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from scripts.launcher.folders import PROJECT, folders
from scripts.launcher.lock import only_one
from scripts.launcher.postgres import cluster

#: All tests at once are shared by processes, each with a database: one more than there are cores,
#: because many tests wait for sockets and for programs they started. tests/sharing.py says which
#: stay together, and in which order they begin.
ALL: Final = (
    "-n",
    str(min(4, (os.cpu_count() or 1) + 1)),
    "--dist",
    "loadscope",
    "--no-loadscope-reorder",
)


def run_tests(arguments: Sequence[str]) -> None:
    """Run pytest with `arguments` and end with its exit code; the last words are pytest's."""
    place = folders()
    busy = "The tests are already running in this folder. Wait for them to end."
    with contextlib.ExitStack() as stack:
        stack.enter_context(only_one(place.run / "test-lock", busy=busy))
        address = os.environ.get("DATABASE_URL")
        if not address:
            server = cluster(place, name="test-postgres", fleeting=True)
            stack.enter_context(server.running())
            address = server.url(name="giaoban")
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # pytest hears Ctrl-C itself
        tests = subprocess.Popen(
            [sys.executable, "-m", "pytest", *(arguments or ALL)],
            env=_environment(address),
            cwd=PROJECT,
            restore_signals=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        code = tests.wait()
    sys.exit(code)


def _environment(address: str) -> dict[str, str]:
    """Fresh keys every time: nothing the tests make is to be read again."""
    field_key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return {
        **os.environ,
        "DATABASE_URL": address,
        "GIAOBAN_SECRET_KEY": secrets.token_urlsafe(48),
        "GIAOBAN_FIELD_KEYS": field_key,
        "GIAOBAN_TERMINAL_NETWORKS": "127.0.0.0/8,10.0.0.0/8,192.168.0.0/16",
    }
