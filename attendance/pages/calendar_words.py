"""The calendar of holidays in words: what a day is, why it is drafted, what a change does."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.models import CalendarChange, DayKind, DayStatus
from attendance.roster.calendar_days import Effect
from attendance.roster.drafting import Awaited, DraftDay, Kind, Otherwise, Why

#: One letter for each kind, so that colour never speaks alone.
LETTERS = {
    DayKind.HOLIDAY: "L",
    DayKind.COMP_REST: "B",
    DayKind.SWAPPED_REST: "H",
    DayKind.MAKEUP_WORK: "+",
    DayKind.REST: "N",
    DayKind.WORK: "C",
}


def weekday_of(day: date) -> str:
    """The day of the week, in the middle of a sentence."""
    return date_format(day, "l").lower()


def kind_name(kind: str | None) -> str:
    """The kind in words; None is a day like any other of its week."""
    return str(DayKind(kind).label) if kind else _("như ngày thường trong tuần")


def why_words(day: DraftDay) -> str:
    """Why the day is in the draft, and what is still to be looked up."""
    about = f"{day.about:%d/%m/%Y}" if day.about else ""
    if day.why == Why.LAW:
        return _("Ngày lễ theo điều 112 Bộ luật Lao động.")
    if day.why == Why.ANNOUNCED:
        return _("Ngày do thông báo hằng năm ấn định; ghi số văn bản khi xác nhận.")
    if day.why == Why.MOVED:
        return _(
            "Ngày lễ %(about)s trùng ngày nghỉ hằng tuần nên ngày làm việc kế tiếp được nghỉ"
            " (khoản 3 điều 111); làm việc ngày này là 200 %%, không phải 300 %%."
        ) % {"about": about}
    if day.why == Why.CULTURE:
        return _(
            "Nghị quyết 80-NQ/TW ngày 07/01/2026; chưa thấy văn bản luật sửa điều 112, chờ số văn bản."
        )
    if day.kind == Kind.MAKEUP_WORK:
        return _("Gói holidays ghi làm bù cho ngày %(about)s; hãy đối chiếu công văn hoán đổi.") % {
            "about": about
        }
    return _("Gói holidays ghi nghỉ hoán đổi với ngày %(about)s; hãy đối chiếu công văn.") % {
        "about": about
    }


def awaited_words(awaited: Awaited) -> str:
    """Which days are not announced, and the ways they may fall."""
    ways = _(" hoặc ").join(" + ".join(f"{day:%d/%m}" for day in way) for way in awaited.ways)
    return _("%(title)s: còn %(count)s ngày chờ công bố, %(ways)s.") % {
        "title": awaited.title,
        "count": len(awaited.ways[0]),
        "ways": ways,
    }


def otherwise_words(item: Otherwise) -> str:
    """What the package says otherwise of a day, and what the draft does with it."""
    if item.ours is None:
        return _("Gói ghi “%(theirs)s”; bản nháp không có ngày này.") % {"theirs": item.theirs}
    if not item.theirs:
        return _("Gói không có ngày này; bản nháp ghi “%(ours)s”.") % {"ours": item.ours.name}
    return _("Gói ghi “%(theirs)s”; bản nháp ghi “%(ours)s”, %(kind)s.") % {
        "theirs": item.theirs,
        "ours": item.ours.name,
        "kind": kind_name(item.ours.kind),
    }


def effect_words(effect: Effect) -> list[str]:
    """What a change of these days' kind does, one sentence each."""
    told = []
    if effect.days:
        told.append(
            _(
                "%(days)s ngày công đã tính của %(people)s người, trong tháng đang mở, sẽ được tính lại."
            )
            % {"days": effect.days, "people": effect.people}
        )
    else:
        told.append(_("Không có ngày công nào của tháng đang mở phải tính lại."))
    if effect.closed:
        told.append(closed_words(effect.closed))
    if effect.rostered:
        told.append(
            _(
                "Đang có %(count)s ca phân trong ngày này. Ngày nghỉ, ngày lễ thì bỏ ca của người không"
                " phải đi làm, nếu không họ bị ghi vắng; ngày làm bù thì phân ca cho đủ người."
            )
            % {"count": effect.rostered}
        )
    return told


def closed_words(closed: Sequence[date]) -> str:
    """Closed months stay; who wants them by the new calendar opens them."""
    return _(
        "Kỳ công %(months)s đã khóa: giữ nguyên theo lịch lúc khóa, không sinh điều chỉnh. Muốn tính"
        " lại theo lịch mới thì mở lại kỳ công ấy."
    ) % {"months": months_words(closed)}


def months_words(months: Iterable[date]) -> str:
    return ", ".join(f"{month:%m/%Y}" for month in months)


def change_words(change: CalendarChange) -> list[tuple[str, str, str]]:
    """(what, before, after) of everything that a change made otherwise."""
    before, after = change.before or {}, change.after or {}
    labels = {
        "kind": _("loại ngày"),
        "name": _("tên"),
        "document": _("văn bản"),
        "status": _("trạng thái"),
    }
    return [
        (label, _shown(name, before.get(name)), _shown(name, after.get(name)))
        for name, label in labels.items()
        if before.get(name, "") != after.get(name, "")
    ]


def _shown(name: str, value: str | None) -> str:
    if not value:
        return "–"
    if name == "kind":
        return kind_name(value)
    return str(DayStatus(value).label) if name == "status" else value


def told_changed(count: int) -> str:
    return ngettext("Đã ghi %(count)s ngày vào lịch.", "Đã ghi %(count)s ngày vào lịch.", count) % {
        "count": count
    }
