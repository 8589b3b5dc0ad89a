"""Schedules of reports: kept, paused, tried out, run for a past period. Every change is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import planning, queue, rules
from backend.jobs.models import CatchUp, Run, RunState, Schedule
from backend.jobs.rules import Rule, needs_calendar
from backend.problems import Problem
from backend.vntext import search_key
from backend.workdays import years_without_holidays
from reporting.asking import HANDLER, AlreadyBeingMade, ask
from reporting.defining import Definition
from reporting.definitions import catalogue, definition, made_for
from reporting.models import Recipient, ReportSchedule, SavedView
from reporting.periods import Period, PeriodKind
from reporting.recipients import why_not

ZONE = "Asia/Ho_Chi_Minh"
PREVIEWED = 5


#: What the periods of a report are, as part of its title.
KINDS: Final = {
    PeriodKind.DAY: _("ngày"),
    PeriodKind.DRAW: _("kỳ quay"),
    PeriodKind.WEEK: _("tuần"),
    PeriodKind.MONTH: _("tháng"),
    PeriodKind.QUARTER: _("quý"),
    PeriodKind.HALF_YEAR: _("nửa năm"),
    PeriodKind.YEAR: _("năm"),
    PeriodKind.AS_OF: _("đến một ngày"),
    PeriodKind.TO_DRAW: _("đến một kỳ quay"),
}


def name_of(report: Definition) -> str:
    """Its title in the reader's language with the kind of its periods, which tells it from its sisters."""
    kind = KINDS[report.period]
    if get_language() == "en":
        return f"{report.title.en.removesuffix(',').removesuffix(' of')} ({kind})"
    return f"{report.title.vi} {kind}"


def reports() -> dict[str, str]:
    """Every report by code: its title in the reader's language, the name of a saved view."""
    return {code: name_of(each) for code, each in catalogue().items()} | {
        view.code: view.name for view in SavedView.objects.order_by("name", "pk")
    }


def choices_for(user: User, kept: ReportSchedule | None) -> list[tuple[str, str]]:
    """The reports a schedule of this person can make, and the one it makes now."""
    codes = {each.code for each in made_for(user)} | ({kept.report} if kept else set())
    return [(code, title) for code, title in reports().items() if code in codes]


class NotForYou(Problem):
    """A trial that nothing would come of: no editions in the account's scope, or no address."""

    code = "schedule.not_for_you"
    status = 403

    def __init__(self, reason: str) -> None:
        super().__init__(_("Không gửi thử được cho bạn. {reason}").format(reason=reason))


class BadPeriod(Problem):
    """A past period that is none."""

    code = "schedule.bad_period"
    message = _("Ngày không đúng. Hãy chọn một ngày thuộc kỳ cần lập.")


