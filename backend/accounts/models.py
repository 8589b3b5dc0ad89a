"""People who log in."""

from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.org.models import Department, Employee, Region, Territory
from backend.validity import holding


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Quản trị")
    HR = "hr", _("Nhân sự")
    SALES_MANAGER = "sales_manager", _("Quản lý bán vé")
    EXECUTIVE = "executive", _("Lãnh đạo")
    AUDITOR = "auditor", _("Kiểm soát")
    MANAGER = "manager", _("Trưởng bộ phận")
    EMPLOYEE = "employee", _("Người lao động")


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """An account (tài khoản).

    `region` or `territory` limits what sales the person sees, `departments` whose attendance; empty is the whole
    company. `employee` is who the person is among those who punch.
    """

    full_name = models.CharField(_("họ và tên"), max_length=100, blank=True)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("địa bàn phụ trách")
    )
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("vùng bán hàng phụ trách"),
        help_text=_("Chỉ cho quản lý bán vé, và thay cho địa bàn."),
    )
    employee = models.OneToOneField(
        Employee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
        verbose_name=_("nhân viên"),
    )
    departments = models.ManyToManyField(
        Department, blank=True, related_name="+", verbose_name=_("phòng ban phụ trách")
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "role"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="user_territory_of_sales_manager",
                condition=Q(territory__isnull=True)
                | Q(region__isnull=True, role=Role.SALES_MANAGER),
                violation_error_message=_(
                    "Vùng bán hàng chỉ dành cho quản lý bán vé không có địa bàn phụ trách."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_whole_company(self) -> bool:
        """Whether nothing of sales is hidden from the account."""
        return self.region_id is None and self.territory_id is None

    @cached_property
    def sees_a_part(self) -> bool:
        """Whether something of the company, be it sales or attendance, is hidden from the account."""
        return not self.is_whole_company or self.departments.exists()

    @property
    def desk(self) -> Region | None:
        """Where the account's own records belong: its region, or a unit of its territory."""
        if self.territory is None:
            return self.region
        units = self.territory.units.filter(holding(clock.today()))
        unit = units.order_by("region__path", "pk").first()
        return unit.region if unit else None

    @cached_property
    def scope_path(self) -> str | None:
        """Paths of the units whose sales the account sees, "|" between them; None is all."""
        if self.territory is not None:
            return self.territory.scope_path(clock.today())
        return self.region.path if self.region is not None else None

    def get_full_name(self) -> str:
        return self.full_name or self.username


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class AccountDepartment(User.departments.through):  # type: ignore[misc, name-defined]
    """A department in an account's charge; here so that its coming and going is recorded."""

    class Meta:
        proxy = True
