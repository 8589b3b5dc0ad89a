"""Series of briefings and the briefings they make ahead; invitations, changes, cancellation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.jobs.handlers import in_one_transaction
from backend.problems import Problem
from reporting.briefings.agenda import add_newest_edition
from reporting.briefings.carrying_over import call_off, carry_over, title_of
from reporting.briefings.leading import NotLeading, lock_led
from reporting.briefings.letters import mail_briefing
from reporting.briefings.rhythm import Meeting, meetings
from reporting.briefings.votes import remind_silent
from reporting.models import (
    Briefing,
    BriefingMailKind,
    BriefingSeries,
    BriefingState,
    Participant,
    SeriesGuest,
)
from reporting.tasks.reminding import remind
from reporting.tasks.units import Unit, speakers_of, unheard

#: Briefings are made so far ahead,
HORIZON: Final = timedelta(days=35)
#: and people are invited so long before: five invitations at once would be read as noise.
INVITED_AHEAD: Final = timedelta(days=10)


class JoinLinkRefused(Problem):
    code = "briefing.join_url"
    message = gettext_lazy(
        "Đường dẫn họp trực tuyến phải là một địa chỉ đầy đủ bắt đầu bằng https://"
    )


class SeriesRefused(Problem):
    """A field of the series is wrong; the message names the first."""

    code = "briefing.series"


class NotPlanned(Problem):
    status = 409
    code = "briefing.not_planned"
    message = gettext_lazy("Phiên họp đã khai mạc, đã họp hoặc đã hủy nên không đổi được nữa.")


class MomentRefused(Problem):
    code = "briefing.moment"
    message = gettext_lazy("Giờ họp mới phải ở tương lai.")


class ReasonMissing(Problem):
    code = "briefing.reason"
    message = gettext_lazy("Hãy ghi lý do, để người được mời biết vì sao.")


@dataclass(frozen=True, slots=True)
class Guests:
    """Who comes to a series: units speak through their accounts, people for themselves."""

    units: Sequence[Unit] = ()
    people: Sequence[User] = ()


def checked_join_url(text: str) -> str:
    """The link to join, of any meeting service; empty for none. Raises JoinLinkRefused."""
    link = text.strip()
    if not link:
        return ""
    parts = urlsplit(link) if link.isprintable() and " " not in link else None
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.username:
        raise JoinLinkRefused
    return link


def keep_series(
    series: BriefingSeries, values: Mapping[str, Any], guests: Guests, *, by: User, at: datetime
) -> BriefingSeries:
    """Save a series with its guests, and make its coming briefings; those there are follow it, but for
    what was set by hand.

    Raises NotLeading, JoinLinkRefused, SeriesRefused.
    """
    if not may(by, "briefings.manage") and by.pk != series.secretary_id:
        raise NotLeading
    before = BriefingSeries.objects.filter(pk=series.pk).first()
    for name, value in values.items():
        setattr(series, name, value)
    series.join_url = checked_join_url(series.join_url)
    try:
        series.full_clean()
    except ValidationError as error:
        field, faults = next(iter(error.message_dict.items()))
        names = {each.name: each.verbose_name for each in BriefingSeries._meta.fields}
        raise SeriesRefused(f"{names.get(field, '')}: {faults[0]}") from error
    with transaction.atomic():
        came = invitees(before) if before else {}
        series.save()
        series.guests.all().delete()
        SeriesGuest.objects.bulk_create(_guest_rows(series, guests))
        if before is not None:
            _carry_over(before, series, came, at=at)
        if series.enabled:
            make_ahead(series, at=at)
    return series


def _carry_over(
    before: BriefingSeries, series: BriefingSeries, came: Mapping[User, str], *, at: datetime
) -> None:
    on, guests = at.astimezone(VN).date(), invitees(series)
    kept = carry_over(
        before,
        series,
        stood=coming_meetings(before, on=on),
        wanted=coming_meetings(series, on=on),
        guests=guests,
        gone=came.keys() - guests.keys(),
        at=at,
    )
    for briefing in kept:
        _tell(briefing, at=at)


def _guest_rows(series: BriefingSeries, guests: Guests) -> Iterable[SeriesGuest]:
    for unit in dict.fromkeys(guests.units):
        yield SeriesGuest(series=series, **{type(unit).__name__.lower(): unit})
    for user in dict.fromkeys(guests.people):
        yield SeriesGuest(series=series, user=user)


def keep_briefings(*, at: datetime) -> None:
    """Make the briefings of the coming weeks, fetch their editions, remind who is invited or asked."""
    for series in BriefingSeries.objects.filter(enabled=True).order_by("pk"):
        make_ahead(series, at=at)
    for briefing in Briefing.objects.coming().select_related("series", "chair", "secretary"):
        add_newest_edition(briefing, at=at)
        _tell(briefing, at=at)
    remind_silent(at=at)


run_due = in_one_transaction(keep_briefings, remind)


def _tell(briefing: Briefing, *, at: datetime) -> None:
    """Invite when it is near, remind when it is very near; each once."""
    left = briefing.starts_at - at
    if briefing.state != BriefingState.PLANNED or not timedelta(0) < left <= INVITED_AHEAD:
        return
    mail_briefing(briefing, BriefingMailKind.INVITATION, to=_invited(briefing), at=at)
    if left <= timedelta(hours=briefing.series.remind_hours):
        mail_briefing(briefing, BriefingMailKind.REMINDER, to=_invited(briefing), at=at)


def coming_meetings(series: BriefingSeries, *, on: date) -> list[Meeting]:
    """What the rule asks for within the horizon, by the company's calendar of working days."""
    last = on + HORIZON
    is_working = import_string(settings.WORKING_CALENDAR)
    known = is_working(on - timedelta(days=40), last + timedelta(days=40))
    found = meetings(series.rule, first=on, last=last, is_working=lambda day: known[day])
    return [meeting for meeting in found if meeting.held >= on]


