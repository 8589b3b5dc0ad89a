"""Keeping obligations, and recording what was done for a period: prepared, approved, submitted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.mail.outbox import store_file
from backend.papers import Paper
from backend.problems import Problem
from reporting.models import Edition, Obligation, ObligationStep, ObligationStepKind
from reporting.obligations.due import KINDS, Standing
from reporting.obligations.register import one
from reporting.periods import Period, period_of


class NotOwed(Problem):
    code = "obligation.not_owed"
    status = 404
    message = _("Nghĩa vụ này không có kỳ đó. Hãy chọn một kỳ trong danh sách.")


class NothingPrepared(Problem):
    code = "obligation.nothing_prepared"
    message = _("Hãy chọn bản phát hành của kỳ hoặc gửi kèm tệp báo cáo đã lập.")


class WrongEdition(Problem):
    code = "obligation.wrong_edition"
    message = _("Bản phát hành này không thuộc kỳ của nghĩa vụ. Hãy chọn bản của đúng kỳ.")


class OutOfTurn(Problem):
    code = "obligation.out_of_turn"
    status = 409
    message = _("Phải lập rồi duyệt rồi mới nộp. Hãy tải lại trang xem kỳ này đang ở bước nào.")


class SamePerson(Problem):
    code = "obligation.same_person"
    status = 409
    message = _("Người duyệt phải khác người lập. Hãy nhờ người khác có quyền duyệt.")


class ReceiptMissing(Problem):
    code = "obligation.receipt_missing"
    message = _("Hãy ghi ngày nộp, không sau hôm nay, và số tiếp nhận hoặc số công văn.")


class ReasonMissing(Problem):
    code = "obligation.reason_missing"
    message = _("Bước này đã có. Hãy ghi lý do lập lại hoặc sửa lại.")


class PeriodNotOver(Problem):
    code = "obligation.period_not_over"
    message = _("Kỳ này chưa kết thúc nên chưa nộp được.")


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did for a period."""

    kind: ObligationStepKind
    edition: Edition | None = None
    paper: Paper | None = None
    submitted_on: date | None = None
    receipt_number: str = ""
    note: str = ""


def keep_obligation(kept: Obligation, values: dict[str, Any]) -> Obligation:
    """Make an obligation or change it; every version stays in its history. Raises ValidationError."""
    for name, value in values.items():
        setattr(kept, name, value)
    kept.full_clean()
    kept.save()
    return kept


def period_ending(obligation: Obligation, last: date) -> Period:
    """The period of the obligation that ends on the day. Raises NotOwed."""
    period = period_of(KINDS[obligation.frequency], last)
    ended = obligation.ends_on is not None and last > obligation.ends_on
    if period.last != last or last < obligation.starts_on or ended:
        raise NotOwed
    return period


def record(
    obligation: Obligation, period: Period, done: Done, *, by: User, at: datetime
) -> ObligationStep:
    """Write a step of the period down; the same step again is a correction and needs a reason.

    Raises OutOfTurn, SamePerson, NothingPrepared, WrongEdition, ReceiptMissing, ReasonMissing,
    PeriodNotOver.
    """
    today = at.astimezone(VN).date()
    with transaction.atomic():
        lock_rows(Obligation.objects.filter(pk=obligation.pk))
        line = one(obligation, period, on=today)
        _check(line.standing, list(line.steps), done, period, by=by, today=today)
        paper = done.paper
        return ObligationStep.objects.create(
            obligation=obligation,
            first_date=period.first,
            last_date=period.last,
            kind=done.kind,
            edition=done.edition if done.kind == ObligationStepKind.PREPARED else None,
            file=store_file(paper.data, paper.content_type) if paper else None,
            file_name=paper.name if paper else "",
            submitted_on=done.submitted_on if done.kind == ObligationStepKind.SUBMITTED else None,
            receipt_number=done.receipt_number.strip()
            if done.kind == ObligationStepKind.SUBMITTED
            else "",
            note=done.note.strip(),
            by=by,
            at=at,
        )


def _check(
    now: Standing,
    steps: list[ObligationStep],
    done: Done,
    period: Period,
    *,
    by: User,
    today: date,
) -> None:
    if done.kind == ObligationStepKind.PREPARED:
        _check_prepared(done, period)
    elif done.kind == ObligationStepKind.APPROVED:
        if now not in (Standing.PREPARED, Standing.APPROVED):
            raise OutOfTurn
        prepared = [step for step in steps if step.kind == ObligationStepKind.PREPARED]
        if prepared[-1].by_id == by.pk:
            raise SamePerson
    else:
        if now not in (Standing.APPROVED, Standing.SUBMITTED):
            raise OutOfTurn
        _check_submitted(done, period, today)
    if any(step.kind == done.kind for step in steps) and not done.note.strip():
        raise ReasonMissing


def _check_prepared(done: Done, period: Period) -> None:
    if done.edition is None and done.paper is None:
        raise NothingPrepared
    edition = done.edition
    if edition is not None and not (
        period.first <= edition.period_first_date and edition.period_last_date <= period.last
    ):
        raise WrongEdition


def _check_submitted(done: Done, period: Period, today: date) -> None:
    if period.last >= today:
        raise PeriodNotOver
    if not done.receipt_number.strip() or done.submitted_on is None:
        raise ReceiptMissing
    if not period.last < done.submitted_on <= today:
        raise ReceiptMissing
