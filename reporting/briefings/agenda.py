"""The agenda: frozen editions, and what units put in with their papers before the deadline."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.papers import Paper
from backend.problems import Problem
from reporting.models import (
    LONGEST_TEXT,
    AgendaFile,
    AgendaItem,
    Briefing,
    BriefingState,
    Edition,
)

#: Papers to one item.
MOST_FILES: Final = 5
#: An edition older than this at the beginning is of another meeting.
FRESH: Final = timedelta(days=10)


class ItemRefused(Problem):
    code = "agenda.item"
    message = _("Nội dung cần một tiêu đề từ 1 đến 200 ký tự và không dài quá 100.000 ký tự.")


class TooManyFiles(Problem):
    code = "agenda.files"
    message = _("Mỗi nội dung kèm nhiều nhất 5 tệp. Hãy gộp các tệp lại.")


class ItemsClosed(Problem):
    status = 409
    code = "agenda.closed"
    message = _("Đã hết hạn gửi nội dung cho phiên họp này. Hãy nhờ thư ký đưa vào.")


class BriefingOver(Problem):
    status = 409
    code = "briefing.over"
    message = _("Phiên họp đã bế mạc hoặc đã hủy nên không sửa được nữa.")


class NotYours(Problem):
    status = 403
    code = "agenda.not_yours"
    message = _("Chỉ người gửi hoặc thư ký rút được nội dung này.")


def put_item(
    briefing: Briefing,
    *,
    title: str,
    text: str,
    notes: str,
    files: Sequence[Paper],
    by: User,
    at: datetime,
    unit: str = "",
) -> AgendaItem:
    """Put a point into the agenda, for the unit the person is invited for; who leads names another's.

    Raises ItemRefused, TooManyFiles, BriefingOver, ItemsClosed.
    """
    if not 1 <= len(title.strip()) <= 200 or max(len(text), len(notes)) > LONGEST_TEXT:
        raise ItemRefused
    if len(files) > MOST_FILES:
        raise TooManyFiles
    with transaction.atomic():
        locked = _open(briefing)
        if at > locked.items_due_at and not locked.is_led_by(by):
            raise ItemsClosed
        own = locked.participants.filter(user=by).values_list("unit", flat=True).first() or ""
        named = unit.strip()[:100] if locked.is_led_by(by) else ""
        item = AgendaItem.objects.create(
            briefing=locked,
            title=title.strip(),
            text=text,
            notes=notes,
            unit=named or own,
            position=_next_position(locked),
            by=by,
            at=at,
        )
        AgendaFile.objects.bulk_create(
            AgendaFile(item=item, **asdict(paper), by=by, at=at) for paper in files
        )
    return item


def withdraw_item(item: AgendaItem, *, by: User, at: datetime) -> None:
    """Take a point back; it stays to be read in the history. Raises NotYours, BriefingOver."""
    with transaction.atomic():
        locked = _open(item.briefing)
        if item.by_id != by.pk and not locked.is_led_by(by):
            raise NotYours
        AgendaItem.objects.filter(pk=item.pk, withdrawn_at=None).update(
            withdrawn_at=at, withdrawn_by=by
        )


def add_edition(
    briefing: Briefing,
    edition: Edition,
    *,
    by: User | None,
    at: datetime,
    position: int | None = None,
) -> None:
    """Put a frozen edition into the agenda, once: at the end unless a position is named.

    Raises BriefingOver.
    """
    with transaction.atomic():
        locked = _open(briefing)
        if locked.items.filter(edition=edition, withdrawn_at=None).exists():
            return
        AgendaItem.objects.create(
            briefing=locked,
            title=_edition_title(edition),
            edition=edition,
            position=_next_position(locked) if position is None else position,
            by=by,
            at=at,
        )


def add_newest_edition(briefing: Briefing, *, at: datetime) -> None:
    """The newest whole-company edition of the series' report, if it is of these days.

    A later edition of the same period takes the place of the one before it, until the meeting
    has begun; what the secretary put in or took out is left alone.
    """
    report = briefing.series.report
    if not report:
        return
    fresh = Edition.objects.of_the_company().filter(
        report=report, cut_off_at__lte=briefing.starts_at + briefing.duration,
        cut_off_at__gt=briefing.starts_at - FRESH, period_last_date__lt=briefing.planned_date,
    )  # fmt: skip
    newest = fresh.order_by("-period_last_date", "-number").first()
    if newest is None or briefing.items.filter(edition=newest).exists():
        return
    position = None
    if briefing.state == BriefingState.PLANNED:
        older = briefing.items.filter(edition__report=report, by=None, withdrawn_at=None)
        position = older.values_list("position", flat=True).first()
        older.update(withdrawn_at=at)
    elif briefing.items.filter(edition__report=report, withdrawn_at=None).exists():
        return
    add_edition(briefing, newest, by=None, at=at, position=position)


def agenda_of(briefing: Briefing) -> list[AgendaItem]:
    """What stands on the agenda: editions first, then the units' points in the order they came."""
    items = briefing.items.filter(withdrawn_at=None).select_related("edition", "by")
    found = items.prefetch_related("files").order_by("position", "pk")
    return sorted(found, key=lambda item: item.edition_id is None)


def _open(briefing: Briefing) -> Briefing:
    (locked,) = lock_rows(Briefing.objects.filter(pk=briefing.pk))
    if locked.state not in (BriefingState.PLANNED, BriefingState.OPEN):
        raise BriefingOver
    return locked


def _next_position(briefing: Briefing) -> int:
    last = briefing.items.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _edition_title(edition: Edition) -> str:
    """Kept with the item, for the papers, so in Vietnamese whoever puts it in."""
    with override("vi"):
        title = edition.title
    return (
        f"{title} (bản số {edition.number}, chốt {edition.cut_off_at.astimezone(VN):%H:%M %d/%m})"
    )
