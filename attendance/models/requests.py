"""What people ask for about their own working time, who decided what about it, and deputies."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.models.manual import Attachment, Direction
from attendance.models.rosters import DayPart
from backend.clock import VN
from backend.org.models import Employee
from backend.promises import APPEND_ONLY, has_reason

_OPEN = ("partner", "manager", "hr")


class RequestKind(models.TextChoices):
    PUNCH = "punch", _("quên chấm công")
    LEAVE = "leave", _("nghỉ phép")
    OVERTIME = "overtime", _("làm thêm giờ")
    TRIP = "trip", _("công tác")
    SWAP = "swap", _("đổi ca")


class RequestState(models.TextChoices):
    """Whom a request waits for, or how it ended. The values are those of `requests.states`."""

    PARTNER = "partner", _("chờ người đổi ca đồng ý")
    MANAGER = "manager", _("chờ trưởng bộ phận")
    HR = "hr", _("chờ nhân sự")
    APPROVED = "approved", _("đã duyệt")
    REJECTED = "rejected", _("bị từ chối")
    WITHDRAWN = "withdrawn", _("đã rút")


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> Self:
        """Those that still wait for somebody."""
        return self.filter(state__in=_OPEN)


@pghistory.track()
class Request(models.Model):
    """What an employee asks for (đơn): a forgotten punch, leave, overtime, a trip, a swap.

    `first` is the day, or the first of several up to `last`. `start` and `end` are local clock
    times: the punch (`start` alone), the overtime (an end not after its start is on the next day),
    or the hours of a leave or trip. `code` is a leave's symbol, `event` what private leave (VR) is
    for, `partner` who swaps. Nothing of it changes but `state`, and each change of that has its `RequestStep`.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="requests")
    kind = models.CharField(_("loại đơn"), max_length=8, choices=RequestKind.choices)
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến ngày"))
    start = models.TimeField(_("từ giờ"), null=True)
    end = models.TimeField(_("đến giờ"), null=True)
    direction = models.CharField(
        max_length=3, choices=Direction.choices, blank=True, default=Direction.UNTOLD
    )
    code = models.CharField(_("ký hiệu"), max_length=4, blank=True, default="")
    event = models.CharField(_("việc riêng"), max_length=16, blank=True, default="")
    part = models.CharField(max_length=4, choices=DayPart.choices, default=DayPart.FULL)
    partner = models.ForeignKey(
        Employee, models.PROTECT, null=True, related_name="swaps_asked_of_them"
    )
    reason = models.TextField(_("lý do"))
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True)
    state = models.CharField(max_length=9, choices=RequestState.choices)
    at = models.DateTimeField()

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn")
        verbose_name_plural = _("đơn")
        constraints: ClassVar = [
            models.CheckConstraint(name="request_order", condition=Q(first__lte=F("last"))),
            has_reason("request_says_why"),
            models.CheckConstraint(
                name="request_punch_moment", condition=~Q(kind="punch") | Q(start__isnull=False)
            ),
            models.CheckConstraint(
                name="request_overtime_span",
                condition=~Q(kind="overtime") | Q(start__isnull=False, end__isnull=False),
            ),
            models.CheckConstraint(
                name="request_swap_partner",
                condition=Q(kind="swap", partner__isnull=False)
                | (~Q(kind="swap") & Q(partner__isnull=True)),
            ),
            models.CheckConstraint(
                name="request_event_of_private_leave",
                condition=(Q(code="VR") & ~Q(event="")) | (~Q(code="VR") & Q(event="")),
            ),
            models.UniqueConstraint(
                fields=["employee", "kind", "first", "start"],
                condition=Q(state__in=_OPEN),
                nulls_distinct=False,
                name="request_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "at"], name="request_waiting"),
            models.Index(fields=["employee", "-at"], name="request_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.get_kind_display()} {self.first:%d/%m/%Y}"

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    def span(self) -> tuple[datetime, datetime]:
        """The moments of an overtime's start and end."""
        assert self.start is not None  # noqa: S101 - the table's constraint says so
        assert self.end is not None  # noqa: S101
        ends = self.first + timedelta(days=self.end <= self.start)
        return (
            datetime.combine(self.first, self.start, tzinfo=VN),
            datetime.combine(ends, self.end, tzinfo=VN),
        )


class StepKind(models.TextChoices):
    SUBMITTED = "submitted", _("gửi đơn")
    PARTNER_AGREED = "partner_agreed", _("người đổi ca đồng ý")
    PARTNER_REFUSED = "partner_refused", _("người đổi ca không đồng ý")
    MANAGER_APPROVED = "manager_approved", _("trưởng bộ phận duyệt")
    MANAGER_REJECTED = "manager_rejected", _("trưởng bộ phận từ chối")
    HR_APPROVED = "hr_approved", _("nhân sự duyệt")
    HR_REJECTED = "hr_rejected", _("nhân sự từ chối")
    WITHDRAWN = "withdrawn", _("rút đơn")


class RequestStep(models.Model):
    """One step of a request (bước duyệt): who did what, when, and what they said.

    `on_behalf_of` is the head of department whose deputy the actor was.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=StepKind.choices)
    note = models.TextField(blank=True, default="")
    on_behalf_of = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bước duyệt đơn")
        verbose_name_plural = _("bước duyệt đơn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "kind"], name="request_step_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.request_id} {self.get_kind_display()}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def standing(self, on: date) -> Self:
        """Those that hold on the day and were not taken back."""
        return self.filter(ending__isnull=True, first__lte=on, last__gte=on)


class Delegation(models.Model):
    """A head of department's deputy for some days (ủy quyền duyệt đơn), both days included."""

    manager = models.ForeignKey(Employee, models.PROTECT, related_name="delegations_given")
    deputy = models.ForeignKey(Employee, models.PROTECT, related_name="delegations_held")
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến ngày"))
    reason = models.TextField(_("lý do"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("ủy quyền duyệt đơn")
        verbose_name_plural = _("ủy quyền duyệt đơn")
        constraints: ClassVar = [
            models.CheckConstraint(name="delegation_order", condition=Q(first__lte=F("last"))),
            models.CheckConstraint(name="delegation_to_another", condition=~Q(manager=F("deputy"))),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.manager_id} → {self.deputy_id} {self.first:%d/%m}–{self.last:%d/%m/%Y}"


class DelegationEnding(models.Model):
    """Takes a delegation back before its last day (thôi ủy quyền)."""

    delegation = models.OneToOneField(Delegation, models.PROTECT, related_name="ending")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thôi ủy quyền")
        verbose_name_plural = _("thôi ủy quyền")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.delegation_id} {self.at:%d/%m/%Y %H:%M}"
