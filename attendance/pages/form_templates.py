"""/cham-cong/bieu-mau/: the company's own templates of the official forms."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from attendance.form_templates.books import overtime_book, timesheet_book
from attendance.form_templates.keeping import choose, in_use, names_of, sample, upload
from attendance.form_templates.safety import MAX_BYTES, NotAWorkbook, TemplateTooLarge
from attendance.forms.template import OPTIONAL
from attendance.forms.template_example import example
from attendance.models import FormKind, FormTemplate, FormTemplateChoice
from attendance.pages.forms import asked_month
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.pages.files import XLSX, file_answer
from backend.pages.keys import key_from
from backend.pages.telling import problems_told
from backend.problems import Problem


@dataclass(frozen=True)
class KindShown:
    """A form with its versions, the newest first, and what is in use."""

    kind: FormKind
    versions: list[tuple[int, FormTemplate]]
    choice: FormTemplateChoice | None
    names: dict[str, str]


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def form_templates(request: HttpRequest) -> HttpResponse:
    """Every form with its own templates; a POST uploads one."""
    problem = None
    if request.method == "POST":
        try:
            kept = _upload(request)
        except Problem as found:
            problem = found
        else:
            messages.success(
                request,
                _("Đã nhận “%(name)s”. Hãy tải bản thử để xem, rồi chọn dùng.")
                % {"name": kept.name},
            )
            return redirect("form_templates")
    return render(
        request,
        "attendance/form_templates.html",
        {
            "kinds": [_shown(kind) for kind in FormKind],
            "optional": OPTIONAL,
            "problem": problem,
            "chosen": request.POST.get("mau", ""),
        },
        status=problem.status if problem else 200,
    )


def _upload(request: HttpRequest) -> FormTemplate:
    """Raises what `upload` raises."""
    file = request.FILES.get("tep")
    if not isinstance(file, UploadedFile):
        raise NotAWorkbook
    if (file.size or 0) > MAX_BYTES:
        raise TemplateTooLarge
    return upload(
        file.read(),
        name=file.name or "",
        kind=_kind(request.POST.get("mau", "")),
        by=acting(request),
        at=clock.now(),
    )


def _shown(kind: FormKind) -> KindShown:
    uploaded = FormTemplate.objects.filter(kind=kind).defer("data").select_related("by")
    versions = list(enumerate(uploaded.order_by("pk"), start=1))
    return KindShown(kind, versions[::-1], in_use(kind), names_of(kind))


@require_POST
@requires("attendance.manage")
def choose_form_template(request: HttpRequest) -> HttpResponse:
    """Use one version of a form, or without one go back to ours."""
    kind = _kind(request.POST.get("mau", ""))
    template = None
    if pk := request.POST.get("ban", ""):
        versions = FormTemplate.objects.defer("data")
        template = get_object_or_404(versions, kind=kind, pk=key_from(pk))
    with problems_told(request):
        choose(kind, template, by=acting(request), at=clock.now())
        told = template.name if template else _("mẫu có sẵn")
        messages.success(request, _("Từ nay dùng %(template)s.") % {"template": told})
    return redirect("form_templates")


@requires("attendance.manage")
def form_template_example(request: HttpRequest, kind: str) -> HttpResponse:
    """Our form as a template with all names in place, to begin with."""
    return file_answer(example(sample(_kind(kind))), XLSX, f"mau-{kind}.xlsx")


@requires("attendance.manage")
def form_template_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A template as it was uploaded."""
    template = get_object_or_404(FormTemplate, pk=pk)
    return file_answer(bytes(template.data), XLSX, f"mau-{template.kind}-{template.pk}.xlsx")


@requires("attendance.manage")
def form_template_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """The template filled with the month of ?thang=, this one without, before it is in use."""
    template = get_object_or_404(FormTemplate, pk=pk)
    at = clock.now()
    make = timesheet_book if template.kind == FormKind.TIMESHEET else overtime_book
    content = make(asked_month(request, at), bytes(template.data), at=at)
    return file_answer(content, XLSX, f"thu-mau-{template.kind}-{template.pk}.xlsx")


def _kind(value: str) -> FormKind:
    if value not in FormKind.values:
        raise Http404
    return FormKind(value)
