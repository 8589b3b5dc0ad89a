"""/tai-lieu/: the register of controlled documents, one document, its entry and reviews."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Department
from backend.pages.files import PDF, XLSX, file_answer
from backend.pages.forms import Refusal, checked
from reporting.control.distributing import (
    copy_of,
    papers_out,
    readers_of,
    unheard_of,
    unread_of,
)
from reporting.control.register import Line, holds, lines_of
from reporting.control.register_files import register_pdf, register_workbook
from reporting.control.registering import FORMS, Entry, change_entry
from reporting.control.registering import register as enter
from reporting.control.reviewing import keep_review
from reporting.control.rules import Standing
from reporting.definitions import catalogue
from reporting.models import ControlledDocument, DocumentKind, ReviewOutcome
from reporting.scheduling import name_of

#: What the list may be narrowed to.
CHOICES: Final = {
    "hieu-luc": gettext_lazy("Có hiệu lực"),
    "dang-lam": gettext_lazy("Đang soạn, chờ duyệt"),
    "soat-xet": gettext_lazy("Đến hạn soát xét"),
    "het": gettext_lazy("Hết hiệu lực"),
}


class EntryForm(forms.Form):
    """What the register says of a document; `origin` is "report:…" or "form:…"."""

    code = forms.CharField(
        label=gettext_lazy("Mã tài liệu"),
        max_length=30,
        help_text=gettext_lazy("Ví dụ QT-01, BM-01-02. Mã không đổi về sau."),
    )
    title = forms.CharField(label=gettext_lazy("Tên tài liệu"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Tên tiếng Anh"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=DocumentKind.choices)
    owner = forms.ModelChoiceField(
        Department.objects.order_by("name", "pk"), label=gettext_lazy("Đơn vị chủ quản")
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Do hệ thống lập"),
        required=False,
        help_text=gettext_lazy("Chọn khi tài liệu là báo cáo hoặc biểu mẫu chương trình tự in."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["origin"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- narrows the type
        field.choices = [
            ("", _("không, có tệp riêng")),
            (_("Báo cáo"), [(f"report:{k}", name_of(each)) for k, each in catalogue().items()]),
            (_("Biểu mẫu"), [(f"form:{key}", name) for key, name in FORMS.items()]),
        ]


@requires("documents.view")
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The list; `?q=`, `?loai=` and `?loc=` narrow it."""
    user = acting(request)
    lines = _lines(request)
    kept = request.GET.urlencode()
    context = {
        "lines": lines,
        "kinds": DocumentKind.choices,
        "choices": CHOICES,
        "kept": f"?{kept}" if kept else "",
        "may_control": may(user, "documents.control"),
        "sees_all": may(user, "documents.all"),
    }
    return render(request, "reporting/documents.html", context)


def _lines(request: HttpRequest) -> list[Line]:
    user = acting(request)
    wanted = ControlledDocument.objects.visible_to(user)
    if kind := request.GET.get("loai", ""):
        wanted = wanted.filter(kind=kind)
    words, choice = request.GET.get("q", "")[:100], request.GET.get("loc", "")
    lines = lines_of(wanted, on=clock.today(), with_drafts=may(user, "documents.all"))
    return [line for line in lines if holds(line.document, words) and _is_chosen(line, choice)]


def _is_chosen(line: Line, choice: str) -> bool:
    if choice == "hieu-luc":
        return line.held is not None
    if choice == "dang-lam":
        return line.waiting is not None
    if choice == "soat-xet":
        return line.is_overdue
    if choice == "het":
        return line.shown is not None and line.shown.standing is Standing.WITHDRAWN
    return True


@requires("documents.view")
@require_GET
def register_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as a workbook or a PDF, narrowed as on the page."""
    lines, user, at = _lines(request), acting(request), clock.now()
    if kind == "xlsx":
        return file_answer(register_workbook(lines, by=user, at=at), XLSX, "danh-muc-tai-lieu.xlsx")
    if kind == "pdf":
        return file_answer(register_pdf(lines, by=user, at=at), PDF, "danh-muc-tai-lieu.pdf")
    raise Http404


@requires("documents.control")
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Enter a document."""
    form = EntryForm(request.POST or None)
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            sent = checked(form)
            made = enter(sent["code"], _entry(sent), by=acting(request), at=clock.now())
            messages.success(request, _("Đã đăng ký {code}.").format(code=made.code))
            return redirect("document_issue_new", code=made.code)
    context = {"form": form, "problem": refusal.text, "document": None}
    return render(request, "reporting/document_form.html", context, status=refusal.status)


