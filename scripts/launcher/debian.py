"""System packages the tests can use: installed by apt where that is allowed, else done without."""

import os
import shutil
import subprocess
from pathlib import Path

from scripts.launcher.console import say
from scripts.launcher.libraries import missing_for_pdf

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_SECONDS = 300


def chromium() -> str | None:
    """The path of an installed Chromium, or None."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def provide_for_tests(log: Path) -> None:
    """Install a browser and the libraries of PDF files, if they are missing and we are allowed."""
    wanted = [*missing_for_pdf(), *([] if chromium() else ["chromium", "fonts-dejavu-core"])]
    prefix = _right_to_install()
    if not wanted or prefix is None:
        return
    say(f"Installing {', '.join(wanted)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("wb") as output:
        for command in (["update"], ["install", "-y", "--no-install-recommends", *wanted]):
            try:
                subprocess.run(
                    [*prefix, "apt-get", *command], env=environment, stdin=subprocess.DEVNULL,
                    stdout=output, stderr=output, timeout=APT_SECONDS, check=True,
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError) as error:
                say(f"That did not work ({error}); see {log}. Going on without.")
                return


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
