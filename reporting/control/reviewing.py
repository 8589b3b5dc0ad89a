"""Periodic reviews of documents in force (soát xét định kỳ), and reminders of those that are due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import CAPABILITIES
from backend.clock import VN
from backend.jobs.handlers import in_one_transaction
from backend.mail import outbox
from backend.problems import Problem
from backend.workdays import is_worked
from reporting.control.register import Line, lines_of
from reporting.control.registering import require_controller
from reporting.control.rules import in_force
from reporting.models import (
    ControlledDocument,
    DocumentReview,
    ReviewOutcome,
    ReviewReminder,
)

#: Controllers are told so long before a review is due, and again each week while it is.
AHEAD: Final = timedelta(days=14)
AGAIN: Final = timedelta(days=7)
_CONTROLLERS: Final = [role for role, held in CAPABILITIES.items() if "documents.control" in held]


class NothingInForce(Problem):
    code = "document.nothing_in_force"
    status = 409
    message = _("Tài liệu chưa có lần ban hành nào đang hiệu lực nên chưa cần soát xét.")


class OutcomeMissing(Problem):
    code = "document.outcome"
    message = _("Hãy chọn kết luận soát xét; nếu cần sửa hoặc thu hồi, hãy ghi rõ ở ghi chú.")


def keep_review(
    document: ControlledDocument, *, outcome: str, note: str, by: User, at: datetime
) -> DocumentReview:
    """Write down what a review of the issue in force came to; the next is due a period later.

    Raises MayNotControl, NothingInForce, OutcomeMissing.
    """
    require_controller(by)
    today = at.astimezone(VN).date()
    issues = {issue.number: issue for issue in document.issues.all()}
    held = in_force((issue.facts for issue in issues.values()), today)
    if held is None:
        raise NothingInForce
    is_change = outcome in (ReviewOutcome.REVISE, ReviewOutcome.WITHDRAW)
    if outcome not in ReviewOutcome.values or (is_change and not note.strip()):
        raise OutcomeMissing
    return DocumentReview.objects.create(
        issue=issues[held.number], on=today, outcome=outcome, note=note.strip()[:1000], by=by, at=at
    )


def remind(*, at: datetime) -> int:
    """Mail each controller what is due or soon will be, once a week at most; returns how many mails.

    Nobody on a day the company does not work. Call it in a transaction: the rows and the mails belong
    together.
    """
    today = at.astimezone(VN).date()
    if not is_worked(today):
        return 0
    lines = lines_of(ControlledDocument.objects.all(), on=today, with_drafts=False)
    due = [each for each in lines if each.review_date and each.review_date <= today + AHEAD]
    lately = ReviewReminder.objects.filter(on__gt=today - AGAIN).values("user")
    wanted = User.objects.filter(is_active=True, role__in=_CONTROLLERS).exclude(email="")
    readers = list(wanted.exclude(pk__in=lately).order_by("pk")) if due else []
    for user in readers:
        mail = outbox.enqueue(
            message_id=outbox.own_message_id(f"soat-xet.{user.pk}.{today}"),
            recipient=user,
            subject=f"{len(due)} tài liệu kiểm soát đến hạn soát xét",
            text=_letter(user, due),
            due_at=at,
        )
        codes = [each.document.code for each in due]
        ReviewReminder.objects.create(user=user, on=today, documents=codes, mail=mail)
    return len(readers)


run_due = in_one_transaction(remind)


def _letter(user: User, due: Sequence[Line]) -> str:
    lines = [
        f"- {each.document.code} {each.document.title} (trước {each.review_date:%d/%m/%Y})\n"
        f"  {settings.PUBLIC_URL}{reverse('controlled_document', args=[each.document.code])}"
        for each in due
    ]
    told = "\n".join(lines)
    return (
        f"Kính gửi {user},\n\nCác tài liệu sau đến hạn soát xét:\n\n{told}\n\n"
        "Soát xét xong, xin ghi kết luận ở trang của từng tài liệu.\n"
    )