@requires("documents.control")
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what the register says; the code stays."""
    found = visible_document(acting(request), code)
    origin = f"report:{found.report}" if found.report else f"form:{found.form}"
    values = {
        "title": found.title, "title_en": found.title_en, "kind": found.kind,
        "owner": found.owner_id, "origin": origin if found.is_made_here else "",
    }  # fmt: skip
    form = EntryForm(request.POST or None, initial=values)
    del form.fields["code"]
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            change_entry(found, _entry(checked(form)), by=acting(request))
            messages.success(request, _("Đã lưu."))
            return redirect("controlled_document", code=found.code)
    context = {"form": form, "problem": refusal.text, "document": found}
    return render(request, "reporting/document_form.html", context, status=refusal.status)


def _entry(sent: dict[str, object]) -> Entry:
    kind, _colon, origin = str(sent["origin"]).partition(":")
    owner = sent["owner"]
    assert isinstance(owner, Department)  # noqa: S101 -- the form made sure; narrows the type
    return Entry(
        title=str(sent["title"]),
        title_en=str(sent["title_en"]),
        kind=DocumentKind(str(sent["kind"])),
        owner=owner,
        report=origin if kind == "report" else "",
        form=origin if kind == "form" else "",
    )


@requires("documents.view")
@require_GET
def document(request: HttpRequest, code: str) -> HttpResponse:
    """One document: what holds, all issues, who holds copies and has not read, its reviews."""
    user = acting(request)
    return document_page(request, visible_document(user, code), user)


def document_page(
    request: HttpRequest,
    found: ControlledDocument,
    user: User,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    sees_all = may(user, "documents.all")
    (line,) = lines_of(
        ControlledDocument.objects.filter(pk=found.pk), on=clock.today(), with_drafts=sees_all
    )
    readers = readers_of(found) if sees_all else []
    copies = found.copies.current().select_related("user", "department").order_by("number")
    context = {
        "line": line,
        "document": line.document,
        "origin": origin_name(found),
        "own_copy": copy_of(found, user),
        "copies": copies if sees_all else [],
        "unread": unread_of(line.held.issue, readers) if sees_all and line.held else [],
        "unheard": unheard_of(found) if sees_all and line.held else [],
        "papers": papers_out(found, at=clock.now()) if sees_all else [],
        "reviews": line.held.issue.reviews.select_related("by").order_by("-on", "-pk")
        if line.held
        else [],
        "outcomes": ReviewOutcome.choices,
        "sees_all": sees_all,
        "may_control": may(user, "documents.control"),
        "people": User.objects.filter(is_active=True).order_by("full_name", "username"),
        "departments": Department.objects.order_by("name", "pk"),
        "today": clock.today(),
        "problem": problem,
        "sent": request.POST if problem else {},
    }
    return render(request, "reporting/document.html", context, status=status)


@requires("documents.control")
@require_POST
def document_review(request: HttpRequest, code: str) -> HttpResponse:
    """Write down the outcome of a periodic review."""
    user = acting(request)
    found = visible_document(user, code)
    refusal = Refusal()
    with refusal:
        keep_review(
            found,
            outcome=request.POST.get("outcome", ""),
            note=request.POST.get("note", ""),
            by=user,
            at=clock.now(),
        )
        messages.success(request, _("Đã ghi soát xét."))
        return redirect("controlled_document", code=found.code)
    return document_page(request, found, user, refusal.text, refusal.status)


def visible_document(user: User, code: str) -> ControlledDocument:
    visible = ControlledDocument.objects.visible_to(user).select_related("owner")
    return get_object_or_404(visible, code=code)


def origin_name(found: ControlledDocument) -> str:
    """The report or form of the program the document stands for."""
    if found.report:
        known = catalogue().get(found.report)
        return name_of(known) if known else found.report
    return str(FORMS.get(found.form, found.form))
