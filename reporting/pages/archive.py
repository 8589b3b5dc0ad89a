"""The archive of editions (kho báo cáo): list, one edition with its deliveries, its files."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.jobs.models import Run, RunState
from backend.mail.models import MailState
from reporting.asking import HANDLER, WEEKLY
from reporting.builders.content import Report
from reporting.builders.docx import BadTemplate
from reporting.definitions import reports_for
from reporting.delivery import (
    ReaderNoMore,
    StillOnItsWay,
    acknowledge,
    note_opened,
    resend,
)
from reporting.editions import report_of
from reporting.faces import word_template
from reporting.finding import Sought, find
from reporting.in_english import KINDS as ENGLISH_KINDS
from reporting.in_english import english_file, english_page
from reporting.models import (
    Delivery,
    Download,
    Edition,
    EditionFile,
    EditionQuerySet,
    FileKind,
    ReportSchedule,
    SavedView,
)
from reporting.naming import made_by_run
from reporting.periods import week_before
from reporting.scheduling import reports

PAGE = 50
NEXT_RUNS = 5
#: The faces that are files; HTML is the page itself.
DOWNLOADS = (FileKind.PDF, FileKind.XLSX, FileKind.DOCX)


@dataclass(frozen=True)
class DeliveryLine:
    """One reader's copy as the page shows it; `mood` picks the chip's colour."""

    delivery: Delivery
    mood: str
    late: bool


MOODS = {
    MailState.DUE: "info",
    MailState.SENDING: "info",
    MailState.ACCEPTED: "good",
    MailState.FAILED: "bad",
    MailState.BOUNCED: "bad",
    MailState.UNCERTAIN: "attention",
    MailState.WITHHELD: "attention",
}


def with_counts(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Each with how many mails it has and how many the server accepted."""
    accepted = Q(deliveries__mail__state=MailState.ACCEPTED)
    return editions.annotate(
        mails=Count("deliveries"), accepted=Count("deliveries", filter=accepted)
    )


@requires("reports.view")
@require_GET
def editions(request: HttpRequest) -> HttpResponse:
    """All editions the person may see, when the next ones come, and what is being made."""
    user = acting(request)
    visible = Edition.objects.visible_to(user).select_related("region", "territory", "department")
    sought = _sought(request)
    found = find(visible, sought).newest_first()
    shown = Paginator(with_counts(found), PAGE).get_page(request.GET.get("trang"))
    codes = reports_for(user)
    known = ReportSchedule.objects.filter(report__in=codes)
    schedules = known.select_related("schedule").order_by("pk")
    return render(
        request,
        "reporting/editions.html",
        {
            "page": shown,
            "sought": sought,
            "kept": _kept(request),
            "reports": _offered(user, codes, visible),
            "schedules": [(each.schedule, coming(each)) for each in schedules],
            "working": _unfinished() if may(user, "reports.all") else [],
            "weekly": WEEKLY,
            "week": week_before(clock.now()),
            "may_make": may(user, "reports.manage"),
            "may_oversee": may(user, "reports.all") and user.is_whole_company,
            "may_see_obligations": may(user, "obligations.view") and user.is_whole_company,
        },
    )


def _offered(user: User, codes: list[str], visible: EditionQuerySet) -> dict[str, str]:
    """The reports to look for; a dropped view only where the person may see an edition of it."""
    names = reports()
    dropped = {view.code for view in SavedView.objects.visible_to(user).dropped()}
    made = visible.filter(report__in=dropped).order_by().values_list("report", flat=True)
    kept = set(made.distinct())
    marked = {code: _("{name} (đã bỏ)").format(name=names[code]) for code in kept}
    return {code: marked.get(code, names[code]) for code in codes if code not in dropped - kept}


def _kept(request: HttpRequest) -> str:
    """What is sought, for the links to other pages."""
    kept = request.GET.copy()
    kept.pop("trang", None)
    return f"&{kept.urlencode()}"


def _sought(request: HttpRequest) -> Sought:
    year = request.GET.get("nam", "")
    return Sought(
        words=request.GET.get("q", ""),
        report=request.GET.get("bao_cao", ""),
        year=int(year) if year.isascii() and year.isdigit() and 1999 < int(year) < 2101 else None,
    )


def coming(report: ReportSchedule) -> list[Run]:
    """The next runs of the report's schedule."""
    ahead = Run.objects.coming().filter(schedule=report.schedule, attempt=0)
    return list(ahead.filter(due_at__gt=clock.now())[:NEXT_RUNS])


