"""When a schedule falls due, in the company's own terms, and the sentence that says it. Pure.

A rule names days (of the week, of the month, working days, draw evenings) and a time. Which days are
worked, and on which there is a draw, are facts that are handed in as `Days`. APScheduler's cron trigger
serves as the calendar wherever one line of cron can say the days.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, Literal

from apscheduler.triggers.cron import CronTrigger
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.jobs.occurrences import BadCalendar

Language = Literal["vi", "en"]
DayKind = Literal["work", "rest", "holiday"]

#: Days a shifted occurrence can be away from its own; Tết rests nine at most.
LONGEST_SHIFT: Final = timedelta(days=31)
LAST_DAY: Final = 31


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"
    DRAW = "draw"
    WORKING_DAY = "working_day"
    LAST_WORKING_DAY = "last_working_day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class OnHoliday(StrEnum):
    """What becomes of an occurrence on a day off."""

    RUN = "run"
    NEXT = "next"
    PREVIOUS = "previous"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Rule:
    """A schedule in words (lịch bằng lời).

    `at` is the wall-clock time "HH:MM", unused for draws, which count `minutes` from the end of the
    draw. `weekdays` are 0 (Monday) to 6. `number` is the n-th working day, or the day of the month
    where 31 is the last one; `month` is that of the quarter (1 to 3) or of the year (1 to 12). `host`
    is whose draw counts, empty for each.
    """

    every: Every
    at: str = "07:30"
    weekdays: tuple[int, ...] = ()
    number: int = 1
    month: int = 1
    minutes: int = 30
    host: str = ""
    on_holiday: OnHoliday = OnHoliday.RUN


@dataclass(frozen=True, slots=True)
class DrawEvening:
    """A draw: whose, and when it is over (wall clock)."""

    host: str
    over_at: time


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of the days of a span: their kinds, and the draws."""

    kinds: Mapping[date, DayKind]
    draws: Mapping[date, DrawEvening]


class BadRule(BadCalendar):
    """The rule cannot fall due; `field` is which part is wrong."""

    code = "bad_rule"

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message, details={"field": field})
        self.field = field


def read(values: Mapping[str, Any]) -> Rule:
    """The rule kept as JSON. Raises BadRule."""
    known = {name: value for name, value in values.items() if name in Rule.__dataclass_fields__}
    try:
        rule = Rule(**known)
        rule = Rule(
            **known
            | {
                "every": Every(rule.every),
                "on_holiday": OnHoliday(rule.on_holiday),
                "weekdays": tuple(sorted({int(day) for day in rule.weekdays})),
            }
        )
    except (TypeError, ValueError) as error:
        raise BadRule("every", _("Không hiểu lịch này; hãy chọn lại từng phần.")) from error
    _check(rule)
    return rule


def written(rule: Rule) -> dict[str, Any]:
    """The rule as JSON can keep it."""
    values = asdict(rule)
    return values | {"weekdays": list(rule.weekdays)}


def _check(rule: Rule) -> None:
    _clock(rule.at)
    if rule.every is Every.WEEK and not rule.weekdays:
        raise BadRule("weekdays", _("Chọn ít nhất một thứ trong tuần."))
    if not set(rule.weekdays) <= set(range(7)):
        raise BadRule("weekdays", _("Thứ trong tuần không đúng."))
    most = 20 if rule.every is Every.WORKING_DAY else LAST_DAY
    if not 1 <= rule.number <= most or 28 < rule.number < LAST_DAY:
        raise BadRule(
            "number",
            _("Ngày làm việc thứ mấy trong tháng: từ 1 đến 20.")
            if rule.every is Every.WORKING_DAY
            else _("Ngày trong tháng: từ 1 đến 28, hoặc ngày cuối tháng."),
        )
    if not 1 <= rule.month <= (3 if rule.every is Every.QUARTER else 12):
        raise BadRule("month", _("Tháng không đúng."))
    if not 0 <= rule.minutes <= 300:
        raise BadRule("minutes", _("Số phút sau giờ quay: từ 0 đến 300."))


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise BadRule("at", _("Giờ chạy viết dạng 07:30.")) from error


def occurrences(rule: Rule, days: Days, *, after: datetime, zone: tzinfo) -> list[datetime]:
    """Every moment strictly after `after` that `days` can tell of, in order, each once.

    An occurrence that is to move is left out where the days it would move over are not known.
    """
    found = {
        datetime.combine(day, clock, tzinfo=zone) for day, clock in _placed(rule, days, zone=zone)
    }
    return sorted(moment for moment in found if moment > after)


