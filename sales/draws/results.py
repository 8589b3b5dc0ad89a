"""The result of a draw: keyed blind by two people, compared, published; a wrong one replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from backend.reasons import says_why
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.engine.bodies import Fault
from sales.engine.draw_sheet import Difference, Sheet, differences, faults
from sales.engine.prizes import SHEET
from sales.ledger.closing import NoSuchDraw
from sales.messages import described
from sales.models import (
    Draw,
    DrawPublication,
    DrawResultEntry,
    DrawStatus,
    PrizeKind,
    Source,
)
from sales.whole_company import require_whole_company

#: The Northern draw begins at 18:15; nobody can know a number before.
DRAWN_FROM = time(18, 15)


class ResultRefused(Problem):
    """The sheet is wrong; `details["errors"]` names every field."""

    code = "result.refused"
    message = _("Kết quả chưa đúng nên chưa ghi. Hãy sửa các ô được nêu rồi ghi lại.")

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(details={"errors": [described(fault) for fault in found]})


class NotDrawnYet(Problem):
    status = 409
    code = "result.not_drawn_yet"
    message = _("Kỳ này chưa quay nên chưa nhập được kết quả. Hãy nhập sau giờ quay (18:15).")


class DrawVoid(Problem):
    status = 409
    code = "result.draw_void"
    message = _("Kỳ quay này đã bị hủy nên không có kết quả. Hãy chọn kỳ khác.")


class NotKeyed(Problem):
    status = 409
    code = "result.not_keyed"
    message = _("Bạn chưa nhập kết quả kỳ này. Hãy nhập lại từ biên bản quay thưởng rồi công bố.")


class SecondPersonMissing(Problem):
    status = 409
    code = "result.second_person_missing"
    message = _("Mới có một người nhập. Cần người thứ hai nhập lại từ biên bản rồi mới công bố.")


class ResultsDiffer(Problem):
    """Two keyings disagree; `details["differences"]` names the fields and what each says."""

    status = 409
    code = "result.differ"
    message = _("Hai lần nhập khác nhau ở các ô được nêu. Hãy xem lại biên bản và nhập lại.")

    def __init__(self, found: Sequence[Difference]) -> None:
        shown = [{"field": d.field, "mine": d.mine, "other": d.other} for d in found]
        super().__init__(details={"differences": shown})


class CorrectionNeedsReason(Problem):
    code = "result.needs_reason"
    message = _("Kỳ này đã công bố. Muốn công bố lại phải ghi lý do, ít nhất 5 ký tự.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person may know of a draw's result.

    `others` is how many other people have keyed it since it was last published. Until the person
    has keyed it too, what they keyed stays hidden: `differing` is None, else the fields that
    disagree with the one that comes nearest.
    """

    draw: Draw
    published: DrawPublication | None
    mine: DrawResultEntry | None
    others: int
    differing: Sequence[Difference] | None
    may_confirm_import: bool

    @property
    def may_publish(self) -> bool:
        return self.may_confirm_import or (self.others > 0 and self.differing == [])


def last_drawn(at: datetime) -> date:
    """The last day whose numbers may be drawn by now; the draw of a later day has none to key."""
    now = at.astimezone(VN)
    return now.date() if now.time() >= DRAWN_FROM else now.date() - timedelta(days=1)


def enter_result(
    day: date, sheet: Sheet, *, by: User, at: datetime, source: Source = Source.API
) -> DrawResultEntry:
    """Keep what one person keyed; a second keying of theirs takes the place of the first.

    Raises WholeCompanyOnly, NoSuchDraw, DrawVoid, NotDrawnYet, ResultRefused.
    """
    draw = _draw(day, by)
    if draw.status == DrawStatus.VOID:
        raise DrawVoid
    if at < datetime.combine(day, DRAWN_FROM, VN):
        raise NotDrawnYet
    if found := faults(sheet, needs_symbols=source != Source.IMPORT):
        raise ResultRefused(found)
    return DrawResultEntry.objects.create(
        draw=draw,
        numbers=list(sheet.numbers),
        symbols=list(sheet.symbols),
        series_count=sheet.series_count,
        source=source,
        by=by,
        at=at,
    )


def desk_of(day: date, *, user: User) -> Desk:
    """The result of a draw as this person may see it. Raises NoSuchDraw."""
    draw = Draw.objects.filter(date=day).first()
    if draw is None:
        raise NoSuchDraw
    published = _newest_publication(draw)
    entries = _standing(draw, published)
    mine = entries.pop(user.pk, None)
    found = None
    if mine is not None and entries:
        found = min(
            (differences(sheet_of(mine), sheet_of(other)) for other in entries.values()), key=len
        )
    imported = mine is None and _only_import(entries) is not None
    return Desk(draw, published, mine, len(entries), found, imported)


