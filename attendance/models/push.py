"""Terminals that push (ADMS): who may, who would like to, what they are told, what they lack."""

from ipaddress import ip_address, ip_network
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.fields import DeviceTimeField
from attendance.models.terminals import Terminal
from backend.sealing import seal, unseal


def check_network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError:
        raise ValidationError(
            _("“%(text)s” không phải dải mạng. Ví dụ: 192.168.1.20/32 hoặc 192.168.1.0/24."),
            params={"text": text},
        ) from None


@pghistory.track(model_name="PushLinkEvent", fields=["terminal", "networks", "enabled"])
class PushLink(models.Model):
    """A terminal's leave to push (kênh đẩy), and what it told over it.

    Heard only from `networks`. With a key set (pushcommkey, sealed), a terminal that showed it
    when introducing itself is heard from `keyed_address` on; others there or elsewhere are not.
    The stamps are the terminal's own marks of how far it has sent. `told` is what it says of
    itself. `audit_due_at`: when its counts are to be asked for next.
    """

    terminal = models.OneToOneField(Terminal, models.PROTECT, related_name="push_link")
    networks = ArrayField(
        models.CharField(max_length=43, validators=[check_network]), verbose_name=_("dải mạng")
    )
    key_sealed = models.TextField(editable=False, blank=True, default="")
    enabled = models.BooleanField(_("cho phép đẩy"), default=True)
    keyed_address = models.GenericIPAddressField(null=True, editable=False)
    last_heard_at = models.DateTimeField(null=True, editable=False)
    last_address = models.GenericIPAddressField(null=True, editable=False)
    attlog_stamp = models.CharField(max_length=24, default="", editable=False)
    operlog_stamp = models.CharField(max_length=24, default="", editable=False)
    told = models.JSONField(default=dict, editable=False)
    uploads = models.PositiveBigIntegerField(default=0, editable=False)
    lines = models.PositiveBigIntegerField(default=0, editable=False)
    dropped_lines = models.PositiveBigIntegerField(default=0, editable=False)
    last_refusal = models.CharField(max_length=40, default="", editable=False)
    last_refused_at = models.DateTimeField(null=True, editable=False)
    audit_due_at = models.DateTimeField(null=True, editable=False)
    audits_refused_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("kênh đẩy của máy")
        verbose_name_plural = _("kênh đẩy của máy")

    def __str__(self) -> str:
        return str(self.terminal)

    def allows(self, address: str) -> bool:
        ip = ip_address(address)
        return any(ip in ip_network(network) for network in self.networks)

    def key(self) -> str:
        """The push key in clear; "" means none is set. Raises CannotUnseal."""
        return unseal(self.key_sealed) if self.key_sealed else ""

    def set_key(self, key: str) -> None:
        self.key_sealed = seal(key) if key else ""
        self.keyed_address = None


class WaitingTerminal(models.Model):
    """A serial number nobody registered that asked to push (máy chờ duyệt). Nothing it sent is kept.

    `ignored_at` is set where a person does not want to see it.
    """

    serial_number = models.CharField(max_length=32, unique=True, db_collation="C")
    address = models.GenericIPAddressField()
    count = models.PositiveBigIntegerField(default=1)
    first_heard_at = models.DateTimeField()
    last_heard_at = models.DateTimeField()
    ignored_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("máy chờ duyệt")
        verbose_name_plural = _("máy chờ duyệt")

    def __str__(self) -> str:
        return self.serial_number


class CommandKind(models.TextChoices):
    VERIFY_SUM = "verify_sum", _("kiểm tra số lượng")
    QUERY_LOG = "query_log", _("lấy lại lượt chấm")
    SEND_ALL = "send_all", _("gửi lại toàn bộ")
    REBOOT = "reboot", _("khởi động lại máy")
    INFO = "info", _("hỏi thông tin máy")
    OTHER = "other", _("lệnh khác")


class CommandState(models.TextChoices):
    WAITING = "waiting", _("chờ gửi")
    SENT = "sent", _("đã gửi")
    DONE = "done", _("đã làm")
    FAILED = "failed", _("máy báo lỗi")
    EXPIRED = "expired", _("quá hạn")


class TerminalCommand(models.Model):
    """Something a terminal is to do when it asks next (lệnh gửi máy), and what came of it.

    `return_code` is the terminal's: 0 or more is success. `result` keeps figures only, never
    templates or files. Without an answer it is sent again, `attempts` times in all at most.
    """

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, related_name="push_commands", db_index=False
    )
    kind = models.CharField(max_length=10, choices=CommandKind.choices)
    text = models.TextField()
    state = models.CharField(
        max_length=7, choices=CommandState.choices, default=CommandState.WAITING
    )
    return_code = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lệnh gửi máy")
        verbose_name_plural = _("lệnh gửi máy")
        indexes: ClassVar = [
            models.Index(fields=["terminal", "-id"], name="command_terminal"),
            models.Index(
                fields=["terminal", "id"],
                name="command_open",
                condition=Q(state__in=["waiting", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_kind_display()}"


class AuditState(models.TextChoices):
    ASKED = "asked", _("đã hỏi máy")
    EQUAL = "equal", _("khớp")
    MORE_HERE = "more_here", _("ở đây nhiều hơn trên máy")
    FETCHING = "fetching", _("đang lấy lại phần thiếu")
    SPLIT = "split", _("đang tìm ngày bị thiếu")
    SHORT = "short", _("còn thiếu")
    REFUSED = "refused", _("máy không trả lời được")


class PushAudit(models.Model):
    """A span of a terminal's own time whose punches were counted here and there (đối chiếu).

    `our_count` are punches and parked records. `gap` is what the terminal holds more than we do,
    negative where the terminal has deleted some. Asked again, the row is used again.
    """

    terminal = models.ForeignKey(
        Terminal, models.PROTECT, related_name="push_audits", db_index=False
    )
    first = DeviceTimeField()
    last = DeviceTimeField()
    state = models.CharField(max_length=9, choices=AuditState.choices)
    device_sum = models.PositiveBigIntegerField(null=True)
    our_count = models.PositiveBigIntegerField(null=True)
    gap = models.BigIntegerField(null=True)
    command = models.ForeignKey(TerminalCommand, models.PROTECT, null=True, related_name="audits")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("đối chiếu với máy")
        verbose_name_plural = _("đối chiếu với máy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terminal", "first", "last"], name="push_audit_once"),
            models.CheckConstraint(name="push_audit_span", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(
                name="push_audit_adds_up",
                condition=Q(gap__isnull=True) | Q(gap=F("device_sum") - F("our_count")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