def _unfinished() -> list[tuple[Run, str]]:
    """Runs due by now that are waiting, working or given up, and what each makes, the newest first."""
    runs = Run.objects.filter(handler=HANDLER, due_at__lte=clock.now())
    open_ = Q(state__in=[RunState.DUE, RunState.DOING]) | Q(state=RunState.FAILED)
    return [(run, made_by_run(run)) for run in runs.filter(open_).order_by("-due_at", "-pk")[:10]]


@requires("reports.view")
@require_GET
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """One edition as it was frozen, with its files and who got it."""
    user, at = acting(request), clock.now()
    found = _visible(user, code)
    note_opened(found, by=user, at=at)
    files = {file.kind: file for file in found.files.select_related("stored").order_by("pk")}
    original = files[FileKind.HTML].stored
    in_english = get_language() == "en" and request.GET.get("ngon_ngu") != "vi"
    report = report_of(found) if in_english else None
    translated = english_page(report, sha256=found.sha256) if report else None
    article = translated or (bytes(original.content).decode() if original else "")
    return render(
        request,
        "reporting/edition.html",
        {
            "edition": found,
            # Made by our own template with autoescape, and frozen since.
            "article": mark_safe(article),  # noqa: S308
            "rechecked": found.rechecks.order_by("-at", "-pk").first(),
            "in_english": translated is not None,
            "files": [files[kind] for kind in DOWNLOADS if kind in files],
            "english_kinds": ENGLISH_KINDS if translated else (),
            "has_others": not found.is_trial and others_of(found, user=user).exists(),
            "may_oversee": may(user, "reports.all"),
            "deliveries": deliveries_of(found, at=at) if may(user, "reports.all") else [],
            "mine": found.deliveries.filter(recipient__user=user).first(),
            "may_resend": may(user, "reports.manage"),
        },
    )


def others_of(edition: Edition, *, user: User) -> QuerySet[Edition]:
    """The other editions of the same report, period and scope, the newest first."""
    same = Edition.objects.visible_to(user).of_the_same(edition)
    return same.exclude(pk=edition.pk).order_by("-number", "-pk")


def deliveries_of(edition: Edition, *, at: datetime) -> list[DeliveryLine]:
    """Who gets the edition and how far that is."""
    found = (
        edition.deliveries.select_related("mail", "recipient__user")
        .prefetch_related("resendings__by")
        .order_by("pk")
    )
    return [
        DeliveryLine(each, MOODS[MailState(each.mail.state)], each.mail.is_late(at=at))
        for each in found
    ]


@requires("reports.view")
@require_GET
def edition_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A file of an edition, exactly as it was made; with ?ngon_ngu=en in English."""
    found = _visible(acting(request), code)
    if kind not in DOWNLOADS:
        raise Http404
    file = get_object_or_404(EditionFile.objects.select_related("stored"), edition=found, kind=kind)
    if file.stored is None:
        raise Http404
    content, name = bytes(file.stored.content), file.name
    if request.GET.get("ngon_ngu") == "en":
        report = report_of(found)
        if report is None or kind not in ENGLISH_KINDS:
            raise Http404
        content = _in_english(report, FileKind(kind), sha256=found.sha256)
        name = f"{found.code}-en.{kind}"
    Download.objects.create(file=file, by=acting(request), at=clock.now())
    response = HttpResponse(content, content_type=file.stored.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _in_english(report: Report, kind: FileKind, *, sha256: str) -> bytes:
    """The file in English; 404 where the company's Word template is not what it was."""
    try:
        template = word_template(report.heading) if kind is FileKind.DOCX else None
        return english_file(report, kind, sha256=sha256, template=template)
    except BadTemplate as fault:
        raise Http404 from fault


@requires("reports.view")
@require_POST
def edition_seen(request: HttpRequest, code: str) -> HttpResponse:
    """The reader's "Đã xem"."""
    user = acting(request)
    found = _visible(user, code)
    if acknowledge(found, by=user, at=clock.now()):
        messages.success(request, _("Đã ghi nhận: bạn đã xem bản này."))
    return redirect("edition", code=found.code)


@requires("reports.manage")
@require_POST
def edition_resend(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Send one reader's copy again."""
    user = acting(request)
    found = _visible(user, code)
    delivery = get_object_or_404(found.deliveries.all(), pk=pk)
    try:
        mail = resend(delivery, by=user, at=clock.now())
    except (StillOnItsWay, ReaderNoMore) as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Đang gửi lại cho {address}.").format(address=mail.recipient))
    return redirect("edition", code=found.code)


def _visible(user: User, code: str) -> Edition:
    visible = Edition.objects.openable_by(user).select_related(
        "region", "territory", "department", "run", "made_by"
    )
    return get_object_or_404(visible, code=code)
