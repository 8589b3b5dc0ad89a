"""The company, its places and its people. Both sales and attendance stand on these."""

import re
from collections import defaultdict
from datetime import date
from itertools import product
from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.db import day_span
from backend.promises import APPEND_ONLY, in_order
from backend.validity import holding
from backend.vntext import search_key, sort_key


class CompanyQuerySet(models.QuerySet["Company"]):
    def own(self) -> "Company":
        """The company of this deployment; one without any name before it is set up."""
        return self.order_by("pk").first() or Company()


@pghistory.track()
class Company(models.Model):
    """The one company of this deployment (công ty)."""

    name = models.CharField(_("tên công ty"), max_length=200)
    short_name = models.CharField(_("tên viết tắt"), max_length=50)
    owner_name = models.CharField(_("cơ quan chủ quản"), max_length=200, blank=True)
    is_demonstration = models.BooleanField(_("dữ liệu trình diễn"), default=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("công ty")
        verbose_name_plural = _("công ty")

    def __str__(self) -> str:
        return self.short_name


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("tỉnh")
    DISTRICT = "district", _("huyện (đến 30/06/2025)")
    WARD = "ward", _("phường")
    COMMUNE = "commune", _("xã")
    TOWNSHIP = "township", _("thị trấn (đến 30/06/2025)")
    SPECIAL_ZONE = "special_zone", _("đặc khu")


class RegionQuerySet(models.QuerySet["Region"]):
    def in_scope(self, path: str | None) -> Self:
        """The units of `User.scope_path` and everything below them; None means no limit."""
        return self if path is None else self.filter(path__regex=scope_pattern(path))

    def in_force(self, on: date) -> Self:
        return self.filter(holding(on))


def scope_pattern(path: str) -> str:
    """What the path of a unit must match to be one of these, or below: paths with "|" between."""
    return f"^({'|'.join(re.escape(each) for each in path.split('|'))})(/|$)"


def common_path(path: str, other: str | None) -> str:
    """What lies in both scopes (`User.scope_path`; None is all); "" where nothing does."""
    if other is None:
        return path
    pairs = product(path.split("|"), other.split("|"))
    nested = (sorted(pair, key=len) for pair in pairs)
    return "|".join(sorted({low for high, low in nested if f"{low}/".startswith(f"{high}/")}))


@pghistory.track()
class Region(models.Model):
    """An administrative unit (địa bàn) while it is in force, both days included.

    `path` is the codes from the province down, joined by "/"; a unit of before 2025-07-01 keeps
    its own row, so history is never rewritten. Codes are those of the statistics office; a code
    can return with another meaning, so the identity is code and first day of validity.
    """

    code = models.CharField(_("mã"), max_length=10)
    name = models.CharField(_("tên"), max_length=100)
    search = models.CharField(max_length=100, editable=False)
    level = models.CharField(_("cấp"), max_length=20, choices=RegionLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=100, editable=False)
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)
    legal_basis = models.CharField(_("căn cứ"), max_length=200, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("địa bàn")
        verbose_name_plural = _("địa bàn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_code_validity"),
            in_order("region_validity_order", "valid_from", "valid_to"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="region_path", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: object) -> None:
        self.search = search_key(self.name)
        self.path = f"{self.parent.path}/{self.code}" if self.parent else self.code
        super().save(**kwargs)  # type: ignore[arg-type]


_WHOLE = pgtrigger.Trigger(
    name="shares_make_a_whole",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    declare=[("changed", "bigint")],
    func="""
        IF TG_OP = 'DELETE' THEN changed := OLD.old_id; ELSE changed := NEW.old_id; END IF;
        IF (SELECT coalesce(sum(share_bps), 10000) FROM org_regionsuccession
            WHERE old_id = changed) <> 10000
        THEN
            RAISE EXCEPTION 'the shares of a divided unit must make 10000'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'region_shares_make_a_whole';
        END IF;
        RETURN NULL;
    """,
)


@pghistory.track()
class RegionSuccession(models.Model):
    """Which unit took over which (kế thừa địa bàn): one row for each pair of old and new.

    `share_bps` is the part of the old unit's business that went over, in basis points; it is the
    company's own estimate wherever an old unit was divided (`is_estimate`).
    """

    old = models.ForeignKey(
        Region, models.PROTECT, related_name="successors", verbose_name=_("địa bàn cũ")
    )
    new = models.ForeignKey(
        Region, models.PROTECT, related_name="predecessors", verbose_name=_("địa bàn mới")
    )
    effective_date = models.DateField(_("từ ngày"))
    share_bps = models.PositiveSmallIntegerField(_("phần chuyển sang (phần vạn)"), default=10_000)
    is_estimate = models.BooleanField(_("công ty ước tính"), default=False)

    class Meta:
        verbose_name = _("kế thừa địa bàn")
        verbose_name_plural = _("kế thừa địa bàn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="region_succession_once"),
        ]
        triggers: ClassVar = [_WHOLE]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


@pghistory.track()
class Territory(models.Model):
    """A sales territory (vùng bán hàng): units under one manager, beside the administrative tree."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    manager = models.ForeignKey(
        "Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("người phụ trách"),
    )

    class Meta:
        verbose_name = _("vùng bán hàng")
        verbose_name_plural = _("vùng bán hàng")

    def __str__(self) -> str:
        return self.name

    def scope_path(self, on: date) -> str:
        """The paths of its units on the day, and of former ones that went over to them whole.

        Joined by "|"; "" without any unit, which matches none.
        """
        units = set(self.units.filter(holding(on)).values_list("region", flat=True))
        heirs: dict[int, set[int]] = defaultdict(set)
        for old, new in RegionSuccession.objects.values_list("old", "new"):
            heirs[old].add(new)
        while former := {old for old, new in heirs.items() if old not in units and new <= units}:
            units |= former
        known = Region.objects.filter(pk__in=units)
        return "|".join(known.order_by("path").values_list("path", flat=True))


@pghistory.track()
class TerritoryRegion(models.Model):
    """A unit belongs to a territory, both days included; to one at a time."""

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="units")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("địa bàn"))
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết"), null=True, blank=True)

    class Meta:
        verbose_name = _("địa bàn của vùng bán hàng")
        verbose_name_plural = _("địa bàn của vùng bán hàng")
        constraints: ClassVar = [
            in_order("territory_region_order", "valid_from", "valid_to"),
            ExclusionConstraint(
                name="territory_region_one_at_a_time",
                expressions=[
                    ("region", RangeOperators.EQUAL),
                    (day_span("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Địa bàn này đã thuộc một vùng trong khoảng ngày ấy."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory} · {self.region}"


@pghistory.track()
class Site(models.Model):
    """A place of work with its terminals (địa điểm làm việc)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("địa điểm")
        verbose_name_plural = _("địa điểm")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Department(models.Model):
    """A department (phòng, ban); `manager` decides first on its people's requests."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=100)
    manager = models.ForeignKey(
        "Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_departments",
        verbose_name=_("trưởng bộ phận"),
    )

    class Meta:
        verbose_name = _("phòng ban")
        verbose_name_plural = _("phòng ban")

    def __str__(self) -> str:
        return self.name


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def employed_between(self, first: date, last: date) -> Self:
        """Employed on at least one day of [first, last], both included."""
        return self.filter(join_date__lte=last).filter(
            Q(leave_date__isnull=True) | Q(leave_date__gte=first)
        )

    def by_name(self) -> Self:
        return self.order_by("sort_key", "pk")


@pghistory.track()
class Employee(models.Model):
    """An employee (người lao động). `sort_key` orders by tên, as the database's collation cannot.

    Department, site, position and grade are today's; what they were and will be is `Placement`.
    """

    code = models.CharField(_("mã nhân viên"), max_length=20, unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=100)
    sort_key = models.CharField(max_length=300, editable=False)
    search = models.CharField(max_length=100, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("phòng ban"))
    site = models.ForeignKey(Site, models.PROTECT, verbose_name=_("địa điểm"))
    position = models.CharField(_("chức vụ"), max_length=100, blank=True)
    grade = models.CharField(_("ngạch bậc lương"), max_length=50, blank=True)
    join_date = models.DateField(_("ngày vào làm"))
    leave_date = models.DateField(_("ngày làm việc cuối"), null=True, blank=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhân viên")
        verbose_name_plural = _("nhân viên")
        constraints: ClassVar = [
            in_order("employee_join_before_leave", "join_date", "leave_date"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.full_name}"

    def save(self, **kwargs: object) -> None:
        self.sort_key = sort_key(self.full_name)
        self.search = search_key(self.full_name)
        super().save(**kwargs)  # type: ignore[arg-type]

    def is_employed_on(self, day: date) -> bool:
        return self.join_date <= day and (self.leave_date is None or day <= self.leave_date)


class Transfer(models.Model):
    """An employee goes to another department, site, position or grade from a date on (điều chuyển).

    Recorded once and never edited; a mistake is withdrawn (`TransferWithdrawal`). `from_*` are what
    held on the day before, as known when it was recorded. `reason` names the decision.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="transfers")
    effective_date = models.DateField(_("có hiệu lực từ ngày"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("phòng ban")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("địa điểm"))
    position = models.CharField(_("chức vụ"), max_length=100, blank=True)
    grade = models.CharField(_("ngạch bậc lương"), max_length=50, blank=True)
    from_department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    from_site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    from_position = models.CharField(max_length=100, blank=True)
    from_grade = models.CharField(max_length=50, blank=True)
    reason = models.TextField(_("số quyết định, lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("điều chuyển")
        verbose_name_plural = _("điều chuyển")
        indexes: ClassVar = [models.Index(fields=["effective_date"], name="transfer_date")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.effective_date:%d/%m/%Y} → {self.department_id}"


class TransferWithdrawal(models.Model):
    """Takes a transfer back (thu hồi); both stay to be read."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thu hồi điều chuyển")
        verbose_name_plural = _("thu hồi điều chuyển")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.at:%d/%m/%Y %H:%M}"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def between(self, first: date, last: date) -> Self:
        """Those that hold on at least one day of [first, last], both included."""
        return self.filter(first__lte=last, last__gte=first)

    def of_days(self, first: str = "work_date", last: str = "work_date") -> Q:
        """Of rows with `employee`, those with a day of [first, last] in one of these placements."""
        those_days = self.filter(
            employee=OuterRef("employee"), first__lte=OuterRef(last), last__gte=OuterRef(first)
        )
        return Q(Exists(those_days), employee__in=self.values("employee"))


class Placement(models.Model):
    """Where an employee belongs from `first` to `last`, both included (bố trí); a view, read only.

    Every employee has exactly one on every date: what the newest standing transfer of that date
    says, else what held before the first one. Without transfers it is what the employee's row says.
    """

    employee = models.ForeignKey(Employee, models.DO_NOTHING, related_name="placements")
    first = models.DateField()
    last = models.DateField()
    department = models.ForeignKey(Department, models.DO_NOTHING, related_name="+")
    site = models.ForeignKey(Site, models.DO_NOTHING, related_name="+")
    position = models.CharField(max_length=100)
    grade = models.CharField(max_length=50)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "org_placement"

    def __str__(self) -> str:
        return f"{self.employee_id} {self.first:%d/%m/%Y}–{self.last:%d/%m/%Y}"
