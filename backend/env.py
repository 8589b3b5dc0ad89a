"""Typed readers of the environment. Nonsense is refused at start with one clear line."""

import os
from pathlib import Path


class BadSetting(SystemExit):
    """A setting that cannot be used; the process ends before it does harm."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


def env_str(name: str, default: str) -> str:
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("true", "false"):
        raise BadSetting(name, f"must be 'true' or 'false', not {value!r}")
    return value == "true"


def env_int(name: str, default: int, *, least: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdecimal() or int(value) < least:
        raise BadSetting(name, f"must be a whole number of at least {least}, not {value!r}")
    return int(value)


def env_list(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    if value is None:
        return default
    return [item.strip() for item in value.split(",") if item.strip()]


def env_secret(name: str, default: str = "") -> str:
    """The secret in NAME, or in the file that NAME_FILE points to.

    Raises BadSetting when there is none and no default either.
    """
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE", f"cannot read {file_name}: {error.strerror}") from None
    value = os.environ.get(name, default)
    if not value:
        raise BadSetting(name, f"is missing; set it, or {name}_FILE to a file that holds it")
    return value
