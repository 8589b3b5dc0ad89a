"""The meeting itself: opening, roll call, minutes that keep every version, closing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from reporting.briefings.agenda import BriefingOver, add_newest_edition
from reporting.briefings.leading import lock_led
from reporting.models import (
    LONGEST_TEXT,
    Briefing,
    BriefingState,
    MinutesVersion,
    Participant,
    Presence,
    RollCall,
)
from reporting.tasks.deciding import NotInSession


class CannotOpen(Problem):
    status = 409
    code = "briefing.cannot_open"
    message = _("Phiên họp đã khai mạc, đã họp hoặc đã hủy nên không khai mạc được.")


class AbsenceUnexplained(Problem):
    code = "briefing.absence"

    def __init__(self, name: str) -> None:
        super().__init__(_("{name} vắng: hãy ghi lý do.").format(name=name))


class MinutesTooLong(Problem):
    code = "minutes.too_long"
    message = _("Biên bản dài quá 100.000 ký tự. Hãy rút gọn rồi lưu lại.")


class MinutesChanged(Problem):
    """Somebody else has saved since this text was read; `details` has what stands there."""

    status = 409
    code = "minutes.changed"
    message = _(
        "Người khác vừa lưu biên bản. Bản của bạn còn nguyên trên trang này: hãy chép ra, tải lại"
        " trang rồi ghép vào."
    )


@dataclass(frozen=True, slots=True)
class Call:
    presence: Presence
    reason: str = ""


def open_briefing(briefing: Briefing, *, by: User, at: datetime) -> Briefing:
    """Begin the meeting, with the newest edition on its agenda. Raises NotLeading, CannotOpen."""
    with transaction.atomic():
        locked = lock_led(briefing, by)
        if locked.state != BriefingState.PLANNED:
            raise CannotOpen
        add_newest_edition(locked, at=at)
        locked.state, locked.opened_at = BriefingState.OPEN, at
        locked.save(update_fields=["state", "opened_at"])
    return locked


def close_briefing(briefing: Briefing, *, by: User, at: datetime) -> Briefing:
    """End the meeting; what was said and decided stays. Raises NotLeading, NotInSession."""
    with transaction.atomic():
        locked = lock_led(briefing, by)
        if locked.state != BriefingState.OPEN:
            raise NotInSession
        locked.state, locked.closed_at = BriefingState.CLOSED, at
        locked.save(update_fields=["state", "closed_at"])
    return locked


def call_roll(
    briefing: Briefing, calls: Mapping[Participant, Call], *, by: User, at: datetime
) -> None:
    """Record who is there; only what differs from before.

    Raises NotLeading, BriefingOver, AbsenceUnexplained.
    """
    for participant, call in calls.items():
        if call.presence == Presence.ABSENT and not call.reason.strip():
            raise AbsenceUnexplained(str(participant.user))
    with transaction.atomic():
        locked = lock_led(briefing, by)
        if locked.state == BriefingState.CANCELLED:
            raise BriefingOver
        known = roll_of(locked)
        rows = [
            RollCall(
                participant=participant, presence=call.presence,
                reason=call.reason.strip()[:200], by=by, at=at,
            )
            for participant, call in calls.items()
            if _said(known.get(participant.pk)) != (call.presence, call.reason.strip()[:200])
        ]  # fmt: skip
        RollCall.objects.bulk_create(rows)


def roll_of(briefing: Briefing) -> dict[int, RollCall]:
    """The newest call of each participant, by the participant's key."""
    calls = RollCall.objects.filter(participant__briefing=briefing)
    newest = calls.order_by("participant", "-pk").distinct("participant")
    return {call.participant_id: call for call in newest}


def _said(call: RollCall | None) -> tuple[str, str]:
    return (call.presence, call.reason) if call else ("", "")


def save_minutes(
    briefing: Briefing, text: str, *, base: int, by: User, at: datetime
) -> MinutesVersion:
    """Keep the text as the next version, if it was typed over version `base`.

    The same text again makes no version. Raises NotLeading, BriefingOver, MinutesTooLong,
    MinutesChanged.
    """
    if len(text) > LONGEST_TEXT:
        raise MinutesTooLong
    with transaction.atomic():
        locked = lock_led(briefing, by)
        if locked.state == BriefingState.CANCELLED:
            raise BriefingOver
        newest = newest_minutes(locked)
        if newest is not None and newest.text == text:
            return newest
        if base != (newest.number if newest else 0):
            raise MinutesChanged
        return MinutesVersion.objects.create(
            briefing=locked, number=base + 1, text=text, by=by, at=at
        )


def newest_minutes(briefing: Briefing) -> MinutesVersion | None:
    return briefing.minutes.order_by("-number").first()
