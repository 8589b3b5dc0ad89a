"""Passwords and keys: generated once, kept in var/secrets/, readable by their owner only."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.console import fail


def _password() -> str:
    return secrets.token_urlsafe(24)


def _field_key() -> str:
    """A key for cryptography's Fernet: 32 random bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


_MAKERS = {"field_keys": _field_key}


@dataclass(frozen=True)
class Secrets:
    """The files in one folder, one secret each."""

    folder: Path

    def path(self, name: str) -> Path:
        """The file of the secret, made with a fresh random value when there is none."""
        file = self.folder / name
        if not file.exists():
            write_private(file, _MAKERS.get(name, _password)() + "\n")
        return file

    def read(self, name: str) -> str:
        file = self.path(name)
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            fail(f"{file} cannot be read ({error.strerror}). Start as the user who owns it.")


def write_private(file: Path, text: str) -> None:
    """Write `text` to a file that nobody else ever could read; all of it or nothing."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
