"""Who is told what part of the company: each gets, and may open, the editions of his own scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.accounts.models import User
from backend.accounts.scope import departments_for
from backend.org.models import Department, Region, Territory
from reporting.defining import Definition, Scope, ScopeKind
from reporting.sight import Sight


@dataclass(frozen=True)
class Place:
    """What an edition tells of: a region, a territory, a department or, without any, the company."""

    region: Region | None = None
    territory: Territory | None = None
    department: Department | None = None

    @property
    def kind(self) -> ScopeKind:
        if self.region is not None:
            return ScopeKind.REGION
        if self.territory is not None:
            return ScopeKind.TERRITORY
        return ScopeKind.COMPANY if self.department is None else ScopeKind.DEPARTMENT

    @property
    def name(self) -> str:
        """As people call it; empty for the whole company."""
        return str(self.region or self.territory or self.department or "")

    def scope(self, on: date) -> Scope:
        """What a report is asked to tell; a territory with the units it has on that day."""
        found = self.region or self.territory or self.department
        if found is None:
            return Scope()
        path = None
        if self.region is not None:
            path = self.region.path
        elif self.territory is not None:
            path = self.territory.scope_path(on)
        return Scope(self.kind, found.code, found.name, path)

    @property
    def key(self) -> tuple[int | None, int | None, int | None]:
        """Ids of region, territory and department."""
        region, territory, department = (
            each.pk if each else None for each in self.columns.values()
        )
        return region, territory, department

    @property
    def columns(self) -> dict[str, Region | Territory | Department | None]:
        """Its columns of `Edition`, to make one and to find it."""
        return {
            "region": self.region,
            "territory": self.territory,
            "department": self.department,
        }


COMPANY = Place()


def places_of(user: User | None, wanted: Definition) -> list[Place]:
    """Of what the report tells this reader: the whole company, or what is in the account's charge.

    None is an outside address: the whole company. Empty where the account sees a part only and the
    report is not made of such parts.
    """
    if user is None or _sees_whole(user, wanted):
        return [COMPANY]
    if wanted.is_of_sales and not user.is_whole_company:
        own = Place(region=user.region, territory=user.territory)
        return [own] if own.kind in wanted.scopes else []
    if ScopeKind.DEPARTMENT not in wanted.scopes:
        return []
    return [Place(department=each) for each in departments_for(user).order_by("pk")]


def _sees_whole(user: User, wanted: Definition) -> bool:
    return Sight(user).is_whole(of_sales=wanted.is_of_sales, of_people=wanted.is_of_people)


def all_places(told: Iterable[list[Place]], *, with_company: bool = True) -> list[Place]:
    """The whole company, and every part somebody is told of; the same part once."""
    company = [COMPANY] if with_company else []
    return list(dict.fromkeys([*company, *(each for places in told for each in places)]))
