"""Which rows a person may see: those of his region or territory, and below it."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

from backend.org.models import Region

if TYPE_CHECKING:
    from backend.accounts.models import User

Row = TypeVar("Row", bound=models.Model, covariant=True)


class InRegionQuerySet(models.QuerySet[Row]):
    """Rows with a `region`: of entries and totals the one of their time, of agents the one now."""

    def visible_to(self, user: "User") -> Self:
        """Rows of the person's region or territory and below; all when the person has neither."""
        return self.in_scope(user.scope_path)

    def in_scope(self, path: str | None) -> Self:
        """Rows of these units or below them (`User.scope_path`); None means no limit."""
        if path is None:
            return self
        return self.filter(region__in=Region.objects.in_scope(path))

    def known_to(self, user: "User") -> Self:
        """As `visible_to`, and those of agents who are in the person's units now (rows with an `agent`):
        an agent who moves brings its account, its sheets and what can be corrected of them."""
        if user.scope_path is None:
            return self
        units = Region.objects.in_scope(user.scope_path)
        return self.filter(Q(region__in=units) | Q(agent__region__in=units))


class OfAgentQuerySet(models.QuerySet[Row]):
    """Rows of an agent: whoever sees the agent now sees them."""

    def visible_to(self, user: "User") -> Self:
        """Rows of the agents of the person's region or territory; all when there is neither."""
        return self.in_scope(user.scope_path)

    def in_scope(self, path: str | None) -> Self:
        """Rows of the agents of these units or below them (`User.scope_path`); None means no limit."""
        if path is None:
            return self
        return self.filter(agent__region__in=Region.objects.in_scope(path))

    known_to = visible_to
