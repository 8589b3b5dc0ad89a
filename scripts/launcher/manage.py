"""`scripts/manage`: the program's commands on the data in var/, whether the product runs or not."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence

from scripts.launcher import program
from scripts.launcher.database import ensure_database, external, own
from scripts.launcher.environment import program_environment
from scripts.launcher.folders import PROJECT, folders
from scripts.launcher.postgres import cluster
from scripts.launcher.state import State


def manage(arguments: Sequence[str]) -> None:
    """Run one command and end with its exit code. Starts PostgreSQL for its length if need be."""
    place = folders()
    with contextlib.ExitStack() as stack:
        addresses = external()
        if addresses is None:
            server = cluster(place)
            stack.enter_context(server.running())
            ensure_database(server)
            addresses = own(server)
        environment = program_environment(place, addresses, State.read(place.state), owner=True)
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(
                subprocess.run(
                    program.backend(*arguments), env=environment, cwd=PROJECT, check=False
                ).returncode
            )
