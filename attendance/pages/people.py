"""/cham-cong/may/<mã>/nguoi-dung/ and /cham-cong/dong-y/: people on terminals, and their consent."""

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.models import (
    BiometricConsent,
    ConsentStep,
    PeopleAction,
    PeopleTask,
    TaskState,
    TerminalPerson,
)
from attendance.pages.terminal import terminal_or_404
from attendance.people.consent import fingers_by_employee, newest_steps, record_consent
from attendance.people.planning import ADMINISTRATOR
from attendance.people.tasks import ask, ask_all_of, employees_of, plan_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Employee
from backend.pages.months import day_from
from backend.pages.telling import problems_told

TASKS_SHOWN = 50
TONES = {TaskState.WAITING: "info", TaskState.DONE: "good", TaskState.FAILED: "bad"}


@require_GET
@requires("terminals.manage")
def terminal_people(request: HttpRequest, code: str) -> HttpResponse:
    """Who is on the terminal, who should be, and what is being done about it."""
    terminal = terminal_or_404(request, code)
    today = clock.today()
    people = list(
        TerminalPerson.objects.filter(terminal=terminal, gone_at=None).order_by("device_user_id")
    )
    owners = employees_of([person.device_user_id for person in people], on=today)
    tasks = PeopleTask.objects.filter(terminal=terminal).select_related("by").order_by("-pk")
    shown = list(tasks[:TASKS_SHOWN])
    return render(
        request,
        "attendance/terminal_people.html",
        {
            "terminal": terminal,
            "now": clock.now(),
            "may_copy": may(request.user, "biometrics.copy"),
            "people": [
                (person, owners.get(person.device_user_id), person.privilege == ADMINISTRATOR)
                for person in people
            ],
            "read_at": max((person.read_at for person in people), default=None),
            "plan": plan_of(terminal, on=today),
            "tasks": [(task, TONES[TaskState(task.state)]) for task in shown],
            "waiting": sum(task.state == TaskState.WAITING for task in shown),
        },
    )


@require_POST
@requires("terminals.manage")
def change_terminal_people(request: HttpRequest, code: str) -> HttpResponse:
    """`viec`: read the list, bring it in step, or remove one administrator of the terminal."""
    terminal, by, at = terminal_or_404(request, code), acting(request), clock.now()
    wish = request.POST.get("viec")
    if wish == "dong-bo":
        count = ask_all_of(plan_of(terminal, on=clock.today()), terminal, by=by, at=at)
        text = ngettext(
            "Đã ghi %(count)s việc; máy được cập nhật sau ít giây.",
            "Đã ghi %(count)s việc; máy được cập nhật sau ít giây.",
            count,
        )
        messages.success(request, text % {"count": count})
    elif wish == "xoa-quan-tri" and request.POST.get("ma"):
        user_id = request.POST["ma"]
        if request.POST.get("xac-nhan", "").strip() == user_id:
            ask(terminal, [(PeopleAction.REMOVE_ADMIN, user_id, "")], by=by, at=at)
            messages.success(request, _("Đã ghi việc xóa mã %(id)s.") % {"id": user_id})
        else:
            messages.error(request, _("Gõ lại đúng mã của người quản trị máy để xóa."))
    else:
        ask(terminal, [], by=by, at=at)
        messages.success(request, _("Đã yêu cầu đọc danh sách người trên máy."))
    return redirect("terminal_people", code=code)


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def consents(request: HttpRequest) -> HttpResponse:
    """Everybody's consent to the use of fingerprints, and the form for a further step."""
    today = clock.today()
    if request.method == "POST":
        return _record(request, today)
    fingers, newest = fingers_by_employee(on=today), newest_steps()
    people = Employee.objects.employed_between(today, today).select_related("department")
    rows = [
        (person, newest.get(person.pk), fingers.get(person.pk, 0), _lacks(person, newest, fingers))
        for person in people.order_by("sort_key", "pk")
    ]
    only_open = request.GET.get("thieu") == "1"
    return render(
        request,
        "attendance/consents.html",
        {
            "rows": [row for row in rows if row[3]] if only_open else rows,
            "only_open": only_open,
            "lacking": sum(row[3] for row in rows),
            "steps": ConsentStep.choices,
            "today": today,
            "chosen": request.GET.get("nv", ""),
        },
    )


def _lacks(
    person: Employee, newest: Mapping[int, BiometricConsent], fingers: Mapping[int, int]
) -> bool:
    """Fingers on a terminal, and no consent that stands."""
    step = newest.get(person.pk)
    return bool(fingers.get(person.pk)) and (step is None or step.step != ConsentStep.CONSENT)


def _record(request: HttpRequest, today: date) -> HttpResponse:
    person = get_object_or_404(Employee, code=request.POST.get("nv", "").strip())
    step = request.POST.get("buoc", "")
    day = day_from(request.POST.get("ngay", ""))
    if step not in ConsentStep.values or day is None:
        messages.error(request, _("Hãy chọn bước và ghi ngày của văn bản."))
        return redirect("consents")
    with problems_told(request):
        record_consent(
            employee=person, step=ConsentStep(step), date=day,
            document=request.POST.get("van-ban", ""), note=request.POST.get("ghi-chu", ""),
            by=acting(request), at=clock.now(), today=today,
        )  # fmt: skip
        text = _("Đã ghi cho %(name)s: %(step)s.")
        messages.success(
            request, text % {"name": person.full_name, "step": ConsentStep(step).label}
        )
    return redirect("consents")
