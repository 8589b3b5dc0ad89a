"""People who log in."""

from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.org.models import Department, Employee, Region


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

    `region` limits what sales the person sees, `departments` whose attendance; empty is the whole
    company. `employee` is who the person is among those who punch.
    """

    full_name = models.CharField(_("họ và tên"), max_length=100, blank=True)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("địa bàn phụ trách")
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

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)
class AccountDepartment(User.departments.through):  # type: ignore[misc, name-defined]
    """A department in an account's charge; here so that its coming and going is recorded."""

    class Meta:
        proxy = True
