"""The region or territory a page is asked for, within what the person may see."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404

from backend import clock
from backend.accounts.models import User
from backend.org.models import Region, Territory

#: What the code of a territory has before it where a region may stand as well.
TERRITORY: Final = "vung:"


def region_of(code: str, *, user: User) -> Region | None:
    """The region asked for, or the person's own. What the person may not see does not exist."""
    if not code:
        return user.region
    known = (
        Region.objects.in_scope(user.scope_path).filter(code=code).order_by("-valid_from").first()
    )
    if known is None:
        raise Http404
    return known


def path_of(region: Region | None, user: User) -> str | None:
    """The units a page tells of: those of the region asked for, else all the person may see."""
    return region.path if region else user.scope_path


def region_choices(user: User, on: date) -> list[Region]:
    """The regions in force on the day that the person may see, as a tree."""
    return list(Region.objects.in_scope(user.scope_path).in_force(on).order_by("path"))


@dataclass(frozen=True)
class Place:
    """Where a page looks: a region, a territory, or all the person sees; `path` as `User.scope_path`."""

    region: Region | None
    territory: Territory | None
    path: str | None

    @property
    def unit(self) -> Region | Territory | None:
        return self.territory or self.region


def place_of(text: str, *, user: User) -> Place:
    """The place of ?dia_ban=: a region's code, or "vung:" and a territory's. Others are 404."""
    if not text.startswith(TERRITORY):
        region = region_of(text, user=user)
        return Place(region, None, path_of(region, user))
    code = text.removeprefix(TERRITORY)
    territory = next((each for each in territory_choices(user) if each.code == code), None)
    if territory is None:
        raise Http404
    return Place(None, territory, territory.scope_path(clock.today()))


def place_choices(place: Place, user: User, on: date) -> dict[str, Any]:
    """What sales/place_select.html shows."""
    return {
        "place": place,
        "regions": region_choices(user, on),
        "territories": territory_choices(user),
    }


def territory_choices(user: User) -> list[Territory]:
    """The territories somebody in charge of the whole company may look at."""
    return list(Territory.objects.order_by("code")) if user.is_whole_company else []
