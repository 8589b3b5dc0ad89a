"""Whether static files have changed since they were last collected: it takes seconds to do again."""

from hashlib import sha256
from pathlib import Path

from scripts.launcher.folders import PROJECT

ROOMS = ("backend", "attendance", "sales", "reporting")


def static_fingerprint() -> str:
    """Changes with any static file of ours, and with any package."""
    files = [PROJECT / "requirements.lock", PROJECT / "backend" / "settings.py"]
    for room in ROOMS:
        files += sorted((PROJECT / room / "static").rglob("*"))
    seen = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.is_file()]
    return sha256(repr(seen).encode()).hexdigest()


def is_current(stamp: Path) -> bool:
    """Whether `stamp` was written for the static files of now."""
    try:
        return stamp.read_text(encoding="ascii") == static_fingerprint()
    except OSError:
        return False
