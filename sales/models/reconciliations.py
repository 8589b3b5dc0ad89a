"""Records of accounts agreed with agents, signed by both sides."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.org.models import Region
from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.account import ADDS_UP, AccountAmounts
from sales.models.agents import Agent
from sales.models.scope import InRegionQuerySet


class ReconciliationQuerySet(InRegionQuerySet["Reconciliation"]):
    def with_state(self) -> Any:  # mypy knows no column added in a query
        """With `state`: the kind of the last step, "proposed" before the first."""
        steps = ReconciliationStep.objects.filter(reconciliation=OuterRef("pk")).order_by("-pk")
        return self.annotate(state=Coalesce(Subquery(steps.values("kind")[:1]), Value("proposed")))


class Reconciliation(AccountAmounts):
    """An agent's account of a period as proposed to him (biên bản đối chiếu công nợ).

    `tickets` are those of closed draws, by product: `product`, `name`, `issued`, `returned`,
    `sold`, `revenue`, `commission`. What becomes of the record are its steps; after it was
    withdrawn, a new `version` of the same period may be proposed.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, verbose_name=_("đại lý"))
    region = models.ForeignKey(Region, models.PROTECT, db_index=False, verbose_name=_("địa bàn"))
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến hết ngày"))
    version = models.PositiveSmallIntegerField(_("lần lập"))
    tickets = models.JSONField(_("vé"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người lập")
    )
    at = models.DateTimeField(_("lập lúc"))

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("biên bản đối chiếu công nợ")
        verbose_name_plural = _("biên bản đối chiếu công nợ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent", "first", "last", "version"], name="reconciliation_once"
            ),
            models.CheckConstraint(
                name="reconciliation_order", condition=Q(first__lte=F("last"), version__gte=1)
            ),
            models.CheckConstraint(name="reconciliation_adds_up", condition=ADDS_UP),
        ]
        indexes: ClassVar = [models.Index(fields=["last", "id"], name="reconciliation_last")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number on paper (số biên bản)."""
        return f"ĐC-{self.last:%Y%m%d}-{self.agent.code}-{self.version}"


class ReconciliationStepKind(models.TextChoices):
    AGENT_CONFIRMED = "agent", _("đại lý đã ký")
    DISPUTED = "disputed", _("đại lý không đồng ý")
    COMPANY_CONFIRMED = "company", _("công ty đã ký")
    WITHDRAWN = "withdrawn", _("đã hủy")


_COMPANY_SIGNS_LAST = pgtrigger.Trigger(
    name="company_signs_last",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__kind="company"),
    func="""
        IF NOT EXISTS (
            SELECT FROM sales_reconciliationstep step
            WHERE step.reconciliation_id = NEW.reconciliation_id AND step.kind = 'agent'
        ) THEN
            RAISE EXCEPTION 'the company signs after the agent';
        END IF;
        RETURN NEW;
    """,
)


class ReconciliationStep(models.Model):
    """What became of a record: signed by the agent, disputed, signed by the company, withdrawn.

    `signer` is the name on paper, `signed_date` the day beside it; a dispute and a withdrawal say
    why in `note`.
    """

    reconciliation = models.ForeignKey(Reconciliation, models.PROTECT, related_name="steps")
    kind = models.CharField(_("bước"), max_length=10, choices=ReconciliationStepKind.choices)
    signer = models.CharField(_("người ký"), max_length=100, blank=True, default="")
    signed_date = models.DateField(_("ngày ký"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bước đối chiếu công nợ")
        verbose_name_plural = _("bước đối chiếu công nợ")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reconciliation", "kind"], name="reconciliation_step_once"
            ),
            models.UniqueConstraint(
                name="reconciliation_one_end",
                fields=["reconciliation"],
                condition=Q(kind__in=["company", "withdrawn"]),
            ),
            models.UniqueConstraint(
                name="reconciliation_one_answer",
                fields=["reconciliation"],
                condition=Q(kind__in=["agent", "disputed"]),
            ),
            models.CheckConstraint(
                name="reconciliation_signed_by_somebody",
                condition=Q(kind__in=["disputed", "withdrawn"])
                | (~Q(signer="") & Q(signed_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="reconciliation_says_why",
                condition=Q(kind__in=["agent", "company"])
                | Q(GreaterThanOrEqual(Length("note"), REASON_MIN)),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY, _COMPANY_SIGNS_LAST]

    def __str__(self) -> str:
        return f"{self.reconciliation_id}: {self.kind}"
