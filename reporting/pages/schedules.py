"""/bao-cao/lich/: when which report is made, for whom, and how the last runs went."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.jobs import rules
from backend.jobs.models import Run, RunState, Schedule
from backend.pages.months import day_from
from backend.problems import Problem
from reporting import recipients, scheduling
from reporting.definitions import definition
from reporting.language import page_language
from reporting.models import Edition, MailLanguage, Recipient, ReportSchedule
from reporting.pages.schedule_form import ScheduleForm, said_before, starting_rule
from reporting.scopes import places_of

STRIP = 30
NEXT_RUNS = 5
MOODS = {
    RunState.DUE: "info",
    RunState.DOING: "info",
    RunState.DONE: "good",
    RunState.FAILED: "bad",
    RunState.COALESCED: "skipped",
    RunState.SKIPPED: "skipped",
}


@dataclass(frozen=True)
class Told:
    """A schedule as the list shows it: in words, what comes, how it went."""

    report: ReportSchedule
    words: str
    coming: list[Run]
    strip: list[tuple[Run, str]]
    readers: int


@dataclass(frozen=True)
class Reader:
    """A recipient with his scopes, and the newest edition of each."""

    recipient: Recipient
    samples: list[tuple[str, Edition | None]]


@requires("reports.all")
@require_GET
def schedules(request: HttpRequest) -> HttpResponse:
    """Every schedule with its next run and the strip of its last thirty."""
    user = whole_company(request)
    kept = list(
        ReportSchedule.objects.select_related("schedule", "owner")
        .annotate(readers=Count("recipients", filter=Q(recipients__enabled=True)))
        .order_by("schedule__name", "pk")
    )
    pks = [each.schedule_id for each in kept]
    strips, coming = _strips(pks, at=clock.now()), _coming(pks, at=clock.now())
    told = [
        Told(
            each,
            words(each.schedule),
            coming[each.schedule_id],
            strips[each.schedule_id],
            each.readers,
        )
        for each in kept
    ]
    context = {"told": told, "may_manage": may(user, "reports.manage")}
    return render(request, "reporting/schedules.html", context)


def words(schedule: Schedule) -> str:
    """The schedule as a sentence in the reader's language; an old one as its line of cron."""
    rule = scheduling.rule_of(schedule)
    if rule is None:
        return schedule.cron
    return rules.sentence(rule, page_language())


def _strips(pks: list[int], *, at: datetime) -> dict[int, list[tuple[Run, str]]]:
    """The last runs of each schedule, the oldest first, each with its mood."""
    rank = Window(RowNumber(), partition_by=F("schedule_id"), order_by=F("due_at").desc())
    found = Run.objects.filter(schedule__in=pks, due_at__lte=at).annotate(rank=rank)
    strips: dict[int, list[tuple[Run, str]]] = {pk: [] for pk in pks}
    for run in found.filter(rank__lte=STRIP).order_by("due_at", "pk"):
        mood = MOODS[RunState(run.state)]
        if run.late and run.state == RunState.DONE:
            mood = "attention"
        strips[run.schedule_id or 0].append((run, mood))
    return strips


def _coming(pks: list[int], *, at: datetime) -> dict[int, list[Run]]:
    coming: dict[int, list[Run]] = {pk: [] for pk in pks}
    for run in Run.objects.coming().filter(schedule__in=pks, due_at__gt=at):
        coming[run.schedule_id or 0].append(run)
    return {pk: found[:NEXT_RUNS] for pk, found in coming.items()}


