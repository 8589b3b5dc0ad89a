"""Units that get tasks and come to briefings: departments, branches (sites) and regions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from backend.accounts.models import Role, User
from backend.org.models import Department, Region, Site
from reporting.tasks.conclusion_line import folded

Unit = Department | Site | Region
KINDS: Final[dict[str, type[Unit]]] = {
    "d": Department,
    "s": Site,
    "r": Region,
}
#: What a name begins with and nobody types.
_PREFIXES: Final = ("phòng", "ban", "đội", "chi nhánh", "phường", "xã", "đặc khu")
#: Who speaks for a unit, if nobody is named its head.
_SPEAKERS: Final = (Role.MANAGER, Role.SALES_MANAGER, Role.HR, Role.EXECUTIVE)


@dataclass(frozen=True, slots=True)
class UnitIds:
    """The units somebody belongs to, by primary key."""

    departments: frozenset[int]
    sites: frozenset[int]
    regions: frozenset[int]

    def owned(self) -> Q:
        """Owners of tasks that are one of these."""
        return (
            Q(department__in=self.departments) | Q(site__in=self.sites) | Q(region__in=self.regions)
        )


def units_of(user: User) -> UnitIds:
    """The person's department and those it manages or is in charge of, its branch, its region."""
    person = user.employee
    departments = set(user.departments.values_list("pk", flat=True))
    sites: set[int] = set()
    regions = {user.region_id} if user.region_id else set()
    if person is not None:
        departments |= {person.department_id}
        departments |= set(person.managed_departments.values_list("pk", flat=True))
        sites |= {person.site_id}
    if regions:
        sites |= set(Site.objects.filter(region__in=regions).values_list("pk", flat=True))
    return UnitIds(frozenset(departments), frozenset(sites), frozenset(regions))


def key_of(unit: Unit) -> str:
    """ "d-KD": the kind's letter and the code; what addresses and conclusions name a unit by."""
    letter = next(letter for letter, model in KINDS.items() if isinstance(unit, model))
    return f"{letter}-{unit.code}"


def unit_of(key: str) -> Unit | None:
    """The unit of a key; of a region that in force now."""
    letter, _, code = key.partition("-")
    if letter not in KINDS:
        return None
    if letter == "r":
        return Region.objects.filter(code=code, valid_to=None).order_by("pk").first()
    return KINDS[letter]._default_manager.filter(code=code).first()


def known_units() -> dict[str, str]:
    """What may be typed after "@", folded → the unit's key. Codes go before names."""
    units: list[Unit] = [
        *Department.objects.order_by("pk"),
        *Site.objects.order_by("pk"),
        *_regions_in_charge(),
    ]
    known = {folded(unit.code): key_of(unit) for unit in reversed(units)}
    for unit in units:
        for name in _names(unit.name):
            known.setdefault(folded(name), key_of(unit))
    return known


def _regions_in_charge() -> QuerySet[Region]:
    """Regions some account is responsible for: only those can do anything."""
    accounts = User.objects.filter(is_active=True, region__isnull=False)
    return Region.objects.filter(valid_to=None, pk__in=accounts.values("region")).order_by("pk")


def _names(name: str) -> Iterable[str]:
    yield name
    for prefix in _PREFIXES:
        if name.lower().startswith(f"{prefix} "):
            yield name[len(prefix) + 1 :]


def speakers_of(unit: Unit) -> list[User]:
    """The accounts that speak for a unit: its head's, else those of its people who lead something."""
    accounts = User.objects.filter(is_active=True).order_by("pk")
    if isinstance(unit, Department):
        heads = list(accounts.filter(employee__managed_departments=unit))
        return heads or list(accounts.filter(employee__department=unit, role__in=_SPEAKERS))
    if isinstance(unit, Site):
        here = Q(employee__site=unit, role=Role.MANAGER)
        return list(accounts.filter(here | Q(region=unit.region, region__isnull=False)))
    return list(accounts.filter(region=unit))


def unheard(units: Iterable[Unit]) -> list[str]:
    """The names of those whom no account speaks for: nobody is invited, told or reminded for them."""
    return [unit.name for unit in dict.fromkeys(units) if not speakers_of(unit)]
