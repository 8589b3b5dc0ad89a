"""Until when a winning ticket can be presented (hạn lĩnh thưởng)."""

from datetime import date, timedelta

from backend.workdays import terms_ending
from sales.models import Draw, RuleKey
from sales.rules import RuleBook, rule_book


def last_claim_day(draw: date, written: date | None, book: RuleBook) -> date | None:
    """The last day to present a ticket of the draw: the one `written` there, else by the rule in force on
    the draw's day; None without one."""
    days = book.on(draw).value(RuleKey.PRIZE_CLAIM_DAYS)
    return written or (None if days is None else draw + timedelta(days=days))


def write_claim_terms(first: date, last: date) -> None:
    """Write to each draw of [first, last] its last day: one of rest moves to the next working one.

    The public site knows no calendar of working days, so the draw itself has to tell.
    """
    book = rule_book([RuleKey.PRIZE_CLAIM_DAYS])
    draws = list(Draw.objects.between(first, last))
    plain = {draw.date: last_claim_day(draw.date, None, book) for draw in draws}
    ends = terms_ending(day for day in plain.values() if day is not None)
    changed = []
    for draw in draws:
        day = plain[draw.date]
        until = ends[day] if day else None
        if draw.claim_until != until:
            draw.claim_until = until
            changed.append(draw)
    Draw.objects.bulk_update(changed, ["claim_until"])