def _placed(rule: Rule, days: Days, *, zone: tzinfo) -> Iterator[tuple[date, time]]:
    if rule.every is Every.DRAW:
        yield from _draws(rule, days)
        return
    clock = _clock(rule.at)
    for day in _named(rule, days, zone):
        moved = _moved(rule, day, days.kinds)
        if moved is not None:
            yield moved, clock


def _draws(rule: Rule, days: Days) -> Iterator[tuple[date, time]]:
    """Draws are held on holidays too, so nothing moves; past midnight is the next day."""
    for day, draw in days.draws.items():
        if rule.host in ("", draw.host):
            moment = datetime.combine(day, draw.over_at) + timedelta(minutes=rule.minutes)
            yield moment.date(), moment.time()


def _named(rule: Rule, days: Days, zone: tzinfo) -> Iterable[date]:
    """The days the rule names, before a day off moves them."""
    if rule.every in (Every.WORKING_DAY, Every.LAST_WORKING_DAY):
        return _working_days(rule, days.kinds)
    return _cron_days(_trigger(rule, zone), days.kinds, zone)


def _working_days(rule: Rule, kinds: Mapping[date, DayKind]) -> Iterator[date]:
    """The n-th or last working day of each month that is known whole."""
    for (_year, _month), group in groupby(sorted(kinds), key=lambda day: (day.year, day.month)):
        month = list(group)
        worked = [day for day in month if kinds[day] == "work"]
        is_whole = month[0].day == 1 and (month[-1] + timedelta(days=1)).day == 1
        if not worked or not is_whole:
            continue
        number = len(worked) if rule.every is Every.LAST_WORKING_DAY else rule.number
        yield worked[min(number, len(worked)) - 1]


def _trigger(rule: Rule, zone: tzinfo) -> CronTrigger:
    day = "last" if rule.number == LAST_DAY else str(rule.number)
    fields: dict[Every, dict[str, str]] = {
        Every.DAY: {"day": "*"},
        Every.WEEK: {"day_of_week": ",".join(_CRON_DAYS[each] for each in rule.weekdays)},
        Every.MONTH: {"day": day},
        Every.QUARTER: {"day": day, "month": f"{rule.month}-12/3"},
        Every.YEAR: {"day": day, "month": str(rule.month)},
    }
    return CronTrigger(**fields[rule.every], hour=12, timezone=zone)


def _cron_days(trigger: CronTrigger, kinds: Mapping[date, DayKind], zone: tzinfo) -> Iterator[date]:
    last = max(kinds, default=date.min)
    moment = datetime.combine(min(kinds, default=date.max), time(0), tzinfo=zone)
    while (moment := trigger.get_next_fire_time(None, moment)) and moment.date() <= last:
        yield moment.date()
        moment += timedelta(hours=1)


def _moved(rule: Rule, day: date, kinds: Mapping[date, DayKind]) -> date | None:
    """Where a day off puts the occurrence; None when nowhere, or not known."""
    if rule.on_holiday is OnHoliday.RUN or not _is_off(rule, day, kinds):
        return day
    if rule.on_holiday is OnHoliday.SKIP:
        return None
    step = timedelta(days=1 if rule.on_holiday is OnHoliday.NEXT else -1)
    end = day + step * LONGEST_SHIFT.days
    while day != end:
        day += step
        kind = kinds.get(day)
        if kind is None or kind == "work":
            return None if kind is None else day
    return None


def _is_off(rule: Rule, day: date, kinds: Mapping[date, DayKind]) -> bool:
    """A chosen weekday stands aside for holidays only, a chosen date for every day not worked."""
    if rule.every in (Every.DAY, Every.WEEK):
        is_free_weekday = kinds[day] == "rest" and day.weekday() < 5  # nghỉ bù
        return kinds[day] == "holiday" or is_free_weekday
    return kinds[day] != "work"


def reach(rule: Rule, *, times: int) -> timedelta:
    """How many days ahead hold at least so many occurrences, moved ones included."""
    spans = {
        Every.DAY: 1,
        Every.WEEK: 7,
        Every.DRAW: 7,
        Every.WORKING_DAY: 31,
        Every.LAST_WORKING_DAY: 31,
        Every.MONTH: 31,
        Every.QUARTER: 92,
        Every.YEAR: 366,
    }
    return timedelta(days=spans[rule.every] * times) + 2 * LONGEST_SHIFT


