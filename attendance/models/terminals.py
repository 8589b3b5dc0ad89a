"""Terminals, each contact with one, and the people they know."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.terminals.addresses import AddressRefused, checked_address
from backend.clock import VN
from backend.org.models import Site
from backend.promises import APPEND_ONLY
from backend.sealing import seal, unseal

if TYPE_CHECKING:
    from backend.accounts.models import User


class Transport(models.TextChoices):
    AUTOMATIC = "", _("tự nhận biết")
    TCP = "tcp", _("TCP")
    UDP = "udp", _("UDP")


class RecordLayout(models.TextChoices):
    """Sizes of a log record in bytes; "8b" is the MA300's own 8 bytes."""

    AUTOMATIC = "", _("tự nhận biết")
    L8 = "8", _("8 byte")
    L8B = "8b", _("8 byte (MA300)")
    L16 = "16", _("16 byte")
    L40 = "40", _("40 byte")
    L49 = "49", _("49 byte")


class Collecting(models.TextChoices):
    """How a terminal's punches come here."""

    PULL = "pull", _("máy chủ tải về")
    PUSH = "push", _("máy tự đẩy lên (ADMS)")
    BOTH = "both", _("cả hai")


class TerminalQuerySet(models.QuerySet["Terminal"]):
    def visible_to(self, user: "User") -> Self:
        """Terminals are the whole company's: whoever may see one may see all."""
        return self

    def due(self, at: datetime) -> Self:
        """Enabled, its time has come (a new one's at once), and nobody holds a lease on it.

        Without a time ("pull now") it is due in its quiet hours too.
        """
        time = at.astimezone(VN).time()
        begun, going_on = Q(quiet_from__lte=time), Q(quiet_until__gt=time)
        quiet = Q(quiet_from__lt=F("quiet_until")) & begun & going_on
        quiet |= Q(quiet_from__gt=F("quiet_until")) & (begun | going_on)
        return self.filter(
            Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=at) & ~quiet,
            Q(lease_until__isnull=True) | Q(lease_until__lte=at),
            enabled=True,
        ).exclude(collecting=Collecting.PUSH)


class TerminalDirection(models.TextChoices):
    """Where the terminal hangs; the working rules say whether that counts."""

    BOTH = "", _("vào và ra")
    IN = "in", _("chỉ lượt vào")
    OUT = "out", _("chỉ lượt ra")


