"""The region a page is asked for, within what the person may see."""

from datetime import date

from django.http import Http404

from backend.accounts.models import User
from backend.org.models import Region


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
