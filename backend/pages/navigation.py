"""The menu: what each role finds on the left. Apps add their rows in settings.NAVIGATION.

`key` is the letter or digit that goes there after "g".
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from backend.accounts.permissions import may


@dataclass(frozen=True)
class NavigationItem:
    url: str
    label: str
    key: str
    current: bool


@dataclass(frozen=True)
class NavigationGroup:
    """Pages that belong together; the first group has no name."""

    label: str
    items: list[NavigationItem]


def navigation(request: HttpRequest) -> dict[str, list[NavigationGroup]]:
    """Context processor: the menu of the person who is logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    allowed = [
        (group, [row for row in rows if row[0] is None or may(user, row[0])])
        for group, rows in settings.NAVIGATION
    ]
    here = _current([reverse(row[1]) for _group, rows in allowed for row in rows], request.path)
    return {
        "navigation": [
            NavigationGroup(
                str(group),
                [
                    NavigationItem(url := reverse(name), str(label), key, current=url == here)
                    for _capability, name, label, key in rows
                ],
            )
            for group, rows in allowed
            if rows
        ]
    }


def _current(urls: list[str], path: str) -> str:
    """The item a page belongs to: of those it lies below, the nearest. "/" is only itself."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")
