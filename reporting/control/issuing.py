"""The way of an issue to its use: submitted, approved by another person, withdrawn."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from reporting.control.distributing import notify
from reporting.control.registering import note_step, require_controller
from reporting.control.rules import BY_AUTHOR, WAY, State, Step, earliest, steps
from reporting.models import ControlledDocument, DocumentIssue, IssueStep, NoticeKind

#: Steps that make whoever takes them an author.
_BY_AUTHORS: Final = frozenset({Step.DRAFTED, *BY_AUTHOR})


class StepRefused(Problem):
    code = "document.step"
    status = 409
    message = _("Lần ban hành này không còn ở bước đó; hãy tải lại trang rồi xem trạng thái.")


class MayNotApprove(Problem):
    code = "document.may_not_approve"
    status = 403
    message = _("Bạn không có quyền duyệt tài liệu.")


class OwnIssue(Problem):
    """Who wrote it does not approve it."""

    code = "document.own_issue"
    status = 403
    message = _("Người soạn hoặc trình không tự duyệt được. Hãy để người duyệt khác quyết định.")


class EffectiveTooEarly(Problem):
    code = "document.effective_date"

    def __init__(self, earliest_day: date) -> None:
        super().__init__(
            _(
                "Ngày hiệu lực không được trước ngày duyệt và phải sau lần ban hành trước: sớm nhất"
                " là {day}. Hãy chọn lại ngày."
            ).format(day=f"{earliest_day:%d/%m/%Y}")
        )


class ReasonMissing(Problem):
    code = "document.reason"
    message = _("Hãy ghi lý do.")


class EndRefused(Problem):
    code = "document.withdrawal_date"
    message = _("Ngày thu hồi không được ở quá khứ. Hãy chọn hôm nay hoặc một ngày tới.")


def written_by(user: User) -> Q:
    """Issues the person drafted, changed or submitted."""
    wrote = IssueStep.objects.filter(by=user, kind__in=_BY_AUTHORS).values("issue")
    return Q(drafted_by=user) | Q(pk__in=wrote)


def authors_of(issue: DocumentIssue) -> set[int]:
    """Who drafted, changed or submitted it."""
    wrote = issue.steps.filter(kind__in=_BY_AUTHORS)
    return {issue.drafted_by_id, *wrote.values_list("by", flat=True)}


def steps_of(issue: DocumentIssue, user: User) -> list[Step]:
    """What the person may do with the issue now."""
    return steps(
        State(issue.state),
        may_control=may(user, "documents.control"),
        may_approve=may(user, "documents.approve"),
        is_author=user.pk in authors_of(issue),
    )


def submit(issue: DocumentIssue, *, by: User, at: datetime) -> None:
    """Hand the draft to the approvers; its content is frozen.

    Raises MayNotControl, StepRefused, EffectiveTooEarly.
    """

    def check(locked: DocumentIssue) -> None:
        require_controller(by)
        _check_effective(locked, locked.effective_date, at=at)

    _take(issue, Step.SUBMITTED, check, by=by, at=at)


def send_back(issue: DocumentIssue, *, reason: str, by: User, at: datetime) -> None:
    """Back to its author, saying why. Raises MayNotApprove, OwnIssue, ReasonMissing, StepRefused."""

    def check(locked: DocumentIssue) -> None:
        _approves(locked, by)
        _reason(reason)

    _take(issue, Step.RETURNED, check, by=by, at=at, note=reason)


def approve(
    issue: DocumentIssue, *, effective: date | None, note: str = "", by: User, at: datetime
) -> None:
    """Let the issue hold from its effective day (or another); the one before it then ends.

    Everybody on the distribution list is told by mail.
    Raises MayNotApprove, OwnIssue, StepRefused, EffectiveTooEarly.
    """

    def check(locked: DocumentIssue) -> None:
        _approves(locked, by)
        locked.effective_date = effective or locked.effective_date
        _check_effective(locked, locked.effective_date, at=at)

    with transaction.atomic():
        _take(issue, Step.APPROVED, check, by=by, at=at, note=note)
        notify(issue, NoticeKind.ISSUED, at=at)


def withdraw(
    issue: DocumentIssue, *, day: date | None, reason: str, by: User, at: datetime
) -> None:
    """End the issue from a day on (today if none is named) though no later one replaces it.

    Raises MayNotApprove, ReasonMissing, EndRefused, StepRefused.
    """
    today = at.astimezone(VN).date()

    def check(locked: DocumentIssue) -> None:
        if not may(by, "documents.approve"):
            raise MayNotApprove
        _reason(reason)
        locked.withdrawn_date = day or today
        if locked.withdrawn_date < today:
            raise EndRefused

    with transaction.atomic():
        _take(issue, Step.WITHDRAWN, check, by=by, at=at, note=reason)
        notify(issue, NoticeKind.WITHDRAWN, at=at)


_CHANGED: Final = ("state", "effective_date", "withdrawn_date")


def _take(
    issue: DocumentIssue,
    step: Step,
    check: Callable[[DocumentIssue], None],
    *,
    by: User,
    at: datetime,
    note: str = "",
) -> None:
    """One step under a lock of the document, so that two people's steps come one after the other."""
    with transaction.atomic():
        lock_rows(ControlledDocument.objects.filter(pk=issue.document_id))
        (locked,) = lock_rows(DocumentIssue.objects.filter(pk=issue.pk))
        after = WAY.get((State(locked.state), step))
        if after is None:
            raise StepRefused
        check(locked)
        locked.state = after.value
        locked.save(update_fields=_CHANGED)
        note_step(locked, step, by=by, at=at, note=note.strip())
        issue.refresh_from_db(fields=_CHANGED)


def _approves(issue: DocumentIssue, by: User) -> None:
    if not may(by, "documents.approve"):
        raise MayNotApprove
    if by.pk in authors_of(issue):
        raise OwnIssue


def _reason(text: str) -> None:
    if not text.strip():
        raise ReasonMissing


def _check_effective(issue: DocumentIssue, day: date, *, at: datetime) -> None:
    others = [each.facts for each in issue.document.issues.exclude(pk=issue.pk)]
    first = earliest(others, on=at.astimezone(VN).date())
    if day < first:
        raise EffectiveTooEarly(first)
