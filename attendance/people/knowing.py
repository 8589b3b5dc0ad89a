"""What was read of the people on a terminal, kept: without passwords, cards or fingerprints."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from attendance.models import Terminal, TerminalPerson
from attendance.zk.device import Person
from backend.clock import VN


def remember(terminal: Terminal, people: Iterable[Person], *, at: datetime) -> None:
    """Keep the list just read of a terminal; whoever is missing from it is gone since now."""
    with transaction.atomic():
        known = {
            row.device_user_id: row
            for row in TerminalPerson.objects.filter(terminal=terminal).select_for_update()
        }
        rows = [_row(terminal, each, known.pop(each.user_id, None), at=at) for each in people]
        TerminalPerson.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["terminal", "device_user_id"],
            update_fields=[
                "uid", "name", "privilege", "has_card", "finger_count", "enrolled_date", "read_at",
                "gone_at",
            ],
        )  # fmt: skip
        gone = [row.pk for row in known.values() if row.gone_at is None]
        TerminalPerson.objects.filter(pk__in=gone).update(gone_at=at, finger_count=0)


def _row(
    terminal: Terminal, person: Person, before: TerminalPerson | None, *, at: datetime
) -> TerminalPerson:
    enrolled = before.enrolled_date if before else None
    fingers = person.fingers
    if fingers is None:  # not told this time: what was known still counts
        fingers = before.finger_count if before else 0
    return TerminalPerson(
        terminal=terminal,
        device_user_id=person.user_id,
        uid=person.uid,
        name=person.name[:100],
        privilege=person.privilege,
        has_card=person.has_card,
        finger_count=fingers,
        enrolled_date=(enrolled or at.astimezone(VN).date()) if fingers else None,
        read_at=at,
        gone_at=None,
    )
