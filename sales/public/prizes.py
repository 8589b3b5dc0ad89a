"""/co-cau-giai-thuong/: what each prize is worth, and until when it can be claimed."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backend import clock
from sales.engine.prizes import CONSOLATION, KINDS, SECONDARY, SPECIAL, TICKET_DIGITS
from sales.models import PrizeLevel, PrizeTable, RuleKey
from sales.public.frame import HOUR, page
from sales.rules import rules_in_force


@dataclass(frozen=True)
class Prize:
    label: str
    amount: int
    #: How many numbers of the draw give it.
    draws: int
    how: str


@page(seconds=HOUR)
def prizes(request: HttpRequest) -> HttpResponse:
    """The prize table in force of every kind of ticket that has one."""
    today = clock.today()
    days = rules_in_force((RuleKey.PRIZE_CLAIM_DAYS,), today).value(RuleKey.PRIZE_CLAIM_DAYS)
    context = {
        "tables": [(table, _prizes(table)) for table in tables_in_force(today)],
        "claim_days": days,
    }
    return render(request, "public/prizes.html", context)


def tables_in_force(day: date) -> list[PrizeTable]:
    """The table of each kind of ticket for a draw of the day."""
    newest: dict[int, PrizeTable] = {}
    tables = PrizeTable.objects.in_force(day).select_related("product")
    for table in tables.prefetch_related("levels"):
        newest.setdefault(table.product_id, table)
    return list(newest.values())


def _prizes(table: PrizeTable) -> list[Prize]:
    levels = sorted(table.levels.all(), key=lambda level: KINDS.index(level.kind))
    return [
        Prize(level.get_kind_display(), level.amount, level.draws, _how(level)) for level in levels
    ]


def _how(level: PrizeLevel) -> str:
    """What a ticket must have to win it."""
    if level.kind == SPECIAL:
        return _("trùng cả 5 chữ số và ký hiệu trúng")
    if level.kind == SECONDARY:
        return _("trùng cả 5 chữ số, khác ký hiệu trúng")
    if level.kind == CONSOLATION:
        return _("trùng {digits} chữ số cuối của giải đặc biệt").format(digits=level.digits)
    if level.digits == TICKET_DIGITS:
        return _("trùng cả {digits} chữ số").format(digits=level.digits)
    return _("trùng {digits} chữ số cuối").format(digits=level.digits)
