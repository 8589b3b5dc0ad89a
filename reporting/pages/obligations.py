"""/bao-cao/nghia-vu/: the register of reports owed to authorities, its year, one obligation."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import may, requires
from backend.org.models import Company, Department
from backend.pages.files import file_answer
from backend.pages.forms import first_fault
from backend.problems import Problem
from reporting.asking import request_new
from reporting.models import Edition, Obligation, ObligationStep, ObligationStepKind
from reporting.obligations.due import Standing
from reporting.obligations.known import load_known
from reporting.obligations.recording import Done, keep_obligation, period_ending, record
from reporting.obligations.register import Owed, one, open_now, owed
from reporting.obligations.workbook import register_workbook
from reporting.pages.obligation_form import ObligationForm
from reporting.pages.papers import sent_papers
from reporting.pages.schedules import whole_company
from reporting.periods import Period

AHEAD = 45
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The chip of a period by its state.
MOODS = {
    Standing.DUE: "info",
    Standing.PREPARED: "attention",
    Standing.APPROVED: "attention",
    Standing.SUBMITTED: "good",
}


@dataclass(frozen=True)
class Shown:
    """A period as pages show it."""

    owed: Owed
    words: str
    mood: str


def shown(line: Owed) -> Shown:
    if line.is_overdue:
        late = ngettext("quá hạn {days} ngày", "quá hạn {days} ngày", line.days_late)
        words = late.format(days=line.days_late)
        return Shown(line, words, "bad")
    names = {
        Standing.DUE: _("chưa lập"),
        Standing.PREPARED: _("đã lập, chờ duyệt"),
        Standing.APPROVED: _("đã duyệt, chờ nộp"),
        Standing.SUBMITTED: _("đã nộp"),
    }
    words = names[line.standing]
    if line.standing is Standing.SUBMITTED and line.days_late:
        late = ngettext("đã nộp, muộn {days} ngày", "đã nộp, muộn {days} ngày", line.days_late)
        words = late.format(days=line.days_late)
        return Shown(line, words, "attention")
    return Shown(line, words, MOODS[line.standing])


@requires("obligations.view")
@require_GET
def obligations(request: HttpRequest) -> HttpResponseBase:
    """What is to be done, and the year as a calendar; ?dang=xlsx is its workbook."""
    user, today = whole_company(request), clock.today()
    year = _year(request, today)
    lines = owed(on=today, first=date(year, 1, 1), last=date(year, 12, 31))
    if request.GET.get("dang") == "xlsx":
        content = register_workbook(
            lines, year=year, company=Company.objects.own().name, by=str(user), at=clock.now()
        )
        return file_answer(content, XLSX, f"nghia-vu-bao-cao-{year}.xlsx")
    context = {
        "open": [shown(line) for line in open_now(on=today, ahead=AHEAD)],
        "year": year,
        "months": range(1, 13),
        "rows": _calendar(lines),
        "all": Obligation.objects.select_related("unit").order_by("name", "pk"),
        "may_manage": may(user, "obligations.manage"),
        "units": Department.objects.order_by("name", "pk"),
    }
    return render(request, "reporting/obligations.html", context)


def _year(request: HttpRequest, today: date) -> int:
    text = request.GET.get("nam", "")
    known = text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100
    return int(text) if known else today.year


def _calendar(lines: list[Owed]) -> list[tuple[Obligation, list[list[Shown]]]]:
    """A row for each obligation, a cell for each month of its due dates."""
    rows: dict[int, tuple[Obligation, list[list[Shown]]]] = {}
    for line in lines:
        each = line.obligation
        _known, cells = rows.setdefault(each.pk, (each, [[] for _month in range(12)]))
        cells[line.due.month - 1].append(shown(line))
    return sorted(rows.values(), key=lambda row: (row[0].name, row[0].pk))


@requires("obligations.view")
@require_http_methods(["GET", "POST"])
def obligation(request: HttpRequest, code: str) -> HttpResponse:
    """One obligation with its periods; of one of them (?ky=<last day>) the steps, and a step more."""
    user, found, today = whole_company(request), _found(code), clock.today()
    status, problem = 200, ""
    lines = owed(
        on=today, first=today - timedelta(days=400), last=today + timedelta(days=200), pk=found.pk
    )
    period = _period(request, found, lines)
    if request.method == "POST":
        try:
            _record(request, found, period, by=user)
        except Problem as refused:
            status, problem = refused.status, str(refused)
        else:
            messages.success(request, _("Đã ghi."))
            return redirect(_address(found, period))
    line = one(found, period, on=today) if period else None
    context = {
        "obligation": found,
        "lines": [shown(each) for each in reversed(lines)],
        "chosen": shown(line) if line else None,
        "steps": reversed(line.steps) if line else [],
        "editions": _editions(user, period) if period else [],
        "may_manage": may(user, "obligations.manage"),
        "may_approve": may(user, "obligations.approve"),
        "problem": problem,
        "sent": request.POST if problem else {},
        "today": today,
    }
    return render(request, "reporting/obligation.html", context, status=status)


def _found(code: str) -> Obligation:
    return get_object_or_404(Obligation.objects.select_related("unit"), code=code)


def _period(request: HttpRequest, found: Obligation, lines: list[Owed]) -> Period | None:
    """The one asked for, else the first that is open; None of an obligation without any."""
    text = request.GET.get("ky", "")
    if not text:
        first = next((line for line in lines if line.is_open), lines[-1] if lines else None)
        return first.period if first else None
    try:
        return period_ending(found, date.fromisoformat(text))
    except (ValueError, Problem) as unknown:
        raise Http404 from unknown


def _address(found: Obligation, period: Period | None) -> str:
    start = reverse("obligation", args=[found.code])
    return f"{start}?ky={period.last:%Y-%m-%d}" if period else start


def _editions(user: User, period: Period) -> list[Edition]:
    """What the person may attach: whole-company editions that lie within the period."""
    visible = Edition.objects.visible_to(user).of_the_company()
    return list(
        visible.filter(
            period_first_date__gte=period.first, period_last_date__lte=period.last
        ).newest_first()[:30]
    )


def _record(request: HttpRequest, found: Obligation, period: Period | None, *, by: User) -> None:
    sent = request.POST
    kind = sent.get("kind", "")
    wanted = "obligations.approve" if kind == ObligationStepKind.APPROVED else "obligations.manage"
    if period is None or kind not in ObligationStepKind.values or not may(by, wanted):
        raise Http404
    edition = None
    if code := sent.get("edition"):
        edition = get_object_or_404(Edition.objects.visible_to(by).of_the_company(), code=code)
    papers = sent_papers(request, "file")
    done = Done(
        ObligationStepKind(kind),
        edition=edition,
        paper=papers[0] if papers else None,
        submitted_on=_day(sent.get("submitted_on", "")),
        receipt_number=sent.get("receipt_number", "")[:80],
        note=sent.get("note", "")[:500],
    )
    record(found, period, done, by=by, at=clock.now())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@requires("obligations.manage")
@require_http_methods(["GET", "POST"])
def obligation_form(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new obligation, or what one of them says from now on."""
    whole_company(request)
    kept = _found(code) if code else Obligation(starts_on=clock.today().replace(month=1, day=1))
    form = ObligationForm(request.POST if request.method == "POST" else None, instance=kept)
    if form.is_bound and form.is_valid():
        saved = keep_obligation(form.instance, {})
        messages.success(request, _("Đã lưu «{name}».").format(name=saved.name))
        return redirect("obligation", code=saved.code)
    context = {
        "form": form,
        "kept": kept if code else None,
        "problem": first_fault(form) if form.errors else "",
    }
    status = 400 if form.errors else 200
    return render(request, "reporting/obligation_form.html", context, status=status)


