"""What the book of a terminal's notable events says, in sentences."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import LogCheck, NoticeKind, Terminal, TerminalNotice

_WORDS: Final[Mapping[str, str | Promise]] = {
    NoticeKind.LOG_SHRANK: _(
        "Trước có {before} bản ghi, nay chỉ còn {now}: nhật ký đã bị xóa hoặc máy bị đặt lại. Các"
        " lượt đã tải vẫn còn ở đây."
    ),
    NoticeKind.LOG_CHANGED: _(
        "Phần đầu nhật ký không còn giống lần trước (trước {before}, nay {now} bản ghi); đã đọc lại"
        " toàn bộ."
    ),
    NoticeKind.SERIAL_CHANGED: _(
        "Máy trả lời có sê-ri {found}, không phải {expected}; không lưu gì của máy đó."
    ),
    NoticeKind.INCOMPLETE: _("Máy đếm {counted} bản ghi nhưng gửi thiếu {missing}."),
    NoticeKind.OFFSETS_REFUSED: _("Từ nay máy này được đọc cả nhật ký, thưa hơn."),
    NoticeKind.CLOCK_RESET: _("Đồng hồ chỉ {shown}; lần trước lệch {before} giây."),
    NoticeKind.CLOCK_SET: _("Lệch {before} giây trước khi chỉnh, {after} giây sau khi chỉnh."),
    NoticeKind.LOG_CLEARED: _(
        "{records} bản ghi đã lưu đủ rồi xóa trên máy, còn lại {left}. Lý do: {reason}"
    ),
    NoticeKind.KEYS_RELEASED: _("Lần tải trước dừng giữa chừng và để máy bị khóa; đã mở lại."),
}
_TONES: Final[Mapping[str, str]] = {
    NoticeKind.LOG_SHRANK: "bad",
    NoticeKind.LOG_CHANGED: "attention",
    NoticeKind.SERIAL_CHANGED: "bad",
    NoticeKind.INCOMPLETE: "bad",
    NoticeKind.CLOCK_RESET: "bad",
    NoticeKind.LOG_CLEARED: "attention",
    NoticeKind.KEYS_RELEASED: "attention",
}


#: Somebody has to look, until the terminal was compared as a whole, or a week has passed.
_ALARMS: Final = (NoticeKind.LOG_SHRANK, NoticeKind.LOG_CHANGED, NoticeKind.SERIAL_CHANGED)
_REMEMBERED: Final = timedelta(days=7)


def open_alarms(*, at: datetime, terminal: Terminal | None = None) -> dict[int, TerminalNotice]:
    """By terminal: the newest alarm that nobody answered. One question, for any number of them.

    A whole comparison in which nothing lacked answers every alarm before it; another serial
    number is answered when the right terminal is reached again.
    """
    proved = LogCheck.objects.filter(
        terminal=OuterRef("terminal"), missing=0, at__gte=OuterRef("at")
    )
    rows = (
        TerminalNotice.objects.filter(kind__in=_ALARMS, at__gt=at - _REMEMBERED)
        .exclude(kind=NoticeKind.SERIAL_CHANGED, terminal__last_contact_at__gt=F("at"))
        .filter(~Exists(proved))
        .order_by("pk")
    )
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    return {row.terminal_id: row for row in rows}


class _Figures(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def in_words(notice: TerminalNotice) -> str:
    """One sentence; the bare figures of a kind that has none."""
    words = _WORDS.get(notice.kind)
    if words is None:
        return ", ".join(f"{key}: {value}" for key, value in notice.details.items())
    given = {key: "?" if value is None else value for key, value in notice.details.items()}
    return str(words).format_map(_Figures(given))


def tone(notice: TerminalNotice) -> str:
    """The page's chip class."""
    return _TONES.get(notice.kind, "info")


def actor(notice: TerminalNotice) -> str:
    """Who did it; "" where it happened by itself."""
    return str(notice.details.get("by", ""))
