"""/nhiem-vu/: tasks of one's units and briefings, one task, one page for each unit."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.clock import VN
from backend.pages.files import file_answer
from backend.pages.months import day_from
from backend.problems import Problem
from reporting.models import Briefing, Task, TaskFile, TaskOwner, TaskQuerySet, TaskState
from reporting.pages.papers import sent_papers
from reporting.tasks.following_up import TaskLine, task_lines
from reporting.tasks.progress import DueDateRefused, Step, StepRefused, may_take, take_step
from reporting.tasks.returned import returned
from reporting.tasks.states import ENDED, State
from reporting.tasks.units import Unit, key_of, unit_of, units_of

PAGE: Final = 50
#: What the days of an address are of, by ?loc=.
MOMENTS: Final = {"ket-luan": "conclusion__at", "da-xong": "changed_at"}


@requires("briefings.attend")
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Open ones, the most urgent first; `?loc=` asks for mine, overdue, waiting or ended ones, or for
    what was concluded; of the days `?tu=` to `?den=` what was concluded or ended in them.
    """
    user = acting(request)
    wanted = request.GET.get("loc", "")
    now = clock.now()
    first, last = day_from(request.GET.get("tu", "")), day_from(request.GET.get("den", ""))
    found = _chosen(Task.objects.visible_to(user), wanted, now.astimezone(VN).date())
    if wanted in MOMENTS:
        found = found.filter(_between(MOMENTS[wanted], first, last))
    if wanted == "cua-toi":
        mine = TaskOwner.objects.filter(units_of(user).owned()).values("task")
        found = found.filter(pk__in=mine)
    page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
    context = {
        "lines": task_lines(found.filter(pk__in=[task.pk for task in page]), at=now),
        "page": page,
        "wanted": wanted,
        "days": (first, last) if wanted in MOMENTS and (first or last) else None,
        "kept": _kept(request),
        "units": _units(Task.objects.visible_to(user)),
    }
    return render(request, "reporting/tasks.html", context)


@requires("briefings.attend")
@require_GET
def unit_tasks(request: HttpRequest, key: str) -> HttpResponse:
    """Everything one unit has to do and has done, as far as the person may see it."""
    unit = unit_of(key)
    if unit is None:
        raise Http404
    visible = Task.objects.visible_to(acting(request))
    theirs = TaskOwner.objects.filter(**{type(unit).__name__.lower(): unit}).values("task")
    found = visible.filter(pk__in=theirs)
    now = clock.now()
    lines = task_lines(found.order_by("due_date", "pk"), at=now)
    if not lines:
        raise Http404
    context = {
        "unit": unit,
        "open": [line for line in lines if line.state not in ENDED],
        "ended": [line for line in lines if line.state in ENDED],
        "late": sum(line.days_late > 0 for line in lines),
        "returned": returned([line.task.pk for line in lines], at=now),
    }
    return render(request, "reporting/unit_tasks.html", context)


@require_http_methods(["GET", "POST"])
@requires("briefings.attend")
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with every step and its evidence; a step more."""
    user = acting(request)
    found = get_object_or_404(Task.objects.visible_to(user), pk=pk)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            take_step(found, _step(request), by=user, at=clock.now())
        except Problem as refused:
            status, problem = refused.status, str(refused)
        else:
            messages.success(request, _("Đã ghi tiến độ."))
            return redirect("task", pk=pk)
    now = State(found.state)
    (line,) = task_lines(Task.objects.filter(pk=pk), at=clock.now())
    context = {
        "line": line,
        "steps": line.task.steps.select_related("by").prefetch_related("files").order_by("-number"),
        "choices": _choices(line, may_take(line.task, user, now=now)),
        "may_move": line.task.conclusion.briefing.is_led_by(user),
        "sees_briefing": Briefing.objects.visible_to(user)
        .filter(pk=line.task.conclusion.briefing_id)
        .exists(),
        "problem": problem,
        "sent": request.POST if problem else {},
        "returned": returned([pk], at=clock.now()),
        "owners": [(owner, key_of(owner.unit)) for owner in line.task.owners.all()],
    }
    return render(request, "reporting/task.html", context, status=status)


@requires("briefings.attend")
@require_GET
def task_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Evidence, as it was handed in."""
    seen = Task.objects.visible_to(acting(request)).values("pk")
    file = get_object_or_404(TaskFile, pk=pk, progress__task__in=seen)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
    name = f"minh-chung-{file.pk}.{ending[file.content_type]}"
    return file_answer(bytes(file.data), file.content_type, name)


def _chosen(visible: TaskQuerySet, wanted: str, on: date) -> TaskQuerySet:
    if wanted == "qua-han":
        return visible.overdue(on)
    if wanted == "cho-xac-nhan":
        return visible.open().filter(state=State.REPORTED)
    if wanted == "ket-luan":
        return visible.order_by("-conclusion__at", "-pk")
    if wanted == "da-xong":
        ended = visible.filter(state__in=sorted(ENDED))
        return ended.order_by("-changed_at", "-pk")
    return visible.open()


def _between(moment: str, first: date | None, last: date | None) -> Q:
    """On these days by the clock of Vietnam; a day that is not named sets no limit."""
    found = Q()
    if first:
        found &= Q(**{f"{moment}__gte": datetime.combine(first, time.min, VN)})
    if last:
        found &= Q(**{f"{moment}__lt": datetime.combine(last + timedelta(days=1), time.min, VN)})
    return found


def _kept(request: HttpRequest) -> str:
    """What is asked for, for the links to other pages."""
    kept = request.GET.copy()
    kept.pop("trang", None)
    return kept.urlencode()


def _units(visible: TaskQuerySet) -> list[tuple[str, Unit]]:
    owners = TaskOwner.objects.filter(task__in=visible.values("pk"))
    owners = owners.select_related("department", "site", "region")
    found = {key_of(owner.unit): owner.unit for owner in owners.order_by("pk")}
    return sorted(found.items(), key=lambda pair: pair[1].name)


def _choices(line: TaskLine, may: frozenset[State]) -> list[tuple[str, str]]:
    """The states to choose from, in the words of the step."""
    words = {
        State.NEW: _("giữ nguyên, đổi hạn hoặc ghi chú"),
        State.DOING: _("trả lại, làm tiếp") if line.state is State.REPORTED else _("đang làm"),
        State.REPORTED: _("báo xong"),
        State.CONFIRMED: _("xác nhận xong"),
        State.CANCELLED: _("hủy nhiệm vụ"),
    }
    return [(state.value, str(words[state])) for state in State if state in may]


def _step(request: HttpRequest) -> Step:
    sent = request.POST
    if sent.get("state") not in TaskState.values:
        raise StepRefused
    percent = sent.get("percent", "")
    return Step(
        state=State(sent["state"]),
        percent=int(percent)
        if percent.isascii() and percent.isdecimal() and len(percent) < 4
        else 0,
        note=sent.get("note", ""),
        due_date=_day(sent.get("due", "")),
        files=sent_papers(request),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DueDateRefused from error
