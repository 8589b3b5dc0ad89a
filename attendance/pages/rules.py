"""/cham-cong/quy-tac/: the company's rules of working time, in force from a month on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from attendance.models import WorkingRules
from attendance.timesheet.rules import lay_down, rules_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.pages.forms import Refusal, checked
from backend.pages.months import day_from
from backend.problems import Problem
from backend.reasons import REASON_MIN

#: What the page asks, in groups; each is a column of the same name.
GROUPS = (
    (
        gettext_lazy("Lượt vào, lượt ra"),
        ("in_out_mode", "window_before", "window_after", "chain_gap", "min_span", "dup_minutes"),
    ),
    (gettext_lazy("Tuần làm việc"), ("works_saturdays",)),
    (gettext_lazy("Đi muộn, về sớm"), ("late_grace", "early_grace")),
    (
        gettext_lazy("Làm thêm giờ"),
        (
            "ot_requires_approval",
            "ot_min",
            "ot_block",
            "extra_alert",
            "normal_regime",
            "ot_month_cap_hours",
            "ot_year_cap_hours",
        ),
    ),
    (gettext_lazy("Máy chấm công"), ("drift_alert_seconds",)),
    (
        gettext_lazy("Phép năm"),
        ("leave_carry_days", "leave_carry_until", "leave_may_overdraw"),
    ),
    (gettext_lazy("Đơn"), ("remind_after_days",)),
)
FIELDS = tuple(name for _title, names in GROUPS for name in names)


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WorkingRules
        fields = FIELDS


@require_http_methods(["GET", "POST"])
@requires("attendance.view")
def working_rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, what was laid down before and for later, and a form for new ones."""
    today = clock.today()
    may_manage = may(request.user, "attendance.manage")
    current = rules_of(today)
    form = RulesForm(instance=current)
    refusal = Refusal()
    if request.method == "POST":
        form = RulesForm(request.POST)
        with refusal:
            _lay_down(request, form)
            messages.success(request, _("Đã đặt quy tắc mới; bảng công đang được tính lại."))
            return redirect("working_rules")
    return render(
        request,
        "attendance/rules.html",
        {
            "current": _told(current),
            "since": current.from_month if current.pk else None,
            "groups": [(title, [form[name] for name in names]) for title, names in GROUPS],
            "history": _history(),
            "month": request.POST.get("thang", f"{today:%Y-%m}"),
            "reason": request.POST.get("ly_do", ""),
            "reason_min": REASON_MIN,
            "problem": refusal.text,
            "may_manage": may_manage,
        },
        status=refusal.status,
    )


def _lay_down(request: HttpRequest, form: RulesForm) -> None:
    if not may(request.user, "attendance.manage"):
        raise PermissionDenied
    month = day_from(f"{request.POST.get('thang', '')}-01")
    if month is None:
        raise Problem(_("Áp dụng từ tháng: hãy chọn tháng, ví dụ 2026-12."))
    checked(form)
    rules: WorkingRules = form.save(commit=False)
    rules.from_month = month
    lay_down(rules, reason=request.POST.get("ly_do", ""), by=acting(request), at=clock.now())


def _told(rules: WorkingRules) -> list[tuple[str, Any]]:
    """Each rule's name and its value as shown."""
    return [(_label(name), _value(rules, name)) for name in FIELDS]


def _label(name: str) -> str:
    return str(RulesForm.base_fields[name].label)


def _value(rules: WorkingRules, name: str) -> Any:
    shown = getattr(rules, f"get_{name}_display", None)
    value = getattr(rules, name)
    if shown is not None:
        return shown()
    return (_("có") if value else _("không")) if isinstance(value, bool) else value


def _history() -> list[dict[str, Any]]:
    """What was laid down, the newest first, each with what it changed in the one before."""
    rows = list(WorkingRules.objects.select_related("by").order_by("pk"))
    told = []
    before = WorkingRules()
    for rules in rows:
        changed = [name for name in FIELDS if getattr(rules, name) != getattr(before, name)]
        told.append(
            {
                "rules": rules,
                "changes": [
                    (_label(name), _value(before, name), _value(rules, name)) for name in changed
                ],
            }
        )
        before = rules
    return told[::-1]
