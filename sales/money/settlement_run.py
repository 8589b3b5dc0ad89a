"""Settling a month in the background: its draws closed, its books, every agent's record (quyết toán)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.jobs.models import Run, RunState
from backend.jobs.queue import Fence, database_now, enqueue
from backend.milestones import announce
from backend.months import shifted
from backend.problems import Problem
from sales.ledger.closing import DrawAlreadyClosed, close_draw
from sales.models import Draw, DrawStatus, PeriodClose, SettlementRun, Source
from sales.money.reconciling import propose_month
from sales.money.settling import PeriodNotOver, close_period, refuse_order
from sales.tickets.return_sheets import unconfirmed_by_day
from sales.whole_company import require_whole_company

HANDLER: Final = "sales.settle"
#: After the draws: the books of the month, then the records of agents.
_LAST_STEPS: Final = 2


class RunGoingOn(Problem):
    status = 409
    code = "settlement.running"
    message = _("Tháng này đang được quyết toán. Hãy chờ tiến độ ở bên dưới.")


def start(month: date, *, by: User, at: datetime) -> SettlementRun:
    """Have the month settled in the background.

    Raises WholeCompanyOnly, PeriodNotOver, PeriodNotBegun, PeriodClosed, PeriodsInOrder, RunGoingOn.
    """
    first = month.replace(day=1)
    require_whole_company(by)
    if shifted(first, 1) > at.astimezone(VN).date():
        raise PeriodNotOver
    refuse_order(first)
    try:
        with transaction.atomic():
            run = enqueue(handler=HANDLER, payload={}, due_at=database_now())
            _give_up_failed(first)
            return SettlementRun.objects.create(month=first, run=run, by=by, at=at)
    except IntegrityError as error:
        raise RunGoingOn from error


def run_due(run: Run, *, fence: Fence) -> None:
    """The job handler: every draw in a transaction of its own, so a new attempt goes on after them."""
    asked = SettlementRun.objects.select_related("by").get(run=run)
    try:
        _close_draws(asked, fence)
        agents = _close_books(asked, fence)
    except Problem as problem:
        told = str(problem)
        with transaction.atomic():
            fence.hold()
            SettlementRun.objects.filter(pk=asked.pk).update(problem=told, is_going_on=False)
            fence.finish()
    else:
        text = _("Đã quyết toán tháng %(month)s cho %(count)s đại lý")
        announce("sales.settled", text % {"month": f"{asked.month:%m/%Y}", "count": agents})


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a month still lacks: days of draws not told as held, days of draws to be closed, and how many
    return sheets of these came in and are not confirmed (their tickets would be owed as sold)."""

    not_held: list[date]
    open_draws: list[date]
    unconfirmed: list[tuple[date, int]]


def lacking(month: date, *, today: date) -> Lacking:
    """What the month still lacks before it is settled."""
    draws = Draw.objects.filter(date__gte=month, date__lt=shifted(month, 1))
    waiting = draws.filter(status=DrawStatus.SCHEDULED, date__lt=today)
    days = open_draws(month)
    return Lacking(
        list(waiting.order_by("date").values_list("date", flat=True)),
        days,
        unconfirmed_by_day(days),
    )


def open_draws(month: date) -> list[date]:
    """Days of the month whose draw was held and is not closed."""
    days = Draw.objects.filter(date__gte=month, date__lt=shifted(month, 1), close=None)
    return list(days.filter(status=DrawStatus.HELD).order_by("date").values_list("date", flat=True))


def _close_draws(asked: SettlementRun, fence: Fence) -> None:
    days = open_draws(asked.month)
    done = asked.done
    total = done + len(days) + _LAST_STEPS
    for day in days:
        with transaction.atomic():
            fence.hold()
            with suppress(DrawAlreadyClosed):  # somebody beside us did
                close_draw(day, by=asked.by, at=asked.at, source=Source.PAGE)
            done += 1
            SettlementRun.objects.filter(pk=asked.pk).update(done=done, total=total)
    SettlementRun.objects.filter(pk=asked.pk).update(total=total)


def _close_books(asked: SettlementRun, fence: Fence) -> int:
    with transaction.atomic():
        fence.hold()
        close = close_period(asked.month, by=asked.by, at=asked.at)
        propose_month(close, by=asked.by, at=close.at)
        agents = close.settlements.count()
        asked.refresh_from_db()
        SettlementRun.objects.filter(pk=asked.pk).update(
            done=asked.total, close=close, is_going_on=False
        )
        fence.finish()
    return agents


def _give_up_failed(month: date) -> None:
    """A run that failed for good no longer stands in the way of another."""
    SettlementRun.objects.filter(month=month, is_going_on=True, run__state=RunState.FAILED).update(
        is_going_on=False
    )


def runs_of(month: date) -> list[SettlementRun]:
    """The runs of the month, the latest first."""
    runs = SettlementRun.objects.filter(month=month).select_related("run", "by", "close")
    return list(runs.order_by("-pk"))


def is_working(run: SettlementRun) -> bool:
    """Whether it still goes on, or is due."""
    return run.is_going_on and run.run.state in (RunState.DUE, RunState.DOING)


def standing_close(month: date) -> PeriodClose | None:
    """The close of the month that stands."""
    return PeriodClose.objects.standing().filter(month=month).select_related("by").first()
