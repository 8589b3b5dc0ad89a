"""All terminals for the board, in a bounded number of questions. Read-only."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate

from attendance.collecting.contacts import last_hours
from attendance.models import (
    AuditState,
    Enrolment,
    ParkedRecord,
    Pull,
    PullSource,
    PullState,
    PushAudit,
    PushLink,
    Terminal,
    TerminalUser,
    UserIdSetAside,
)
from attendance.terminals.capacity import WORTH_A_LOOK, daily_counts, forecast
from attendance.terminals.notices import open_alarms
from attendance.terminals.terminal_state import TerminalState, condition_of, trouble_of
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee

#: Older comparisons with terminals that push say nothing about today.
_AUDITED: Final = timedelta(days=2)


def states(
    *, user: User, at: datetime, site: str = "", only_trouble: bool = False, by_code: bool = False
) -> list[TerminalState]:
    """The terminals the person may see (of one site), those in trouble first or all by code."""
    mine = Terminal.objects.visible_to(user)
    if site:
        mine = mine.filter(site__code=site)
    newest = _newest_pulls(mine)
    pulls = Pull.objects.in_bulk([key for pair in newest.values() for key in pair if key])
    unknown = _count(unknown_users())
    parked = _count(ParkedRecord.objects.undecided())
    hours, counts = last_hours(at=at)
    people, terminals = _people_by_site(at), _terminals_by_site()
    refusals, audits, full_on = _refusals(), _audits(at), _full_on(mine, at)
    alarms = open_alarms(at=at)
    cards = []
    for terminal in mine.select_related("site").order_by("code", "pk"):
        last, done = (pulls.get(key or 0) for key in newest[terminal.pk])
        condition = condition_of(terminal, at)
        problem, remedy = trouble_of(terminal, condition, last, refusals.get(terminal.pk, ""))
        card = TerminalState(
            terminal=terminal,
            condition=condition,
            last_done=done,
            problem=problem,
            remedy=remedy,
            unknown_users=unknown.get(terminal.pk, 0),
            parked=parked.get(terminal.pk, 0),
            hours=[counts.get(terminal.pk, {}).get(hour) for hour in hours],
            people=people.get(terminal.site_id, 0),
            is_alone=terminals.get(terminal.site_id, 0) <= 1,
            audited=audits.get(terminal.pk),
            full_on=full_on.get(terminal.pk),
            alarm=alarms.get(terminal.pk),
        )
        if card.needs_look or not only_trouble:
            cards.append(card)
    return cards if by_code else sorted(cards, key=lambda card: card.rank)


def _newest_pulls(terminals: QuerySet[Terminal]) -> dict[int, tuple[int | None, int | None]]:
    """By terminal: its newest ended pull, and the newest that succeeded."""
    ended = (
        Pull.objects.filter(terminal=OuterRef("pk"))
        .exclude(source=PullSource.FILE)
        .exclude(state=PullState.RUNNING)
        .order_by("-pk")
    )
    rows = terminals.annotate(
        newest=Subquery(ended.values("pk")[:1]),
        done=Subquery(ended.filter(state=PullState.DONE).values("pk")[:1]),
    )
    return {pk: (newest, done) for pk, newest, done in rows.values_list("pk", "newest", "done")}


def unknown_users() -> QuerySet[TerminalUser]:
    """Users who punched but were nobody's on the day of their last punch, unless set aside."""
    owners = Enrolment.objects.filter(
        device_user_id=OuterRef("device_user_id"), valid_from__lte=OuterRef("last_date")
    ).exclude(valid_to__lt=OuterRef("last_date"))
    newest = UserIdSetAside.objects.filter(device_user_id=OuterRef("device_user_id"))
    return (
        TerminalUser.objects.filter(punch_count__gt=0)
        .annotate(
            last_date=TruncDate("last_punched_at", tzinfo=VN),
            aside_upto=Subquery(newest.order_by("-pk").values("upto")[:1]),
        )
        .filter(
            ~Exists(owners),
            Q(aside_upto__isnull=True) | Q(last_punched_at__gt=F("aside_upto")),
        )
    )


def _count(rows: QuerySet[TerminalUser] | QuerySet[ParkedRecord]) -> dict[int, int]:
    counted = rows.values("terminal").annotate(number=Count("pk")).order_by("terminal")
    return dict(counted.values_list("terminal", "number"))


def _people_by_site(at: datetime) -> dict[int, int]:
    today = at.astimezone(VN).date()
    working = Employee.objects.employed_between(today, today)
    counted = working.values("site").annotate(number=Count("pk")).order_by("site")
    return dict(counted.values_list("site", "number"))


def _terminals_by_site() -> dict[int, int]:
    used = Terminal.objects.filter(enabled=True)
    counted = used.values("site").annotate(number=Count("pk")).order_by("site")
    return dict(counted.values_list("site", "number"))


def _refusals() -> dict[int, str]:
    """Why terminals that push were refused since they were last heard."""
    newer = Q(last_heard_at__isnull=True) | Q(last_refused_at__gt=F("last_heard_at"))
    links = PushLink.objects.filter(newer, last_refused_at__isnull=False)
    return dict(links.values_list("terminal_id", "last_refusal"))


def _audits(at: datetime) -> dict[int, tuple[int, int]]:
    """By terminal: punches here, and there, of the days it was last asked for."""
    recent = PushAudit.objects.filter(gap__isnull=False, asked_at__gt=at - _AUDITED).exclude(
        state=AuditState.SPLIT  # its days are compared one by one
    )
    sums = recent.values("terminal").annotate(ours=Sum("our_count"), theirs=Sum("device_sum"))
    return {row["terminal"]: (row["ours"], row["theirs"]) for row in sums.order_by("terminal")}


def _full_on(terminals: QuerySet[Terminal], at: datetime) -> dict[int, date]:
    """When those whose log is worth a look will be full, at their pace of the last 30 days."""
    filling = terminals.filter(
        enabled=True,
        record_capacity__gt=0,
        last_record_count__gte=F("record_capacity") * WORTH_A_LOOK / 100,
    )
    days = daily_counts(filling, at=at)
    today = at.astimezone(VN).date()
    found = {}
    for terminal in filling if days else ():
        outlook = forecast(days[terminal.pk], capacity=terminal.record_capacity, on=today)
        if outlook.full_on is not None:
            found[terminal.pk] = outlook.full_on
    return found
