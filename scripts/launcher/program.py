"""The processes the product consists of, as command lines."""

import sys
from pathlib import Path

from scripts.launcher.ports import LOOPBACK

#: Granian takes 1,024 connections unless told otherwise and lets all others wait, streams never
#: end, and pages need some beside them: more than the streams a process admits by itself.
CONNECTIONS = 8_192


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
    return _streaming(port, "sales.public.asgi:application")


def follow(port: int) -> list[str]:
    """What followers of a presentation hear: one worker, whose one loop holds all of them."""
    return _streaming(port, "reporting.following.asgi:application")


def _streaming(port: int, application: str) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", LOOPBACK,
        "--port", str(port), "--workers", "1", "--backpressure", str(CONNECTIONS),
        "--respawn-failed-workers", "--no-ws", application,
    ]  # fmt: skip


def first_use() -> list[str]:
    return [sys.executable, "-m", "scripts.launcher.first_use"]


def empty_company() -> list[str]:
    return [sys.executable, "-m", "scripts.launcher.empty_company"]


def mail_sink(port: int, folder: Path) -> list[str]:
    return [sys.executable, "-m", "scripts.launcher.mail_sink", str(port), str(folder)]