def publish_result(
    day: date, *, by: User, at: datetime, minutes_no: str = "", reason: str = ""
) -> DrawPublication:
    """Give the draw its result: what the person and another one keyed alike, or what another one
    imported. A result published before is replaced, with a reason.

    Raises WholeCompanyOnly, NoSuchDraw, NotKeyed, SecondPersonMissing, ResultsDiffer,
    CorrectionNeedsReason, DrawVoid.
    """
    _draw(day, by)
    with transaction.atomic():
        [draw] = lock_rows(Draw.objects.filter(date=day))
        before = _newest_publication(draw)
        first, second = _agreed(_standing(draw, before), by)
        if before is not None and not says_why(reason):
            raise CorrectionNeedsReason
        published = DrawPublication.objects.create(
            draw=draw,
            first=first,
            second=second,
            minutes_no=minutes_no.strip(),
            by=by,
            at=at,
            replaces=before,
            reason=reason.strip(),
        )
        _give(draw, first)
        publish(EventKind.RESULT_PUBLISHED, _told(published), at=at)
    return published


def _told(published: DrawPublication) -> dict[str, Any]:
    """What receivers are told: the sheet as it was published, in its order."""
    draw = published.draw
    return {
        "draw_date": draw.date,
        "numbers": draw.numbers,
        "winning_symbols": draw.winning_symbols or [],
        "series_count": draw.series_count,
        "minutes_no": published.minutes_no,
        "is_correction": published.replaces is not None,
        "reason": published.reason,
        "by": published.by.username,
    }


def sheet_of(entry: DrawResultEntry) -> Sheet:
    return Sheet(tuple(entry.numbers), tuple(entry.symbols), entry.series_count)


def numbers_by_prize(numbers: Sequence[str]) -> list[tuple[PrizeKind, list[str]]]:
    """The prizes of the sheet in order, each with its numbers."""
    left = iter(numbers)
    return [
        (PrizeKind(kind), [next(left) for _place in range(draws)]) for kind, _digits, draws in SHEET
    ]


def _draw(day: date, by: User) -> Draw:
    require_whole_company(by)
    draw = Draw.objects.filter(date=day).first()
    if draw is None:
        raise NoSuchDraw
    return draw


def _newest_publication(draw: Draw) -> DrawPublication | None:
    known = DrawPublication.objects.filter(draw=draw).select_related("first", "second", "by")
    return known.order_by("-pk").first()


def _standing(draw: Draw, published: DrawPublication | None) -> dict[int, DrawResultEntry]:
    """By person: the newest entry since the draw was last published."""
    entries = DrawResultEntry.objects.filter(draw=draw)
    if published is not None:
        entries = entries.filter(pk__gt=max(published.first_id, published.second_id or 0))
    newest = entries.values("by").annotate(newest=Max("pk")).values("newest")
    return {entry.by_id: entry for entry in entries.filter(pk__in=newest).order_by("pk")}


def _agreed(
    entries: dict[int, DrawResultEntry], by: User
) -> tuple[DrawResultEntry, DrawResultEntry | None]:
    """The two entries to publish, or an imported one alone."""
    mine = entries.pop(by.pk, None)
    if mine is None:
        imported = _only_import(entries)
        if imported is None:
            raise NotKeyed
        return imported, None
    if not entries:
        raise SecondPersonMissing
    found = [(differences(sheet_of(mine), sheet_of(other)), other) for other in entries.values()]
    nearest, other = min(found, key=lambda pair: len(pair[0]))
    if nearest:
        raise ResultsDiffer(nearest)
    first, second = sorted((mine, other), key=lambda entry: entry.pk)
    return first, second


def _only_import(entries: dict[int, DrawResultEntry]) -> DrawResultEntry | None:
    """The imported entry that nobody's keying contradicts."""
    sheets = {sheet_of(entry) for entry in entries.values()}
    imported = [entry for entry in entries.values() if entry.source == Source.IMPORT]
    return imported[0] if imported and len(sheets) == 1 else None


def _give(draw: Draw, entry: DrawResultEntry) -> None:
    if draw.status == DrawStatus.VOID:
        raise DrawVoid
    draw.status = DrawStatus.HELD
    draw.numbers, draw.winning_symbols = entry.numbers, entry.symbols or None
    if entry.series_count is not None:
        draw.series_count = entry.series_count
    draw.save(update_fields=["status", "numbers", "winning_symbols", "series_count"])
