"""/cham-cong/ma-chua-biet/: whose is this number? One item at a time, with the likeliest answer."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from attendance.models import Enrolment, Punch, Terminal
from attendance.pages import mapped
from attendance.people import enrolment as enrolments
from attendance.people.staff import directory_of, found_people, staff
from attendance.people.suggesting import Directory, Person, Suggestion
from attendance.people.waiting import WaitingUser, newest_asides, waiting_users
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Employee
from backend.pages.keys import key_from
from backend.pages.months import day_from
from backend.problems import Problem

#: How many punches of one user the page shows, newest first.
SHOWN: Final = 30


@dataclass(frozen=True)
class Item:
    """One line of the inbox with who it probably is."""

    user: WaitingUser
    suggestions: list[Suggestion]

    @property
    def certain(self) -> Person | None:
        first = self.suggestions[0] if self.suggestions else None
        return first.person if first and first.is_certain else None

    @property
    def address(self) -> str:
        return "?" + urlencode({"ma": self.user.device_user_id, "tu": self.user.key})


@require_GET
@requires("terminals.view")
def unknown_users(request: HttpRequest) -> HttpResponse:
    """?ma= and &tu= choose an item, ?may= a terminal, ?rieng=1 shows those set aside too."""
    return _page(request, request.GET)


def _page(
    request: HttpRequest, chosen: Any, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page; after a refused form with what was typed and the reason beside it."""
    with_aside = bool(request.GET.get("rieng") or problem)
    items = _items(request, with_aside=with_aside)
    user_id = chosen.get("ma", "").strip()
    current = _current(items, user_id, chosen.get("tu", ""))
    if current is not None:
        user_id = current.user.device_user_id
    typed = chosen.get("tim", "") if problem else ""
    context = {
        "items": items,
        "current": current,
        "user_id": user_id,
        "problem": problem,
        "typed": chosen if problem else {},
        "found": found_people(typed) if typed else [],
        "certain": [item for item in items if item.certain and not item.user.is_aside],
        "with_aside": with_aside,
        "may_map": may(request.user, "attendance.manage"),
        "done": None if "ma" in chosen else mapped.of_session(request),
        "terminal": request.GET.get("may", ""),
    }
    if user_id:
        context |= _about(request, user_id)
    return render(request, "attendance/unknown_users.html", context, status=status)


def _items(request: HttpRequest, *, with_aside: bool) -> list[Item]:
    mine = Terminal.objects.visible_to(acting(request))
    if code := request.GET.get("may", ""):
        mine = mine.filter(code=code)
    waiting = [u for u in waiting_users(terminals=mine) if with_aside or not u.is_aside]
    people = directory_of(staff()) if waiting else Directory([])
    return [
        Item(
            user,
            people.suggest(
                user.device_user_id, user.names, first=user.first_day, last=user.last_day
            ),
        )
        for user in waiting
    ]


def _current(items: list[Item], user_id: str, key: str) -> Item | None:
    """The item that was asked for; without a question the first."""
    if not user_id:
        return items[0] if items else None
    its = [item for item in items if item.user.device_user_id == user_id]
    return next((item for item in its if item.user.key == key), its[0] if its else None)


def _about(request: HttpRequest, user_id: str) -> dict[str, Any]:
    """Everything about one id: who had it, and its newest punches."""
    mine = Terminal.objects.visible_to(acting(request))
    owned = Enrolment.objects.filter(device_user_id=user_id).select_related("employee")
    return {
        "owners": owned.order_by("valid_from", "pk"),
        "aside": newest_asides([user_id]).get(user_id),
        "punches": Punch.objects.filter(device_user_id=user_id, terminal__in=mine)
        .select_related("terminal")
        .order_by("-punched_at", "-pk")[:SHOWN],
        "shown": SHOWN,
    }


@require_GET
@requires("attendance.manage")
def find_employees(request: HttpRequest) -> HttpResponse:
    """Employees by code or name for the form, as radio buttons."""
    text = request.GET.get("tim", "").strip()
    return render(
        request,
        "attendance/found_employees.html",
        {"found": found_people(text) if text else [], "text": text},
    )


@require_POST
@requires("attendance.manage")
def enrol_user(request: HttpRequest) -> HttpResponse:
    """Give the id to the chosen person; a form that cannot be right comes back with the reason."""
    form = request.POST
    user_id = form.get("ma", "")
    try:
        employee = _chosen_employee(form.get("nhan_vien", ""), form.get("tim", ""))
        first, last = _days(form.get("tu_ngay", ""), form.get("den_ngay", ""))
        before = mapped.snapshot(user_id, employee, first=first, last=last)
        enrolment = enrolments.enrol(
            device_user_id=user_id, employee=employee, first=first, last=last
        )
    except Problem as problem:
        return _page(request, form, problem=str(problem), status=problem.status)
    mapped.remember(request, enrolment, before)
    return redirect("unknown_users")