@requires("obligations.manage")
@require_POST
def obligations_known(request: HttpRequest) -> HttpResponse:
    """Begin the register with what is known, for the unit that was chosen."""
    whole_company(request)
    unit = get_object_or_404(Department, code=request.POST.get("unit", ""))
    count = load_known(unit=unit, starts_on=clock.today().replace(month=1, day=1))
    messages.success(
        request,
        _("Đã thêm {count} nghĩa vụ gợi ý; hãy đối chiếu văn bản và hạn nộp của từng mục.").format(
            count=count
        ),
    )
    return redirect("obligations")


@requires("obligations.manage")
@require_POST
def obligation_figures(request: HttpRequest, code: str) -> HttpResponse:
    """Have the figures of the period made as an edition, to be attached."""
    user, found = whole_company(request), _found(code)
    period = _period(request, found, [])
    if period is None or period.first > clock.today():
        raise Http404
    report = f"statutory-{found.frequency.replace('_', '-')}"
    try:
        request_new(
            first=period.first, last=period.last, send=False, by=user, at=clock.now(), report=report
        )
    except Problem as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(
            request, _("Đang lập số liệu của kỳ; tải lại trang sau ít giây rồi chọn bản đó.")
        )
    return redirect(_address(found, period))


@requires("obligations.view")
@require_GET
def obligation_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a step, as it was handed in."""
    whole_company(request)
    step = get_object_or_404(ObligationStep.objects.select_related("file"), pk=pk)
    if step.file is None:
        raise Http404
    endings = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
    ending = endings[step.file.content_type]
    return file_answer(bytes(step.file.content), step.file.content_type, f"nghia-vu-{pk}.{ending}")
