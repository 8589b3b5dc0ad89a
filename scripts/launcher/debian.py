"""System packages the tests can use: installed by apt where that is allowed, else done without.

`python -m scripts.launcher.debian` needs no package: scripts/test runs it while those are installed.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

from scripts.launcher.console import say
from scripts.launcher.folders import folders
from scripts.launcher.libraries import missing_for_pdf

#: The shell without windows first: it draws what tests look at for two thirds of the work.
CHROMIUM = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
)  # fmt: skip
APT_SECONDS = 300


def chromium() -> str | None:
    """The path of an installed Chromium, or None."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def libreoffice() -> str | None:
    """The path of an installed LibreOffice, or None."""
    return shutil.which("soffice")


def provide_for_tests(log: Path) -> None:
    """Install what tests use, if it is missing and we are allowed: libraries of PDF files, a
    browser to open pages, an office to recalculate workbooks.
    """
    libraries = missing_for_pdf()
    office = [] if libreoffice() else ["libreoffice-calc-nogui"]
    prefix = _right_to_install()
    if (chromium() and not (libraries or office)) or prefix is None:
        return
    with log.open("wb") as output:
        if _apt([*prefix, "apt-get", "update"], output):
            for name in () if chromium() else ("chromium-headless-shell", "chromium"):
                if not chromium():  # the shell is not in every distribution
                    _install([name, "fonts-dejavu-core"], prefix, output)
            for wanted in filter(None, (libraries, office)):
                _install(wanted, prefix, output)


def _install(wanted: list[str], prefix: list[str], output: BinaryIO) -> None:
    say(f"Installing {', '.join(wanted)} …")
    _apt([*prefix, "apt-get", "install", "-y", "--no-install-recommends", *wanted], output)


def _apt(command: list[str], output: BinaryIO) -> bool:
    """Whether it went well; where it did not, the tests go on without."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            timeout=APT_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        say(f"That did not work ({error}); see {output.name}. Going on without.")
        return False
    return True


def _right_to_install() -> list[str] | None:
    """[] when we are root, ["sudo", "-n"] when sudo asks no password, None when we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run(
        [*sudo, "true"], capture_output=True, check=False
    ).returncode == 0:  # fmt: skip
        return sudo
    return None


if __name__ == "__main__":
    provide_for_tests(folders().log / "apt.log")
