"""What a group of exceptions and its suggested fix are called on the page."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.engine.facts import BY_HAND
from attendance.review.exception_causes import ABSENT, Cause, Fix, Issue, Suggestion
from attendance.timesheet.sentences import question

_TITLES: dict[str, str | Promise] = {
    "missing_in": gettext_lazy("Quên chấm vào"),
    "missing_out": gettext_lazy("Quên chấm ra"),
    "odd_punches": gettext_lazy("Số lượt chấm lẻ"),
    ABSENT: gettext_lazy("Vắng, chưa rõ lý do"),
    "absent_part": gettext_lazy("Vắng một ca trong ngày"),
    "unapproved_extra": gettext_lazy("Ở ngoài ca từ 60 phút, chưa duyệt làm thêm"),
    "punch_on_leave": gettext_lazy("Chấm công trong ngày nghỉ phép"),
    "ot_not_worked": gettext_lazy("Đã duyệt làm thêm nhưng không làm đủ"),
    "unassigned_punch": gettext_lazy("Chấm xa mọi ca"),
    "outside_employment": gettext_lazy("Chấm ngoài thời gian làm việc"),
    "ot_cap_day": gettext_lazy("Làm thêm vượt giới hạn ngày"),
    "ot_cap_month": gettext_lazy("Làm thêm vượt giới hạn tháng"),
    "ot_cap_year": gettext_lazy("Làm thêm vượt giới hạn năm"),
}
_ADVICE: dict[str, str | Promise] = {
    "outage": gettext_lazy(
        "Máy không ghi được lượt nào trong thời gian này. Nếu máy còn giữ bản ghi, hãy đợi tải về:"
        " ngày công tự sửa. Nếu không, duyệt để bổ sung giờ theo ca cho từng người."
    ),
    "missing_in": gettext_lazy("Giờ đề xuất là đầu ca, chưa ai chứng minh: hãy hỏi rồi sửa giờ."),
    "missing_out": gettext_lazy("Giờ đề xuất là cuối ca, chưa ai chứng minh: hãy hỏi rồi sửa giờ."),
    ABSENT: gettext_lazy(
        "Nếu người này nghỉ phép hoặc công tác, hãy ghi nghỉ; nếu không, giữ vắng."
    ),
    "unapproved_extra": gettext_lazy(
        "Giờ đề xuất là thời gian có mặt ngoài ca. Ở lại không phải là làm thêm: hãy hỏi trưởng bộ"
        " phận rồi sửa giờ trước khi duyệt."
    ),
    "unapproved_work": gettext_lazy(
        "Giờ đề xuất là từ lượt chấm đầu đến lượt cuối của ngày nghỉ. Nếu không ai phân công, hãy"
        " giữ như đã tính."
    ),
    "no_shift": gettext_lazy("Nếu đúng là có ca, hãy phân ca; ngày công tự tính lại."),
    "odd_punches": gettext_lazy("Hãy mở ngày công để xem lượt nào còn thiếu."),
    "punch_on_leave": gettext_lazy("Nếu người này đã đi làm, hãy thu hồi đơn nghỉ."),
    "unassigned_punch": gettext_lazy(
        "Lượt chấm quá xa ca nên không được tính. Nếu nhiều người cùng bị, hãy xem đồng hồ máy; nếu"
        " người này đã làm ca khác, hãy sửa phân ca; nếu chỉ ghé qua, hãy giữ như đã tính."
    ),
    "outside_employment": gettext_lazy(
        "Lượt chấm trước ngày vào làm hoặc sau ngày làm việc cuối nên không được tính. Hãy xem hai"
        " ngày ấy, và mã trên máy có còn của người này không: có thể mã đã giao cho người khác."
    ),
    "other_site": gettext_lazy("Giờ vẫn được tính đủ; chỉ cần xác nhận đã biết."),
    "clock_drift": gettext_lazy("Giờ đã được hiệu chỉnh; hãy chỉnh đồng hồ máy rồi xác nhận."),
}
_FIXES: dict[Fix, str | Promise] = {
    Fix.PUNCH: gettext_lazy("Bổ sung lượt chấm"),
    Fix.OVERTIME: gettext_lazy("Duyệt làm thêm"),
    Fix.ACCEPT: gettext_lazy("Giữ như đã tính"),
    Fix.LOOK: gettext_lazy("Xem từng ngày"),
}

#: The steps that tell of a punch.
_PUNCHED = frozenset(
    {
        "in",
        "out",
        "unapproved_work",
        "no_shift",
        "punch_on_leave",
        "unassigned_punch",
        "outside_employment",
    }
)


def title(cause: Cause) -> str:
    """One line that tells the cause."""
    if cause.outage is not None:
        return _("Máy %(terminal)s không có dữ liệu %(span)s") % {
            "terminal": cause.subject,
            "span": _span(cause),
        }
    if cause.kind == "clock_drift":
        return _("Đồng hồ máy %(terminal)s lệch") % {"terminal": cause.subject}
    if cause.kind == "other_site":
        return _("Chấm ở địa điểm khác, máy %(terminal)s") % {"terminal": cause.subject}
    if cause.kind == "unassigned_punch" and cause.subject:
        return _("Chấm xa mọi ca, máy %(terminal)s") % {"terminal": cause.subject}
    if cause.kind == "outside_employment" and cause.subject:
        return _("%(person)s chấm ngoài thời gian làm việc") % {"person": cause.subject}
    if cause.kind in ("no_shift", "unapproved_work") and cause.day is not None:
        text = (
            _("%(department)s: chưa phân ca ngày %(day)s")
            if cause.kind == "no_shift"
            else _("%(department)s: làm ngày nghỉ %(day)s, chưa duyệt")
        )
        return text % {"department": cause.subject, "day": f"{cause.day:%d/%m/%Y}"}
    return str(_TITLES.get(cause.kind, cause.kind))


def _span(cause: Cause) -> str:
    assert cause.outage is not None  # noqa: S101 - the caller asked; narrows the type for mypy
    start, end = cause.outage.start, cause.outage.end
    if end is None:
        return _("từ %(start)s đến nay") % {"start": f"{start:%H:%M %d/%m/%Y}"}
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%H:%M %d/%m/%Y}"
    return f"{start:%H:%M %d/%m/%Y}–{until}"


def advice(cause: Cause) -> str:
    """What usually settles it; "" where the question itself says enough."""
    return str(_ADVICE.get(cause.kind, ""))


def asked(code: str) -> str:
    """What an exception with the code asks."""
    return _("Vắng, chưa rõ lý do.") if code == ABSENT else question(code)


def evidence(issue: Issue) -> str:
    """The shifts of the day and the punches that were seen: "HC 07:30–17:00 · ra 17:03 (M1)"."""
    names = {"in": _("vào"), "out": _("ra")}
    parts = []
    for step in issue.steps:
        if step["rule"] == "shift":
            parts.append(f"{step['code']} {step['from'][11:16]}–{step['to'][11:16]}")
        elif step["rule"] in _PUNCHED:
            where = _("nhập tay") if step["terminal"] == BY_HAND else step["terminal"]
            name = names.get(step["rule"], _("chấm"))
            parts.append(f"{name} {step['at'][11:16]} ({where})")
    return " · ".join(parts)


def fix_name(suggestion: Suggestion) -> str:
    return str(_FIXES[suggestion.fix])


def usual_reason(cause: Cause) -> str:
    """A reason to start from, where the cause tells one; people complete it."""
    return title(cause) if cause.outage is not None else ""
