"""Controlled documents and forms: their issues, who holds copies and has read them, their reviews."""

from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.permissions import may
from backend.mail.models import OutgoingMail, StoredFile
from backend.org.models import Department
from backend.promises import APPEND_ONLY
from reporting.control import rules


class DocumentKind(models.TextChoices):
    PROCEDURE = "procedure", _("quy trình")
    INSTRUCTION = "instruction", _("hướng dẫn")
    FORM = "form", _("biểu mẫu")
    REPORT = "report", _("báo cáo")
    EXTERNAL = "external", _("tài liệu bên ngoài")


class IssueState(models.TextChoices):
    DRAFT = rules.State.DRAFT.value, _("dự thảo")
    SUBMITTED = rules.State.SUBMITTED.value, _("chờ duyệt")
    APPROVED = rules.State.APPROVED.value, _("đã duyệt")
    WITHDRAWN = rules.State.WITHDRAWN.value, _("đã thu hồi")


class StepKind(models.TextChoices):
    DRAFTED = rules.Step.DRAFTED.value, _("soạn")
    CHANGED = rules.Step.CHANGED.value, _("sửa dự thảo")
    SUBMITTED = rules.Step.SUBMITTED.value, _("trình duyệt")
    RETURNED = rules.Step.RETURNED.value, _("trả lại để sửa")
    APPROVED = rules.Step.APPROVED.value, _("duyệt")
    WITHDRAWN = rules.Step.WITHDRAWN.value, _("thu hồi")


class DocumentQuerySet(models.QuerySet["ControlledDocument"]):
    def visible_to(self, user: Any) -> Self:
        """All for who controls, approves or audits documents; else those one holds a copy of."""
        if may(user, "documents.all"):
            return self
        held = ControlledCopy.objects.held_by(user).values("document")
        return self.filter(pk__in=held)


@pghistory.track()
class ControlledDocument(models.Model):
    """A document or form under control (tài liệu kiểm soát). It is never deleted.

    `report` is the code of the report it stands for, `form` that of a form the program prints itself.
    """

    code = models.CharField(_("mã tài liệu"), max_length=30, unique=True)
    title = models.CharField(_("tên tài liệu"), max_length=200)
    title_en = models.CharField(_("tên tiếng Anh"), max_length=200, blank=True)
    kind = models.CharField(_("loại"), max_length=11, choices=DocumentKind.choices)
    owner = models.ForeignKey(Department, models.PROTECT, verbose_name=_("đơn vị chủ quản"))
    report = models.CharField(_("báo cáo của hệ thống"), max_length=50, blank=True)
    form = models.CharField(_("biểu mẫu của hệ thống"), max_length=20, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("đăng ký lúc"))

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("tài liệu kiểm soát")
        verbose_name_plural = _("tài liệu kiểm soát")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report"], name="document_report_once", condition=~Q(report="")
            ),
            models.UniqueConstraint(
                fields=["form"], name="document_form_once", condition=~Q(form="")
            ),
            models.CheckConstraint(name="document_one_origin", condition=Q(report="") | Q(form="")),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.code

    @property
    def is_made_here(self) -> bool:
        """Whether the program itself makes the document: an issue then needs no file."""
        return bool(self.report or self.form)


class IssueQuerySet(models.QuerySet["DocumentIssue"]):
    def seen_by(self, user: Any) -> Self:
        """All for who controls, approves or audits documents; readers see what was approved."""
        if may(user, "documents.all"):
            return self
        return self.filter(state__in=[IssueState.APPROVED, IssueState.WITHDRAWN])


#: What was submitted is what is approved and used: only a draft's content changes.
_CONTENT = "(OLD.file_id, OLD.file_name, OLD.summary, OLD.number, OLD.document_id)"