def needs_calendar(rule: Rule) -> bool:
    """Whether it matters to the rule which days are worked."""
    named = rule.every in (Every.WORKING_DAY, Every.LAST_WORKING_DAY)
    return named or rule.on_holiday is not OnHoliday.RUN


def sentence(rule: Rule, language: Language = "vi") -> str:
    """ "Mỗi thứ Hai 07:30, lễ thì dời sang ngày làm việc kế tiếp" """
    words = _vietnamese(rule) if language == "vi" else _english(rule)
    if rule.every in (Every.DRAW, Every.WORKING_DAY, Every.LAST_WORKING_DAY):
        return words
    on_weekday = rule.every in (Every.DAY, Every.WEEK)
    return words + _OFF[language, on_weekday].get(rule.on_holiday, "")


def _vietnamese(rule: Rule) -> str:
    is_last = rule.number == LAST_DAY
    day = "cuối tháng" if is_last else f"{rule.number}"
    of_month = f"{day} {rule.month}" if is_last else f"{day} tháng {rule.month}"
    whose = f"của {rule.host} " if rule.host else ""
    ordinal = "đầu tiên" if rule.number == 1 else f"thứ {rule.number}"
    return {
        Every.DAY: f"Hằng ngày {rule.at}",
        Every.WEEK: f"Mỗi {_listed(_VIETNAMESE_DAYS, rule, ' và ')} {rule.at}",
        Every.DRAW: f"Mỗi kỳ quay {whose}{rule.minutes} phút sau khi quay xong",
        Every.WORKING_DAY: f"Ngày làm việc {ordinal} của tháng, {rule.at}",
        Every.LAST_WORKING_DAY: f"Ngày làm việc cuối cùng của tháng, {rule.at}",
        Every.MONTH: f"Ngày {day} hằng tháng, {rule.at}",
        Every.QUARTER: f"Ngày {day} tháng thứ {_THIRDS[(rule.month - 1) % 3]} của quý, {rule.at}",
        Every.YEAR: f"Ngày {of_month} hằng năm, {rule.at}",
    }[rule.every]


def _english(rule: Rule) -> str:
    day = "the last day" if rule.number == LAST_DAY else f"day {rule.number}"
    whose = f" of {rule.host}" if rule.host else ""
    return {
        Every.DAY: f"Every day at {rule.at}",
        Every.WEEK: f"Every {_listed(_ENGLISH_DAYS, rule, ' and ')} at {rule.at}",
        Every.DRAW: f"{rule.minutes} minutes after each draw{whose} is over",
        Every.WORKING_DAY: f"Working day {rule.number} of the month at {rule.at}",
        Every.LAST_WORKING_DAY: f"The last working day of the month at {rule.at}",
        Every.MONTH: f"On {day} of each month at {rule.at}",
        Every.QUARTER: f"On {day} of month {rule.month} of each quarter at {rule.at}",
        Every.YEAR: f"On {day} of month {rule.month} each year at {rule.at}",
    }[rule.every]


def _listed(names: tuple[str, ...], rule: Rule, last: str) -> str:
    chosen = [names[day] for day in rule.weekdays]
    return last.join([*([", ".join(chosen[:-1])] if chosen[1:] else []), *chosen[-1:]])


_CRON_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_VIETNAMESE_DAYS: Final = (
    "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
)  # fmt: skip
_ENGLISH_DAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_THIRDS: Final = ("nhất", "hai", "ba")
_OFF: Final[dict[tuple[Language, bool], dict[OnHoliday, str]]] = {
    ("vi", True): {
        OnHoliday.NEXT: ", lễ thì dời sang ngày làm việc kế tiếp",
        OnHoliday.PREVIOUS: ", lễ thì chạy sớm vào ngày làm việc liền trước",
        OnHoliday.SKIP: ", lễ thì bỏ qua",
    },
    ("vi", False): {
        OnHoliday.NEXT: ", trùng ngày nghỉ thì dời sang ngày làm việc kế tiếp",
        OnHoliday.PREVIOUS: ", trùng ngày nghỉ thì chạy sớm vào ngày làm việc liền trước",
        OnHoliday.SKIP: ", trùng ngày nghỉ thì bỏ qua",
    },
    ("en", True): {
        OnHoliday.NEXT: ", on a holiday the next working day",
        OnHoliday.PREVIOUS: ", on a holiday the working day before",
        OnHoliday.SKIP: ", not on holidays",
    },
    ("en", False): {
        OnHoliday.NEXT: ", on a day off the next working day",
        OnHoliday.PREVIOUS: ", on a day off the working day before",
        OnHoliday.SKIP: ", not on days off",
    },
}
