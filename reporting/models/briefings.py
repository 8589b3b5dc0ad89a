"""Series of briefings, the briefings themselves, who comes, what is talked about, what was said."""

from datetime import timedelta
from typing import Any, ClassVar, Final, Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.permissions import may
from backend.mail.models import OutgoingMail
from backend.org.models import Department, Region, Site
from backend.promises import APPEND_ONLY
from reporting.briefings.rhythm import WEEKDAYS, DayOff, Rhythm, Rule
from reporting.models.editions import Edition

#: Letters of a text somebody types during a meeting.
LONGEST_TEXT: Final = 100_000


def one_of(*names: str) -> Q:
    """Exactly one of these foreign keys is set."""
    wanted = Q()
    for name in names:
        wanted |= Q(**{f"{each}__isnull": each != name for each in names})
    return wanted


@pghistory.track()
class BriefingSeries(models.Model):
    """A series of briefings (loạt họp giao ban): when it meets by rule, who leads and who keeps it.

    `report` names the report whose newest edition opens each agenda, empty for none. `items_hours`
    before the beginning nobody but the secretary puts items in any more; `remind_hours` before it
    everybody is reminded.
    """

    name = models.CharField(_("tên loạt họp"), max_length=100, unique=True)
    rhythm = models.CharField(
        _("nhịp họp"),
        max_length=15,
        choices=[
            (Rhythm.WEEKLY.value, _("hằng tuần")),
            (Rhythm.MONTHLY_DAY.value, _("hằng tháng, vào một ngày")),
            (Rhythm.MONTHLY_WEEKDAY.value, _("hằng tháng, vào một thứ")),
        ],
        default=Rhythm.WEEKLY.value,
    )
    weekday = models.PositiveSmallIntegerField(
        _("thứ"), choices=list(enumerate(WEEKDAYS)), default=0
    )
    month_day = models.PositiveSmallIntegerField(
        _("ngày trong tháng"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    nth = models.SmallIntegerField(
        _("tuần thứ mấy"),
        choices=[(1, _("đầu tiên")), (2, "2"), (3, "3"), (4, "4"), (-1, _("cuối cùng"))],
        default=1,
    )
    day_off = models.CharField(
        _("trùng ngày nghỉ"),
        max_length=6,
        choices=[
            (DayOff.AFTER.value, _("dời sang ngày làm việc kế tiếp")),
            (DayOff.BEFORE.value, _("họp sớm vào ngày làm việc liền trước")),
            (DayOff.SKIP.value, _("không họp kỳ đó")),
        ],
        default=DayOff.AFTER.value,
    )
    starts = models.TimeField(_("giờ họp"))
    duration_minutes = models.PositiveSmallIntegerField(
        _("thời lượng (phút)"),
        default=60,
        validators=[MinValueValidator(10), MaxValueValidator(600)],
    )
    place = models.CharField(_("địa điểm"), max_length=200, blank=True)
    join_url = models.CharField(
        _("đường dẫn họp trực tuyến"),
        max_length=500,
        blank=True,
        help_text=_("Của dịch vụ họp bất kỳ, bắt đầu bằng https://"),
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("chủ trì")
    )
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("thư ký")
    )
    report = models.CharField(_("báo cáo mở đầu"), max_length=50, blank=True)
    items_hours = models.PositiveSmallIntegerField(
        _("hạn gửi nội dung (giờ trước họp)"), default=16, validators=[MaxValueValidator(336)]
    )
    remind_hours = models.PositiveSmallIntegerField(
        _("nhắc họp (giờ trước họp)"), default=24, validators=[MaxValueValidator(336)]
    )
    copies_to = models.TextField(
        _("nơi nhận"),
        blank=True,
        max_length=2_000,
        help_text=_("Mỗi dòng một nơi, in ở cuối văn bản; dòng Lưu để cuối cùng."),
    )
    symbol = models.CharField(
        _("chữ viết tắt trong ký hiệu văn bản"),
        max_length=30,
        default="XSKT",
        help_text=_("Ví dụ XSKT cho 05/TB-XSKT."),
    )
    issuing_place = models.CharField(
        _("địa danh ghi trên văn bản"), max_length=50, default="Quảng Ninh"
    )
    enabled = models.BooleanField(_("đang họp"), default=True)

    class Meta:
        verbose_name = _("loạt họp giao ban")
        verbose_name_plural = _("loạt họp giao ban")
        constraints: ClassVar = [
            models.CheckConstraint(name="series_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="series_month_day", condition=Q(month_day__gte=1, month_day__lte=31)
            ),
            models.CheckConstraint(name="series_nth", condition=Q(nth__in=[-1, 1, 2, 3, 4])),
            models.CheckConstraint(
                name="series_join_https",
                condition=Q(join_url="") | Q(join_url__startswith="https://"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        return Rule(
            rhythm=Rhythm(self.rhythm),
            starts=self.starts,
            weekday=self.weekday,
            month_day=self.month_day,
            nth=self.nth,
            day_off=DayOff(self.day_off),
        )


@pghistory.track()
class SeriesGuest(models.Model):
    """Who comes to a series (thành phần dự họp): a department, a branch, a region, or one person."""

    series = models.ForeignKey(BriefingSeries, models.CASCADE, related_name="guests")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("thành phần dự họp")
        verbose_name_plural = _("thành phần dự họp")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="series_guest_is_one", condition=one_of("department", "site", "region", "user")
            ),
            models.UniqueConstraint(
                fields=["series", "department", "site", "region", "user"],
                name="series_guest_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.department or self.site or self.region or self.user)


class BriefingState(models.TextChoices):
    PLANNED = "planned", _("sắp họp")
    OPEN = "open", _("đang họp")
    CLOSED = "closed", _("đã họp")
    CANCELLED = "cancelled", _("đã hủy")


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, user: Any) -> Self:
        """Those the person is invited to, leads or keeps; all for who runs the series."""
        if may(user, "briefings.manage"):
            return self
        invited = Participant.objects.filter(briefing=OuterRef("pk"), user=user)
        return self.filter(Exists(invited) | Q(chair=user) | Q(secretary=user))

    def coming(self) -> Self:
        """Those that are not over, the next one first."""
        states = [BriefingState.PLANNED, BriefingState.OPEN]
        return self.filter(state__in=states).order_by("starts_at", "pk")


@pghistory.track()
class Briefing(models.Model):
    """One briefing (phiên họp giao ban). What was of the series then is kept here.

    `uid` and `sequence` are what calendars know it by: a higher sequence replaces what was sent.
    """

    series = models.ForeignKey(BriefingSeries, models.PROTECT, related_name="briefings")
    planned_date = models.DateField(_("ngày theo lịch"))
    title = models.CharField(_("tiêu đề"), max_length=150)
    starts_at = models.DateTimeField(_("bắt đầu lúc"))
    duration_minutes = models.PositiveSmallIntegerField(_("thời lượng (phút)"))
    place = models.CharField(_("địa điểm"), max_length=200, blank=True)
    join_url = models.CharField(_("đường dẫn họp trực tuyến"), max_length=500, blank=True)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("chủ trì")
    )
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("thư ký")
    )
    items_due_at = models.DateTimeField(_("hạn gửi nội dung"))
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("lần mời"), default=0)
    state = models.CharField(
        _("trạng thái"),
        max_length=9,
        choices=BriefingState.choices,
        default=BriefingState.PLANNED,
    )
    cancel_reason = models.CharField(_("lý do hủy"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("khai mạc lúc"), null=True, blank=True)
    closed_at = models.DateTimeField(_("bế mạc lúc"), null=True, blank=True)

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiên họp giao ban")
        verbose_name_plural = _("phiên họp giao ban")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "planned_date"], name="briefing_once"),
            models.CheckConstraint(
                name="briefing_join_https",
                condition=Q(join_url="") | Q(join_url__startswith="https://"),
            ),
            models.CheckConstraint(
                name="briefing_cancelled_says_why",
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="briefing_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def is_over(self) -> bool:
        return self.state in (BriefingState.CLOSED, BriefingState.CANCELLED)

    def is_led_by(self, user: Any) -> bool:
        """Whether the person may run it: its chair or secretary."""
        return user.pk in (self.chair_id, self.secretary_id)


@pghistory.track()
class Participant(models.Model):
    """Somebody invited to a briefing (người dự họp), for a unit or in person."""

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.CharField(_("đơn vị"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("người dự họp")
        verbose_name_plural = _("người dự họp")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "user"], name="participant_once"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Presence(models.TextChoices):
    PRESENT = "present", _("có mặt")
    ONLINE = "online", _("trực tuyến")
    ABSENT = "absent", _("vắng")


class RollCall(models.Model):
    """Who was there (điểm danh); the newest row of a person counts. Append-only."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="calls")
    presence = models.CharField(_("điểm danh"), max_length=7, choices=Presence.choices)
    reason = models.CharField(_("lý do vắng"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("điểm danh")
        verbose_name_plural = _("điểm danh")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="roll_call_absent_says_why",
                condition=~Q(presence="absent") | ~Q(reason=""),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.presence}"


@pghistory.track()
class AgendaItem(models.Model):
    """A point of the agenda (nội dung họp): a frozen edition, or what a unit put in.

    `notes` are for whoever presents it. One that was taken back stays, with who did it and when.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="items")
    title = models.CharField(_("nội dung"), max_length=200)
    text = models.TextField(_("trình bày"), blank=True, max_length=LONGEST_TEXT)
    notes = models.TextField(_("ghi chú người nói"), blank=True, max_length=LONGEST_TEXT)
    unit = models.CharField(_("đơn vị trình"), max_length=100, blank=True)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, verbose_name=_("bản phát hành")
    )
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("nội dung họp")
        verbose_name_plural = _("nội dung họp")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["briefing", "edition"],
                name="agenda_edition_once",
                condition=Q(edition__isnull=False, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaFile(models.Model):
    """A paper to an item of the agenda (tệp kèm nội dung họp). Append-only."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="files")
    name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp kèm nội dung họp")
        verbose_name_plural = _("tệp kèm nội dung họp")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class MinutesVersion(models.Model):
    """The minutes as typed so far (bản ghi biên bản); the highest number counts. Append-only."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="minutes")
    number = models.PositiveIntegerField()
    text = models.TextField(_("diễn biến"), max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bản ghi biên bản")
        verbose_name_plural = _("bản ghi biên bản")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["briefing", "number"], name="minutes_number_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.briefing_id} {self.number}"


class BriefingMailKind(models.TextChoices):
    INVITATION = "invitation", _("giấy mời")
    CANCELLATION = "cancellation", _("báo hủy")
    REMINDER = "reminder", _("nhắc họp")


class BriefingMail(models.Model):
    """A mail somebody got about a briefing (thư về phiên họp); one of a kind and sequence."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=BriefingMailKind.choices)
    sequence = models.PositiveIntegerField()
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("thư về phiên họp")
        verbose_name_plural = _("thư về phiên họp")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["briefing", "user", "kind", "sequence"], name="briefing_mail_once"
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence} → {self.user_id}"


class BriefingAlarm(models.Model):
    """A mail of a briefing that came back or may not have arrived, told once. Append-only.

    `told` is who got a mail about it; nobody where neither secretary nor chair can be reached.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="alarms")
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="briefing_alarm")
    told = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("báo động thư phiên họp")
        verbose_name_plural = _("báo động thư phiên họp")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.briefing_id}: {self.mail_id}"


class Presentation(models.Model):
    """What the presenter shows just now (trình chiếu); followers see the same page.

    `version` grows with every change, so that who was away knows what is newer. `page` counts from 0.
    """

    briefing = models.OneToOneField(Briefing, models.PROTECT, related_name="presentation")
    page = models.PositiveIntegerField(default=0)
    is_blank = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField(default=1)
    presenter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("trình chiếu")
        verbose_name_plural = _("trình chiếu")

    def __str__(self) -> str:
        return f"{self.briefing_id}: {self.page}"
