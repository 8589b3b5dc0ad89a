"""Questions of the explorer that people keep."""

from typing import Any, ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role
from backend.accounts.permissions import may

#: Begins the code of the report that a saved view is.
CODE = "view-"


class SharedWith(models.TextChoices):
    """Who finds a saved view: its owner, everybody who sees sales, or one role of them."""

    OWNER = "owner", _("riêng tôi")
    EVERYONE = "everyone", _("mọi người xem số liệu bán vé")
    SALES_MANAGER = Role.SALES_MANAGER.value, Role.SALES_MANAGER.label
    EXECUTIVE = Role.EXECUTIVE.value, Role.EXECUTIVE.label
    AUDITOR = Role.AUDITOR.value, Role.AUDITOR.label


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, those shared with one, and for who oversees all reports every shared one.

        Dropped ones are among them: their editions stay readable.
        """
        if not may(user, "sales.view"):
            return self.none()
        mine = Q(owner=user) | Q(shared_with__in=[SharedWith.EVERYONE, user.role])
        if may(user, "reports.all"):
            mine |= ~Q(shared_with=SharedWith.OWNER)
        return self.filter(mine)

    def in_use(self) -> Self:
        return self.filter(deleted_at=None)

    def dropped(self) -> Self:
        return self.exclude(deleted_at=None)

    def of_code(self, code: str) -> "SavedView | None":
        """The view that a report's code names."""
        number = code.removeprefix(CODE)
        if number == code or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return None
        return self.filter(pk=int(number)).first()


@pghistory.track()
class SavedView(models.Model):
    """A question of the explorer under a name (bảng đã lưu), by which reports can be scheduled.

    `question` is what its address says (`Question.written`); days told relatively move with time.
    One that was dropped is kept, for the editions made of it.
    """

    name = models.CharField(_("tên bảng"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người lập")
    )
    shared_with = models.CharField(
        _("ai xem được"), max_length=20, choices=SharedWith.choices, default=SharedWith.OWNER
    )
    question = models.JSONField(_("câu hỏi"))
    deleted_at = models.DateTimeField(_("bỏ lúc"), null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("bảng đã lưu")
        verbose_name_plural = _("bảng đã lưu")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_once",
                condition=Q(deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """Its code as a report."""
        return f"{CODE}{self.pk}"
