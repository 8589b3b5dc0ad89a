"""Days of the calendar are drafted, added, confirmed, changed and removed here, and nowhere else.

Each change is kept with its author. Open months are computed anew; a closed month keeps the calendar
it was closed with until it is opened again, so no adjustment comes from a calendar.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    CalendarAction,
    CalendarChange,
    CalendarChangeLock,
    CalendarDay,
    DayStatus,
    PeriodLock,
    RosterEntry,
)
from attendance.reasons import checked_reason
from attendance.roster.drafting import SATURDAY_SUNDAY, SUNDAY, DraftDay
from attendance.timesheet.dirty import count_dates, mark_dates
from attendance.timesheet.rules import rules_of, saturdays_worked
from attendance.timesheet.timesheets import day_type, hold_computing
from backend.accounts.models import User
from backend.problems import Problem

_A_DAY = timedelta(days=1)
#: From this month on the next year's calendar is asked for; swaps and Tết are announced about then.
ASKED_FROM_MONTH = 10


class CalendarOfWholeCompany(Problem):
    code = "calendar_of_whole_company"
    status = 403
    message = _(
        "Tài khoản này chỉ phụ trách một số phòng ban nên không sửa lịch của cả công ty được."
    )


class DayAlreadyThere(Problem):
    code = "calendar_day_already_there"
    status = 409
    message = _("Lịch đã có ngày này, có thể người khác vừa thêm. Hãy mở ngày đó và sửa.")


class DayNotThere(Problem):
    code = "calendar_day_not_there"
    status = 409
    message = _(
        "Ngày này không còn trong lịch, hoặc đã được xác nhận; có thể người khác vừa làm. Hãy tải lại trang."
    )


class NothingChanged(Problem):
    code = "calendar_nothing_changed"
    message = _(
        "Chưa có gì khác với lịch đang ghi. Hãy sửa loại ngày, tên, văn bản hoặc trạng thái."
    )


class NothingChosen(Problem):
    code = "calendar_nothing_chosen"
    message = _("Chưa chọn ngày nào. Hãy đánh dấu ít nhất một ngày.")


class DocumentMissing(Problem):
    code = "calendar_document_missing"

    def __init__(self, days: Iterable[date]) -> None:
        named = ", ".join(f"{day:%d/%m/%Y}" for day in sorted(days))
        super().__init__(
            _("Ngày %(days)s chưa có văn bản. Ghi số văn bản thì mới xác nhận được.")
            % {"days": named}
        )


@dataclass(frozen=True)
class Entry:
    """What the calendar says of a day."""

    kind: str
    name: str
    document: str = ""
    status: str = DayStatus.DRAFT

    @classmethod
    def of(cls, day: CalendarDay) -> "Entry":
        return cls(day.kind, day.name, day.document, day.status)


@dataclass(frozen=True)
class Effect:
    """What a change does: computed days of open months and their people, closed months it leaves as
    they are (their first days), and shifts rostered on the days."""

    days: int
    people: int
    closed: tuple[date, ...]
    rostered: int


def effect_of(days: Collection[date]) -> Effect:
    """What other kinds of these days would do. Three queries."""
    marked, people = count_dates(days)
    closed = sorted({lock.period for lock in locks_of(days)})
    rostered = RosterEntry.objects.filter(work_date__in=days).count()
    return Effect(marked, people, tuple(closed), rostered)


def differing(wanted: Mapping[date, str | None]) -> set[date]:
    """Those days that would be computed otherwise as `wanted` kinds (None: like its week)."""
    stored = CalendarDay.objects.filter(date__in=wanted)
    kinds: dict[date, str] = dict(stored.values_list("date", "kind"))
    saturdays = saturdays_worked(min(wanted), max(wanted)) if wanted else frozenset()
    return {
        day
        for day, kind in wanted.items()
        if day_type(day, kind, saturdays) != day_type(day, kinds.get(day), saturdays)
    }


def rest_weekdays(year: int) -> frozenset[int]:
    """The weekly rest days by which the year's moved ones are drafted: those at its end."""
    return SUNDAY if rules_of(date(year, 12, 1)).works_saturdays else SATURDAY_SUNDAY


def year_to_draft(today: date) -> int | None:
    """The next year, from October on while its calendar is empty."""
    if today.month < ASKED_FROM_MONTH:
        return None
    year = today.year + 1
    return None if CalendarDay.objects.filter(date__year=year).exists() else year


def save_draft(days: Sequence[DraftDay], *, by: User, at: datetime) -> list[CalendarChange]:
    """Put drafted days into the calendar, to be confirmed. Raises DayAlreadyThere, NothingChosen."""
    if not days:
        raise NothingChosen
    entries = {day.on: Entry(day.kind.value, day.name, day.document) for day in days}
    return _write(CalendarAction.DRAFTED, entries, reason="", by=by, at=at)


