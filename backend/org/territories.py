"""Sales territories (vùng bán hàng): who looks after them, and which units they are made of from when.

A unit leaves one territory the day before it comes to another. What an account in charge of a
territory sees follows the rows that hold on the day, so a move may be written down before it comes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import lock_rows
from backend.org.models import Employee, Region, Territory, TerritoryRegion
from backend.problems import Problem

#: How far ahead a move may be written down; what lies beyond is a slip of the keys.
MOST_AHEAD: Final = timedelta(days=366)
CODE: Final = RegexValidator(r"\A[A-Z0-9-]+\Z", _("Chỉ chữ in hoa, số và dấu -."))
_DAY: Final = timedelta(days=1)


class TerritoryExists(Problem):
    status = 409
    code = "territory.exists"
    message = _("Đã có vùng mã này.")


class ManagerUnknown(Problem):
    code = "territory.manager_unknown"
    message = _("Không có nhân viên mã này. Hãy xem lại mã người phụ trách.")


class UnitNotInForce(Problem):
    code = "territory.unit_unknown"

    def __init__(self, code: str, first: date) -> None:
        told = _("Không có địa bàn mã %(code)s có hiệu lực ngày %(day)s. Hãy chọn trong danh sách.")
        super().__init__(told % {"code": code, "day": f"{first:%d/%m/%Y}"})


class TooFarAhead(Problem):
    code = "territory.too_far_ahead"
    message = _("Ngày thay đổi vùng không được sau hôm nay quá một năm. Hãy xem lại ngày.")


class AlreadyThere(Problem):
    status = 409
    code = "territory.already_there"

    def __init__(self, unit: Region) -> None:
        super().__init__(_("%(unit)s đã thuộc vùng này rồi.") % {"unit": unit})


class NotThere(Problem):
    status = 409
    code = "territory.not_there"

    def __init__(self, unit: Region) -> None:
        super().__init__(_("%(unit)s không thuộc vùng này nên không bỏ được.") % {"unit": unit})


class ChangedLater(Problem):
    status = 409
    code = "territory.changed_later"

    def __init__(self, unit: Region, day: date) -> None:
        told = _("%(unit)s thay đổi vùng ngày %(day)s. Hãy chọn từ ngày ấy trở đi.")
        super().__init__(told % {"unit": unit, "day": f"{day:%d/%m/%Y}"})


def territories_of(user: User) -> QuerySet[Territory]:
    """All of them for who sees the whole company, else one's own."""
    known = Territory.objects.select_related("manager")
    return known if user.is_whole_company else known.filter(pk=user.territory_id or 0)


def make_territory(code: str, *, name: str, manager: str = "") -> Territory:
    """A territory without units. Raises TerritoryExists, ManagerUnknown."""
    charge = {"name": name, "manager": _employee(manager)}
    made, is_new = Territory.objects.get_or_create(code=code, defaults=charge)
    if not is_new:
        raise TerritoryExists
    return made


def change_territory(territory: Territory, *, name: str, manager: str) -> None:
    """Name it anew, or put it in somebody else's charge ("": nobody's). Raises ManagerUnknown."""
    territory.name, territory.manager = name, _employee(manager)
    territory.save(update_fields=["name", "manager"])


def change_units(
    territory: Territory,
    *,
    first: date,
    today: date,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> None:
    """Let units come to the territory, and others leave it, from a day on: all of them or none.

    A unit that comes leaves the territory it was in; where it had come there on that very day,
    that was the mistake and is put right. One that leaves on the day it came never did.
    Raises TooFarAhead, UnitNotInForce, AlreadyThere, NotThere, ChangedLater.
    """
    coming, going = list(add), list(remove)
    if first > today + MOST_AHEAD:
        raise TooFarAhead
    with transaction.atomic():
        units = _held([*coming, *going], first)
        for code in going:
            _release(territory, units[code], first)
        for code in coming:
            _place(territory, units[code], first)


def _employee(code: str) -> Employee | None:
    if not code.strip():
        return None
    found = Employee.objects.filter(code=code.strip()).first()
    if found is None:
        raise ManagerUnknown
    return found


def _held(codes: list[str], first: date) -> Mapping[str, Region]:
    """The units, nobody else moving them meanwhile."""
    found = {unit.code: unit for unit in lock_rows(Region.objects.in_force(first).filter(code__in=codes))}  # fmt: skip
    for code in codes:
        if code not in found:
            raise UnitNotInForce(code, first)
    return found


def _place(territory: Territory, unit: Region, first: date) -> None:
    present = _last(unit, first)
    if present is None:
        TerritoryRegion.objects.create(territory=territory, region=unit, valid_from=first)
    elif present.territory_id == territory.pk:
        raise AlreadyThere(unit)
    elif present.valid_from == first:
        present.territory = territory
        present.save(update_fields=["territory"])
    else:
        _end(present, first)
        TerritoryRegion.objects.create(territory=territory, region=unit, valid_from=first)


def _release(territory: Territory, unit: Region, first: date) -> None:
    present = _last(unit, first)
    if present is None or present.territory_id != territory.pk:
        raise NotThere(unit)
    if present.valid_from == first:
        present.delete()  # its history stays (pghistory)
    else:
        _end(present, first)


def _last(unit: Region, first: date) -> TerritoryRegion | None:
    """Where the unit is from `first` on without an end, None where in no territory.

    Raises ChangedLater where it comes to one, or leaves one, only after that day.
    """
    newest = TerritoryRegion.objects.filter(region=unit).order_by("-valid_from").first()
    if newest is None:
        return None
    if newest.valid_from > first:
        raise ChangedLater(unit, newest.valid_from)
    if newest.valid_to is None:
        return newest
    if newest.valid_to >= first:
        raise ChangedLater(unit, newest.valid_to + _DAY)
    return None


def _end(present: TerritoryRegion, first: date) -> None:
    present.valid_to = first - _DAY
    present.save(update_fields=["valid_to"])
