"""Who holds a controlled document (danh sách phân phối): copies, notices, readings, paper taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.mail import outbox
from backend.org.models import Department
from backend.problems import Problem
from reporting.control.footers import copy_name, identity
from reporting.control.registering import require_controller
from reporting.control.rules import Standing, ended, standing
from reporting.models import (
    ControlledCopy,
    ControlledDocument,
    CopyEnding,
    DocumentIssue,
    IssueNotice,
    IssueReading,
    NoticeKind,
    PaperRecall,
)


class NobodyChosen(Problem):
    code = "document.nobody"
    message = _("Chưa chọn người hay đơn vị nào. Hãy chọn ít nhất một.")


class EndingReasonMissing(Problem):
    code = "document.copy_reason"
    message = _("Hãy ghi lý do thôi cấp bản kiểm soát này.")


class NoPaperOut(Problem):
    code = "document.no_paper"
    status = 409
    message = _("Không có bản giấy nào của lần ban hành này cần thu hồi từ người giữ ấy.")


class NotAReader(Problem):
    code = "document.not_a_reader"
    status = 403
    message = _("Bạn không có tên trong danh sách phân phối của tài liệu này.")


@dataclass(frozen=True, slots=True)
class Reader:
    """An account that is to read the document, and the copy by which it is."""

    user: User
    copy: ControlledCopy


@dataclass(frozen=True, slots=True)
class PaperOut:
    """Paper of an ended issue that nobody has taken back yet."""

    copy: ControlledCopy
    issue: DocumentIssue
    since: date


def give_copies(
    document: ControlledDocument,
    holders: Sequence[User | Department],
    *,
    is_printed: bool,
    by: User,
    at: datetime,
) -> list[ControlledCopy]:
    """Put people and units on the list under the next numbers; who stands there already is left out.

    They are told of the issue that holds, or will. Raises MayNotControl, NobodyChosen.
    """
    require_controller(by)
    if not holders:
        raise NobodyChosen
    with transaction.atomic():
        lock_rows(ControlledDocument.objects.filter(pk=document.pk))
        known = {(copy.user_id, copy.department_id) for copy in document.copies.current()}
        last = document.copies.aggregate(last=Max("number"))["last"] or 0
        fresh = [each for each in dict.fromkeys(holders) if _key(each) not in known]
        given = [
            ControlledCopy.objects.create(
                document=document,
                number=number,
                user=holder if isinstance(holder, User) else None,
                department=holder if isinstance(holder, Department) else None,
                is_printed=is_printed,
                given_by=by,
                given_at=at,
            )
            for number, holder in enumerate(fresh, start=last + 1)
        ]
        for issue in _holding(document, at.astimezone(VN).date()):
            notify(issue, NoticeKind.ISSUED, at=at)
    return given


def end_copy(copy: ControlledCopy, *, reason: str, by: User, at: datetime) -> None:
    """Take a copy off the list; its number is not given again. Raises MayNotControl, EndingReasonMissing."""
    require_controller(by)
    if not reason.strip():
        raise EndingReasonMissing
    CopyEnding.objects.get_or_create(
        copy=copy, defaults={"reason": reason.strip()[:300], "by": by, "at": at}
    )


def recall_paper(copy: ControlledCopy, issue: DocumentIssue, *, by: User, at: datetime) -> None:
    """Write down that the paper is back. Raises MayNotControl, NoPaperOut."""
    require_controller(by)
    out = {(each.copy.pk, each.issue.pk) for each in papers_out(copy.document, at=at)}
    if (copy.pk, issue.pk) not in out:
        raise NoPaperOut
    PaperRecall.objects.get_or_create(copy=copy, issue=issue, defaults={"by": by, "at": at})


def papers_out(document: ControlledDocument, *, at: datetime) -> list[PaperOut]:
    """Printed copies of issues that hold no longer, handed out before their end and not taken back."""
    today = at.astimezone(VN).date()
    issues = list(document.issues.order_by("number"))
    facts = [issue.facts for issue in issues]
    back = set(PaperRecall.objects.filter(issue__in=issues).values_list("copy", "issue"))
    printed = document.copies.filter(is_printed=True).select_related("user", "department", "ending")
    return [
        PaperOut(copy, issue, end)
        for issue in issues
        if standing(issue.facts, facts, today) is Standing.WITHDRAWN
        and (end := ended(issue.facts, facts)) is not None
        and end > issue.effective_date
        for copy in printed.order_by("number")
        if _held(copy, issue, end) and (copy.pk, issue.pk) not in back
    ]


def _held(copy: ControlledCopy, issue: DocumentIssue, end: date) -> bool:
    """Whether the copy was on the list while the issue held."""
    ending = getattr(copy, "ending", None)
    left = ending.at.astimezone(VN).date() if ending else None
    given = copy.given_at.astimezone(VN).date()
    return given < end and (left is None or left > issue.effective_date)


def readers_of(document: ControlledDocument) -> list[Reader]:
    """Every active account on the list, itself or by its department; one's own copy comes first."""
    copies = list(document.copies.current().select_related("user", "department").order_by("number"))
    own = {copy.user_id: copy for copy in copies if copy.user_id}
    units = {copy.department_id: copy for copy in copies if copy.department_id}
    people = User.objects.filter(is_active=True)
    found = people.filter(pk__in=own) | people.filter(employee__department__in=units)
    by_unit = {
        pk: units[unit]
        for pk, unit in found.values_list("pk", "employee__department")
        if unit in units
    }
    return [
        Reader(user, own.get(user.pk) or by_unit[user.pk])
        for user in found.distinct().order_by("full_name", "username", "pk")
    ]


