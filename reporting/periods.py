"""The periods reports are about, in Vietnam's calendar, and what each is compared with. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from backend.clock import VN

#: A draw evening is over at 19:00; from then on "the last draw" is today's.
DRAW_IS_OVER = time(19)
#: The same weekday a year ago: 52 weeks.
WEEKDAY_YEAR = timedelta(days=364)


class PeriodKind(StrEnum):
    """What a report is about: a span, one draw (kỳ quay), or the state as of a day."""

    DAY = "day"
    DRAW = "draw"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    AS_OF = "as_of"
    TO_DRAW = "to_draw"  # days up to a draw, from a day that the report itself says


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included. `kind` says what comes before and how it is called."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The period before; before a draw the one of the same weekday a week earlier."""
        if self.kind is PeriodKind.DRAW:
            return self._moved(timedelta(days=-7))
        if self.kind is PeriodKind.AS_OF:
            return period_of(self.kind, _months(self.last, -1))
        return period_of(self.kind, self.first - timedelta(days=1))

    @property
    def year_before(self) -> "Period":
        """The same period last year; days, draws and weeks keep their weekday (52 weeks earlier)."""
        if self.kind in (PeriodKind.DAY, PeriodKind.DRAW, PeriodKind.WEEK):
            return self._moved(-WEEKDAY_YEAR)
        return period_of(self.kind, _months(self.first, -12))

    @property
    def ends_at(self) -> datetime:
        """The moment the period ends in Vietnam."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=VN)

    @property
    def code(self) -> str:
        """2026-11-23, 2026-w47, 2026-11, 2026-q4, 2026-h2 or 2026."""
        year, week, _day = self.first.isocalendar()
        return {
            PeriodKind.WEEK: f"{year}-w{week:02d}",
            PeriodKind.MONTH: f"{self.first:%Y-%m}",
            PeriodKind.QUARTER: f"{self.first:%Y}-q{_quarter(self.first)}",
            PeriodKind.HALF_YEAR: f"{self.first:%Y}-h{1 + self.first.month // 7}",
            PeriodKind.YEAR: f"{self.first:%Y}",
            PeriodKind.TO_DRAW: f"{self.first:%Y-%m-%d}-{self.last:%Y-%m-%d}",
        }.get(self.kind, f"{self.last:%Y-%m-%d}")

    def name(self, language: str = "vi") -> str:
        """As one says it: tuần 47, tháng 11/2026, quý IV/2026, kỳ quay 22/11/2026."""
        week, quarter = self.first.isocalendar().week, _quarter(self.first)
        roman = ("I", "II", "III", "IV")[quarter - 1]
        day = f"{self.last:%d/%m/%Y}"
        vi, en = {
            PeriodKind.DAY: (f"ngày {day}", day),
            PeriodKind.DRAW: (f"kỳ quay {day}", f"draw of {day}"),
            PeriodKind.WEEK: (f"tuần {week}", f"week {week}"),
            PeriodKind.MONTH: (f"tháng {self.first:%m/%Y}", f"{self.first:%m/%Y}"),
            PeriodKind.QUARTER: (f"quý {roman}/{self.first:%Y}", f"Q{quarter} {self.first:%Y}"),
            PeriodKind.HALF_YEAR: _half(self.first),
            PeriodKind.YEAR: (f"năm {self.first:%Y}", f"{self.first:%Y}"),
            PeriodKind.AS_OF: (f"đến ngày {day}", f"as of {day}"),
            PeriodKind.TO_DRAW: (f"đến kỳ quay {day}", f"up to the draw of {day}"),
        }[self.kind]
        return en if language == "en" else vi

    def _moved(self, by: timedelta) -> "Period":
        return Period(self.kind, self.first + by, self.last + by)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of this kind that holds `day`."""
    if kind is PeriodKind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    months = {
        PeriodKind.MONTH: 1,
        PeriodKind.QUARTER: 3,
        PeriodKind.HALF_YEAR: 6,
        PeriodKind.YEAR: 12,
    }.get(kind)
    if months is None:
        return Period(kind, day, day)
    first = date(day.year, day.month - (day.month - 1) % months, 1)
    return Period(kind, first, _months(first, months) - timedelta(days=1))


def last_ended(kind: PeriodKind, moment: datetime) -> Period:
    """The last whole period before the moment: for a draw today's, once its evening is over."""
    local = moment.astimezone(VN)
    of_draw = kind in (PeriodKind.DRAW, PeriodKind.TO_DRAW)
    if of_draw and local.time() >= DRAW_IS_OVER:
        return period_of(kind, local.date())
    if of_draw or kind in (PeriodKind.DAY, PeriodKind.AS_OF):
        return period_of(kind, local.date() - timedelta(days=1))
    return period_of(kind, local.date()).before


def week_before(moment: datetime) -> tuple[date, date]:
    """The last whole week before the moment's own week."""
    week = last_ended(PeriodKind.WEEK, moment)
    return week.first, week.last


def _half(first: date) -> tuple[str, str]:
    is_second = first.month > 6
    words = "cuối" if is_second else "đầu"
    return f"6 tháng {words} năm {first:%Y}", f"H{1 + is_second} {first:%Y}"


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _months(day: date, count: int) -> date:
    """So many months later; the 31st becomes the last day of a shorter month."""
    at = day.year * 12 + day.month - 1 + count
    year, month = divmod(at, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
