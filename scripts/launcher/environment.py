"""The environment the program runs in. What the person has set is kept; the rest is filled in."""

import os
from pathlib import Path

from scripts.launcher.database import Addresses
from scripts.launcher.folders import Folders
from scripts.launcher.ports import LOOPBACK
from scripts.launcher.secrets import Secrets
from scripts.launcher.state import State

TERMINAL_NETWORKS = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


def program_environment(
    folders: Folders, addresses: Addresses, state: State, *, owner: bool = False
) -> dict[str, str]:
    """For a process of the program; only those that change tables learn the owner's address."""
    secrets = Secrets(folders.secrets)
    filled = {
        "GIAOBAN_VAR": str(folders.var),
        "GIAOBAN_PUBLIC_URL": f"http://localhost:{state.web_port}",
        "GIAOBAN_PUBLIC_SITE_URL": f"http://localhost:{state.public_port}",
        "GIAOBAN_FOLLOW_PORT": str(state.follow_port),
        "PYTHONUNBUFFERED": "1",
        **_unless_set("GIAOBAN_SECRET_KEY", secrets.path("secret_key")),
        **_unless_set("GIAOBAN_FIELD_KEYS", secrets.path("field_keys")),
        **(_demonstration(state) if state.demonstration else {}),
    }
    fixed = {"DATABASE_URL": addresses.program}
    if owner:
        fixed["DATABASE_OWNER_URL"] = addresses.owner
        if addresses.public:
            fixed["DATABASE_PUBLIC_URL"] = addresses.public
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {**filled, **kept, **fixed}


def _unless_set(name: str, file: Path) -> dict[str, str]:
    return {} if os.environ.get(name) else {f"{name}_FILE": str(file)}


def _demonstration(state: State) -> dict[str, str]:
    """The simulated terminals live on this machine, and mail goes no further than var/mail."""
    return {
        "GIAOBAN_TERMINAL_NETWORKS": f"127.0.0.0/8,{TERMINAL_NETWORKS}",
        "GIAOBAN_SMTP_HOST": LOOPBACK,
        "GIAOBAN_SMTP_PORT": str(state.mail_port),
    }
