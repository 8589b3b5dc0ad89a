"""/cham-cong/phan-ca/: who works which shift, by week or by month; edited cell by cell."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from attendance.engine.facts import DayType
from attendance.models import Shift
from attendance.pages.roster_cells import Cell, Line, cell_writer, row, rows
from attendance.roster.own_rest import MADE_UP_WITHIN, own_days
from attendance.roster.patterns import parse_day, written_day
from attendance.roster.rostering import PersonRoster, copy_week, move_shifts, rosters_of, set_shifts
from attendance.roster.shift_kinds import ShiftFigures, figures_of
from attendance.timesheet.timesheets import day_types, engine_shift
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.accounts.scope import departments_for, employees_for
from backend.months import last_day, shifted
from backend.org.models import Employee, Placement
from backend.pages.months import day_from, month_from
from backend.problems import Problem
from backend.vntext import search_key

WEEK = timedelta(days=7)
_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class NoSuchDay(Problem):
    code = "no_such_day"
    message = gettext_lazy("Ngày không đúng. Hãy chọn lại ngày.")


@requires("attendance.view")
def roster(request: HttpRequest) -> HttpResponse:
    """The week of ?tuan=2026-11-23 or the month of ?thang=2026-11, by &phong= and &tim=."""
    today = clock.today()
    first, last, by_month = _span(request.GET.get("tuan", ""), request.GET.get("thang", ""), today)
    people = Employee.objects.employed_between(first, last).filter(
        pk__in=employees_for(acting(request))
    )
    if chosen := request.GET.get("phong", ""):
        held = Placement.objects.between(first, last).filter(department__code=chosen)
        people = people.filter(pk__in=held.values("employee"))
    if words := search_key(request.GET.get("tim", "")):
        people = people.filter(search__contains=words)
    lines = lines_of(
        list(people.select_related("department").order_by("department__code", "sort_key", "pk")),
        first,
        last,
    )
    step = (shifted(first, -1), shifted(first, 1)) if by_month else (first - WEEK, first + WEEK)
    kinds = day_types(first, last)
    manages = may(request.user, "attendance.manage")
    return render(
        request,
        "attendance/roster.html",
        {
            "rows": rows(lines, may_manage=manages),
            "days": [(day, kind, _WEEKDAYS[day.weekday()]) for day, kind in kinds.items()],
            "problems": sum(line.problems for line in lines),
            "first": first,
            "last": last,
            "today": today,
            "by_month": by_month,
            "before": step[0],
            "after": step[1],
            "departments": departments_for(acting(request)).order_by("code", "pk"),
            "chosen": {"phong": chosen, "tim": request.GET.get("tim", "")},
            "shifts": shift_list(),
            "may_manage": manages,
        },
    )


def _span(week: str, month: str, today: date) -> tuple[date, date, bool]:
    """First and last day shown, and whether they are a month."""
    if month:
        first = month_from(month, default=today)
        return first, last_day(first), True
    day = day_from(week) or today
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), False


def shift_list() -> list[tuple[Shift, ShiftFigures]]:
    """Every shift with its length, its night minutes and its kind."""
    return [
        (shift, figures_of(engine_shift(shift)))
        for shift in Shift.objects.order_by("start", "code", "pk")
    ]


def lines_of(people: list[Employee], first: date, last: date) -> list[Line]:
    """The grid's lines of these people, in their order."""
    types = day_types(first - MADE_UP_WITHIN, last)
    kinds = {day: kind for day, kind in types.items() if day >= first}
    keys = [person.pk for person in people]
    rosters = rosters_of(keys, first=first, last=last)
    own: dict[str, dict[date, DayType]] = defaultdict(dict)
    for told in own_days(keys, types, first=first):
        if kinds[told.date] != "holiday":
            own[told.employee][told.date] = told.kind
    return [_line(person, rosters[person.pk], kinds, own[str(person.pk)]) for person in people]


def _line(
    person: Employee,
    found: PersonRoster,
    kinds: Mapping[date, DayType],
    own: Mapping[date, DayType],
) -> Line:
    problems: dict[date, list[str]] = {}
    for conflict in found.conflicts:
        problems.setdefault(conflict.work_date, []).append(conflict.sentence)
    return Line(
        person,
        tuple(
            Cell(
                day,
                own.get(day, kind),
                own.get(day) == "rest",
                written_day(found.codes.get(day, ())),
                day in found.swapped,
                person.is_employed_on(day),
                tuple(problems.get(day, ())),
            )
            for day, kind in kinds.items()
        ),
    )


@require_POST
@requires("attendance.manage")
def roster_edit(request: HttpRequest) -> HttpResponse:
    """Set a cell to `ca` ("S", "S+T" or nothing), or move it there from `tu_nv`, `tu_ngay`.

    A script gets the changed lines as JSON; a form goes back to its week.
    """
    scope = employees_for(acting(request)).select_related("department")
    person = get_object_or_404(scope, code=request.POST.get("nv", ""))
    changed = {person.pk: person}
    by_script = request.headers.get("HX-Request") == "true"
    day = day_from(request.POST.get("ngay", ""))
    try:
        if day is None:
            raise NoSuchDay
        if "tu_nv" in request.POST:
            source = get_object_or_404(scope, code=request.POST["tu_nv"])
            source_day = day_from(request.POST.get("tu_ngay", ""))
            if source_day is None:
                raise NoSuchDay
            changed[source.pk] = source
            move_shifts(source=source, source_day=source_day, employee=person, day=day)
        else:
            codes = parse_day(request.POST.get("ca", ""))
            set_shifts(employee=person, day=day, codes=codes)
    except Problem as error:
        if by_script:
            return JsonResponse({"problem": str(error)}, status=error.status)
        messages.error(request, str(error))
        return redirect(_address(day or clock.today()))
    told = _("Đã sửa phân ca; ngày công đang được tính lại.")
    if not by_script:
        messages.success(request, told)
        return redirect(_address(day))
    first, last, _by_month = _span(
        request.POST.get("tuan", ""), request.POST.get("thang", ""), clock.today()
    )
    written = cell_writer(may_manage=True)
    changed_rows = {
        line.employee.code: row(line, written)
        for line in lines_of(list(changed.values()), first, last)
    }
    return JsonResponse({"told": told, "rows": changed_rows})


def _address(day: date, department: str = "") -> str:
    return f"{reverse('roster')}?{urlencode({'tuan': day.isoformat(), 'phong': department})}"


@require_POST
@requires("attendance.manage")
def roster_copy_week(request: HttpRequest) -> HttpResponse:
    """Fill the week of `tuan` from the one before, for the people of `phong` in one's scope.

    With `thay` the week becomes like the one before, also where there were shifts already.
    """
    monday, _last, _by_month = _span(request.POST.get("tuan", ""), "", clock.today())
    department = request.POST.get("phong", "")
    people = employees_for(acting(request))
    if department:
        held = Placement.objects.between(monday, monday + timedelta(days=6))
        people = people.filter(pk__in=held.filter(department__code=department).values("employee"))
    rolled = copy_week(
        employees=list(people.values_list("pk", flat=True)),
        monday=monday,
        replace=request.POST.get("thay") == "1",
    )
    told = ngettext(
        "Đã chép %(made)s ca từ tuần trước; ngày lễ để trống.",
        "Đã chép %(made)s ca từ tuần trước; ngày lễ để trống.",
        rolled.made,
    ) % {"made": rolled.made}
    messages.success(request, told)
    return redirect(_address(monday, department))
