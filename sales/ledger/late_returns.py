"""Whether unsold tickets come back too late: the draw's cut-off by the rules in force on its day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q, Sum

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.lines import Line
from sales.engine.return_rules import CutoffRules, Lateness, lateness
from sales.models import ConsignmentEntry, Draw, DrawStatus, RuleKey
from sales.rules import Rules, rule_book


def lateness_of(days: Iterable[date], at: datetime) -> Lateness:
    """Of these draws; few queries, none where all are of days to come.

    Tickets of a draw that was called off come back at any time: nobody drew their numbers.
    """
    today = at.astimezone(VN).date()
    wanted = {day for day in days if day <= today}
    if not wanted:
        return Lateness()
    void = Draw.objects.filter(date__in=wanted, status=DrawStatus.VOID)
    held = wanted - set(void.values_list("date", flat=True))
    book = rule_book([RuleKey.RETURN_CUTOFF, RuleKey.RETURN_LATE])
    return lateness({day: _rules(book.on(day)) for day in held}, at, VN)


def lateness_of_lines(lines: Sequence[Line], at: datetime) -> Lateness:
    """Of the draws that lines bring tickets back of; a correction is of what was brought before."""
    return lateness_of({line.draw_date for line in lines if line.brings_back}, at)


def late_tickets(day: date, *, user: User, path: str | None) -> list[tuple[str, int]]:
    """Agents with the tickets of a draw that came back late and stand so in the ledger, corrected since."""
    entries = ConsignmentEntry.objects.visible_to(user).in_scope(path).filter(draw_date=day)
    late = entries.filter(Q(is_late=True) | Q(corrects__is_late=True))
    sums = late.values("agent__code").annotate(tickets=Sum("returned")).filter(tickets__gt=0)
    return list(sums.order_by("agent__code").values_list("agent__code", "tickets"))


def _rules(rules: Rules) -> CutoffRules:
    return CutoffRules(
        rules.value(RuleKey.RETURN_CUTOFF), refuses=rules.value(RuleKey.RETURN_LATE) == 1
    )
