"""/cham-cong/don/: requests sent, looked at, decided and withdrawn."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.collecting.manual import File
from attendance.leave.care_hours import protection_sentence
from attendance.leave.catalogue import ANNUAL, EVENTS, LEAVE_CODES
from attendance.leave.leave_balances import leave_balance
from attendance.leave.limits import Shortage, shortages
from attendance.models import DayPart, Direction, Request, RequestKind
from attendance.pages.annual_leave import warn_of_limits
from attendance.requests.effects import EFFECTS
from attendance.requests.handling import Asked, decide, submit, withdraw
from attendance.requests.protecting import protections
from attendance.requests.rights import Desk
from attendance.requests.states import State, may_withdraw
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Employee
from backend.pages.files import handed_in
from backend.pages.forms import DayField, Refusal, checked
from backend.pages.keys import keys_from
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.reasons import REASON_MIN

#: Decided in one go at most.
BULK: Final = 200
_NAMES: Final = (
    "ngay", "den", "gio", "den_gio", "chieu", "ma", "viec", "phan", "nguoi", "ly_do",
)  # fmt: skip


def _desk(request: HttpRequest) -> Desk:
    return Desk(acting(request), clock.today())


class RequestForm(forms.Form):
    """The shape of a request; what each kind needs is for `submit` to judge."""

    ngay = DayField(label=gettext_lazy("Ngày"))
    den = DayField(label=gettext_lazy("Đến hết ngày"), required=False)
    gio = forms.TimeField(label=gettext_lazy("Giờ"), required=False)
    den_gio = forms.TimeField(label=gettext_lazy("Đến giờ"), required=False)
    chieu = forms.ChoiceField(
        label=gettext_lazy("Lượt này là"), choices=Direction.choices, required=False
    )
    ma = forms.CharField(label=gettext_lazy("Loại nghỉ"), max_length=4, required=False)
    viec = forms.CharField(label=gettext_lazy("Việc riêng"), max_length=16, required=False)
    phan = forms.ChoiceField(
        label=gettext_lazy("Phần ngày"), choices=DayPart.choices, required=False
    )
    nguoi = forms.CharField(label=gettext_lazy("Đổi với"), max_length=20, required=False)
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=1000)
    tep = forms.FileField(label=gettext_lazy("Tệp đính kèm"), required=False)


@require_http_methods(["GET", "POST"])
@requires("attendance.own")
def request_new(request: HttpRequest) -> HttpResponse:
    """Send a request of the kind ?loai= for ?ngay=; then it is shown."""
    me = acting(request).employee
    kind = _kind(request)
    refusal = Refusal()
    values: dict[str, str] = {name: request.GET.get(name, "") for name in _NAMES}
    if request.method == "POST":
        form = RequestForm(request.POST, request.FILES)
        values = {name: request.POST.get(name, "") for name in _NAMES}
        with refusal:
            sent = _submit(request, kind, checked(form))
            messages.success(request, _("Đã gửi đơn."))
            _warn(request, sent)
            return redirect("request", sent.pk)
    return render(
        request,
        "attendance/request_new.html",
        {
            "employee": me,
            "kind": kind,
            "kinds": [(item.value, item.label) for item in EFFECTS],
            "values": values,
            "problem": refusal.text,
            "colleagues": _colleagues(me) if kind == RequestKind.SWAP else [],
            "directions": Direction.choices,
            "codes": LEAVE_CODES.items(),
            "balance": leave_balance(me, on=clock.today()) if me and kind == "leave" else None,
            "events": EVENTS.items(),
            "parts": DayPart.choices,
            "reason_min": REASON_MIN,
        },
        status=refusal.status,
    )


def _warn(request: HttpRequest, sent: Request) -> None:
    """Tell on the next page what leave goes beyond."""
    if sent.kind == RequestKind.LEAVE:
        warn_of_limits(
            request,
            sent.employee,
            first=sent.first,
            last=sent.last,
            code=sent.code,
            event=sent.event,
            is_whole=sent.start is None and sent.part == DayPart.FULL,
        )


def _colleagues(me: Employee | None) -> list[tuple[str, str]]:
    """Of one's own department: nobody needs the names of the whole company to swap a shift."""
    if me is None:
        return []
    near = Employee.objects.filter(department=me.department_id).exclude(pk=me.pk).by_name()
    return list(near.values_list("code", "full_name"))


def _kind(request: HttpRequest) -> RequestKind:
    """The kind named in the address or the form, where it is one that can be asked for."""
    told = request.POST.get("loai") or request.GET.get("loai", "")
    known = {kind.value: kind for kind in EFFECTS}
    return known.get(told, RequestKind.PUNCH)


def _submit(request: HttpRequest, kind: RequestKind, sent: dict[str, Any]) -> Request:
    upload = sent["tep"]
    asked = Asked(
        kind=kind,
        first=sent["ngay"],
        last=sent["den"],
        start=sent["gio"],
        end=sent["den_gio"],
        direction=Direction(sent["chieu"]),
        code=sent["ma"],
        event=sent["viec"],
        part=DayPart(sent["phan"] or DayPart.FULL),
        partner=_partner(acting(request).employee, sent["nguoi"]),
    )
    return submit(
        asked,
        reason=sent["ly_do"],
        file=File(upload.name, upload.read()) if upload else None,
        by=acting(request),
        at=clock.now(),
    )