def unheard_of(document: ControlledDocument) -> QuerySet[ControlledCopy]:
    """Copies of units without an active account and without paper: nobody is told, nobody reads them."""
    somebody = User.objects.filter(is_active=True, employee__department=OuterRef("department"))
    units = document.copies.current().filter(department__isnull=False, is_printed=False)
    return units.exclude(Exists(somebody)).select_related("department").order_by("number")


def copy_of(document: ControlledDocument, user: User) -> ControlledCopy | None:
    """The copy a person reads by; None for who is not on the list."""
    held = document.copies.held_by(user).order_by(F("user").asc(nulls_last=True), "number")
    return held.first()


def unread_of(issue: DocumentIssue, readers: Iterable[Reader]) -> list[Reader]:
    """Who has not confirmed yet."""
    read = set(issue.readings.values_list("user", flat=True))
    return [reader for reader in readers if reader.user.pk not in read]


def acknowledge(issue: DocumentIssue, *, by: User, at: datetime) -> bool:
    """The reader's "Đã nhận và đọc"; False when it was said before. Raises NotAReader."""
    if copy_of(issue.document, by) is None:
        raise NotAReader
    _reading, is_new = IssueReading.objects.get_or_create(issue=issue, user=by, defaults={"at": at})
    return is_new


def notify(issue: DocumentIssue, kind: NoticeKind, *, at: datetime) -> int:
    """Mail every reader once about an issue, in the transaction that is the reason. Returns how many."""
    told = set(issue.notices.filter(kind=kind).values_list("user", flat=True))
    count = 0
    for reader in readers_of(issue.document):
        if reader.user.pk in told or not reader.user.email:
            continue
        mail = outbox.enqueue(
            message_id=outbox.own_message_id(f"tai-lieu.{issue.pk}.{kind}.{reader.user.pk}"),
            recipient=reader.user,
            subject=_subject(issue, kind),
            text=_text(issue, kind, reader),
            due_at=at,
        )
        IssueNotice.objects.create(issue=issue, user=reader.user, kind=kind, mail=mail)
        count += 1
    return count


def _subject(issue: DocumentIssue, kind: NoticeKind) -> str:
    document = issue.document
    if kind == NoticeKind.WITHDRAWN:
        return f"Thu hồi {document.code} lần {issue.number}: {document.title}"
    return f"Ban hành {document.code} lần {issue.number}: {document.title}"


def _text(issue: DocumentIssue, kind: NoticeKind, reader: Reader) -> str:
    """In Vietnamese whatever the language of the page that caused it."""
    document = issue.document
    link = settings.PUBLIC_URL + reverse("document_issue", args=[document.code, issue.number])
    told = identity(document.code, issue.number, issue.effective_date)
    if kind == NoticeKind.WITHDRAWN:
        ends = f"{issue.withdrawn_date:%d/%m/%Y}"
        what = f"hết hiệu lực từ {ends}. Xin thôi dùng và trả bản giấy (nếu có) cho người cấp."
    else:
        what = f"đã được duyệt. Nội dung thay đổi: {issue.summary}"
    ask = "" if kind == NoticeKind.WITHDRAWN else "Xin đọc rồi bấm «Đã nhận và đọc» ở trang này:\n"
    return (
        f"Kính gửi {reader.user},\n\n{document.title}\n{told}\n{what}\n\n"
        f"{copy_name(reader.copy.number)}.\n{ask}{link}\n"
    )


def _holding(document: ControlledDocument, on: date) -> list[DocumentIssue]:
    """The issue in force and the one to come."""
    issues = list(document.issues.order_by("number"))
    facts = [issue.facts for issue in issues]
    wanted = (Standing.IN_FORCE, Standing.COMING)
    return [issue for issue in issues if standing(issue.facts, facts, on) in wanted]


def _key(holder: User | Department) -> tuple[int | None, int | None]:
    return (holder.pk, None) if isinstance(holder, User) else (None, holder.pk)
