"""The figures a conclusion may be about: their names, and their value of a whole week."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance import figures as attendance_figures
from attendance.figures import DepartmentAttendance
from backend.org.models import Department, Region
from reporting.builders import numbers
from reporting.builders.speaking import t
from reporting.periods import week_before
from reporting.tasks.conclusion_line import folded
from reporting.tasks.units import Unit
from sales import figures as sales_figures
from sales.figures import Tickets


@dataclass(frozen=True)
class Kpi:
    """A figure (chỉ tiêu). `unit` is "đồng", "vé", "lượt" or "bps"; the week's value or None."""

    code: str
    name: Promise
    unit: str
    aliases: tuple[str, ...]
    of_sales: Callable[[Tickets], int | None] | None = None
    of_people: Callable[[DepartmentAttendance], int] | None = None


KPIS: Final[Mapping[str, Kpi]] = {
    kpi.code: kpi
    for kpi in (
        Kpi("revenue", _("doanh thu tuần"), "đồng", ("doanh-thu",), lambda tickets: tickets.revenue_amount),
        Kpi("sold", _("vé tiêu thụ tuần"), "vé", ("vé bán", "tiêu thụ"), lambda tickets: tickets.sold),
        Kpi(
            "sell-through", _("tỷ lệ tiêu thụ tuần"), "bps", ("tỷ lệ tiêu thụ",),
            lambda tickets: tickets.sell_through_bps,
        ),
        Kpi("unsold", _("tỷ lệ vé ế tuần"), "bps", ("vé ế", "ế"), lambda tickets: tickets.unsold_bps),
        Kpi("late", _("lượt đi muộn tuần"), "lượt", ("muộn", "đi muộn"), None, lambda d: d.late_days),
        Kpi("absent", _("lượt vắng tuần"), "lượt", ("vắng",), None, lambda d: d.absent_days),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure's value of the week [first, last]; None where there was nothing to measure."""

    value: int | None
    first: date
    last: date


def known_kpis() -> dict[str, str]:
    """What may be typed after "!kpi:", folded → the figure's code."""
    return {folded(name): kpi.code for kpi in KPIS.values() for name in (kpi.code, *kpi.aliases)}


class Gauge:
    """Measures figures of the last whole week before `at`, reading each source once."""

    def __init__(self, *, at: datetime) -> None:
        self.first, self.last = week_before(at)
        self._tickets = cache(self._read_tickets)
        self._people = cache(self._read_people)

    def measure(self, code: str, unit: Unit) -> Measured:
        """The figure of a unit: sales of its region or the company, attendance of its department."""
        kpi = KPIS[code]
        if kpi.of_sales is not None:
            value = kpi.of_sales(self._tickets(_path(unit)))
        else:
            assert kpi.of_people is not None  # noqa: S101 - a figure is of one or the other
            value = self._of_people(kpi.of_people, unit)
        return Measured(value, self.first, self.last)

    def _of_people(self, of: Callable[[DepartmentAttendance], int], unit: Unit) -> int | None:
        wanted = unit.code if isinstance(unit, Department) else None
        lines = [line for line in self._people() if wanted in (None, line.code)]
        return sum(map(of, lines)) if lines else None

    def _read_tickets(self, path: str | None) -> Tickets:
        return sales_figures.weekly_sales(self.first, self.last, path).total.now

    def _read_people(self) -> list[DepartmentAttendance]:
        return attendance_figures.attendance_summary(first=self.first, last=self.last).departments


def _path(unit: Unit) -> str | None:
    region = unit if isinstance(unit, Region) else getattr(unit, "region", None)
    return region.path if region is not None else None


def shown(code: str, value: int | None) -> str:
    """ "1.250.000.000 đồng", "92,4 %", "14 lượt"; a dash where there is none."""
    if value is None:
        return "–"
    unit = KPIS[code].unit
    if unit == "bps":
        return numbers.percent(value)
    return f"{numbers.whole(value)} {t(unit)}"
