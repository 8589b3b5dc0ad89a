"""People who log in."""

from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Quản trị")
    HR = "hr", _("Nhân sự")
    SALES_MANAGER = "sales_manager", _("Quản lý bán vé")
    EXECUTIVE = "executive", _("Lãnh đạo")
    AUDITOR = "auditor", _("Kiểm soát")


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """An account (tài khoản). `region` limits what sales the person sees; empty is the whole company."""

    full_name = models.CharField(_("họ và tên"), max_length=100, blank=True)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("địa bàn phụ trách")
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "role"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username
