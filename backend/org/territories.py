"""Which units a sales territory (vùng bán hàng) is made of, and moving them from one to another.

What an account in charge of a territory sees follows its open rows, so changes hold from today or
from a day before: a unit leaves one territory the day before it comes to another.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.db import lock_rows
from backend.org.models import Region, Territory, TerritoryRegion
from backend.problems import Problem

_DAY = timedelta(days=1)


class UnitNotInForce(Problem):
    code = "territory.unit_unknown"
    message = _("Không có địa bàn mã này đang có hiệu lực. Hãy chọn trong danh sách.")


class NotYet(Problem):
    code = "territory.in_the_future"
    message = _("Ngày thay đổi vùng không được sau hôm nay. Hãy ghi khi ngày ấy đến.")


class AlreadyThere(Problem):
    status = 409
    code = "territory.already_there"
    message = _("Địa bàn này đã thuộc vùng này rồi.")


class ChangedLater(Problem):
    status = 409
    code = "territory.changed_later"

    def __init__(self, unit: Region, day: date) -> None:
        told = _("%(unit)s đã thay đổi vùng ngày %(day)s. Hãy chọn từ ngày ấy trở đi.")
        super().__init__(told % {"unit": unit, "day": f"{day:%d/%m/%Y}"})


def place_unit(territory: Territory, code: str, *, first: date, today: date) -> TerritoryRegion:
    """Let the unit belong to the territory from a day on; it leaves the one it was in.

    Where it came to the other one on that very day, that was the mistake and is put right.
    Raises UnitNotInForce, NotYet, AlreadyThere, ChangedLater.
    """
    with transaction.atomic():
        unit = _held(code, first=first, today=today)
        rows = TerritoryRegion.objects.filter(region=unit)
        present = rows.filter(valid_to=None).first()
        if present and present.territory_id == territory.pk:
            raise AlreadyThere
        if present and present.valid_from == first:
            present.territory = territory
            present.save(update_fields=["territory"])
            return present
        _end(unit, present, first)
        return TerritoryRegion.objects.create(territory=territory, region=unit, valid_from=first)


def release_unit(territory: Territory, code: str, *, first: date, today: date) -> None:
    """Let the unit belong to no territory from a day on; if it came that day, it never did.

    Raises UnitNotInForce, NotYet, ChangedLater.
    """
    with transaction.atomic():
        unit = _held(code, first=first, today=today)
        present = territory.units.filter(region=unit, valid_to=None).first()
        if present is None:
            raise UnitNotInForce
        if present.valid_from == first:
            present.delete()  # its history stays (pghistory)
        else:
            _end(unit, present, first)


def _held(code: str, *, first: date, today: date) -> Region:
    """The unit, nobody else moving it meanwhile."""
    if first > today:
        raise NotYet
    found = lock_rows(Region.objects.in_force(today).filter(code=code))
    if not found:
        raise UnitNotInForce
    return found[0]


def _end(unit: Region, present: TerritoryRegion | None, first: date) -> None:
    """End the row the day before, if no other one of the unit lies on or behind that day."""
    later = TerritoryRegion.objects.filter(region=unit, valid_from__gte=first)
    newest = later.order_by("-valid_from").first()
    if newest is not None:
        raise ChangedLater(unit, newest.valid_from)
    if present is not None:
        present.valid_to = first - _DAY
        present.save(update_fields=["valid_to"])
        return
    over = TerritoryRegion.objects.filter(region=unit, valid_to__gte=first).first()
    if over is not None and over.valid_to is not None:
        raise ChangedLater(unit, over.valid_to + _DAY)
