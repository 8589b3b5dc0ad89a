"""When a schedule fires: APScheduler's cron trigger used as a calendar. Pure."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem


class BadCalendar(Problem):
    """A cron text or time zone that cannot be a calendar."""

    code = "bad_calendar"


def calendar(cron: str, timezone: str) -> CronTrigger:
    """The trigger of a crontab line of five fields. Raises BadCalendar.

    Digits for weekdays are refused: APScheduler counts from Monday = 0, crontab from Sunday = 0,
    so "30 6 * * 1" would fire on Tuesday.
    """
    fields = cron.split()
    if len(fields) != 5:
        raise BadCalendar(_("Lịch phải có 5 phần: phút giờ ngày tháng thứ (mon…sun)."))
    if any(char.isdigit() for char in fields[4]):
        raise BadCalendar(_("Viết thứ trong tuần bằng chữ (mon, tue, … sun), không bằng số."))
    try:
        return CronTrigger.from_crontab(cron, timezone=ZoneInfo(timezone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise BadCalendar(
            _("Lịch hoặc múi giờ không hiểu được."), details={"reason": str(error)}
        ) from error


def occurrences(cron: str, timezone: str, *, after: datetime) -> Iterator[datetime]:
    """Every moment strictly after `after` at which the calendar fires, in order."""
    trigger = calendar(cron, timezone)
    moment = trigger.get_next_fire_time(after, after)
    while moment is not None:
        yield moment
        moment = trigger.get_next_fire_time(moment, moment)
