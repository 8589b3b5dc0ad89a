"""What the presenter shows: kept in one row, told to followers by NOTIFY in the same transaction."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from reporting.briefings.leading import require_leader
from reporting.models import Briefing, Presentation

#: The channel every process that serves followers listens to.
CHANNEL: Final = "briefing_page"
#: No deck is longer.
MOST_PAGES: Final = 2_000
#: A ticket to follow is good for one day's meetings.
TICKET_AGE: Final = timedelta(hours=12)
_SALT: Final = "briefing.follow"

_SHOW: Final = """
    INSERT INTO reporting_presentation
        (briefing_id, page, is_blank, version, presenter_id, changed_at)
    VALUES (%(briefing)s, %(page)s, %(blank)s, 1, %(presenter)s, %(at)s)
    ON CONFLICT (briefing_id) DO UPDATE SET page = excluded.page, is_blank = excluded.is_blank,
        presenter_id = excluded.presenter_id, changed_at = excluded.changed_at,
        version = reporting_presentation.version + 1
    RETURNING version
"""
_DECK: Final = """
    SELECT (SELECT count(*) + count(withdrawn_at) FROM reporting_agendaitem WHERE briefing_id = %(briefing)s)
        + (SELECT count(*) + count(*) FILTER (WHERE due_at < %(at)s OR state IN ('closed', 'cancelled'))
           FROM reporting_poll JOIN reporting_briefing briefing ON briefing.id = briefing_id
           WHERE briefing_id = %(briefing)s)
"""


class PageRefused(Problem):
    code = "presentation.page"
    message = _("Trang trình chiếu không đúng. Hãy tải lại trang.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen. Version 0: nobody has presented yet.

    `deck` counts the changes of the agenda and of what was asked (also that it is over): pages
    are counted in the slides of that state.
    """

    page: int
    is_blank: bool
    version: int
    deck: int

    def told(self) -> dict[str, Any]:
        return {
            "page": self.page, "blank": self.is_blank, "version": self.version, "deck": self.deck,
        }  # fmt: skip


def shown(briefing_id: int, *, at: datetime) -> Shown:
    """The page everybody is to see now."""
    with connection.cursor() as cursor:
        cursor.execute(_DECK, {"briefing": briefing_id, "at": at})
        (deck,) = cursor.fetchone()
    row = Presentation.objects.filter(briefing=briefing_id).first()
    return Shown(row.page, row.is_blank, row.version, deck) if row else Shown(0, False, 0, deck)


def show(briefing: Briefing, *, page: int, is_blank: bool, by: User, at: datetime) -> Shown:
    """Turn to a page for everybody. Raises NotLeading, PageRefused."""
    require_leader(briefing, by)
    if not 0 <= page < MOST_PAGES:
        raise PageRefused
    values: dict[str, Any] = {
        "briefing": briefing.pk, "page": page, "blank": is_blank, "presenter": by.pk, "at": at,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SHOW, values)
        (version,) = cursor.fetchone()
        cursor.execute(_DECK, values)
        (deck,) = cursor.fetchone()
        now = Shown(page, is_blank, version, deck)
        _notify(briefing.pk, {"shown": now.told()})
    return now


def point(briefing: Briefing, *, x: int | None, y: int | None, by: User) -> None:
    """Move the laser dot, in thousandths of the slide; None puts it out. Nothing is kept.

    Raises NotLeading, PageRefused.
    """
    require_leader(briefing, by)
    for part in (x, y):
        if part is not None and not 0 <= part <= 1_000:
            raise PageRefused
    _notify(briefing.pk, {"point": None if x is None or y is None else [x, y]})


def _notify(briefing_id: int, told: dict[str, Any]) -> None:
    text = json.dumps({"briefing": briefing_id, **told}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])


def ticket(briefing: Briefing, user: User) -> str:
    """What a page shows to follow a briefing: the process of followers knows no sessions."""
    return signing.dumps([briefing.pk, user.pk], salt=_SALT)


def admitted(ticket: str) -> int | None:
    """The briefing a ticket is for, if it is ours, fresh, and its holder may still see it."""
    try:
        briefing, user = signing.loads(ticket, salt=_SALT, max_age=TICKET_AGE)
    except signing.BadSignature:
        return None
    holder = User.objects.filter(pk=user, is_active=True).first()
    if holder is None:
        return None
    return (
        Briefing.objects.visible_to(holder).filter(pk=briefing).values_list("pk", flat=True).first()
    )
