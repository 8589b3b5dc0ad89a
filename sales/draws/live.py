"""Numbers told while they are drawn: kept one by one, corrected by new rows, never the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from sales.draws.results import DRAWN_FROM, DrawVoid, NotDrawnYet, last_drawn
from sales.engine.bodies import Fault
from sales.engine.draw_sheet import FIELDS
from sales.engine.prizes import PLACES
from sales.ledger.closing import NoSuchDraw
from sales.messages import described
from sales.models import Draw, DrawPublication, DrawStatus, LiveNumber
from sales.whole_company import require_whole_company


class LiveRefused(Problem):
    """A number does not fit its place; `details["errors"]` names every field."""

    code = "live.refused"
    message = _("Số chưa đúng nên chưa báo. Hãy sửa các ô được nêu rồi ghi lại.")

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(details={"errors": [described(fault) for fault in found]})


class AlreadyPublished(Problem):
    status = 409
    code = "live.already_published"
    message = _("Kỳ này đã công bố kết quả nên không báo số trực tiếp nữa. Hãy xem kết quả.")


class ChangedMeanwhile(Problem):
    """Somebody else has told another number for a place since the page was opened."""

    status = 409
    code = "live.changed_meanwhile"
    message = _("Người khác vừa báo số khác cho ô này. Hãy mở lại trang, xem rồi sửa nếu cần.")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to stand at a place instead of what the person saw there; empty where none is."""

    seen: str
    number: str


@dataclass(frozen=True, slots=True)
class LiveSheet:
    """The draw people watch: 27 numbers, empty where none was told; those of the result once published.

    `version` changes with everything that is shown.
    """

    day: date
    host: str
    numbers: tuple[str, ...]
    is_published: bool
    version: str


def tell_numbers(
    day: date, changes: Mapping[int, Change], *, by: User, at: datetime
) -> list[LiveNumber]:
    """Tell the numbers of some places of the draw; what stands there already is left alone.

    Raises WholeCompanyOnly, NoSuchDraw, DrawVoid, NotDrawnYet, AlreadyPublished, LiveRefused,
    ChangedMeanwhile.
    """
    require_whole_company(by)
    if at < datetime.combine(day, DRAWN_FROM, VN):
        raise NotDrawnYet
    if found := _faults(changes):
        raise LiveRefused(found)
    with transaction.atomic():
        draws = lock_rows(Draw.objects.filter(date=day))  # so that rows are seen in their order
        if not draws:
            raise NoSuchDraw
        _require_open(draws[0])
        told = told_numbers(draws[0])
        return LiveNumber.objects.bulk_create(
            LiveNumber(draw=draws[0], place=place, number=change.number, by=by, at=at)
            for place, change in sorted(changes.items())
            if _is_new(told[place - 1], change)
        )


def told_numbers(draw: Draw) -> tuple[str, ...]:
    """The 27 numbers as told so far, empty where none was."""
    rows = LiveNumber.objects.filter(draw=draw).order_by("place", "-pk").distinct("place")
    told = dict(rows.values_list("place", "number"))
    return tuple(told.get(place, "") for place in range(1, len(PLACES) + 1))


def live_sheet(*, at: datetime) -> LiveSheet | None:
    """The newest draw that has begun, as the public may see it now; None before the first of all."""
    draws = Draw.objects.exclude(status=DrawStatus.VOID).filter(date__lte=last_drawn(at))
    draw = draws.order_by("-date").first()
    if draw is None:
        return None
    # The version first: what changes after it makes another version, so nothing is ever missed.
    newest = [
        model.objects.filter(draw=draw).aggregate(newest=Max("pk"))["newest"] or 0
        for model in (LiveNumber, DrawPublication)
    ]
    version = ".".join(map(str, (draw.date, *newest)))
    draw.refresh_from_db(fields=["numbers"])
    numbers = told_numbers(draw) if draw.numbers is None else tuple(draw.numbers)
    return LiveSheet(draw.date, draw.host, numbers, draw.numbers is not None, version)


def _require_open(draw: Draw) -> None:
    if draw.status == DrawStatus.VOID:
        raise DrawVoid
    if draw.numbers is not None:
        raise AlreadyPublished


def _is_new(standing: str, change: Change) -> bool:
    if change.number == standing:
        return False
    if change.seen != standing:
        raise ChangedMeanwhile
    return True


def _faults(changes: Mapping[int, Change]) -> list[Fault]:
    found = []
    for place, change in sorted(changes.items()):
        digits, number = PLACES[place - 1][2], change.number
        if number and not (number.isascii() and number.isdecimal() and len(number) == digits):
            values = {"digits": digits, "sent": number[:20]}
            found.append(Fault(place, FIELDS[place - 1], "result.wrong_digits", values))
    return found
