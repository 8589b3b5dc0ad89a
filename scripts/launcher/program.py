"""The processes the product consists of, as command lines."""

import sys
from pathlib import Path

from scripts.launcher.ports import LOOPBACK


def backend(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "backend", *arguments]


def web(port: int) -> list[str]:
    """Two workers with one Python thread each: more threads only wait for each other."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK,
        "--port", str(port), "--workers", "2", "--blocking-threads", "1",
        "--respawn-failed-workers", "--no-ws", "backend.wsgi:application",
    ]  # fmt: skip


def public(port: int) -> list[str]:
    """The public site: one worker, whose one loop holds every watcher of a live draw."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", LOOPBACK,
        "--port", str(port), "--workers", "1", "--respawn-failed-workers", "--no-ws",
        "sales.public.asgi:application",
    ]  # fmt: skip


def follow(port: int) -> list[str]:
    """What followers of a presentation hear: one worker, whose one loop holds all of them."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", LOOPBACK,
        "--port", str(port), "--workers", "1", "--respawn-failed-workers", "--no-ws",
        "reporting.following.asgi:application",
    ]  # fmt: skip


def first_use() -> list[str]:
    return [sys.executable, "-m", "scripts.launcher.first_use"]


def mail_sink(port: int, folder: Path) -> list[str]:
    return [sys.executable, "-m", "scripts.launcher.mail_sink", str(port), str(folder)]
