"""The start page's card of controlled documents: what one has to read, approve or review."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.pages.cards import HomeCard
from reporting.control.register import lines_of
from reporting.control.rules import State
from reporting.models import ControlledCopy, ControlledDocument, DocumentIssue, IssueReading

#: So many codes are named.
NAMED = 5


def documents_card(user: User, now: datetime) -> HomeCard | None:
    """Nothing when nothing waits for the person."""
    if not may(user, "documents.view"):
        return None
    waiting = [*_unread(user, now), *_to_approve(user), *_to_review(user, now)]
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
    if not codes:
        return []
    named = ", ".join(codes[:NAMED]) + ("…" if len(codes) > NAMED else "")
    words = ngettext(
        "{count} tài liệu chờ bạn đọc: {named}",
        "{count} tài liệu chờ bạn đọc: {named}",
        len(codes),
    )
    return [words.format(count=len(codes), named=named)]


def _to_approve(user: User) -> list[str]:
    if not may(user, "documents.approve"):
        return []
    waiting = DocumentIssue.objects.filter(state=State.SUBMITTED).exclude(steps__by=user)
    count = waiting.distinct().count()
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
