"""The engine's steps and codes as Vietnamese sentences, for HR and for the employee alike."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.engine.facts import BY_HAND
from attendance.leave.catalogue import LEAVE_CODES
from attendance.timesheet.symbols import clock_time, hours

STATUS = {
    "not_employed": gettext_lazy("ngoài thời gian làm việc tại công ty"),
    "leave": gettext_lazy("nghỉ phép"),
    "trip": gettext_lazy("đi công tác"),
    "incomplete": gettext_lazy("chưa rõ giờ vào hoặc giờ ra"),
    "present": gettext_lazy("có mặt"),
    "absent": gettext_lazy("vắng, chưa rõ lý do"),
    "holiday": gettext_lazy("nghỉ lễ"),
    "rest": gettext_lazy("nghỉ hằng tuần"),
    "no_shift": gettext_lazy("không có ca"),
}

#: Days that only look bad until their shift is over.
UNFINISHED = frozenset({"absent", "incomplete"})


def status_text(status: str, *, runs: bool) -> str:
    """What a day is, in words; nobody is absent from a shift that still runs."""
    if runs and status in UNFINISHED:
        return _("đang trong ca")
    return str(STATUS.get(status, status))


QUESTIONS = {
    "missing_in": gettext_lazy("Thiếu lượt vào: bổ sung phiếu giải trình giờ vào."),
    "missing_out": gettext_lazy("Thiếu lượt ra: bổ sung phiếu giải trình giờ ra."),
    "odd_punches": gettext_lazy("Số lượt chấm lẻ: kiểm tra lượt vào, ra còn thiếu."),
    "unapproved_work": gettext_lazy("Có chấm công ngày nghỉ nhưng chưa duyệt làm thêm."),
    "no_shift": gettext_lazy("Có chấm công nhưng chưa phân ca ngày này."),
    "punch_on_leave": gettext_lazy("Có chấm công trong ngày nghỉ phép: kiểm tra lại đơn nghỉ."),
    "absent_part": gettext_lazy("Vắng một ca trong ngày."),
    "ot_not_worked": gettext_lazy("Đã duyệt làm thêm nhưng không đủ thời gian có mặt."),
    "unapproved_extra": gettext_lazy("Có mặt ngoài ca từ 60 phút nhưng chưa duyệt làm thêm."),
    "other_site": gettext_lazy("Chấm công ở địa điểm khác; giờ vẫn được tính đủ."),
    "clock_drift": gettext_lazy("Đồng hồ máy chấm công lệch; giờ đã được hiệu chỉnh."),
    "unassigned_punch": gettext_lazy(
        "Có lượt chấm xa mọi ca, không tính: kiểm tra ca của ngày này."
    ),
    "outside_employment": gettext_lazy(
        "Có lượt chấm ngoài thời gian làm việc, không tính: kiểm tra ngày vào làm, ngày nghỉ việc."
    ),
    "ot_cap_day": gettext_lazy("Làm thêm vượt giới hạn trong ngày."),
    "ot_cap_month": gettext_lazy("Làm thêm vượt giới hạn trong tháng."),
    "ot_cap_year": gettext_lazy("Làm thêm vượt giới hạn trong năm."),
}


def question(code: str) -> str:
    """What is asked by an exception, and what to do."""
    return str(QUESTIONS.get(code, code))


def sentences(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """One sentence a step, in the order of the day."""
    return [_SAY[step["rule"]](step) for step in steps if step["rule"] in _SAY]


def _at(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%H:%M")


def _shift(step: Mapping[str, Any]) -> str:
    return _("Ca %(code)s %(start)s–%(end)s, phải làm %(hours)s giờ.") % {
        "code": step["code"],
        "start": _at(step["from"]),
        "end": _at(step["to"]),
        "hours": hours(step["minutes"]),
    }


def _event(at_terminal: str, by_hand: str, step: Mapping[str, Any]) -> str:
    text = by_hand if step["terminal"] == BY_HAND else at_terminal
    return text % {"time": _at(step["at"]), "terminal": step["terminal"]}


def _seen(step: Mapping[str, Any]) -> str:
    return _event(
        _("Chấm công lúc %(time)s tại máy %(terminal)s."),
        _("Chấm công lúc %(time)s, do nhân sự nhập tay."),
        step,
    )


def _regular(step: Mapping[str, Any]) -> str:
    text = _("Tính %(time)s giờ công trong ca %(code)s.")
    if step["night"]:
        text = _("Tính %(time)s giờ công trong ca %(code)s, trong đó %(night)s ban đêm.")
    return text % {
        "time": clock_time(step["minutes"]),
        "code": step["code"],
        "night": clock_time(step["night"]),
    }


def _off(text: str, step: Mapping[str, Any]) -> str:
    """Late or early. Rows computed before grace was told have neither `grace` nor `at`."""
    allowed = step.get("grace", 0)
    return text % {
        "minutes": step["minutes"],
        "code": step["code"],
        "time": _at(step.get("from") or step["to"]),
        "grace": _(", ân hạn %(minutes)s phút") % {"minutes": allowed} if allowed else "",
        "allowed": allowed,
        "punch": _punch(step) if "at" in step else "–",
    }


def _punch(step: Mapping[str, Any]) -> str:
    """When and where, in the middle of a sentence: "07:42 tại máy M2"."""
    return _event(_("%(time)s tại máy %(terminal)s"), _("%(time)s do nhân sự nhập tay"), step)


CLASSES = {
    "weekday_day": gettext_lazy("ngày thường"),
    "weekday_night": gettext_lazy("đêm ngày thường"),
    "restday_day": gettext_lazy("ngày nghỉ"),
    "restday_night": gettext_lazy("đêm ngày nghỉ"),
    "holiday_day": gettext_lazy("ngày lễ"),
    "holiday_night": gettext_lazy("đêm ngày lễ"),
}


def _overtime(text: str, step: Mapping[str, Any]) -> str:
    classes = [f"{clock_time(m)} {CLASSES[name]}" for name, m in step.get("classes", {}).items()]
    told = clock_time(step["minutes"])
    if classes:
        told += f" ({', '.join(classes)})"
    return text % {"start": _at(step["from"]), "end": _at(step["to"]), "told": told}


def _caps(step: Mapping[str, Any]) -> str:
    """What of the overtime of the month and the year is left, or how far it is exceeded."""

    def left(had: int, cap: int) -> str:
        if had > cap:
            return _("vượt %(time)s") % {"time": clock_time(had - cap)}
        return _("còn %(time)s") % {"time": clock_time(cap - had)}

    return _(
        "Làm thêm cộng dồn: tháng này %(month)s (%(month_left)s), năm nay %(year)s (%(year_left)s)."
    ) % {
        "month": clock_time(step["month"]),
        "month_left": left(step["month"], step["month_cap"]),
        "year": clock_time(step["year"]),
        "year_left": left(step["year"], step["year_cap"]),
    }


def _stamps(step: Mapping[str, Any]) -> str:
    """The times of punches, each with its terminal: "11:31 (M1), 12:58 (nhập tay)"."""
    return ", ".join(
        f"{_at(punch['at'])} ({_('nhập tay') if punch['terminal'] == BY_HAND else punch['terminal']})"
        for punch in step["punches"]
    )


def _lacking(near: str, alone: str, step: Mapping[str, Any]) -> str:
    """One event only: why it was taken for an arrival, or for a departure."""
    if "from" not in step:
        return alone % {"time": _at(step["at"])}
    return near % {
        "time": _at(step["at"]),
        "start": _at(step["from"]),
        "end": _at(step["to"]),
    }


def _drift(step: Mapping[str, Any]) -> str:
    text = _("Đồng hồ máy %(terminal)s nhanh %(seconds)s giây, đã hiệu chỉnh lượt %(time)s.")
    if step["seconds"] < 0:
        text = _("Đồng hồ máy %(terminal)s chậm %(seconds)s giây, đã hiệu chỉnh lượt %(time)s.")
    return text % {
        "terminal": step["terminal"],
        "seconds": abs(step["seconds"]),
        "time": _at(step["at"]),
    }


def _too_short(step: Mapping[str, Any]) -> str:
    """Why minutes of a request do not count: too few, or no whole block."""
    text = _("Làm thêm %(start)s–%(end)s có mặt %(present)s phút, làm tròn xuống %(minutes)s phút.")
    if step["present"] < step["least"]:
        text = _(
            "Làm thêm %(start)s–%(end)s có mặt %(present)s phút, dưới %(least)s phút: không tính."
        )
    return text % {**step, "start": _at(step["from"]), "end": _at(step["to"])}


def _day_cap(step: Mapping[str, Any]) -> str:
    texts = {
        "day": _("Làm thêm %(had)s, quá nửa số giờ phải làm trong ngày (%(cap)s)."),
        "week": _("Giờ công và làm thêm %(had)s, quá %(cap)s một ngày."),
        "off": _("Làm thêm ngày nghỉ, lễ %(had)s, quá %(cap)s một ngày."),
    }
    return texts[step["kind"]] % {
        "had": clock_time(step["minutes"]),
        "cap": clock_time(step["cap"]),
    }


def _span(text: str, step: Mapping[str, Any]) -> str:
    return text % {**step, "start": _at(step["from"]), "end": _at(step["to"])}


def _spans(step: Mapping[str, Any]) -> str:
    return ", ".join(f"{_at(piece['from'])}–{_at(piece['to'])}" for piece in step["spans"])


def _own_day(step: Mapping[str, Any]) -> str:
    """Why a day is not for this person what it is for the company."""
    texts = {
        ("rest", "weekly"): _("%(day)s là ngày nghỉ hằng tuần riêng của người này."),
        ("rest", "roster"): _("%(day)s không có ca trong phân ca: là ngày nghỉ hằng tuần riêng."),
        ("rest", "moved"): _(
            "%(day)s là ngày nghỉ bù riêng: ngày nghỉ hằng tuần riêng trùng ngày lễ trước đó."
        ),
    }
    work = _("%(day)s là ngày làm việc của người này: ngày nghỉ hằng tuần riêng là ngày khác.")
    day = date.fromisoformat(step["date"])
    told = f"{date_format(day, 'l')} {day:%d/%m}"
    return texts.get((step["kind"], step["why"]), work) % {"day": told}


_SAY: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "own_day": _own_day,
    "shift": _shift,
    "flex": lambda s: _span(_("Ca linh hoạt: vào %(start)s, ra từ %(end)s."), s),
    "leave": lambda s: (
        _("Nghỉ %(hours)s giờ: %(name)s (%(code)s), trừ khỏi giờ phải làm.")
        % {
            "hours": hours(s["minutes"]),
            "name": LEAVE_CODES.get(s["code"], s["code"]),
            "code": s["code"],
        }
    ),
    "trip": lambda s: _("Công tác %(hours)s giờ, tính đủ công.") % {"hours": hours(s["minutes"])},
    "in": lambda s: _event(
        _("Vào lúc %(time)s tại máy %(terminal)s (lượt đầu)."),
        _("Vào lúc %(time)s, do nhân sự nhập tay (lượt đầu)."),
        s,
    ),
    "out": lambda s: _event(
        _("Ra lúc %(time)s tại máy %(terminal)s (lượt cuối)."),
        _("Ra lúc %(time)s, do nhân sự nhập tay (lượt cuối)."),
        s,
    ),
    "regular": _regular,
    "holiday_work": lambda s: (
        _("Làm việc ngày lễ trong ca %(code)s: %(time)s, trả 300 %% trở lên.")
        % {"code": s["code"], "time": clock_time(s["minutes"])}
    ),
    "care": lambda s: (
        _("Giờ chế độ %(spans)s, %(minutes)s phút: tính đủ công, không ghi muộn hay sớm.")
        % {"spans": _spans(s), "minutes": s["minutes"]}
    ),
    "care_open": lambda s: (
        _("Giờ chế độ %(spans)s: không ghi muộn hay sớm; đủ lượt vào, ra mới tính công.")
        % {"spans": _spans(s)}
    ),
    "care_paid": lambda s: (
        _("Làm %(minutes)s phút trong giờ chế độ theo thỏa thuận: trả thêm, không là làm thêm giờ.")
        % {"minutes": s["minutes"]}
    ),
    "care_unpaid": lambda s: (
        _("Có mặt %(minutes)s phút trong giờ chế độ: tính như giờ công khác, không trả thêm.")
        % {"minutes": s["minutes"]}
    ),
    "late": lambda s: _off(
        _("Đi muộn %(minutes)s phút: ca %(code)s bắt đầu %(time)s%(grace)s, lượt đầu %(punch)s."),
        s,
    ),
    "late_excused": lambda s: _off(
        _(
            "Đến sau giờ vào ca %(code)s (%(time)s) %(minutes)s phút, trong ân hạn %(allowed)s phút:"
            " lượt đầu %(punch)s, không ghi muộn."
        ),
        s,
    ),
    "early": lambda s: _off(
        _("Về sớm %(minutes)s phút: ca %(code)s kết thúc %(time)s%(grace)s, lượt cuối %(punch)s."),
        s,
    ),
    "early_excused": lambda s: _off(
        _(
            "Về trước giờ ra ca %(code)s (%(time)s) %(minutes)s phút, trong ân hạn %(allowed)s phút:"
            " lượt cuối %(punch)s, không ghi sớm."
        ),
        s,
    ),
    "overtime": lambda s: _overtime(_("Làm thêm đã duyệt %(start)s–%(end)s: tính %(told)s."), s),
    "overtime_unasked": lambda s: _overtime(_("Ở lại sau ca %(start)s–%(end)s: tính %(told)s."), s),
    "ot_not_worked": _too_short,
    "ot_rounded": _too_short,
    "ot_cap_day": _day_cap,
    "caps": _caps,
    "window": lambda s: _span(
        _("Lượt chấm từ %(start)s đến %(end)s được nhận cho ca này; ngoài đó thuộc ca bên cạnh."), s
    ),
    "pair": lambda s: _span(_("Có mặt %(start)s–%(end)s, %(minutes)s phút."), s),
    "between": lambda s: _("Lượt ở giữa, bỏ qua: %(punches)s.") % {"punches": _stamps(s)},
    "repeated": lambda s: _("Chấm lặp, bỏ qua: %(punches)s.") % {"punches": _stamps(s)},
    "one_event": lambda s: (
        _("Chấm cách nhau dưới %(minutes)s phút nên là một lượt: %(punches)s.")
        % {"minutes": s["minutes"], "punches": _stamps(s)}
    ),
    "missing_in": lambda s: _lacking(
        _("Chỉ có lượt %(time)s, gần cuối giờ phải làm (%(end)s) nên là lượt ra; thiếu lượt vào."),
        _("Lượt ra %(time)s không có lượt vào."),
        s,
    ),
    "missing_out": lambda s: _lacking(
        _("Chỉ có lượt %(time)s, gần đầu giờ phải làm (%(start)s) nên là lượt vào; thiếu lượt ra."),
        _("Lượt vào %(time)s không có lượt ra."),
        s,
    ),
    "odd_punches": lambda s: _("Lượt %(time)s lẻ, không tính.") % {"time": _at(s["at"])},
    "other_site": lambda s: (
        _("Lượt %(time)s chấm ở địa điểm %(site)s, không phải %(own)s; giờ vẫn tính đủ.")
        % {"time": _at(s["at"]), "site": s["site"], "own": s["own"]}
    ),
    "clock_drift": _drift,
    "unapproved_extra": lambda s: _span(
        _("Có mặt %(start)s–%(end)s ngoài giờ phải làm, %(minutes)s phút, chưa duyệt: không tính."),
        s,
    ),
    "absent_part": lambda s: _span(
        _("Không có lượt chấm nào cho ca %(code)s %(start)s–%(end)s."), s
    ),
    "punch_on_trip": _seen,
    "unassigned_punch": lambda s: _event(
        _("Chấm công lúc %(time)s tại máy %(terminal)s, xa mọi ca: không tính."),
        _("Chấm công lúc %(time)s do nhân sự nhập tay, xa mọi ca: không tính."),
        s,
    ),
    "outside_employment": lambda s: _event(
        _("Chấm công lúc %(time)s tại máy %(terminal)s, ngoài thời gian làm việc: không tính."),
        _("Chấm công lúc %(time)s do nhân sự nhập tay, ngoài thời gian làm việc: không tính."),
        s,
    ),
    "unapproved_work": _seen,
    "no_shift": _seen,
    "punch_on_leave": _seen,
}