def add_day(day: date, entry: Entry, *, reason: str, by: User, at: datetime) -> CalendarChange:
    """Raises ReasonMissing, DocumentMissing, DayAlreadyThere."""
    reason = checked_reason(reason)
    [change] = _write(CalendarAction.ADDED, {day: entry}, reason=reason, by=by, at=at)
    return change


def change_day(day: date, entry: Entry, *, reason: str, by: User, at: datetime) -> CalendarChange:
    """Raises ReasonMissing, DocumentMissing, NothingChanged, DayNotThere."""
    reason = checked_reason(reason)
    [change] = _write(CalendarAction.CHANGED, {day: entry}, reason=reason, by=by, at=at)
    return change


def remove_day(day: date, *, reason: str, by: User, at: datetime) -> CalendarChange:
    """Let the day be like any other of its week. Raises ReasonMissing, DayNotThere."""
    reason = checked_reason(reason)
    [change] = _write(CalendarAction.REMOVED, {day: None}, reason=reason, by=by, at=at)
    return change


def confirm_days(documents: Mapping[date, str], *, by: User, at: datetime) -> list[CalendarChange]:
    """Confirm drafted days, each by its document; all or none.

    Raises NothingChosen, DocumentMissing, DayNotThere (also for one confirmed already).
    """
    if not documents:
        raise NothingChosen
    with transaction.atomic():
        hold_computing()
        drafts = CalendarDay.objects.filter(date__in=documents, status=DayStatus.DRAFT)
        entries: dict[date, Entry | None] = {
            day.date: Entry(day.kind, day.name, documents[day.date].strip(), DayStatus.CONFIRMED)
            for day in drafts
        }
        if len(entries) < len(documents):
            raise DayNotThere
        return _write(CalendarAction.CONFIRMED, entries, reason="", by=by, at=at)


def _write(
    action: CalendarAction,
    entries: Mapping[date, Entry | None],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> list[CalendarChange]:
    """Make the days what `entries` say; one writer at a time, and nobody locks or computes meanwhile."""
    if by.departments.exists():
        raise CalendarOfWholeCompany
    _check_documents(entries)
    with transaction.atomic():
        hold_computing()
        stored = {day.date: Entry.of(day) for day in CalendarDay.objects.filter(date__in=entries)}
        _check_places(action, entries, stored)
        changes = [
            CalendarChange(
                date=day,
                action=action,
                before=asdict(stored[day]) if day in stored else None,
                after=asdict(entry) if entry else None,
                reason=reason,
                by=by,
                at=at,
            )
            for day, entry in sorted(entries.items())
        ]
        CalendarChange.objects.bulk_create(changes)
        touched = differing({day: entry.kind if entry else None for day, entry in entries.items()})
        _keep_closed([change for change in changes if change.date in touched])
        _store(entries)
        mark_dates(touched)
    return changes


def _check_documents(entries: Mapping[date, Entry | None]) -> None:
    lacking = [
        day
        for day, entry in entries.items()
        if entry and entry.status == DayStatus.CONFIRMED and not entry.document.strip()
    ]
    if lacking:
        raise DocumentMissing(lacking)


def _check_places(
    action: CalendarAction, entries: Mapping[date, Entry | None], stored: Mapping[date, Entry]
) -> None:
    if action in (CalendarAction.DRAFTED, CalendarAction.ADDED):
        if stored:
            raise DayAlreadyThere
    elif len(stored) < len(entries):
        raise DayNotThere
    elif entries == stored:
        raise NothingChanged


def _keep_closed(changes: Collection[CalendarChange]) -> None:
    """Let the closed months these days belong to, or reach into, go on with the old calendar."""
    locks = locks_of([change.date for change in changes])
    CalendarChangeLock.objects.bulk_create(
        [
            CalendarChangeLock(change=change, lock=lock)
            for change in changes
            for lock in locks
            if lock.period in months_of(change.date)
        ]
    )


def months_of(day: date) -> set[date]:
    """The months whose rows the day can change: its own, and that of a night reaching into it."""
    return {shifted.replace(day=1) for shifted in (day, day - _A_DAY)}


def locks_of(days: Iterable[date]) -> list[PeriodLock]:
    """The standing locks of the days' months."""
    months = {month for day in days for month in months_of(day)}
    return list(PeriodLock.objects.standing().filter(period__in=months).order_by("period"))


def _store(entries: Mapping[date, Entry | None]) -> None:
    gone = [day for day, entry in entries.items() if entry is None]
    CalendarDay.objects.filter(date__in=gone).delete()
    CalendarDay.objects.bulk_create(
        [CalendarDay(date=day, **asdict(entry)) for day, entry in entries.items() if entry],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["kind", "name", "document", "status"],
    )
