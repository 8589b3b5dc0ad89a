"""What is known of an agent beside its contract: where it sells, whom to call, papers, visits."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from sales.models.agents import Agent
from sales.models.scope import OfAgentQuerySet

#: A rectangle round Vietnam, its islands included: a pair keyed the wrong way round lies outside.
LATITUDES, LONGITUDES = (7.0, 24.0), (102.0, 118.0)
PHONE = r"^\+?[0-9][0-9 .-]{6,18}$"


@pghistory.track()
class PointOfSale(models.Model):
    """Where an agent sells (điểm bán). The position is in degrees (WGS 84), both parts or none.

    Only what `is_listed` is shown to the public: name, address, hours, position, `public_phone`.
    """

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="points", verbose_name=_("đại lý")
    )
    code = models.CharField(_("mã điểm bán"), max_length=20, unique=True)
    name = models.CharField(_("tên điểm bán"), max_length=150)
    address = models.CharField(_("địa chỉ"), max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("địa bàn"))
    latitude = models.FloatField(_("vĩ độ"), null=True, blank=True)
    longitude = models.FloatField(_("kinh độ"), null=True, blank=True)
    opened_date = models.DateField(_("bán từ"))
    closed_date = models.DateField(_("đến hết"), null=True, blank=True)
    is_listed = models.BooleanField(_("đưa lên trang công khai"), default=False)
    opening_hours = models.CharField(_("giờ mở cửa"), max_length=100, blank=True, default="")
    public_phone = models.CharField(
        _("điện thoại công khai"), max_length=20, blank=True, default=""
    )

    objects = OfAgentQuerySet["PointOfSale"].as_manager()

    class Meta:
        verbose_name = _("điểm bán")
        verbose_name_plural = _("điểm bán")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="point_order",
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                violation_error_message=_("Ngày cuối phải từ ngày đầu trở đi."),
            ),
            models.CheckConstraint(
                name="point_position_in_vietnam",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=LATITUDES, longitude__range=LONGITUDES),
                violation_error_message=_(
                    "Vị trí phải có đủ vĩ độ (7 đến 24) và kinh độ (102 đến 118); "
                    "hãy kiểm tra xem có viết đổi chỗ không."
                ),
            ),
            models.CheckConstraint(
                name="point_public_phone",
                condition=Q(public_phone="") | Q(public_phone__regex=PHONE),
                violation_error_message=_("Số điện thoại chỉ gồm chữ số, dài từ 7 đến 19 ký tự."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@pghistory.track()
class AgentContact(models.Model):
    """Whom to call (người liên hệ). One of them is the first to call."""

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="contacts", verbose_name=_("đại lý")
    )
    name = models.CharField(_("họ tên"), max_length=100)
    position = models.CharField(_("vai trò"), max_length=100, blank=True, default="")
    phone = models.CharField(_("điện thoại"), max_length=20, blank=True, default="")
    email = models.EmailField(_("thư điện tử"), blank=True, default="")
    is_first = models.BooleanField(_("liên hệ chính"), default=False)
    is_former = models.BooleanField(_("không còn liên hệ"), default=False)

    objects = OfAgentQuerySet["AgentContact"].as_manager()

    class Meta:
        verbose_name = _("người liên hệ")
        verbose_name_plural = _("người liên hệ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="contact_one_first",
                fields=["agent"],
                condition=Q(is_first=True, is_former=False),
                violation_error_message=_("Đại lý đã có người liên hệ chính khác."),
            ),
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~Q(phone="") | ~Q(email=""),
                violation_error_message=_("Phải có điện thoại hoặc thư điện tử."),
            ),
            models.CheckConstraint(
                name="contact_phone",
                condition=Q(phone="") | Q(phone__regex=PHONE),
                violation_error_message=_("Số điện thoại chỉ gồm chữ số, dài từ 7 đến 19 ký tự."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DocumentKind(models.TextChoices):
    CONTRACT = "contract", _("hợp đồng, phụ lục")
    LICENCE = "licence", _("giấy phép kinh doanh")
    COMMITMENT = "commitment", _("cam kết")
    SECURITY = "security", _("giấy tờ bảo đảm")
    OTHER = "other", _("khác")


@pghistory.track(exclude=["data"])
class AgentDocument(models.Model):
    """A paper in an agent's file (hồ sơ), with the file itself where it was scanned."""

    agent = models.ForeignKey(
        Agent, models.PROTECT, related_name="documents", verbose_name=_("đại lý")
    )
    kind = models.CharField(_("loại giấy tờ"), max_length=10, choices=DocumentKind.choices)
    number = models.CharField(_("số"), max_length=100)
    title = models.CharField(_("trích yếu"), max_length=200)
    issued_date = models.DateField(_("ngày ký"))
    valid_to = models.DateField(_("hết hạn"), null=True, blank=True)
    kept_at = models.CharField(_("nơi lưu bản giấy"), max_length=150, blank=True, default="")
    file_name = models.CharField(_("tệp"), max_length=200, editable=False, default="")
    content_type = models.CharField(max_length=50, editable=False, default="")
    size = models.PositiveIntegerField(editable=False, default=0)
    sha256 = models.CharField(max_length=64, editable=False, default="")
    data = models.BinaryField(null=True)

    objects = OfAgentQuerySet["AgentDocument"].as_manager()

    class Meta:
        verbose_name = _("giấy tờ của đại lý")
        verbose_name_plural = _("giấy tờ của đại lý")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="document_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("issued_date")),
                violation_error_message=_("Ngày hết hạn phải từ ngày ký trở đi."),
            ),
            models.UniqueConstraint(
                fields=["agent", "kind", "number"],
                name="agent_document_once",
                violation_error_message=_("Giấy tờ loại này với số này đã có trong hồ sơ."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class NoteKind(models.TextChoices):
    NOTE = "note", _("ghi chú")
    VISIT = "visit", _("đi thăm")


class AgentNote(models.Model):
    """What somebody noted of an agent, or found on a visit (ghi chú, đi thăm); only added to."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="notes", verbose_name=_("đại lý"))
    kind = models.CharField(_("loại"), max_length=10, choices=NoteKind.choices)
    date = models.DateField(_("ngày"))
    point = models.ForeignKey(
        PointOfSale, models.PROTECT, null=True, blank=True, verbose_name=_("điểm bán")
    )
    text = models.CharField(_("nội dung"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfAgentQuerySet["AgentNote"].as_manager()

    class Meta:
        verbose_name = _("ghi chú về đại lý")
        verbose_name_plural = _("ghi chú về đại lý")
        indexes: ClassVar = [models.Index(fields=["agent", "-date"], name="agent_note_date")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.date:%d/%m/%Y}"