def make_ahead(series: BriefingSeries, *, at: datetime) -> list[Briefing]:
    """Make the coming briefings that are missing, and invite to the near ones. Returns the new ones."""
    on = at.astimezone(VN).date()
    known = set(
        series.briefings.filter(planned_date__gte=on).values_list("planned_date", flat=True)
    )
    made = []
    for meeting in coming_meetings(series, on=on):
        starts_at = datetime.combine(meeting.held, series.starts, VN)
        if meeting.planned not in known and starts_at > at:
            made.append(_make(series, meeting, starts_at, at=at))
    return made


def _make(
    series: BriefingSeries, meeting: Meeting, starts_at: datetime, *, at: datetime
) -> Briefing:
    briefing = Briefing.objects.create(
        series=series,
        planned_date=meeting.planned,
        title=title_of(series, meeting.held),
        starts_at=starts_at,
        duration_minutes=series.duration_minutes,
        place=series.place,
        join_url=series.join_url,
        chair=series.chair,
        secretary=series.secretary,
        items_due_at=starts_at - timedelta(hours=series.items_hours),
    )
    Participant.objects.bulk_create(
        Participant(briefing=briefing, user=user, unit=unit[:100])
        for user, unit in invitees(series).items()
    )
    _tell(briefing, at=at)
    return briefing


def invitees(series: BriefingSeries) -> dict[User, str]:
    """Who is invited and for which unit: chair, secretary, the units' speakers, named people."""
    found: dict[User, str] = {}
    guests = series.guests.select_related("department", "site", "region", "user").order_by("pk")
    for guest in guests:
        unit = guest.department or guest.site or guest.region
        for user in speakers_of(unit) if unit else [guest.user]:
            if user is not None and user.is_active:
                found.setdefault(user, unit.name if unit else "")
    for user in (series.chair, series.secretary):
        found.setdefault(user, "")
    return found


def silent_units(series: BriefingSeries) -> list[str]:
    """Units among the guests whom no account speaks for."""
    guests = series.guests.select_related("department", "site", "region").order_by("pk")
    units = [guest.department or guest.site or guest.region for guest in guests]
    return unheard(unit for unit in units if unit)


def _invited(briefing: Briefing) -> list[User]:
    return [row.user for row in briefing.participants.select_related("user").order_by("pk")]


def invite_person(briefing: Briefing, user: User, *, unit: str, by: User, at: datetime) -> None:
    """Invite one person more. Raises NotLeading, NotPlanned."""
    with transaction.atomic():
        locked = _locked(briefing, by)
        Participant.objects.get_or_create(briefing=locked, user=user, defaults={"unit": unit[:100]})
        mail_briefing(locked, BriefingMailKind.INVITATION, to=[user], at=at)


def move_briefing(
    briefing: Briefing,
    *,
    starts_at: datetime,
    duration_minutes: int,
    place: str,
    join_url: str,
    by: User,
    at: datetime,
) -> Briefing:
    """Change time or place and tell everybody; calendars replace what they have.

    Raises NotLeading, NotPlanned, MomentRefused, JoinLinkRefused.
    """
    if starts_at <= at:
        raise MomentRefused
    link = checked_join_url(join_url)
    with transaction.atomic():
        locked = _locked(briefing, by)
        Briefing.objects.filter(pk=locked.pk).update(
            starts_at=starts_at,
            duration_minutes=duration_minutes,
            place=place,
            join_url=link,
            title=title_of(locked.series, starts_at.astimezone(VN).date()),
            items_due_at=starts_at - timedelta(hours=locked.series.items_hours),
            sequence=F("sequence") + 1,
        )
        locked.refresh_from_db()
        mail_briefing(locked, BriefingMailKind.INVITATION, to=_invited(locked), at=at)
    return locked


def cancel_briefing(briefing: Briefing, *, reason: str, by: User, at: datetime) -> Briefing:
    """Call it off and tell everybody. Raises NotLeading, NotPlanned, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        locked = _locked(briefing, by)
        call_off(locked, reason=reason.strip()[:300], to=_invited(locked), at=at)
    return locked


def _locked(briefing: Briefing, by: User) -> Briefing:
    locked = lock_led(briefing, by)
    if locked.state != BriefingState.PLANNED:
        raise NotPlanned
    return locked
