"""How many tickets of a draw are to be printed, and by when."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from sales.engine.lines import MOST_TICKETS
from sales.models.draws import Draw
from sales.models.products import Product


class IssuePlan(models.Model):
    """So many tickets of a product are to be printed for a draw (kế hoạch phát hành).

    Only added to: of a draw and product the newest row counts, and 0 tickets take it back.
    `receive_date` is the day the printer has to deliver by.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="issue_plans")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    tickets = models.PositiveIntegerField(_("số vé phát hành"))
    receive_date = models.DateField(_("ngày nhận từ nhà in"), null=True, blank=True)
    document = models.CharField(_("văn bản"), max_length=100)
    note = models.CharField(_("ghi chú"), max_length=200, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kế hoạch phát hành")
        verbose_name_plural = _("kế hoạch phát hành")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="issue_plan_within_reason", condition=Q(tickets__lte=MOST_TICKETS)
            ),
            models.CheckConstraint(name="issue_plan_has_document", condition=~Q(document="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["draw", "product", "-id"], name="issue_plan_newest")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.product_id}: {self.tickets}"
