"""Keeps the calendar of draws going by itself: draws made ahead, past ones marked as held."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backend.clock import VN
from backend.jobs.handlers import in_one_transaction
from backend.jobs.models import Schedule
from backend.jobs.queue import put_schedule
from backend.jobs.rules import DrawEvening
from sales.draws.claim_terms import write_claim_terms
from sales.draws.drawing import planned_draws
from sales.models import Draw, DrawStatus

#: Tickets are handed out ahead, and weeks may pass before anybody looks at the calendar.
AHEAD = timedelta(days=60)
#: The Northern draw begins at 18:15 and is over by 18:35.
OVER_AT = time(18, 35)
HANDLER = "draws.keep"


def keep_calendar(*, at: datetime) -> tuple[int, int]:
    """Make the draws of the next 60 days that are missing, mark those over as held; write to the draws
    whose prizes can still be claimed until when.

    Answers how many of each. A draw that did not take place is marked void by hand; that stays.
    """
    now = at.astimezone(VN)
    today = now.date()
    missing = planned_draws(today, today + AHEAD)
    with transaction.atomic():
        known = Draw.objects.between(today, today + AHEAD).count()
        Draw.objects.bulk_create(missing, ignore_conflicts=True)
        write_claim_terms(today - AHEAD, today + AHEAD)
        made = Draw.objects.between(today, today + AHEAD).count() - known
        last = today if now.time() >= OVER_AT else today - timedelta(days=1)
        held = Draw.objects.filter(status=DrawStatus.SCHEDULED, date__lte=last).update(
            status=DrawStatus.HELD
        )
    return made, held


run_due = in_one_transaction(keep_calendar)


def draw_evenings(first: date, last: date) -> dict[date, DrawEvening]:
    """The draws of [first, last] for schedules that count from them: those kept, else as planned."""
    hosts = {draw.date: draw.host for draw in planned_draws(first, last)}
    for draw in Draw.objects.between(first, last).order_by("date"):
        hosts[draw.date] = draw.host
        if draw.status == DrawStatus.VOID:
            del hosts[draw.date]
    return {day: DrawEvening(host, OVER_AT) for day, host in hosts.items()}


def schedule_keeping(*, at: datetime) -> Schedule:
    """Have it done every evening after the draw."""
    return put_schedule(
        code="draws-keep",
        name=_("Giữ lịch quay: lập kỳ sắp tới, ghi nhận kỳ đã quay"),
        handler=HANDLER,
        cron="40 18 * * *",
        at=at,
    )
