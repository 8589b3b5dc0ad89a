"""Which tests go to the same process, where several share the suite."""

from pathlib import Path
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER: Final = Path(__file__).parent / "browser"


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """A module's tests stay together: what it has made would else be made once in each process.

    The browser's tests are one whole: a company, a server and Chromium serve all of them.
    xdist's own `loadgroup` writes a group into the item's `_nodeid`, which pytest 9.2 never reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::")[0]
        return "tests/browser" if module.startswith("tests/browser/") else module


def early(item: pytest.Item) -> int:
    """What runs or waits longest begins first, so that no process is left with it at the end."""
    if BROWSER in item.path.parents:
        return 0
    waits = item.get_closest_marker("fault") or "demonstration" in item.path.parts
    return 1 if waits else 2
