"""/tai-lieu/<code>/<issue>/: one issue of a document, its draft, its steps, its file, its readers."""

from datetime import date, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.pages.files import file_answer
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.months import day_from
from reporting.control.distributing import acknowledge, copy_of, readers_of, unread_of
from reporting.control.giving_out import give_out
from reporting.control.issuing import approve, send_back, steps_of, submit, withdraw
from reporting.control.register import IssueLine, lines_of
from reporting.control.registering import Draft, change_draft, draft_issue
from reporting.control.rules import State, Step
from reporting.control.uploads import DOCX, MAX_BYTES, FileTooLarge, upload_of
from reporting.control.word_templates import trial
from reporting.models import ControlledDocument, DocumentIssue
from reporting.pages.documents import origin_name, visible_document

FILES: Final = ".pdf,.docx,.xlsx"


class DraftForm(forms.Form):
    summary = forms.CharField(
        label=gettext_lazy("Nội dung thay đổi"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Ví dụ «Ban hành lần đầu», «Thêm bước đối chiếu vé ế»."),
    )
    effective = DayField(
        label=gettext_lazy("Ngày hiệu lực"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Không trước ngày duyệt; người duyệt có thể đổi."),
    )
    file = forms.FileField(
        label=gettext_lazy("Tệp (PDF, Word, Excel; đến 15 MB)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": FILES}),
    )


@requires("documents.control")
@require_http_methods(["GET", "POST"])
def issue_new(request: HttpRequest, code: str) -> HttpResponse:
    """Draft the next issue."""
    found = visible_document(acting(request), code)
    form = DraftForm(
        request.POST or None, request.FILES or None, initial={"effective": clock.today()}
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            made = draft_issue(found, _draft(form), by=acting(request), at=clock.now())
            messages.success(request, _("Đã lưu dự thảo lần {n}.").format(n=made.number))
            return redirect("document_issue", code=found.code, number=made.number)
    return _form_page(request, found, None, form, refusal)


@requires("documents.control")
@require_http_methods(["GET", "POST"])
def issue_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Change a draft."""
    found = visible_issue(acting(request), code, number)
    values = {"summary": found.summary, "effective": found.effective_date}
    form = DraftForm(request.POST or None, request.FILES or None, initial=values)
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            change_draft(found, _draft(form), by=acting(request), at=clock.now())
            messages.success(request, _("Đã lưu dự thảo lần {n}.").format(n=number))
            return redirect("document_issue", code=found.document.code, number=number)
    return _form_page(request, found.document, found, form, refusal)


def _form_page(
    request: HttpRequest,
    document: ControlledDocument,
    issue: DocumentIssue | None,
    form: DraftForm,
    refusal: Refusal,
) -> HttpResponse:
    context = {
        "document": document, "issue": issue, "form": form, "problem": refusal.text,
        "origin": origin_name(document),
    }  # fmt: skip
    return render(request, "reporting/document_draft.html", context, status=refusal.status)


def _draft(form: DraftForm) -> Draft:
    """Raises Problem about the first wrong field, and what `upload_of` raises."""
    sent = checked(form)
    file = sent["file"]
    upload = None
    if isinstance(file, UploadedFile):
        if (file.size or 0) > MAX_BYTES:
            raise FileTooLarge
        upload = upload_of(file.read(), name=file.name or "")
    return Draft(sent["summary"], sent["effective"], upload)


@requires("documents.view")
@require_GET
def issue(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One issue with its way so far."""
    user = acting(request)
    return _page(request, visible_issue(user, code, number), user, Refusal())


def _page(request: HttpRequest, found: DocumentIssue, user: User, refusal: Refusal) -> HttpResponse:
    line = _line(found)
    sees_all = may(user, "documents.all")
    steps = steps_of(found, user)
    own = copy_of(found.document, user)
    context = {
        "line": line,
        "issue": found,
        "document": found.document,
        "steps": found.steps.select_related("by").order_by("-pk") if sees_all else [],
        "approvals": found.steps.filter(kind=Step.APPROVED).select_related("by"),
        "may_change": Step.CHANGED in steps,
        "may_submit": Step.SUBMITTED in steps,
        "may_approve": Step.APPROVED in steps,
        "may_withdraw": Step.WITHDRAWN in steps,
        "waits_for_other": found.state == State.SUBMITTED and Step.APPROVED not in steps,
        "is_template": bool(found.document.report and found.file_id),
        "origin": origin_name(found.document),
        "own_copy": own,
        "has_read": found.readings.filter(user=user).exists(),
        "unread": unread_of(found, readers_of(found.document))
        if sees_all and line.is_current
        else [],
        "readings": found.readings.select_related("user").order_by("pk") if sees_all else [],
        "downloads": found.downloads.select_related("by", "copy").order_by("-pk")[:20]
        if sees_all
        else [],
        "problem": refusal.text,
        "sent": request.POST if refusal.text else {},
    }
    return render(request, "reporting/document_issue.html", context, status=refusal.status)


@requires("documents.control")
@require_POST
def issue_step(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Submit, send back, approve or withdraw, as the pressed button says."""
    user = acting(request)
    found = visible_issue(user, code, number)
    refusal = Refusal()
    with refusal:
        words = _take(found, request, by=user, at=clock.now())
        messages.success(request, words)
        return redirect("document_issue", code=code, number=number)
    return _page(request, found, user, refusal)


def _take(found: DocumentIssue, request: HttpRequest, *, by: User, at: datetime) -> str:
    """Raises what the step raises."""
    reason = request.POST.get("reason", "")
    day: date | None = day_from(request.POST.get("day", ""))
    match request.POST.get("step", ""):
        case Step.SUBMITTED:
            submit(found, by=by, at=at)
            return _("Đã trình duyệt.")
        case Step.RETURNED:
            send_back(found, reason=reason, by=by, at=at)
            return _("Đã trả lại để sửa.")
        case Step.APPROVED:
            approve(found, effective=day, note=reason, by=by, at=at)
            return _("Đã duyệt; người trong danh sách phân phối được báo bằng thư.")
        case Step.WITHDRAWN:
            withdraw(found, day=day, reason=reason, by=by, at=at)
            return _("Đã ghi thu hồi.")
    raise Http404


@requires("documents.view")
@require_GET
def issue_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The file, a PDF marked as the reader's copy or as no controlled one.

    `?ban=` is the copy that a controller prints for somebody on the list.
    """
    user = acting(request)
    found = visible_issue(user, code, number)
    wanted = request.GET.get("ban", "")
    for_copy = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else None
    refusal = Refusal()
    with refusal:
        given = give_out(found, for_copy=for_copy, by=user, at=clock.now())
        if given is None:
            raise Http404
        return file_answer(given.content, given.content_type, given.name)
    return _page(request, found, user, refusal)


@requires("documents.control")
@require_GET
def issue_trial(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The report of invented numbers by the Word template of the issue."""
    user = acting(request)
    found = visible_issue(user, code, number)
    if not found.document.report or found.file is None:
        raise Http404
    refusal = Refusal()
    with refusal:
        content = trial(bytes(found.file.content), report=found.document.report, at=clock.now())
        return file_answer(content, DOCX, f"thu-{found.document.code}-lan-{number}.docx")
    return _page(request, found, user, refusal)


@requires("documents.view")
@require_POST
def issue_read(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The reader's "Đã nhận và đọc"."""
    user = acting(request)
    found = visible_issue(user, code, number)
    refusal = Refusal()
    with refusal:
        if acknowledge(found, by=user, at=clock.now()):
            messages.success(request, _("Đã ghi nhận: bạn đã nhận và đọc."))
        return redirect("document_issue", code=code, number=number)
    return _page(request, found, user, refusal)


def visible_issue(user: User, code: str, number: int) -> DocumentIssue:
    """Of a document the person may see; drafts are for who controls, approves or audits."""
    document = visible_document(user, code)
    issues = DocumentIssue.objects.seen_by(user).filter(document=document)
    return get_object_or_404(issues.select_related("document", "file", "drafted_by"), number=number)


def _line(found: DocumentIssue) -> IssueLine:
    same = ControlledDocument.objects.filter(pk=found.document_id)
    (line,) = lines_of(same, on=clock.today(), with_drafts=True)
    return next(each for each in line.issues if each.issue.pk == found.pk)
