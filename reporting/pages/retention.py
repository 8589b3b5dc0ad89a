"""/bao-cao/luu-tru/: terms of keeping by report, and reviews of what has outlived them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.pages.forms import first_fault
from reporting.models import RetentionRule, RetentionRun
from reporting.pages.schedules import whole_company
from reporting.retention import keep_rule, review
from reporting.scheduling import reports

MOST = 20


class TermForm(forms.Form):
    report = forms.ChoiceField(label=gettext_lazy("Báo cáo"))
    years = forms.IntegerField(
        label=gettext_lazy("Số năm lưu (để trống: vĩnh viễn)"),
        min_value=1,
        max_value=100,
        required=False,
    )
    basis = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200)


@requires("reports.all")
@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """The terms, a form for one of them, and the newest reviews."""
    user = whole_company(request)
    is_manager = may(user, "reports.manage")
    form = TermForm(request.POST if request.method == "POST" and is_manager else None)
    assert isinstance(form.fields["report"], forms.ChoiceField)  # noqa: S101 -- narrows the type
    names = reports()
    form.fields["report"].choices = list(names.items())
    if form.is_bound and form.is_valid():
        keep_rule(**form.cleaned_data)
        messages.success(request, _("Đã lưu thời hạn."))
        return redirect("retention")
    rules = RetentionRule.objects.order_by("report")
    context = {
        "form": form,
        "problem": first_fault(form) if form.errors else "",
        "rules": [(names.get(each.report, each.report), each) for each in rules],
        "reviews": RetentionRun.objects.select_related("by").order_by("-at", "-pk")[:MOST],
        "may_manage": is_manager,
    }
    status = 400 if form.errors else 200
    return render(request, "reporting/retention.html", context, status=status)


@requires("reports.manage")
@require_POST
def retention_review(request: HttpRequest) -> HttpResponse:
    """Look what has outlived its term, and keep what was found."""
    whole_company(request)
    found = review(by=acting(request), at=clock.now())
    words = _("Đã rà soát: {count} bản hết hạn lưu. Không bản nào bị xóa.")
    messages.success(request, words.format(count=len(found.editions)))
    return redirect("retention")
