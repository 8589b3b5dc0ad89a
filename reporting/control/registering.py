"""The register of controlled documents (danh mục tài liệu kiểm soát): entering one, its next issue's draft."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.db import lock_rows
from backend.mail.outbox import store_file
from backend.org.models import Department
from backend.problems import Problem
from reporting.control.rules import WAY, State, Step
from reporting.control.uploads import Upload
from reporting.control.word_templates import check_word_template
from reporting.definitions import catalogue
from reporting.models import ControlledDocument, DocumentIssue, DocumentKind, IssueStep

#: Forms that the program prints by itself.
FORMS: Final[Mapping[str, str | Promise]] = {
    "01a-LĐTL": _("Bảng chấm công, mẫu 01a-LĐTL"),
    "01b-LĐTL": _("Bảng chấm công làm thêm giờ, mẫu 01b-LĐTL"),
    "doi-chieu": _("Biên bản đối chiếu công nợ đại lý"),
    "bien-ban": _("Biên bản họp giao ban"),
    "thong-bao": _("Thông báo kết luận"),
}
#: Safe in an address, a file name and a style sheet; Vietnamese letters are common in codes.
_CODE: Final = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")


class MayNotControl(Problem):
    code = "document.may_not_control"
    status = 403
    message = _("Bạn không phải người kiểm soát tài liệu nên không làm được việc này.")


def require_controller(by: User) -> None:
    """Raises MayNotControl."""
    if not may(by, "documents.control"):
        raise MayNotControl


class CodeRefused(Problem):
    code = "document.code"

    def __init__(self, code: str) -> None:
        wanted = settings.DOCUMENT_CODE_PATTERN
        words = (
            _("Mã «{code}» không đúng mẫu mã tài liệu của công ty ({wanted}). Hãy sửa mã.")
            if wanted
            else _("Mã «{code}» chỉ được gồm chữ, số, dấu chấm và gạch nối, ví dụ QT-01, BM-01-02.")
        )
        super().__init__(words.format(code=code[:50], wanted=wanted))


class CodeTaken(Problem):
    code = "document.code_taken"
    status = 409

    def __init__(self, code: str) -> None:
        words = _("Mã {code} đã có trong danh mục. Hãy mở tài liệu ấy, hoặc chọn mã khác.")
        super().__init__(words.format(code=code))


class OriginTaken(Problem):
    code = "document.origin_taken"
    status = 409

    def __init__(self, code: str) -> None:
        words = _("Báo cáo hoặc biểu mẫu này đã được đăng ký dưới mã {code}.")
        super().__init__(words.format(code=code))


class OriginFixed(Problem):
    """Files of its issues were checked, or not, as templates of what it stood for then."""

    code = "document.origin_fixed"
    status = 409
    message = _(
        "Tài liệu đã có lần ban hành nên không đổi được báo cáo hoặc biểu mẫu của hệ thống. Hãy đăng"
        " ký một mã khác."
    )


class TitleMissing(Problem):
    code = "document.title"
    message = _("Hãy ghi tên tài liệu bằng tiếng Việt.")


class OneOpenAlready(Problem):
    code = "document.open_issue"
    status = 409
    message = _(
        "Tài liệu đang có một lần ban hành chưa duyệt. Hãy sửa, duyệt hoặc trả lại lần ấy trước."
    )


class NoFile(Problem):
    code = "document.no_file"
    message = _("Lần ban hành này chưa có tệp. Hãy chọn tệp PDF, Word (.docx) hoặc Excel (.xlsx).")


class SummaryMissing(Problem):
    code = "document.summary"
    message = _("Hãy ghi nội dung thay đổi, ví dụ «Ban hành lần đầu».")


class NotADraft(Problem):
    code = "document.not_a_draft"
    status = 409
    message = _("Lần ban hành này đã trình duyệt nên không sửa được. Người duyệt trả lại thì sửa.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a document."""

    title: str
    kind: DocumentKind
    owner: Department
    title_en: str = ""
    report: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An issue as its author wants it; without `upload` the file it has stays."""

    summary: str
    effective: date
    upload: Upload | None = None


def register(code: str, entry: Entry, *, by: User, at: datetime) -> ControlledDocument:
    """Enter a document under a code of its own. It has no issue yet.

    Raises MayNotControl, CodeRefused, CodeTaken, OriginTaken, TitleMissing.
    """
    require_controller(by)
    code = _checked_code(code)
    _check_entry(entry)
    try:
        with transaction.atomic():
            return ControlledDocument.objects.create(
                code=code, registered_by=by, registered_at=at, **_columns(entry)
            )
    except IntegrityError as error:
        raise _taken(code, entry) from error


def change_entry(document: ControlledDocument, entry: Entry, *, by: User) -> None:
    """Correct names, kind, owner, and before the first issue the origin; the history keeps what was.

    The code never changes. Raises MayNotControl, OriginTaken, OriginFixed, TitleMissing.
    """
    require_controller(by)
    _check_entry(entry)
    try:
        with transaction.atomic():
            (locked,) = lock_rows(ControlledDocument.objects.filter(pk=document.pk))
            is_moved = (locked.report, locked.form) != (entry.report, entry.form)
            if is_moved and locked.issues.exists():
                raise OriginFixed
            ControlledDocument.objects.filter(pk=document.pk).update(**_columns(entry))
    except IntegrityError as error:
        raise _taken("", entry) from error


def draft_issue(
    document: ControlledDocument, draft: Draft, *, by: User, at: datetime
) -> DocumentIssue:
    """Begin the next issue as a draft.

    Raises MayNotControl, OneOpenAlready, SummaryMissing, NoFile, TemplateRefused.
    """
    require_controller(by)
    columns = _content(document, draft, has_file=False, at=at)
    with transaction.atomic():
        lock_rows(ControlledDocument.objects.filter(pk=document.pk))
        known = document.issues.aggregate(last=Max("number"))["last"] or 0
        if document.issues.filter(state__in=[State.DRAFT, State.SUBMITTED]).exists():
            raise OneOpenAlready
        issue = DocumentIssue.objects.create(
            document=document, number=known + 1, drafted_by=by, **columns
        )
        note_step(issue, Step.DRAFTED, by=by, at=at)
    return issue


def change_draft(issue: DocumentIssue, draft: Draft, *, by: User, at: datetime) -> None:
    """Change a draft; who changes it is one of its authors.

    Raises MayNotControl, NotADraft, SummaryMissing, NoFile, TemplateRefused.
    """
    require_controller(by)
    columns = _content(issue.document, draft, has_file=issue.file_id is not None, at=at)
    with transaction.atomic():
        (locked,) = lock_rows(DocumentIssue.objects.filter(pk=issue.pk))
        if (State(locked.state), Step.CHANGED) not in WAY:
            raise NotADraft
        for name, value in columns.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(columns))
        note_step(locked, Step.CHANGED, by=by, at=at)


def note_step(issue: DocumentIssue, step: Step, *, by: User, at: datetime, note: str = "") -> None:
    """Write down who did what with the issue, in the transaction that does it."""
    IssueStep.objects.create(
        issue=issue,
        kind=step.value,
        effective_date=issue.effective_date,
        sha256=issue.sha256,
        note=note[:1000],
        by=by,
        at=at,
    )


def _checked_code(code: str) -> str:
    """In capitals: QT-01 and qt-01 are one code."""
    code = code.strip().upper()
    wanted = settings.DOCUMENT_CODE_PATTERN
    if len(code) > 30 or not _CODE.fullmatch(code) or not re.fullmatch(wanted or ".*", code):
        raise CodeRefused(code)
    return code


def _check_entry(entry: Entry) -> None:
    if not entry.title.strip():
        raise TitleMissing
    if entry.report and entry.report not in catalogue():
        raise OriginTaken(entry.report)


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title.strip(),
        "title_en": entry.title_en.strip(),
        "kind": entry.kind,
        "owner": entry.owner,
        "report": entry.report,
        "form": entry.form,
    }


def _taken(code: str, entry: Entry) -> Problem:
    if code and ControlledDocument.objects.filter(code=code).exists():
        return CodeTaken(code)
    same = (
        ControlledDocument.objects.filter(report=entry.report)
        if entry.report
        else ControlledDocument.objects.filter(form=entry.form)
    )
    return OriginTaken(", ".join(same.values_list("code", flat=True)))


def _content(
    document: ControlledDocument, draft: Draft, *, has_file: bool, at: datetime
) -> dict[str, Any]:
    """The columns of an issue. A file for a report is its Word template, and is checked as one."""
    if not draft.summary.strip():
        raise SummaryMissing
    upload = draft.upload
    if upload is None and not has_file and not document.is_made_here:
        raise NoFile
    columns: dict[str, Any] = {
        "summary": draft.summary.strip()[:1000],
        "effective_date": draft.effective,
    }
    if upload is not None:
        if document.report:
            check_word_template(upload, report=document.report, at=at)
        kept = store_file(upload.content, upload.content_type)
        columns |= {"file": kept, "file_name": upload.name, "sha256": kept.sha256}
    return columns
