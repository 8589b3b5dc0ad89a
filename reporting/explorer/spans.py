"""Days told relative to the day one looks ("tháng này"), so that a kept question moves on. Pure."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from backend.months import shifted
from reporting.defining import Words
from reporting.periods import PeriodKind, period_of

Days = tuple[date, date]

SPANS: Final = {
    "thang_nay": Words("tháng này", "this month"),
    "thang_truoc": Words("tháng trước", "last month"),
    "quy_nay": Words("quý này", "this quarter"),
    "quy_truoc": Words("quý trước", "last quarter"),
    "nam_nay": Words("năm nay", "this year"),
    "nam_truoc": Words("năm trước", "last year"),
    "7_ngay": Words("7 ngày gần nhất", "last 7 days"),
    "4_tuan": Words("4 tuần gần nhất", "last 4 weeks"),
    "12_tuan": Words("12 tuần gần nhất", "last 12 weeks"),
    "12_thang": Words("12 tháng gần nhất", "last 12 months"),
}
_RUNNING: Final = {
    "thang_nay": PeriodKind.MONTH, "quy_nay": PeriodKind.QUARTER, "nam_nay": PeriodKind.YEAR,
}  # fmt: skip
_ENDED: Final = {
    "thang_truoc": PeriodKind.MONTH, "quy_truoc": PeriodKind.QUARTER, "nam_truoc": PeriodKind.YEAR,
}  # fmt: skip
_COUNTED: Final[dict[str, Callable[[date], date]]] = {
    "7_ngay": lambda last: last - timedelta(days=6),
    "4_tuan": lambda last: last - timedelta(days=27),
    "12_tuan": lambda last: last - timedelta(days=83),
    "12_thang": lambda last: shifted(last, -11),
}


def days_of(span: str, *, last: date, now: date) -> Days:
    """The days of `span`: a running period up to `last`, an ended one as seen on the day `now`.

    A page looks on the day itself (`now` is `last`); a report tells up to a day that is over, so
    that on the 1st "tháng này" is the month that ended yesterday, and so is "tháng trước".
    """
    if span in _ENDED:
        before = period_of(_ENDED[span], now).before
        return before.first, before.last
    if span in _RUNNING:
        return period_of(_RUNNING[span], last).first, last
    return _COUNTED[span](last), last