class NobodyChosen(Problem):
    code = "nobody_chosen"
    message = _("Chưa rõ là nhân viên nào. Hãy chọn một người trong danh sách.")


class NoSuchDay(Problem):
    code = "no_such_day"
    message = _("Ngày không hợp lệ. Hãy chọn lại ngày.")


def _chosen_employee(code: str, text: str) -> Employee:
    """The one that was marked; without a mark, the only one the text can mean."""
    if code:
        employee = Employee.objects.filter(code=code).first()
        if employee is None:
            raise NobodyChosen
        return employee
    found = found_people(text) if text.strip() else []
    if len(found) != 1:
        raise NobodyChosen
    return Employee.objects.get(pk=found[0].pk)


def _days(first: str, last: str) -> tuple[date, date | None]:
    begin, end = day_from(first), day_from(last)
    if begin is None or (last and end is None):
        raise NoSuchDay
    return begin, end


@require_POST
@requires("attendance.manage")
def enrol_suggested(request: HttpRequest) -> HttpResponse:
    """Accept the marked certain suggestions, each on its own: one that fails stops no other.

    What is certain is worked out again: the page may be old.
    """
    wanted = set(request.POST.getlist("chon"))
    done = 0
    for item in _items(request, with_aside=False):
        if item.certain is None or item.address not in wanted:
            continue
        user = item.user
        employee = Employee.objects.get(pk=item.certain.pk)
        try:
            enrolments.enrol(
                device_user_id=user.device_user_id,
                employee=employee,
                first=user.first_day,
                last=user.until,
            )
        except Problem as problem:
            messages.error(request, f"{user.device_user_id}: {problem}")
        else:
            done += 1
    text = ngettext(
        "Đã gắn %(count)s mã; ngày công liên quan đang được tính lại.",
        "Đã gắn %(count)s mã; ngày công liên quan đang được tính lại.",
        done,
    )
    if done:
        messages.success(request, text % {"count": done})
    if done < len(wanted):
        messages.warning(request, _("Có gợi ý không còn đúng nữa nên chưa gắn; hãy xem lại."))
    return redirect("unknown_users")


@require_POST
@requires("attendance.manage")
def end_enrolment(request: HttpRequest) -> HttpResponse:
    """The id is no longer the person's after ?den_ngay."""
    enrolment = get_object_or_404(Enrolment, pk=_key(request))
    last = day_from(request.POST.get("den_ngay", ""))
    try:
        if last is None:
            raise NoSuchDay
        enrolments.end(enrolment, last=last)
    except Problem as problem:
        form = {"ma": enrolment.device_user_id}
        return _page(request, form, problem=str(problem), status=problem.status)
    text = _("Mã {user} thuộc về {employee} đến hết {day}; ngày công liên quan đang được tính lại.")
    told = text.format(
        user=enrolment.device_user_id, employee=enrolment.employee, day=f"{last:%d/%m/%Y}"
    )
    messages.success(request, told)
    return _back_to(enrolment.device_user_id)


@require_POST
@requires("attendance.manage")
def withdraw_enrolment(request: HttpRequest) -> HttpResponse:
    """Undo a mapping that was a mistake."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("employee"), pk=_key(request))
    user_id, employee = enrolment.device_user_id, enrolment.employee
    try:
        enrolments.withdraw(enrolment)
    except Problem as problem:
        return _page(request, {"ma": user_id}, problem=str(problem), status=problem.status)
    mapped.forget(request)
    text = _("Đã gỡ mã {user} khỏi {employee}; các lượt chấm của mã lại chờ gắn.")
    messages.success(request, text.format(user=user_id, employee=employee))
    return _back_to(user_id)


def _key(request: HttpRequest) -> int:
    return key_from(request.POST.get("so", ""))


def _back_to(user_id: str) -> HttpResponse:
    return redirect(reverse("unknown_users") + "?" + urlencode({"ma": user_id}))


@require_POST
@requires("attendance.manage")
def set_user_aside(request: HttpRequest) -> HttpResponse:
    """The id is nobody's until it punches again; with &lai=1 it comes back at once."""
    user_id, by, at = request.POST.get("ma", ""), acting(request), clock.now()
    if request.POST.get("lai"):
        if user_id in newest_asides([user_id]):
            enrolments.take_back(device_user_id=user_id, by=by, at=at)
            messages.success(request, _("Mã {user} đã trở lại danh sách.").format(user=user_id))
        return _back_to(user_id)
    try:
        enrolments.set_aside(
            device_user_id=user_id, reason=request.POST.get("ly_do", ""), by=by, at=at
        )
    except Problem as problem:
        return _page(request, request.POST, problem=str(problem), status=problem.status)
    text = _("Đã để riêng mã {user}; mã trở lại danh sách nếu còn chấm.")
    messages.success(request, text.format(user=user_id))
    return redirect("unknown_users")
