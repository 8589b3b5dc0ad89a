"""The menu: what each role finds on the left. Apps add their rows in settings.NAVIGATION.

`key` is the letter that goes there after "g".
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
    groups = []
    for group, rows in settings.NAVIGATION:
        items = []
        for capability, url_name, label, key in rows:
            if capability is None or may(user, capability):
                url = reverse(url_name)
                current = request.path == url if url == "/" else request.path.startswith(url)
                items.append(NavigationItem(url=url, label=str(label), key=key, current=current))
        if items:
            groups.append(NavigationGroup(label=str(group), items=items))
    return {"navigation": groups}
