"""What each terminal did hour by hour, and which user ids are set aside as nobody's."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.models.terminals import Terminal
from backend.promises import APPEND_ONLY


class TerminalHour(models.Model):
    """One hour of one terminal (giờ hoạt động của máy), kept when uneventful pulls are forgotten.

    `hour` is its beginning. `contacts` ended well and brought `punches` new punches, `failures`
    did not. Derived, for the board only: rows older than `contacts.KEPT` are dropped.
    """

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="hours", db_index=False)
    hour = models.DateTimeField()
    contacts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    punches = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("giờ hoạt động của máy")
        verbose_name_plural = _("giờ hoạt động của máy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hour", "terminal"], name="terminal_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.hour:%d/%m/%Y %H}"


class UserIdSetAside(models.Model):
    """A user id that is nobody's (mã để riêng): a cleaner's trial, a finger enrolled to test.

    Its punches up to `upto` are out of the inbox; a later one brings it back. The
    newest row of an id counts; without `upto` it takes the id back into the inbox.
    """

    device_user_id = models.CharField(max_length=32, db_collation="C")
    upto = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("mã để riêng")
        verbose_name_plural = _("mã để riêng")
        indexes: ClassVar = [models.Index(fields=["device_user_id", "-id"], name="set_aside_user")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.device_user_id}: {self.reason}"
