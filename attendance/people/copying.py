"""Copying a person's finger templates between terminals: off by default, and never unnoticed.

Law 91/2025/QH15: fingerprints are sensitive data. Only with the setting, by who may, with a reason,
for a person whose consent stands. The templates pass through a child's memory and are kept nowhere.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    BiometricConsent,
    ConsentStep,
    Enrolment,
    TemplateCopy,
    TemplateCopyResult,
    Terminal,
    TerminalPerson,
)
from attendance.people.tasks import ask, reachable
from attendance.terminals.holding import held
from attendance.terminals.reaching import target_of
from attendance.zk import templates
from attendance.zk.client import Limits
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.org.models import Employee
from backend.problems import Problem

REASON_MIN: Final = 10
_LIMITS: Final = Limits(contact_seconds=100)
_HELD_SECONDS: Final = 120.0


class CopyNotAllowed(Problem):
    code = "template_copy_not_allowed"
    status = 403
    message = _("Không được sao chép vân tay: chức năng đang tắt hoặc bạn không có quyền.")


class ReasonMissing(Problem):
    code = "template_copy_reason"
    message = _("Hãy ghi rõ lý do sao chép, ít nhất 10 ký tự.")


class NoConsent(Problem):
    code = "template_copy_consent"
    status = 409
    message = _("Người này chưa đồng ý, hoặc đã rút lại đồng ý dùng vân tay; không sao chép.")


class CannotCopyThere(Problem):
    code = "template_copy_terminals"
    message = _("Chọn hai máy khác nhau, đang dùng và máy chủ kết nối tới được.")


class NoFingers(Problem):
    code = "no_fingers"
    status = 409
    message = _("Máy nguồn không có vân tay của người này. Hãy đọc lại danh sách từ máy.")


class NotThere(Problem):
    code = "not_there"
    status = 409
    message = _("Máy đích chưa có người này. Hãy đồng bộ người lên máy đích trước.")


class OtherAlgorithm(Problem):
    code = "other_algorithm"
    status = 409
    message = _("Hai máy dùng phiên bản vân tay khác nhau; hãy lấy vân tay trên máy đích.")


class NotProved(Problem):
    code = "template_copy_not_proved"
    status = 502
    message = _("Đọc lại máy đích thì vân tay thiếu hoặc khác. Hãy kiểm tra trên máy đích.")


_REFUSALS: Final = {each.code: each for each in (NoFingers, NotThere, OtherAlgorithm)}


def copy_fingers(
    *,
    employee: Employee,
    source: Terminal,
    destination: Terminal,
    reason: str,
    by: User,
    now: Callable[[], datetime],
) -> TemplateCopyResult:
    """Copy, prove by reading back, and log: who, why, whose, from where to where, how many.

    Raises CopyNotAllowed, ReasonMissing, CannotCopyThere, NoConsent, NoFingers (before anything is
    touched); TerminalBusy, NotThere, OtherAlgorithm, NotProved, ZkError, CannotUnseal (logged).
    """
    reason = reason.strip()
    if not may(by, "biometrics.copy"):
        raise CopyNotAllowed
    if len(reason) < REASON_MIN:
        raise ReasonMissing
    if source == destination or reachable().filter(pk__in=[source.pk, destination.pk]).count() < 2:
        raise CannotCopyThere
    asked = TemplateCopy.objects.create(
        employee=employee,
        device_user_id=_id_on(source, employee, on=now().astimezone(VN).date()),
        source=source,
        destination=destination,
        consent=standing_consent(employee),
        reason=reason[:1000],
        by=by,
        at=now(),
    )
    result = _logged(asked, now=now)
    ask(destination, [], by=by, at=now())
    if result.code:
        raise NotProved
    return result


def _logged(asked: TemplateCopy, *, now: Callable[[], datetime]) -> TemplateCopyResult:
    """Copy, and write down what came of it, also when nothing did. Raises Problem."""
    try:
        copied = _contact(asked, now=now)
    except Problem as problem:
        TemplateCopyResult.objects.create(copy=asked, code=problem.code, at=now())
        raise
    return TemplateCopyResult.objects.create(
        copy=asked,
        code="" if copied.proved == copied.fingers else NotProved.code,
        fingers=copied.fingers,
        proved=copied.proved,
        at=now(),
    )


def _contact(asked: TemplateCopy, *, now: Callable[[], datetime]) -> templates.Copied:
    """Both terminals are ours meanwhile, taken in one order by everybody. Raises Problem."""
    first, second = sorted((asked.source, asked.destination), key=lambda terminal: terminal.pk)
    holder = f"copy {asked.pk}"
    with (
        held(first, by=holder, now=now, seconds=_HELD_SECONDS) as one,
        held(second, by=holder, now=now, seconds=_HELD_SECONDS) as other,
    ):
        # A withdrawal from now on is carried out after us, on every terminal.
        standing_consent(asked.employee)
        targets = {each.pk: target_of(each, at=now()) for each in (one, other)}
        copied = templates.copy(
            targets[asked.source_id],
            targets[asked.destination_id],
            user_id=asked.device_user_id,
            limits=_LIMITS,
        )
    if copied.refusal:
        raise _REFUSALS[copied.refusal]
    return copied


def standing_consent(employee: Employee) -> BiometricConsent:
    """The person's consent that counts now. Raises NoConsent."""
    newest = BiometricConsent.objects.filter(employee=employee).order_by("-date", "-pk").first()
    if newest is None or newest.step != ConsentStep.CONSENT:
        raise NoConsent
    return newest


def _id_on(source: Terminal, employee: Employee, *, on: date) -> str:
    """The person's user id that has fingers on the source, as last read. Raises NoFingers."""
    ids = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), employee=employee, valid_from__lte=on
    ).values_list("device_user_id", flat=True)
    there = TerminalPerson.objects.filter(
        terminal=source, device_user_id__in=list(ids), finger_count__gt=0, gone_at=None
    )
    found = there.order_by("device_user_id").first()
    if found is None:
        raise NoFingers
    return found.device_user_id
