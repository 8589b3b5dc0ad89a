"""Care hours (giờ chế độ): entered by HR, ended by a new row, read by the engine and the roster."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.engine import facts as engine
from attendance.models import CareHours, CareHoursEnding, CareKind, CarePlace
from attendance.people.employment import lock_employed
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_days
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem


class CareUnknown(Problem):
    code = "care_unknown"
    message = gettext_lazy("Hãy chọn một chế độ và lúc nghỉ trong danh sách.")


class CareSpanWrong(Problem):
    code = "care_span_wrong"


class CareOverlaps(Problem):
    code = "care_overlaps"
    status = 409
    message = gettext_lazy(
        "Người này đã có chế độ ấy trong khoảng ngày này. Hãy cho dòng cũ thôi trước."
    )


class ConsentNotPossible(Problem):
    code = "care_consent_not_possible"
    message = gettext_lazy(
        "Chỉ người nuôi con dưới 12 tháng tuổi mới đồng ý làm đêm, làm thêm, công tác xa được"
        " (Bộ luật Lao động điều 137). Hãy bỏ dấu ở ô đồng ý."
    )


class ExtraPayNotPossible(Problem):
    code = "care_extra_pay_not_possible"
    message = gettext_lazy(
        "Chỉ giờ nuôi con nhỏ và giờ hành kinh mới thỏa thuận làm để được trả thêm"
        " (Nghị định 145/2020 điều 80). Hãy bỏ dấu ở ô thỏa thuận."
    )


class CareEnded(Problem):
    code = "care_ended"
    status = 409
    message = gettext_lazy(
        "Dòng này đã thôi rồi. Hãy tải lại trang; cần đổi nữa thì nhập dòng mới."
    )


class CareEndWrong(Problem):
    code = "care_end_wrong"
    message = gettext_lazy("Ngày cuối mới phải trước ngày cuối đang ghi. Hãy chọn lại.")


@dataclass(frozen=True, slots=True)
class Right:
    """What the law gives: minutes a day, for so many days at most; who is kept from extra work."""

    minutes: int
    longest: timedelta
    is_protected: bool = False
    may_be_paid: bool = False


#: Labour Code 45/2019 art. 137.1, .2 and .4; Decree 145/2020 art. 80. A child is under 12 months for
#: a year; who is pregnant in heavy work keeps the hour until then; menstruation is told by the month.
RIGHTS: Final = {
    CareKind.NURSING: Right(60, timedelta(days=366), is_protected=True, may_be_paid=True),
    CareKind.PREGNANCY: Right(0, timedelta(days=150), is_protected=True),
    CareKind.LIGHTER: Right(60, timedelta(days=660)),
    CareKind.MENSTRUAL: Right(30, timedelta(days=10), may_be_paid=True),
}


def enter_care_hours(
    *,
    employee: Employee,
    kind: str,
    first: date,
    last: date,
    place: str = CarePlace.SPREAD,
    paid_if_worked: bool = False,
    agrees_to_extra: bool = False,
    reason: str,
    by: User,
    at: datetime,
) -> CareHours:
    """Give somebody care hours on [first, last]; the days up to today are computed anew.

    Raises ReasonMissing, CareUnknown, CareSpanWrong, ConsentNotPossible, ExtraPayNotPossible,
    NotEmployedThen, CareOverlaps; then nothing has changed.
    """
    reason = checked_reason(reason)
    if place not in CarePlace.values:
        raise CareUnknown
    right = _right(kind, paid_if_worked=paid_if_worked, agrees_to_extra=agrees_to_extra)
    _check_span(right, first, last)
    with transaction.atomic():
        employee = lock_employed(employee, first, last)
        held = CareHours.objects.between(first, last)
        if held.filter(employee=employee, kind=kind).exists():
            raise CareOverlaps
        care = CareHours.objects.create(
            employee=employee,
            kind=kind,
            first=first,
            last=last,
            minutes=right.minutes,
            place=place,
            paid_if_worked=paid_if_worked,
            agrees_to_extra=agrees_to_extra,
            reason=reason,
            by=by,
            at=at,
        )
        _mark(care, first, last, at)
    return care


def _right(kind: str, *, paid_if_worked: bool, agrees_to_extra: bool) -> Right:
    """What the kind gives. Raises CareUnknown, ConsentNotPossible, ExtraPayNotPossible."""
    if kind not in CareKind.values:
        raise CareUnknown
    right = RIGHTS[CareKind(kind)]
    if agrees_to_extra and kind != CareKind.NURSING:
        raise ConsentNotPossible
    if paid_if_worked and not right.may_be_paid:
        raise ExtraPayNotPossible
    return right


def _check_span(right: Right, first: date, last: date) -> None:
    if last < first:
        raise CareSpanWrong(_("Ngày cuối phải không trước ngày đầu. Hãy chọn lại."))
    if last - first >= right.longest:
        raise CareSpanWrong(
            _("Chế độ này một lần nhiều nhất %(days)s ngày. Hãy xem lại ngày cuối.")
            % {"days": right.longest.days}
        )


def end_care_hours(
    care: CareHours, *, last: date, reason: str, by: User, at: datetime
) -> CareHoursEnding:
    """Let care hours end with an earlier day; one before their first takes them back altogether.

    Raises ReasonMissing, CareEndWrong, CareEnded.
    """
    reason = checked_reason(reason)
    if last >= care.last:
        raise CareEndWrong
    last = max(last, care.first - timedelta(days=1))
    try:
        with transaction.atomic():
            ending = CareHoursEnding.objects.create(
                care=care, last=last, reason=reason, by=by, at=at
            )
            _mark(care, last + timedelta(days=1), care.last, at)
    except IntegrityError:
        raise CareEnded from None
    return ending


def _mark(care: CareHours, first: date, last: date, at: datetime) -> None:
    """Days to come are computed when they come."""
    if not care.minutes:
        return
    last = min(last, at.astimezone(VN).date())
    mark_days(
        (care.employee_id, first + timedelta(days=offset))
        for offset in range((last - first).days + 1)
    )


def care_hours(employees: Collection[int], low: date, high: date) -> tuple[engine.Care, ...]:
    """What holds of these people on the dates [low, high], as the engine reads it; not why."""
    held = CareHours.objects.between(low, high).filter(employee__in=employees, minutes__gt=0)
    return tuple(
        engine.Care(
            str(each.employee_id),
            each.first,
            each.until,
            each.minutes,
            _PLACES[each.place],
            each.paid_if_worked,
        )
        for each in held
    )


_PLACES: dict[str, engine.CarePlace] = {"start": "start", "end": "end", "spread": "spread"}


def protected_spans(
    employees: Collection[int], low: date, high: date
) -> dict[int, list[tuple[date, date]]]:
    """When, within [low, high], these people may not work nights, overtime or travel far (art. 137.1)."""
    kinds = [kind for kind, right in RIGHTS.items() if right.is_protected]
    held = CareHours.objects.between(low, high).filter(
        employee__in=employees, kind__in=kinds, agrees_to_extra=False
    )
    spans: dict[int, list[tuple[date, date]]] = {}
    for each in held:
        spans.setdefault(each.employee_id, []).append((each.first, each.until))
    return spans


#: An employee's key, and the first and last day of overtime or a trip.
Asked = tuple[int, date, date]


def protected_until(asked: Collection[Asked]) -> dict[Asked, date]:
    """Until when who is protected on some day of what is asked is so; nobody else. One query."""
    if not asked:
        return {}
    spans = protected_spans(
        {person for person, _first, _last in asked},
        min(first for _person, first, _last in asked),
        max(last for _person, _first, last in asked),
    )
    touching = {
        each: [
            until
            for since, until in spans.get(each[0], ())
            if since <= each[2] and each[1] <= until
        ]
        for each in asked
    }
    return {each: max(found) for each, found in touching.items() if found}


def protection_sentence(name: str, until: date) -> str:
    """What to say of overtime or a trip of a protected person; not why."""
    return _(
        "%(name)s đang được bảo vệ đến %(day)s (Bộ luật Lao động điều 137): không làm đêm, làm thêm"
        " hay công tác xa."
    ) % {"name": name, "day": f"{until:%d/%m/%Y}"}


def protection_warning(employee: Employee, *, first: date, last: date) -> str:
    """What to say of overtime or a trip within [first, last]; nothing where nobody is protected."""
    asked = (employee.pk, first, last)
    until = protected_until([asked]).get(asked)
    return protection_sentence(employee.full_name, until) if until else ""
