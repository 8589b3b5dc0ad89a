"""Punches that wait because nobody owns their user id on that day: the unknown-user inbox.

One item is one stretch of days on which an id is nobody's: ids are reused, so an id that has an
owner today can still have punches of last year waiting. The stretches come from the enrolments,
and each is looked up in the index of punches; the ledger is never read through.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from attendance.models import Terminal, TerminalUser, UserIdSetAside
from backend.clock import VN

_WAITING = """
    WITH ids AS (
        SELECT DISTINCT device_user_id FROM attendance_terminaluser WHERE punch_count > 0
    ), owned AS (
        SELECT device_user_id, range_agg(daterange(valid_from, valid_to, '[]')) AS days
        FROM attendance_enrolment GROUP BY device_user_id
    ), free AS (
        SELECT ids.device_user_id, unnest(
            datemultirange(daterange(NULL, NULL)) - coalesce(owned.days, datemultirange())) AS days
        FROM ids LEFT JOIN owned USING (device_user_id)
    )
    SELECT free.device_user_id, upper(free.days) - 1, found.*
    FROM free CROSS JOIN LATERAL (
        SELECT count(*) AS punches, min(punch.punched_at), max(punch.punched_at),
            array_agg(DISTINCT punch.terminal_id)
        FROM attendance_punch punch
        WHERE punch.device_user_id = free.device_user_id
          AND punch.punched_at >= coalesce(
              lower(free.days)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', '-infinity')
          AND punch.punched_at < coalesce(
              upper(free.days)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', 'infinity')
    ) found
    WHERE found.punches > 0
"""


@dataclass(frozen=True)
class WaitingUser:
    """Punches of one id on days it is nobody's.

    `until` is the last day before the next owner, None where there is none. `names` are what the
    terminals call the user, the newest terminals' last. `aside` says that somebody set the id
    aside, whether or not it has punched since.
    """

    device_user_id: str
    until: date | None
    punches: int
    first_at: datetime
    last_at: datetime
    terminals: tuple[Terminal, ...]
    names: tuple[str, ...]
    aside: UserIdSetAside | None

    @property
    def first_day(self) -> date:
        return self.first_at.astimezone(VN).date()

    @property
    def last_day(self) -> date:
        return self.last_at.astimezone(VN).date()

    @property
    def is_aside(self) -> bool:
        """Set aside, and silent since then."""
        upto = self.aside.upto if self.aside else None
        return upto is not None and self.last_at <= upto

    @property
    def key(self) -> str:
        """Tells the items of one id apart."""
        return self.first_day.isoformat()


def waiting_users(*, terminals: Iterable[Terminal]) -> list[WaitingUser]:
    """Who waits on these terminals, the newest punch first; those set aside are among them."""
    known = {terminal.pk: terminal for terminal in terminals}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        rows = [row for row in cursor.fetchall() if known.keys() & set(row[5])]
    ids = {row[0] for row in rows}
    names, asides = _names(ids), newest_asides(ids)
    found = [
        WaitingUser(
            device_user_id=user_id,
            until=until,
            punches=punches,
            first_at=first_at,
            last_at=last_at,
            terminals=tuple(known[pk] for pk in where if pk in known),
            names=tuple(names.get(user_id, ())),
            aside=asides.get(user_id),
        )
        for user_id, until, punches, first_at, last_at, where in rows
    ]
    return sorted(found, key=lambda user: (user.last_at, user.device_user_id), reverse=True)


def _names(ids: Collection[str]) -> Mapping[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    named = TerminalUser.objects.filter(device_user_id__in=ids).exclude(name="")
    for user_id, name in named.order_by("terminal").values_list("device_user_id", "name"):
        if name not in names[user_id]:
            names[user_id].append(name)
    return names


def newest_asides(ids: Collection[str]) -> dict[str, UserIdSetAside]:
    """By id, the row that counts."""
    rows = UserIdSetAside.objects.filter(device_user_id__in=ids).select_related("by")
    newest = rows.order_by("device_user_id", "-pk").distinct("device_user_id")
    return {row.device_user_id: row for row in newest}
