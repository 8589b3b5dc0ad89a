"""Who sells, and how that began, paused and ended."""

from datetime import date
from typing import ClassVar, Final, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY, in_order
from backend.reasons import REASON_MIN
from backend.sealing import unseal
from backend.vntext import search_key
from sales.models.references import stays_while_used
from sales.models.scope import InRegionQuerySet


class AgentKind(models.TextChoices):
    PERSON = "person", _("cá nhân")
    ORGANISATION = "org", _("tổ chức")


class AgentStatus(models.TextChoices):
    ACTIVE = "active", _("đang hoạt động")
    SUSPENDED = "suspended", _("tạm ngừng")
    ENDED = "ended", _("đã chấm dứt")


class AgentQuerySet(InRegionQuerySet["Agent"]):
    def under_contract(self, first: date, last: date) -> Self:
        """Agents open on at least one day of [first, last], both included, and not suspended."""
        return (
            self.exclude(status=AgentStatus.SUSPENDED)
            .filter(opened_date__lte=last)
            .filter(Q(closed_date__isnull=True) | Q(closed_date__gte=first))
        )

    def found_by(self, text: str) -> Self:
        """Agents whose code or name holds the text, accents or none."""
        key = search_key(text)
        return self.filter(Q(code__icontains=text.strip()) | Q(search__contains=key))


#: So much of an identity paper's number is shown.
_SHOWN_DIGITS = 4
TAX_CODE: Final = r"^[0-9]{10}(-?[0-9]{3})?$|^[0-9]{12}$"
NO_TAX_CODE: Final = _("Mã số thuế gồm 10, 12 hoặc 13 chữ số.")
_MASKED_TAX_CODE: Final = r"^•{6,10}[0-9-][0-9]{3}$"

# Two levels, as the law knows them: who is under an agent has nobody under itself.
_TWO_LEVELS = pgtrigger.Trigger(
    name="two_levels",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__parent__isnull=False),
    func="""
        IF EXISTS (SELECT FROM sales_agent WHERE id = NEW.parent_id AND parent_id IS NOT NULL)
            OR EXISTS (SELECT FROM sales_agent WHERE parent_id = NEW.id)
        THEN
            RAISE EXCEPTION 'an agent of the second level has nobody below it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_two_levels';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track(exclude=["identity_sealed", "tax_sealed"])
class Agent(models.Model):
    """A sales agent (đại lý) with its present region, commission (hoa hồng) and credit limit.

    `region` is where the agent is today; every entry keeps the region of its own time.
    `closed_date` is the last day of business, set when the contract has ended. A second-level
    agent (đại lý cấp 2) belongs to its `parent`. `commission_bps` and `credit_limit_amount` hold
    where no contract says otherwise. The number of the identity paper is kept sealed, and so is the
    tax code of a person, which is the same number since 07/2025: `tax_code` shows its end only.
    """

    code = models.CharField(_("mã đại lý"), max_length=20, unique=True)
    name = models.CharField(_("tên đại lý"), max_length=150)
    search = models.CharField(max_length=150, editable=False)
    kind = models.CharField(_("loại"), max_length=10, choices=AgentKind.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("địa bàn"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("đại lý cấp trên"),
    )
    tax_code = models.CharField(
        _("mã số thuế"),
        max_length=14,
        blank=True,
        default="",
        help_text=_("Của cá nhân được mã hóa, chỉ hiện bốn số cuối; để nguyên thì không đổi."),
    )
    tax_sealed = models.TextField(editable=False, default="")
    address = models.CharField(_("địa chỉ"), max_length=200, blank=True, default="")
    identity_sealed = models.TextField(editable=False, default="")
    identity_shown = models.CharField(_("số giấy tờ"), max_length=20, editable=False, default="")
    unrelated_date = models.DateField(
        _("ngày cam kết không có liên quan"),
        null=True,
        blank=True,
        help_text=_("Ngày ký cam kết không thuộc diện người có liên quan của công ty."),
    )
    status = models.CharField(
        _("trạng thái"), max_length=10, choices=AgentStatus.choices, default=AgentStatus.ACTIVE
    )
    opened_date = models.DateField(_("ngày bắt đầu"))
    closed_date = models.DateField(_("ngày làm đại lý cuối cùng"), null=True, blank=True)
    commission_bps = models.PositiveSmallIntegerField(_("hoa hồng (phần vạn)"))
    credit_limit_amount = models.BigIntegerField(_("hạn mức công nợ (đồng)"), default=0)
    is_demonstration = models.BooleanField(_("dữ liệu trình diễn"), default=False)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("đại lý")
        verbose_name_plural = _("đại lý")
        constraints: ClassVar = [
            in_order("agent_opened_before_closed", "opened_date", "closed_date"),
            models.CheckConstraint(
                name="agent_ended_has_last_day",
                condition=~Q(status=AgentStatus.ENDED) | Q(closed_date__isnull=False),
            ),
            models.CheckConstraint(
                name="agent_commission_is_a_share", condition=Q(commission_bps__lte=10_000)
            ),
            models.CheckConstraint(
                name="agent_credit_limit_not_negative", condition=Q(credit_limit_amount__gte=0)
            ),
            models.CheckConstraint(
                name="agent_not_its_own_parent", condition=~Q(parent=F("pk")) | Q(parent=None)
            ),
            models.CheckConstraint(
                name="agent_tax_code",
                condition=Q(tax_code="", tax_sealed="")
                | Q(kind=AgentKind.ORGANISATION, tax_sealed="", tax_code__regex=TAX_CODE)
                | Q(~Q(tax_sealed=""), kind=AgentKind.PERSON, tax_code__regex=_MASKED_TAX_CODE),
                violation_error_message=NO_TAX_CODE,
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["parent"], name="agent_parent")]
        triggers: ClassVar = [_TWO_LEVELS, stays_while_used("agent_id")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, **kwargs: object) -> None:
        self.search = search_key(self.name)
        super().save(**kwargs)  # type: ignore[arg-type]

    @property
    def level(self) -> int:
        return 1 if self.parent_id is None else 2

    def tax_number(self) -> str:
        """The tax code in full, "" where none was given. Raises CannotUnseal."""
        return unseal(self.tax_sealed) if self.tax_sealed else self.tax_code

    def identity_number(self) -> str:
        """The number of the identity paper, "" where none was given. Raises CannotUnseal."""
        return unseal(self.identity_sealed) if self.identity_sealed else ""


def masked(number: str) -> str:
    """What may be shown of a number: its end."""
    return "•" * max(len(number) - _SHOWN_DIGITS, 0) + number[-_SHOWN_DIGITS:]


class AgentStatusChange(models.Model):
    """An agent begins, pauses, goes on or ends (thay đổi trạng thái); only added to.

    `effective_date` is the day it holds from; of an end, the last day of business.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="status_changes")
    before = models.CharField(_("từ"), max_length=10, choices=AgentStatus.choices)
    status = models.CharField(_("trạng thái"), max_length=10, choices=AgentStatus.choices)
    effective_date = models.DateField(_("từ ngày"))
    reason = models.CharField(_("lý do"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thay đổi trạng thái đại lý")
        verbose_name_plural = _("thay đổi trạng thái đại lý")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="status_change_says_why",
                condition=Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
            ),
            models.CheckConstraint(name="status_change_changes", condition=~Q(status=F("before"))),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.before} → {self.status}"
