"""What a changed series means for its briefings that are planned already."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from reporting.briefings.letters import mail_briefing
from reporting.briefings.rhythm import Meeting
from reporting.models import (
    Briefing,
    BriefingMailKind,
    BriefingSeries,
    BriefingState,
    Participant,
)

#: What a briefing has from its series, beside its day, its hour and its deadline.
_GIVEN: Final = ("duration_minutes", "place", "join_url", "chair_id", "secretary_id")
#: What those invited are told when it changes.
_TOLD: Final = {"starts_at", "duration_minutes", "place", "join_url"}
_NO_DAY: Final = "Loạt họp đổi nhịp, không còn ngày này."


def carry_over(
    before: BriefingSeries,
    series: BriefingSeries,
    *,
    stood: Sequence[Meeting],
    wanted: Sequence[Meeting],
    guests: Mapping[User, str],
    gone: Collection[User],
    at: datetime,
) -> list[Briefing]:
    """Let the planned briefings follow their series; returns them.

    Only what stood as the series `before` said is changed: what somebody set by hand stays. A day the
    rule no longer has moves to the rule's next free day; with none left the briefing is called off.
    Those invited are told, guests who are new are added; who is `gone` stays where an invitation is out.
    Call it in the transaction of the change.
    """
    then = {meeting.planned: meeting.held for meeting in stood}
    now = {meeting.planned: meeting.held for meeting in wanted}
    known = series.briefings.filter(planned_date__in=now).values_list("planned_date", flat=True)
    coming = (day for day in now.keys() - set(known) if _starts(series, now[day]) > at)
    free = iter(sorted(coming))
    planned = series.briefings.filter(state=BriefingState.PLANNED, starts_at__gt=at)
    found = sorted(lock_rows(planned), key=lambda briefing: briefing.starts_at)
    for briefing in found:
        held = then.get(briefing.planned_date)
        changes: dict[str, Any] = {
            name: getattr(series, name)
            for name in _GIVEN
            if getattr(briefing, name) == getattr(before, name)
        }
        if held is not None and briefing.starts_at == _starts(before, held):
            day = briefing.planned_date if briefing.planned_date in now else next(free, None)
            if day is None:
                call_off(briefing, reason=_NO_DAY, to=_announced_to(briefing), at=at)
                continue
            changes |= {"planned_date": day, "starts_at": _starts(series, now[day])}
            if briefing.title == title_of(before, held):
                changes["title"] = title_of(series, now[day])
        if briefing.items_due_at == briefing.starts_at - timedelta(hours=before.items_hours):
            starts_at = changes.get("starts_at", briefing.starts_at)
            changes["items_due_at"] = starts_at - timedelta(hours=series.items_hours)
        if not _announced_to(briefing):
            briefing.participants.filter(user__in=gone).delete()
        _change(briefing, changes, at=at)
        invited = (
            Participant(briefing=briefing, user=user, unit=unit[:100])
            for user, unit in guests.items()
        )
        Participant.objects.bulk_create(invited, ignore_conflicts=True)
    return [each for each in found if each.state == BriefingState.PLANNED]


def _starts(series: BriefingSeries, held: date) -> datetime:
    return datetime.combine(held, series.starts, VN)


def title_of(series: BriefingSeries, held: date) -> str:
    """What a briefing is called unless somebody calls it otherwise."""
    return f"{series.name} ngày {held:%d/%m/%Y}"


def _change(briefing: Briefing, wanted: Mapping[str, Any], *, at: datetime) -> None:
    changed = {name for name, value in wanted.items() if getattr(briefing, name) != value}
    if not changed:
        return
    for name in changed:
        setattr(briefing, name, wanted[name])
    if changed & _TOLD and (invited := _announced_to(briefing)):
        briefing.sequence += 1
        changed.add("sequence")
        mail_briefing(briefing, BriefingMailKind.INVITATION, to=invited, at=at)
    briefing.save(update_fields=sorted(changed))


def call_off(briefing: Briefing, *, reason: str, to: Sequence[User], at: datetime) -> None:
    """Cancel a planned briefing, and tell these people and their calendars."""
    briefing.state, briefing.cancel_reason = BriefingState.CANCELLED, reason
    briefing.sequence += 1
    briefing.save(update_fields=["state", "cancel_reason", "sequence"])
    mail_briefing(briefing, BriefingMailKind.CANCELLATION, to=to, at=at)


def _announced_to(briefing: Briefing) -> list[User]:
    """Those who have an invitation."""
    mails = briefing.mails.filter(kind=BriefingMailKind.INVITATION).select_related("user")
    return list({mail.user_id: mail.user for mail in mails.order_by("pk")}.values())
