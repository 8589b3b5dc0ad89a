"""Who is told, what there is to tell, and what became of each call."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from backend.sealing import unseal
from backend.webhooks.receivers import ReceiverRefused, checked_receiver


class EventKind(models.TextChoices):
    """What can be told. The words are part of the API: never change one."""

    TIMESHEET_LOCKED = "timesheet.locked", _("đã chốt bảng công")
    TIMESHEET_REOPENED = "timesheet.reopened", _("đã mở lại bảng công")
    EXCEPTION_OPENED = "exception.opened", _("có ngoại lệ chấm công mới")
    REQUEST_DECIDED = "request.decided", _("đã quyết định một đơn")
    SALES_RECORDED = "sales.recorded", _("đã ghi vé giao, vé trả")
    DRAW_CLOSED = "draw.closed", _("đã chốt bán một kỳ")
    SALES_PERIOD_CLOSED = "sales_period.closed", _("đã khóa sổ bán vé một tháng")
    AGENT_STATUS = "agent.status", _("đại lý đổi trạng thái")
    PAYMENT_RECORDED = "payment.recorded", _("đã ghi tiền đại lý nộp")
    PAYMENT_REVERSED = "payment.reversed", _("đã đảo tiền đại lý nộp")
    RESULT_PUBLISHED = "result.published", _("đã công bố kết quả một kỳ")
    CLAIM_PAID = "claim.paid", _("đã trả một vé trúng thưởng")
    CLAIM_PAYMENT_REVERSED = "claim.payment_reversed", _("đã đảo việc trả một vé trúng thưởng")
    PING = "ping", _("gửi thử")


@pghistory.track(exclude=["secret_sealed"])
class Subscription(models.Model):
    """A program that wants to be told (nơi nhận). The secret is sealed and shown once."""

    name = models.CharField(_("tên nơi nhận"), max_length=100, unique=True)
    url = models.CharField(_("địa chỉ nhận"), max_length=500)
    kinds = ArrayField(
        models.CharField(max_length=30, choices=EventKind.choices),
        verbose_name=_("sự kiện"),
        default=list,
    )
    secret_sealed = models.TextField(editable=False)
    enabled = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("nơi nhận webhook")
        verbose_name_plural = _("nơi nhận webhook")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a receiver that the server's settings do not name."""
        try:
            checked_receiver(self.url, hosts=settings.WEBHOOK_HOSTS)
        except ReceiverRefused as error:
            raise ValidationError({"url": str(error)}) from None

    def secret(self) -> str:
        """The secret in clear. Raises CannotUnseal."""
        return unseal(self.secret_sealed)


class Event(models.Model):
    """Something that has happened (sự kiện), written in the transaction that made it so.

    `body` is what is sent, byte for byte, to everybody and at every attempt.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(_("sự kiện"), max_length=30, choices=EventKind.choices)
    body = models.TextField()
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("sự kiện webhook")
        verbose_name_plural = _("sự kiện webhook")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DeliveryState(models.TextChoices):
    DUE = "due", _("chờ gửi")
    DELIVERED = "delivered", _("đã nhận")
    FAILED = "failed", _("không gửi được")


class Delivery(models.Model):
    """One event for one receiver (lần báo). `attempt` fences: only the latest claim may record.

    A call that was not answered may have arrived: it is made again with the same `webhook-id`, by
    which the receiver knows it.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    state = models.CharField(
        _("trạng thái"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.DUE
    )
    attempt = models.PositiveIntegerField(_("lần thử"), default=0)
    due_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(_("thử lại lúc"))
    lease_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(_("nhận lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("lần báo webhook")
        verbose_name_plural = _("lần báo webhook")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscription"], name="webhook_delivery_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"],
                name="webhook_to_send",
                condition=Q(state=DeliveryState.DUE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscription_id}: {self.state}"


class Attempt(models.Model):
    """One call and what the receiver said (nhật ký gửi). `status` is null when nobody answered.

    `duration` is in milliseconds; `answer` the beginning of the receiver's answer, or the error.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField(_("lần thử"))
    at = models.DateTimeField(_("lúc"))
    status = models.PositiveSmallIntegerField("HTTP", null=True)
    duration = models.PositiveIntegerField(_("mili giây"))
    answer = models.CharField(_("trả lời"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("nhật ký gửi webhook")
        verbose_name_plural = _("nhật ký gửi webhook")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}: {self.status or self.answer}"
