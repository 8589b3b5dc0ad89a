"""Who asks for overtime or a trip while they are protected (Labour Code 45/2019 art. 137.1)."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from attendance.leave.care_hours import protected_until
from attendance.models import Request, RequestKind

#: What the protected may not do, beside work at night.
KEPT_FROM: Final = (RequestKind.OVERTIME, RequestKind.TRIP)


def protections(requests: Iterable[Request]) -> dict[int, date]:
    """By the keys of those that are open, until when their person is protected; nobody else's."""
    asked = {
        each.pk: (each.employee_id, each.first, each.last)
        for each in requests
        if each.kind in KEPT_FROM and each.is_open
    }
    until = protected_until(set(asked.values()))
    return {pk: until[what] for pk, what in asked.items() if what in until}