@requires("reports.manage")
@require_http_methods(["GET", "POST"])
def schedule_form(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Make or change a schedule; «xem» only shows the next five runs of what is in the form."""
    user, at = whole_company(request), clock.now()
    kept = _report(code) if code else None
    posted = request.POST if request.method == "POST" else None
    initial = said_before(kept, by=user)
    if kept is None and (wanted := request.GET.get("bao_cao")):
        initial["report"] = wanted
    choices = scheduling.choices_for(user, kept)
    form = ScheduleForm(posted, initial=initial, today=clock.today(), reports=choices)
    if posted is not None and form.is_valid() and "xem" not in posted:
        saved = scheduling.keep_schedule(kept, form.wanted, at=at)
        messages.success(request, _("Đã lưu lịch «{name}».").format(name=saved.schedule.name))
        return redirect("schedule", code=saved.schedule.code)
    rule = starting_rule(kept) if posted is None else None
    if posted is not None and form.is_valid():
        rule = form.cleaned_data["rule"]
    coming = scheduling.next_runs(rule, at=at) if rule else []
    context = {
        "form": form,
        "kept": kept,
        "words": rules.sentence(rule, page_language()) if rule else "",
        "next": coming,
        "years_to_draft": scheduling.years_to_draft(rule, coming),
        "zone": scheduling.ZONE,
    }
    refused = posted is not None and bool(form.errors) and "xem" not in posted
    return render(request, "reporting/schedule_form.html", context, status=400 if refused else 200)


@requires("reports.all")
@require_GET
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """One schedule: its rule, its readers, its runs."""
    return _shown(request, _report(code))


def _shown(
    request: HttpRequest, report: ReportSchedule, *, problem: str = "", pasted: str = ""
) -> HttpResponse:
    user, at = whole_company(request), clock.now()
    pk, wanted = report.schedule_id, definition(report.report)
    strip = _strips([pk], at=at)[pk]
    coming = _coming([pk], at=at)[pk]
    rule = scheduling.rule_of(report.schedule)
    context = {
        "report": report,
        "report_name": scheduling.reports().get(report.report, report.report),
        "words": words(report.schedule),
        "kind": scheduling.KINDS[wanted.period],
        "last_period": wanted.last_period(at),
        "coming": coming,
        "years_to_draft": scheduling.years_to_draft(rule, [run.due_at for run in coming]),
        "strip": strip,
        "runs": [(run, mood, _editions_of(run, user)) for run, mood in reversed(strip[-10:])],
        "readers": readers(report),
        "problem": problem,
        "pasted": pasted,
        "left_out": recipients.left_out(report),
        "may_manage": may(user, "reports.manage"),
        "may_audit": may(user, "audit.view"),
    }
    status = 400 if problem else 200
    return render(request, "reporting/schedule.html", context, status=status)


def _editions_of(run: Run, user: User) -> list[Edition]:
    """What the run made, or sent because it still held, as far as the person may open it."""
    made = Edition.objects.openable_by(user).filter(Q(run=run) | Q(rechecks__run=run)).distinct()
    return list(made.order_by("region_id", "territory_id", "department_id", "pk"))


def readers(report: ReportSchedule) -> list[Reader]:
    """Who gets the report, each with his scopes and the newest edition of them."""
    parts = ("region_id", "territory_id", "department_id")
    known = Edition.objects.issued().filter(report=report.report)
    newest = {
        tuple(getattr(edition, part) for part in parts): edition
        for edition in known.order_by(*parts, "-cut_off_at", "-pk").distinct(*parts)
    }
    wanted = definition(report.report)
    return [
        Reader(each, [(place.name, newest.get(place.key)) for place in found])
        for each in recipients.recipients_of(report)
        if (found := places_of(each.user, wanted))
    ]


@requires("reports.manage")
@require_POST
def schedule_switch(request: HttpRequest, code: str) -> HttpResponse:
    """Pause a schedule that runs, resume one that is paused."""
    report = _allowed(request, code)
    if report.schedule.enabled:
        scheduling.pause(report, at=clock.now())
        messages.success(request, _("Đã tạm dừng: không lập gì theo lịch này cho đến khi bật lại."))
    else:
        scheduling.resume(report, at=clock.now())
        messages.success(request, _("Đã bật lại; các lần rơi vào lúc tạm dừng không chạy bù."))
    return redirect("schedule", code=code)


@requires("reports.manage")
@require_POST
def schedule_test(request: HttpRequest, code: str) -> HttpResponse:
    """Make the report now and send it to the person who asks, and to nobody else."""
    report, user = _allowed(request, code), acting(request)
    try:
        scheduling.send_me_a_test(report, by=user, at=clock.now())
    except Problem as problem:
        messages.warning(request, str(problem))
    else:
        sentence = _("Đang lập và gửi riêng cho bạn ({address}); chờ ít giây.")
        messages.success(request, sentence.format(address=user.email or "–"))
    return redirect("schedule", code=code)


@requires("reports.manage")
@require_POST
def schedule_run(request: HttpRequest, code: str) -> HttpResponse:
    """Make the report of a past period."""
    report = _allowed(request, code)
    day, send = day_from(request.POST.get("ngay", "")), "send" in request.POST
    try:
        if day is None:
            raise scheduling.BadPeriod
        period = scheduling.run_for(report, day=day, send=send, by=acting(request), at=clock.now())
    except Problem as problem:
        return _shown(request, report, problem=str(problem))
    messages.success(
        request,
        _(
            "Đang lập báo cáo {period}; xem ở kho báo cáo sau ít giây. Nếu đã có bản với số liệu"
            " y hệt thì không lập thêm, chỉ gửi bản ấy cho ai chưa nhận."
        ).format(period=scheduling.said(period)),
    )
    return redirect("schedule", code=code)


@requires("reports.manage")
@require_POST
def recipients_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a pasted list of readers, whole or not at all."""
    report, pasted = _allowed(request, code), request.POST.get("list", "")
    try:
        added = recipients.add_list(report, text=pasted, by=acting(request))
    except recipients.BadAddressList as problem:
        return _shown(request, report, problem=str(problem), pasted=pasted)
    messages.success(request, _("Đã thêm {count} người nhận.").format(count=len(added)))
    return redirect("schedule", code=code)


@requires("reports.manage")
@require_POST
def recipient_drop(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Send this reader nothing more."""
    report = _allowed(request, code)
    recipient = get_object_or_404(report.recipients.all(), pk=pk)
    recipients.drop(recipient)
    messages.success(request, _("{name} không nhận báo cáo này nữa.").format(name=recipient))
    return redirect("schedule", code=code)


@requires("reports.manage")
@require_POST
def recipient_language(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Write to this reader in the other language from now on."""
    report = _allowed(request, code)
    recipient = get_object_or_404(report.recipients.all(), pk=pk)
    other = MailLanguage.ENGLISH if recipient.language == "vi" else MailLanguage.VIETNAMESE
    recipients.write_in(recipient, other)
    messages.success(
        request,
        _("{name} nhận thư bằng {language} từ lần gửi tới.").format(
            name=recipient, language=other.label
        ),
    )
    return redirect("schedule", code=code)


def _report(code: str) -> ReportSchedule:
    found = ReportSchedule.objects.select_related("schedule", "owner")
    return get_object_or_404(found, schedule__code=code)


def _allowed(request: HttpRequest, code: str) -> ReportSchedule:
    whole_company(request)
    return _report(code)


def whole_company(request: HttpRequest) -> User:
    """Schedules name readers of every region: for people of one region they do not exist."""
    user = acting(request)
    if not user.is_whole_company:
        raise Http404
    return user