@pghistory.track(
    model_name="TerminalEvent",
    fields=[
        "code",
        "name",
        "serial_number",
        "address",
        "port",
        "transport",
        "site",
        "utc_offset_minutes",
        "record_layout",
        "collecting",
        "lock_keys",
        "direction",
        "poll_seconds",
        "quiet_from",
        "quiet_until",
        "enabled",
    ],
)
class Terminal(models.Model):
    """A ZKTeco terminal (máy chấm công).

    `serial_number` is part of every punch's identity; empty until the first contact tells it.
    `utc_offset_minutes` is the zone of its clock, which itself knows none. The comm key (0 to
    999999) is sealed; `comm_key()` opens it for a connection and nothing else shows it.
    `attempt` is the fencing token: a collector that lost its lease can no longer write.
    `lock_keys` has the terminal refuse fingers while its log is read; `locked_at` is set before
    that and cleared after, so that the next contact knows what a crash left behind. No poll begins
    between `quiet_from` and `quiet_until` (Vietnamese time; the span may cross midnight).

    The cursor: the log's first `log_bytes` bytes are stored, `anchor` is the end of them (whole
    records), and `log_sha256` is of its first `hashed_bytes`, as read whole for the last time.
    `log_verified_at` is when the log was last seen to be the one stored. A terminal that refused
    to read from an offset has `offsets_refused_at`. `last_record_count` and the other counts and
    capacities are what the terminal said at its last contact; null where it did not tell.
    """

    code = models.CharField(_("mã máy"), max_length=20, unique=True)
    name = models.CharField(_("tên máy"), max_length=100)
    serial_number = models.CharField(
        _("số sê-ri"), max_length=32, blank=True, default="", db_collation="C"
    )
    address = models.GenericIPAddressField(_("địa chỉ IP"))
    port = models.PositiveIntegerField(
        _("cổng"), default=4370, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    transport = models.CharField(
        _("giao thức"), max_length=3, choices=Transport.choices, blank=True, default=""
    )
    collecting = models.CharField(
        _("cách lấy dữ liệu"),
        max_length=4,
        choices=Collecting.choices,
        default=Collecting.PULL,
        db_default=Collecting.PULL,
    )
    comm_key_sealed = models.TextField(editable=False, blank=True, default="")
    site = models.ForeignKey(Site, models.PROTECT, verbose_name=_("địa điểm"))
    utc_offset_minutes = models.SmallIntegerField(
        _("múi giờ của máy (phút so với UTC)"),
        default=420,
        validators=[MinValueValidator(-720), MaxValueValidator(840)],
    )
    record_layout = models.CharField(
        _("kiểu bản ghi"), max_length=2, choices=RecordLayout.choices, blank=True, default=""
    )
    poll_seconds = models.PositiveIntegerField(
        _("chu kỳ tải (giây)"), default=60, validators=[MinValueValidator(5)]
    )
    quiet_from = models.TimeField(_("giờ yên lặng từ"), null=True, blank=True)
    quiet_until = models.TimeField(_("giờ yên lặng đến"), null=True, blank=True)
    lock_keys = models.BooleanField(
        _("khóa máy khi tải"),
        default=False,
        db_default=False,
        help_text=_("Chỉ bật cho máy đời cũ gửi thiếu dữ liệu khi đang có người chấm."),
    )
    direction = models.CharField(
        _("chiều"),
        max_length=3,
        choices=TerminalDirection.choices,
        blank=True,
        default=TerminalDirection.BOTH,
        help_text=_("Chỉ dùng khi quy tắc tính công là “theo máy vào, máy ra”."),
    )
    enabled = models.BooleanField(_("đang dùng"), default=True)

    next_poll_at = models.DateTimeField(null=True, blank=True, editable=False)
    claimed_by = models.CharField(max_length=100, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempt = models.PositiveBigIntegerField(default=0, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    last_contact_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_record_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    clock_offset_seconds = models.IntegerField(null=True, blank=True, editable=False)
    log_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    log_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    hashed_bytes = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    anchor = models.BinaryField(default=b"", db_default=b"", editable=False)
    log_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    offsets_refused_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    record_capacity = models.PositiveIntegerField(null=True, blank=True, editable=False)
    user_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    user_capacity = models.PositiveIntegerField(null=True, blank=True, editable=False)
    finger_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    finger_capacity = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects = TerminalQuerySet.as_manager()

    class Meta:
        verbose_name = _("máy chấm công")
        verbose_name_plural = _("máy chấm công")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["serial_number"], name="terminal_serial", condition=~Q(serial_number="")
            ),
            models.CheckConstraint(name="terminal_port", condition=Q(port__gte=1, port__lte=65535)),
            models.CheckConstraint(
                name="terminal_offset",
                condition=Q(utc_offset_minutes__gte=-720, utc_offset_minutes__lte=840),
            ),
            models.CheckConstraint(
                name="terminal_quiet_hours",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_poll_at"], name="terminal_due", condition=Q(enabled=True)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse an address outside the terminal networks."""
        try:
            self.address = checked_address(self.address, networks=settings.TERMINAL_NETWORKS)
        except AddressRefused as error:
            raise ValidationError({"address": str(error)}) from None

    @property
    def is_transport_open(self) -> bool:
        """Whether both are to be tried: never known, or not reached by the one ten times."""
        failures = self.consecutive_failures
        return not self.transport or (failures > 0 and failures % 10 == 0)

    def comm_key(self) -> int:
        """The comm key in clear; 0 means none is set. Raises CannotUnseal."""
        return int(unseal(self.comm_key_sealed)) if self.comm_key_sealed else 0

    def set_comm_key(self, key: int) -> None:
        self.comm_key_sealed = seal(str(key)) if key else ""


class PullSource(models.TextChoices):
    PULL = "pull", _("máy chủ tải về")
    PUSH = "push", _("máy đẩy lên")
    FILE = "file", _("tệp xuất từ máy")


class PullState(models.TextChoices):
    RUNNING = "running", _("đang tải")
    DONE = "done", _("xong")
    FAILED = "failed", _("không thành công")


class Pull(models.Model):
    """One contact with a terminal or one imported file (lần tải), kept as history.

    `read` records were decoded (or tried); `stored` of them were new punches, `known` were there
    already, `parked` were set aside. `skipped` stand before them in the log and were stored by
    earlier pulls; `whole` says that all of the log was read. `device_count` is what the terminal
    said it holds; the pull is proved complete when that is `skipped + read`. `code` and `reason`
    say why a failed one failed. `raw_sha256` is of the `raw_bytes` received.
    `clock_offset_seconds` is how far ahead the terminal's clock was then; null where not asked.
    `imported_by` is who imported a file by a page; null by the command.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="pulls", db_index=False)
    source = models.CharField(max_length=4, choices=PullSource.choices)
    state = models.CharField(max_length=7, choices=PullState.choices)
    code = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    file_name = models.CharField(max_length=200, blank=True, default="")
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    device_count = models.PositiveIntegerField(null=True, blank=True)
    skipped = models.PositiveIntegerField(default=0, db_default=0)
    whole = models.BooleanField(default=True, db_default=True)
    read = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    raw_bytes = models.PositiveBigIntegerField(default=0)
    raw_sha256 = models.CharField(max_length=64, blank=True, default="")
    clock_offset_seconds = models.IntegerField(null=True, blank=True)
    attempt = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lần tải")
        verbose_name_plural = _("lần tải")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pull_failed_says_why",
                condition=~Q(state=PullState.FAILED) | (~Q(code="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="pull_counts_add_up",
                condition=~Q(state=PullState.DONE) | Q(read=F("stored") + F("known") + F("parked")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["terminal", "-id"], name="pull_terminal")]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="pull_with_punches_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__stored__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.started_at:%d/%m/%Y %H:%M}"

    @property
    def gap(self) -> int | None:
        """Records the terminal counts but did not deliver (negative: more than counted)."""
        if self.device_count is None:
            return None
        return self.device_count - self.skipped - self.read


class NoticeKind(models.TextChoices):
    LOG_SHRANK = "log_shrank", _("nhật ký của máy ngắn đi")
    LOG_CHANGED = "log_changed", _("nhật ký của máy đổi khác")
    SERIAL_CHANGED = "serial_changed", _("số sê-ri đổi khác")
    INCOMPLETE = "incomplete", _("máy gửi ít hơn số nó đếm")
    OFFSETS_REFUSED = "offsets_refused", _("máy không cho đọc tiếp từ giữa nhật ký")
    CLOCK_RESET = "clock_reset", _("đồng hồ máy bị đặt lại")
    CLOCK_SET = "clock_set", _("đã chỉnh giờ máy")
    LOG_CLEARED = "log_cleared", _("đã xóa nhật ký trên máy")
    KEYS_RELEASED = "keys_released", _("đã mở lại máy bị khóa")


class TerminalNotice(models.Model):
    """Something noteworthy about a terminal (sổ theo dõi máy); `details` are its figures as data."""

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="notices", db_index=False)
    pull = models.ForeignKey(Pull, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("ghi chú về máy")
        verbose_name_plural = _("ghi chú về máy")
        indexes: ClassVar = [models.Index(fields=["terminal", "-id"], name="notice_terminal")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%d/%m/%Y %H:%M}"


class TerminalUser(models.Model):
    """A user id seen on a terminal (người dùng trên máy), with what the ledger holds of it.

    `name` is the terminal's own, empty where it gave none.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="users", db_index=False)
    device_user_id = models.CharField(max_length=32, db_collation="C")
    name = models.CharField(max_length=100, blank=True, default="")
    punch_count = models.PositiveIntegerField(default=0)
    last_punched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("người dùng trên máy")
        verbose_name_plural = _("người dùng trên máy")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terminal", "device_user_id"], name="terminal_user_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_user_id} {self.name}".strip()
