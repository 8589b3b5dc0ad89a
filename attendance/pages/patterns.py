"""/cham-cong/phan-ca/mau/: rotating patterns, whose they are, and rolling them out to a roster."""

from datetime import date, timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attendance.models import PatternAssignment, ShiftPattern
from attendance.pages.roster import NoSuchDay
from attendance.roster.pattern_forms import AssignmentForm, RollOutForm, ShiftPatternForm
from attendance.roster.patterns import parse_cycle, unrolled, written_day
from attendance.roster.rostering import end_assignment, roll_out, rosters_of
from attendance.timesheet.timesheets import day_types
from backend import clock
from backend.accounts.permissions import acting, requires
from backend.accounts.scope import departments_for, employees_for
from backend.months import last_day
from backend.pages.keys import key_from
from backend.pages.months import day_from
from backend.problems import Problem

_A_DAY = timedelta(days=1)
#: Days of a pattern shown, from this week's Monday.
SHOWN = 14


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def patterns(request: HttpRequest) -> HttpResponse:
    """The list with its forms; POST does `viec`: mau, ap-dung, ket-thuc or trai. ?mau= is edited."""
    task = request.POST.get("viec", "")
    sent = request.POST if request.method == "POST" else None
    code = request.POST.get("sua") if sent else request.GET.get("mau")
    edited = ShiftPattern.objects.filter(code=code).first() if code else None
    today = clock.today()
    month = today.replace(day=1)
    pattern_form = ShiftPatternForm(sent if task == "mau" else None, instance=edited, prefix="m")
    assignment_form = AssignmentForm(
        sent if task == "ap-dung" else None,
        by=acting(request),
        initial={"first": month, "offset": 0},
        prefix="a",
    )
    roll_form = RollOutForm(
        sent if task == "trai" else None,
        by=acting(request),
        initial={"first": month, "last": last_day(month)},
        prefix="t",
    )
    problem, status = "", 200
    try:
        answer = _done(request, task, pattern_form, assignment_form, roll_form)
    except Problem as error:
        problem, status = str(error), error.status
    else:
        if answer is not None:
            return answer
        status = 200 if sent is None else 400
    return render(
        request,
        "attendance/patterns.html",
        {
            "patterns": [(item, _preview(item, today)) for item in _patterns()],
            "days": _days(today),
            "assignments": _assignments(request),
            "pattern_form": pattern_form,
            "assignment_form": assignment_form,
            "roll_form": roll_form,
            "edited": edited,
            "problem": problem,
            "today": today,
        },
        status=status,
    )


def _done(
    request: HttpRequest,
    task: str,
    pattern_form: ShiftPatternForm,
    assignment_form: AssignmentForm,
    roll_form: RollOutForm,
) -> HttpResponse | None:
    """What to answer when the task was done; None when there is none or its form is wrong."""
    if task == "mau" and pattern_form.is_valid():
        pattern_form.save()
        messages.success(request, _("Đã lưu mẫu; phân ca chỉ đổi khi trải mẫu ra."))
    elif task == "ap-dung" and assignment_form.is_valid():
        assignment_form.save()
        messages.success(request, _("Đã áp dụng mẫu; hãy trải mẫu ra để có phân ca."))
    elif task == "ket-thuc":
        last = day_from(request.POST.get("ngay", ""))
        if last is None:
            raise NoSuchDay
        row = key_from(request.POST.get("dong", ""))
        item = get_object_or_404(_assignments(request), pk=row)
        end_assignment(item, last=last)
        messages.success(request, _("Đã kết thúc áp dụng mẫu; phân ca đã có vẫn giữ."))
    elif task == "trai" and roll_form.is_valid():
        return _rolled(request, roll_form)
    else:
        return None
    return redirect("roster_patterns")


def _rolled(request: HttpRequest, form: RollOutForm) -> HttpResponse:
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    people = employees_for(acting(request))
    if department := form.cleaned_data["department"]:
        people = people.filter(department=department)
    ids = list(people.values_list("pk", flat=True))
    rolled = roll_out(employees=ids, first=first, last=last, replace=form.cleaned_data["replace"])
    found = rosters_of(ids, first=first, last=last).values()
    against = sum(len(person.conflicts) for person in found)
    told = _("Đã trải mẫu: thêm %(made)s ca, bỏ %(gone)s ca.") % {
        "made": rolled.made,
        "gone": rolled.gone,
    }
    messages.success(request, told)
    if against:
        warned = _("Phân ca có %(number)s chỗ trái quy định nghỉ: xem các ô có dấu “!”.")
        messages.warning(request, warned % {"number": against})
    where = department.code if department else ""
    return redirect(f"{reverse('roster')}?thang={first:%Y-%m}&phong={where}")


def _patterns() -> list[ShiftPattern]:
    return list(ShiftPattern.objects.order_by("code", "pk"))


def _assignments(request: HttpRequest) -> QuerySet[PatternAssignment]:
    by = acting(request)
    mine = Q(employee__in=employees_for(by)) | Q(department__in=departments_for(by))
    found = PatternAssignment.objects.filter(mine)
    return found.select_related("pattern", "employee", "department").order_by("-first", "pk")


def _days(today: date) -> list[date]:
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(days=number) for number in range(SHOWN)]


def _preview(pattern: ShiftPattern, today: date) -> list[str]:
    """What the pattern says of the days shown, without anybody's offset."""
    days = _days(today)
    made = unrolled(
        parse_cycle(pattern.cycle),
        anchor=pattern.anchor,
        offset=0,
        days=pattern.days,
        kinds=day_types(days[0], days[-1]),
    )
    return [written_day(codes) or "–" for _day, codes in made]
