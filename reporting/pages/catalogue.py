"""The catalogue of reports (danh mục báo cáo): what each tells, its newest edition, a new one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.pages.months import day_from
from backend.problems import Problem
from reporting.asking import request_new
from reporting.defining import Definition
from reporting.definitions import made_for
from reporting.models import Edition
from reporting.periods import last_ended
from reporting.scheduling import name_of


class PeriodAhead(Problem):
    code = "report.period_ahead"
    message = gettext_lazy("Kỳ này chưa bắt đầu nên chưa có số liệu. Hãy chọn ngày khác.")


class NoDay(Problem):
    code = "report.no_day"
    message = gettext_lazy("Ngày không đúng. Hãy chọn một ngày thuộc kỳ cần lập.")


@dataclass(frozen=True)
class Line:
    """A report as the page shows it, with what it is about; `day` lies in the last period that has ended."""

    code: str
    title: str
    about: str
    newest: Edition | None
    day: date


@requires("reports.view")
@require_GET
def report_catalogue(request: HttpRequest) -> HttpResponse:
    """All reports the person may see."""
    user = acting(request)
    visible = Edition.objects.visible_to(user)
    newest = visible.order_by("report", "-cut_off_at", "-pk").distinct("report")
    known = {each.report: each for each in newest}
    lines = [_line(each, known, clock.now()) for each in made_for(user)]
    context = {"lines": lines, "may_make": may(user, "reports.manage")}
    return render(request, "reporting/catalogue.html", context)


@requires("reports.manage")
@require_POST
def report_make(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a new edition of the period that holds ?ngay; the scheduler makes it."""
    user = acting(request)
    wanted = next((each for each in made_for(user) if each.code == code), None)
    if wanted is None:
        raise Http404
    try:
        _ask(wanted, request, by=user, at=clock.now())
    except Problem as problem:
        messages.warning(request, str(problem))
        return redirect("report_catalogue")
    messages.success(request, _("Đang lập bản mới; bản này hiện ra ở đây sau ít giây."))
    return redirect("editions")


def _ask(wanted: Definition, request: HttpRequest, *, by: User, at: datetime) -> None:
    day = day_from(request.POST.get("ngay", ""))
    if day is None:
        raise NoDay
    period = wanted.period_with(day)
    if period.first > clock.today():
        raise PeriodAhead
    send = "send" in request.POST
    request_new(first=period.first, last=period.last, send=send, by=by, at=at, report=wanted.code)


def _line(wanted: Definition, known: dict[str, Edition], now: datetime) -> Line:
    period = last_ended(wanted.period, now)
    return Line(
        code=wanted.code,
        title=name_of(wanted),
        about=wanted.about.said(get_language()),
        newest=known.get(wanted.code),
        day=period.last,
    )
