"""/cham-cong/cham-tay/: punches entered by HR, with their reasons and withdrawals."""

from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from attendance.collecting.manual import File, enter_punch, withdraw
from attendance.models import Direction, ManualPunch
from attendance.pages.chosen import chosen_employee
from attendance.timesheet.closing import is_locked
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import employees_for
from backend.pages.files import handed_in
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.months import day_from
from backend.pages.older import before_asked
from backend.reasons import REASON_MIN

#: Rows of a page of the list.
SHOWN: Final = 50


class EntryForm(forms.Form):
    """The shape of an entry; what it means is for `enter_punch` to judge."""

    nv = forms.CharField(label=gettext_lazy("Mã nhân viên"), max_length=20)
    ngay = DayField(label=gettext_lazy("Ngày"))
    gio = forms.TimeField(label=gettext_lazy("Giờ"))
    chieu = forms.ChoiceField(
        label=gettext_lazy("Lượt này là"), choices=Direction.choices, required=False
    )
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)
    tep = forms.FileField(label=gettext_lazy("Tệp đính kèm"), required=False)


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def manual_punch_new(request: HttpRequest) -> HttpResponse:
    """Enter a punch for ?nv= on ?ngay=; then the day is shown."""
    refusal = Refusal()
    staff = employees_for(acting(request))
    values: dict[str, Any] = {
        name: request.GET.get(name, "") for name in ("nv", "ngay", "gio", "chieu", "ly_do")
    }
    if request.method == "POST":
        form = EntryForm(request.POST, request.FILES)
        values = {name: request.POST.get(name, "") for name in values}
        with refusal:
            punch = _enter(request, checked(form))
            day = punch.punched_at.astimezone(clock.VN).date()
            told = (
                _("Đã thêm lượt chấm tay. Kỳ công đã khóa: phần chênh lệch thành điều chỉnh.")
                if is_locked(day)
                else _("Đã thêm lượt chấm tay; ngày công đang được tính lại.")
            )
            messages.success(request, told)
            return redirect("timesheet_day", punch.employee.code, day.isoformat())
    return render(
        request,
        "attendance/manual_punch_new.html",
        {
            "values": values,
            "problem": refusal.text,
            "employee": staff.filter(code=values["nv"]).first(),
            "day": day_from(str(values["ngay"])),
            "people": staff.order_by("code").values_list("code", "full_name"),
            "directions": Direction.choices,
            "reason_min": REASON_MIN,
        },
        status=refusal.status,
    )


def _enter(request: HttpRequest, sent: dict[str, Any]) -> ManualPunch:
    on: date = sent["ngay"]
    clock_time: time = sent["gio"]
    upload = sent["tep"]
    return enter_punch(
        employee=chosen_employee(request, sent["nv"]),
        moment=datetime.combine(on, clock_time, tzinfo=clock.VN),
        direction=Direction(sent["chieu"]),
        reason=sent["ly_do"],
        file=File(upload.name, upload.read()) if upload else None,
        by=acting(request),
        at=clock.now(),
    )


@require_GET
@requires("attendance.view")
def manual_punches(request: HttpRequest) -> HttpResponse:
    """All of them, the newest entry first; ?nv= of one person, ?trang-thai= standing or not."""
    chosen = {"nv": request.GET.get("nv", ""), "trang_thai": request.GET.get("trang-thai", "")}
    rows = ManualPunch.objects.select_related(
        "employee", "by", "withdrawal__by", "attachment"
    ).defer("attachment__data")
    rows = rows.filter(employee__in=employees_for(acting(request)))
    if chosen["nv"]:
        rows = rows.filter(employee__code=chosen["nv"])
    if chosen["trang_thai"] in ("con", "thu-hoi"):
        rows = rows.filter(withdrawal__isnull=chosen["trang_thai"] == "con")
    punches, older = before_asked(request, rows, SHOWN)
    return render(
        request,
        "attendance/manual_punches.html",
        {
            "punches": punches,
            "older": older,
            "chosen": chosen,
            "may_manage": may(request.user, "attendance.manage"),
        },
    )


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def manual_punch_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one back, with a reason."""
    punch = get_object_or_404(
        ManualPunch.objects.select_related("employee", "by", "withdrawal"),
        pk=pk,
        employee__in=employees_for(acting(request)),
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            withdraw(
                punch,
                reason=request.POST.get("ly_do", ""),
                by=acting(request),
                at=clock.now(),
            )
            messages.success(request, _("Đã thu hồi lượt chấm tay; ngày công đang được tính lại."))
            return redirect("manual_punches")
    return render(
        request,
        "attendance/manual_punch_withdraw.html",
        {"punch": punch, "problem": refusal.text, "reason_min": REASON_MIN},
        status=refusal.status,
    )


@require_GET
@requires("attendance.manage")
def manual_punch_attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper, to be saved and never shown in the page: it came from outside."""
    punch = get_object_or_404(
        ManualPunch.objects.select_related("attachment"),
        pk=pk,
        attachment__isnull=False,
        employee__in=employees_for(acting(request)),
    )
    paper = punch.attachment
    assert paper is not None  # noqa: S101 - the filter said so; narrows the type for mypy
    return handed_in(bytes(paper.data), paper.content_type, paper.name)
