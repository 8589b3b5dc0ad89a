"""The start page's card of controlled documents: what one has to read, approve or review."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from reporting.control.issuing import written_by
from reporting.control.register import lines_of
from reporting.control.rules import State, Step
from reporting.models import (
    ControlledCopy,
    ControlledDocument,
    DocumentIssue,
    IssueReading,
    IssueStep,
)

#: So many codes are named.
NAMED = 5


def documents_card(user: User, now: datetime) -> HomeCard | None:
    """Nothing when nothing waits for the person."""
    if not may(user, "documents.view"):
        return None
    waiting = [
        *_unread(user, now), *_sent_back(user), *_to_approve(user), *_to_review(user, now)
    ]  # fmt: skip
    if not waiting:
        return None
    return HomeCard(
        _("Tài liệu kiểm soát"), reverse("controlled_documents"), [], now, waiting=waiting
    )


def _unread(user: User, now: datetime) -> list[str]:
    held = ControlledCopy.objects.held_by(user).values("document")
    mine = ControlledDocument.objects.filter(pk__in=held)
    lines = lines_of(mine, on=now.astimezone(VN).date(), with_drafts=False)
    current = {each.issue.pk: line for line in lines for each in line.issues if each.is_current}
    read = IssueReading.objects.filter(user=user, issue__in=current)
    left = current.keys() - set(read.values_list("issue", flat=True))
    codes = sorted({current[pk].document.code for pk in left})
    words = ngettext(
        "{count} tài liệu chờ bạn đọc: {named}",
        "{count} tài liệu chờ bạn đọc: {named}",
        len(codes),
    )
    return _counted(words, codes)


def _counted(words: str, codes: list[str]) -> list[str]:
    named = ", ".join(codes[:NAMED]) + ("…" if len(codes) > NAMED else "")
    return [words.format(count=len(codes), named=named)] if codes else []


def _sent_back(user: User) -> list[str]:
    """Drafts an approver returned, which their author has not taken up again."""
    last = IssueStep.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values("kind")
    returned = DocumentIssue.objects.filter(written_by(user), state=State.DRAFT).annotate(
        last=Subquery(last[:1])
    )
    found = returned.filter(last=Step.RETURNED).values_list("document__code", flat=True)
    codes = sorted(set(found))
    words = ngettext(
        "{count} dự thảo bị trả lại để sửa: {named}",
        "{count} dự thảo bị trả lại để sửa: {named}",
        len(codes),
    )
    return _counted(words, codes)


def _to_approve(user: User) -> list[str]:
    if not may(user, "documents.approve"):
        return []
    others = DocumentIssue.objects.exclude(pk__in=DocumentIssue.objects.filter(written_by(user)))
    count = others.filter(state=State.SUBMITTED).count()
    words = ngettext("{count} tài liệu chờ duyệt", "{count} tài liệu chờ duyệt", count)
    return [words.format(count=count)] if count else []


def _to_review(user: User, now: datetime) -> list[str]:
    if not may(user, "documents.control"):
        return []
    everything = ControlledDocument.objects.all()
    lines = lines_of(everything, on=now.astimezone(VN).date(), with_drafts=False)
    count = sum(line.is_overdue for line in lines)
    words = ngettext(
        "{count} tài liệu đến hạn soát xét", "{count} tài liệu đến hạn soát xét", count
    )
    return [words.format(count=count)] if count else []