def _partner(me: Employee | None, code: str) -> Employee | None:
    if not code:
        return None
    found = Employee.objects.filter(code=code, department=me.department_id).first() if me else None
    if found is None:
        raise Problem(_("Không có nhân viên nào trong phòng bạn mang mã này. Hãy chọn lại."))
    return found


@require_GET
@requires("attendance.own")
def requests_inbox(request: HttpRequest) -> HttpResponse:
    """What waits for one's own decision, the oldest first, and what was decided lately."""
    desk = _desk(request)
    decided = (
        desk.visible()
        .exclude(employee=acting(request).employee)
        .exclude(state__in=[State.PARTNER, State.MANAGER, State.HR])
        .select_related("employee__department")
        .prefetch_related("steps__by")
        .order_by("-at", "-pk")[:20]
    )
    return render(
        request,
        "attendance/requests.html",
        {
            "waiting": _with_protection(desk.waiting()),
            "decided": decided,
            "reason_min": REASON_MIN,
            "may_delegate": may(request.user, "attendance.team"),
        },
    )


@require_GET
@requires("attendance.own")
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with all its steps, and what may be done with it now."""
    desk = _desk(request)
    found = get_object_or_404(
        desk.visible()
        .select_related("employee__department", "partner", "attachment")
        .defer("attachment__data")
        .prefetch_related("steps__by", "steps__on_behalf_of"),
        pk=pk,
    )
    return render(
        request,
        "attendance/request.html",
        {
            "asked": found,
            "steps": sorted(found.steps.all(), key=lambda step: step.pk),
            "may_decide": desk.step(found, approve=True) is not None,
            "may_withdraw": may_withdraw(State(found.state), desk.actor(found)),
            "balance": leave_balance(found.employee, on=clock.today())
            if found.code == ANNUAL
            else None,
            "warnings": [*_shortages(found), *filter(None, [_with_protection([found])[0][1]])],
            "event": EVENTS.get(found.event),
            "mine": found.employee_id == acting(request).employee_id,
            "reason_min": REASON_MIN,
        },
    )


def _shortages(asked: Request) -> list[Shortage]:
    """What annual leave asked for and not decided yet lacks."""
    if asked.code != ANNUAL or not asked.is_open:
        return []
    return shortages(asked.employee, first=asked.first, last=asked.last, on=clock.today())


def _with_protection(found: Sequence[Request]) -> list[tuple[Request, str]]:
    """Each with that who asks may not work overtime or travel far then; one query."""
    until = protections(found)
    return [
        (asked, protection_sentence(asked.employee.full_name, until[asked.pk]))
        if asked.pk in until
        else (asked, "")
        for asked in found
    ]


@require_POST
@requires("attendance.own")
def request_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject, as the pressed button says; back to the inbox."""
    get_object_or_404(_desk(request).visible(), pk=pk)
    approve = request.POST.get("y") == "duyet"
    note = request.POST.get("ly_do", "")
    try:
        decide(pk, approve=approve, note=note, by=acting(request), at=clock.now())
    except Problem as error:
        messages.error(
            request, _("Đơn số %(number)s: %(problem)s") % {"number": pk, "problem": error}
        )
        return redirect("request", pk)
    messages.success(
        request,
        (_("Đã duyệt đơn số %(number)s.") if approve else _("Đã từ chối đơn số %(number)s."))
        % {"number": pk},
    )
    return redirect("requests")


@require_POST
@requires("attendance.own")
def requests_approve(request: HttpRequest) -> HttpResponse:
    """Approve those that were ticked, each for itself: one that cannot be does not stop the rest."""
    chosen = set(keys_from(request.POST.getlist("don")))
    seen = _desk(request).visible().filter(pk__in=sorted(chosen)[:BULK])
    done = 0
    for pk in seen.order_by("at", "pk").values_list("pk", flat=True):
        try:
            decide(pk, approve=True, by=acting(request), at=clock.now())
        except Problem as error:
            told = _("Đơn số %(number)s: %(problem)s") % {"number": pk, "problem": error}
            messages.error(request, told)
        else:
            done += 1
    if done:
        told = ngettext("Đã duyệt %(number)s đơn.", "Đã duyệt %(number)s đơn.", done)
        messages.success(request, told % {"number": done})
    return redirect("requests")


@require_POST
@requires("attendance.own")
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    get_object_or_404(_desk(request).visible(), pk=pk)
    with problems_told(request):
        withdraw(pk, by=acting(request), at=clock.now())
        messages.success(request, _("Đã rút đơn."))
    return redirect("request", pk)


@require_GET
@requires("attendance.own")
def request_attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper, to be saved and never shown in the page: it came from outside."""
    seen = _desk(request).visible().filter(attachment__isnull=False)
    paper = get_object_or_404(seen.select_related("attachment"), pk=pk).attachment
    assert paper is not None  # noqa: S101 - the filter said so; narrows the type for mypy
    return handed_in(bytes(paper.data), paper.content_type, paper.name)
