"""The amounts an account of an agent is told in."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

#: `closing` = `opening` + what moved it.
ADDS_UP: Final = Q(
    closing_amount=F("opening_amount")
    + F("revenue_amount")
    - F("commission_amount")
    + F("tax_amount")
    - F("prize_amount")
    - F("payout_fee_amount")
    - F("paid_amount")
    + F("other_amount")
)


class AccountAmounts(models.Model):
    """What an agent owed before and after some days, and what moved it; in đồng, as people read it."""

    opening_amount = models.BigIntegerField(_("nợ đầu kỳ"))
    revenue_amount = models.BigIntegerField(_("doanh thu"))
    commission_amount = models.BigIntegerField(_("hoa hồng"))
    tax_amount = models.BigIntegerField(_("thuế khấu trừ"))
    prize_amount = models.BigIntegerField(_("trả thưởng hộ"))
    payout_fee_amount = models.BigIntegerField(_("phí trả thưởng hộ"))
    paid_amount = models.BigIntegerField(_("đã nộp"))
    other_amount = models.BigIntegerField(_("lãi, điều chỉnh"))
    closing_amount = models.BigIntegerField(_("nợ cuối kỳ"))
    collateral_amount = models.BigIntegerField(_("ký quỹ đang giữ"))

    class Meta:
        abstract = True


#: By name, in the order people read them.
AMOUNTS: Final = tuple(field.name for field in AccountAmounts._meta.local_fields)