class PeriodNotOver(BadPeriod):
    """One that has not ended: what it tells is not all there yet."""

    code = "schedule.period_not_over"

    def __init__(self, period: Period) -> None:
        words = _("Kỳ «{period}» chưa qua. Hãy chọn một ngày của kỳ đã qua.")
        super().__init__(words.format(period=said(period)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule as a person describes it."""

    name: str
    report: str
    rule: Rule
    catch_up: CatchUp
    owner: User


def keep_schedule(kept: ReportSchedule | None, wanted: Wanted, *, at: datetime) -> ReportSchedule:
    """Make a schedule, or change `kept`; its coming runs are planned anew. Raises BadRule."""
    rules.read(rules.written(wanted.rule))
    with transaction.atomic():
        schedule = queue.put_schedule(
            code=kept.schedule.code if kept else _free_code(wanted.name),
            name=wanted.name,
            handler=HANDLER,
            rule=wanted.rule,
            payload={"report": wanted.report},
            catch_up=wanted.catch_up,
            enabled=kept.schedule.enabled if kept else True,
            at=at,
        )
        report, _made = ReportSchedule.objects.update_or_create(
            schedule=schedule, defaults={"report": wanted.report, "owner": wanted.owner}
        )
    queue.materialise(at=at)  # now, so that the page that follows tells the coming runs
    return report


def _free_code(name: str) -> str:
    start = slugify(search_key(name))[:40] or "lich"
    taken = set(Schedule.objects.filter(code__startswith=start).values_list("code", flat=True))
    numbered = (f"{start}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (start, *numbered) if code not in taken)


def rule_of(schedule: Schedule) -> Rule | None:
    """The schedule in words; None for one that only has a line of cron."""
    return rules.read(schedule.rule) if schedule.rule else None


def next_runs(rule: Rule, *, at: datetime) -> list[datetime]:
    """The next five moments of a rule, before anything is kept."""
    return planning.planned(rule, after=at, until=at, times=PREVIEWED, timezone=ZONE)


def years_to_draft(rule: Rule | None, moments: Iterable[datetime]) -> list[int]:
    """The years among these runs that have no calendar of holidays yet, where the rule asks for one."""
    if rule is None or not needs_calendar(rule):
        return []
    return years_without_holidays(each.astimezone(VN).date() for each in moments)


def pause(report: ReportSchedule, *, at: datetime) -> None:
    """Make nothing by this schedule until it is resumed; what is due already is still made."""
    with transaction.atomic():
        Schedule.objects.filter(pk=report.schedule_id).update(enabled=False)
        Run.objects.coming().filter(schedule=report.schedule_id, due_at__gt=at).delete()


def resume(report: ReportSchedule, *, at: datetime) -> None:
    """Count from now on; what fell into the pause was not missed and is not made up for."""
    Schedule.objects.filter(pk=report.schedule_id, enabled=False).update(
        enabled=True, materialised_until=at, refill_at=at
    )
    queue.materialise(at=at)


def send_me_a_test(report: ReportSchedule, *, by: User, at: datetime) -> Run:
    """Make the report now on the way every run takes, and send it to `by` alone.

    Raises NotForYou, AlreadyBeingMade.
    """
    if reason := why_not(by, report.report):
        raise NotForYou(reason)
    if not by.email:
        no_address = _("Tài khoản của bạn chưa có địa chỉ thư; hãy nhờ quản trị ghi vào.")
        raise NotForYou(str(no_address))
    recipient, _made = Recipient.objects.get_or_create(
        schedule=report, user=by, address="", defaults={"enabled": False}
    )
    payload = _payload(report, by) | {"only": recipient.pk}
    waiting = Q(state__in=[RunState.DUE, RunState.DOING], due_at__lte=at, payload=payload)
    with transaction.atomic():
        Schedule.objects.select_for_update().get(pk=report.schedule_id)
        if Run.objects.filter(waiting, handler=HANDLER).exists():
            raise AlreadyBeingMade
        return queue.enqueue(handler=HANDLER, payload=payload, due_at=at)


def run_for(report: ReportSchedule, *, day: date, send: bool, by: User, at: datetime) -> Period:
    """Make the report of the past period that holds the day, and send it if wanted. Returns the period.

    A whole one always: an edition of a part of it would bear the period's name and code. Where an
    edition tells the same, it is sent to those who have not got it.
    Raises PeriodNotOver, AlreadyBeingMade.
    """
    wanted = definition(report.report)
    period = wanted.period_with(day)
    if period.last >= at.astimezone(VN).date():
        raise PeriodNotOver(period)
    days = {"first_date": period.first.isoformat(), "last_date": period.last.isoformat()}
    ask(wanted, _payload(report, by) | days | {"send": send}, at=at)
    return period


def said(period: Period) -> str:
    """ "tuần 41 (05/10–11/10/2026)"; one day, and a state as of one, need no days beside the name."""
    name = period.name(get_language() or "vi")
    if period.first == period.last:
        return name
    return f"{name} ({period.first:%d/%m/%Y}–{period.last:%d/%m/%Y})"


def _payload(report: ReportSchedule, by: User) -> dict[str, Any]:
    return {**report.schedule.payload, "schedule": report.schedule.code, "made_by": by.pk}
