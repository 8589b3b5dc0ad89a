"""Which tests go to the same process, where several share the suite."""

from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER: Final = "tests/browser/"


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """A module's tests stay together: what it has made would else be made once in each process.

    The browser's tests are one whole: a company, a server and Chromium serve all of them.
    xdist's own `loadgroup` writes a group into the item's `_nodeid`, which pytest 9.2 never reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::")[0]
        return BROWSER if module.startswith(BROWSER) else module


def early(item: pytest.Item) -> int:
    """What runs or waits longest begins first, so that no process is left with it at the end."""
    if item.nodeid.startswith(BROWSER):
        return 0
    waits = item.nodeid.startswith("tests/demonstration/") or item.get_closest_marker("fault")
    return 1 if waits else 2