@pghistory.track()
class DocumentIssue(models.Model):
    """An issue of a document (lần ban hành); its content is frozen when it is submitted.

    `effective_date` is the first day it holds, `withdrawn_date` the first day it no longer does when
    it was withdrawn by a person (a later issue ends it by itself). `sha256` is the file's digest.
    """

    document = models.ForeignKey(ControlledDocument, models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField(_("lần ban hành"))
    summary = models.CharField(_("nội dung thay đổi"), max_length=1000)
    effective_date = models.DateField(_("ngày hiệu lực"))
    state = models.CharField(
        _("trạng thái"), max_length=9, choices=IssueState.choices, default=IssueState.DRAFT
    )
    withdrawn_date = models.DateField(_("ngày thu hồi"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(_("tên tệp"), max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("người soạn")
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần ban hành tài liệu")
        verbose_name_plural = _("lần ban hành tài liệu")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="issue_number_once"),
            models.UniqueConstraint(
                fields=["document"],
                name="issue_one_open",
                condition=Q(state__in=[IssueState.DRAFT, IssueState.SUBMITTED]),
            ),
            models.CheckConstraint(name="issue_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="issue_withdrawn_has_day",
                condition=Q(state=IssueState.WITHDRAWN, withdrawn_date__isnull=False)
                | (~Q(state=IssueState.WITHDRAWN) & Q(withdrawn_date__isnull=True)),
            ),
            models.CheckConstraint(
                name="issue_file_has_digest",
                condition=Q(file__isnull=True, sha256="") | (Q(file__isnull=False) & ~Q(sha256="")),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # No Protect: the program's role must be able to update other columns (database_roles.py).
            pgtrigger.Trigger(
                name="content_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="RAISE EXCEPTION 'the content of a submitted issue is frozen';",
                condition=pgtrigger.Condition(
                    f"OLD.state <> 'draft' AND {_CONTENT}"
                    f" IS DISTINCT FROM {_CONTENT.replace('OLD', 'NEW')}"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} / {self.number}"

    @property
    def facts(self) -> rules.Issue:
        return rules.Issue(
            self.number, rules.State(self.state), self.effective_date, self.withdrawn_date
        )


class IssueStep(models.Model):
    """A step on the way of an issue (bước xử lý tài liệu): who, when, why. Append-only."""

    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="steps")
    kind = models.CharField(_("bước"), max_length=9, choices=StepKind.choices)
    effective_date = models.DateField(_("ngày hiệu lực"))
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    note = models.CharField(_("ghi chú"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("bước xử lý tài liệu")
        verbose_name_plural = _("bước xử lý tài liệu")
        indexes: ClassVar = [models.Index(fields=["issue", "id"], name="issue_step_order")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.issue} {self.kind}"


class CopyQuerySet(models.QuerySet["ControlledCopy"]):
    def current(self) -> Self:
        """Copies still on the distribution list."""
        return self.filter(ending=None)

    def held_by(self, user: Any) -> Self:
        """Copies of the person, or of the person's department."""
        mine = Q(user=user)
        if user.employee_id is not None:
            mine |= Q(department=user.employee.department_id)
        return self.current().filter(mine)


class ControlledCopy(models.Model):
    """A numbered copy on a document's distribution list (bản kiểm soát), of a person or a unit. Append-only.

    It holds for every issue from then on. `is_printed` says that paper was handed out, which is taken
    back when the issue ends.
    """

    document = models.ForeignKey(ControlledDocument, models.PROTECT, related_name="copies")
    number = models.PositiveSmallIntegerField(_("bản số"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_printed = models.BooleanField(_("bản giấy"), default=False)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("cấp lúc"))

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản kiểm soát")
        verbose_name_plural = _("bản kiểm soát")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="copy_number_once"),
            models.CheckConstraint(
                name="copy_one_holder",
                condition=Q(user__isnull=True, department__isnull=False)
                | Q(user__isnull=False, department__isnull=True),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.document} {self.number:02d}"

    @property
    def holder(self) -> str:
        return str(self.user or self.department)


class CopyEnding(models.Model):
    """A copy taken off the list (thôi cấp bản kiểm soát). Append-only; its number is not given again."""

    copy = models.OneToOneField(ControlledCopy, models.PROTECT, related_name="ending")
    reason = models.CharField(_("lý do"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thôi cấp bản kiểm soát")
        verbose_name_plural = _("thôi cấp bản kiểm soát")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return str(self.copy)


class PaperRecall(models.Model):
    """Paper of an ended issue that was taken back (thu hồi bản giấy). Append-only."""

    copy = models.ForeignKey(ControlledCopy, models.PROTECT, related_name="recalls")
    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="recalls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thu hồi bản giấy")
        verbose_name_plural = _("thu hồi bản giấy")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["copy", "issue"], name="paper_recalled_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.copy} {self.issue}"


class IssueReading(models.Model):
    """A reader's "Đã nhận và đọc" of an issue (xác nhận đã đọc). Append-only."""

    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("xác nhận đã đọc tài liệu")
        verbose_name_plural = _("xác nhận đã đọc tài liệu")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issue", "user"], name="issue_read_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.issue} {self.user}"


class NoticeKind(models.TextChoices):
    ISSUED = "issued", _("ban hành")
    WITHDRAWN = "withdrawn", _("thu hồi")


class IssueNotice(models.Model):
    """The mail that told a reader of an issue or of its withdrawal (thư báo tài liệu). Append-only."""

    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("việc"), max_length=9, choices=NoticeKind.choices)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("thư báo tài liệu")
        verbose_name_plural = _("thư báo tài liệu")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issue", "user", "kind"], name="notice_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.issue} {self.user}"


class IssueDownload(models.Model):
    """A file of an issue given out, with the copy it was marked as (lượt lấy tài liệu). Append-only."""

    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="downloads")
    copy = models.ForeignKey(ControlledCopy, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lượt lấy tài liệu")
        verbose_name_plural = _("lượt lấy tài liệu")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.issue} {self.by}"


class ReviewOutcome(models.TextChoices):
    KEEP = "keep", _("còn phù hợp, giữ nguyên")
    REVISE = "revise", _("cần sửa, ban hành lần mới")
    WITHDRAW = "withdraw", _("không còn dùng, cần thu hồi")


class DocumentReview(models.Model):
    """A periodic review of what is in force (soát xét định kỳ). Append-only."""

    issue = models.ForeignKey(DocumentIssue, models.PROTECT, related_name="reviews")
    on = models.DateField(_("ngày soát xét"))
    outcome = models.CharField(_("kết luận"), max_length=8, choices=ReviewOutcome.choices)
    note = models.CharField(_("ghi chú"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("soát xét định kỳ tài liệu")
        verbose_name_plural = _("soát xét định kỳ tài liệu")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.issue} {self.on}"


class ReviewReminder(models.Model):
    """A mail that told a controller which documents are due for review (nhắc soát xét). Append-only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField(_("ngày"))
    documents = models.JSONField(_("mã tài liệu"))
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("nhắc soát xét tài liệu")
        verbose_name_plural = _("nhắc soát xét tài liệu")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "on"], name="review_reminded_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.user} {self.on}"
