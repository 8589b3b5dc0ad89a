"""/giao-ban/<briefing>/van-ban/…: the draft of a paper, its approval, its files, its sending."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.pages.files import file_answer
from backend.problems import Problem
from reporting.briefings.approving import approve, draft, file_name, newest, send
from reporting.models import Briefing, BriefingPaper, BriefingState, PaperKind
from reporting.pages.briefing import visible_briefing
from reporting.papers.content import thaw
from reporting.papers.writing import body

KINDS = {"bien-ban": PaperKind.MINUTES, "thong-bao": PaperKind.NOTICE}


@require_http_methods(["GET", "POST"])
@requires("briefings.attend")
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The paper that holds, or the draft for who leads; POST approves it."""
    user = acting(request)
    found = visible_briefing(user, pk)
    if kind not in KINDS:
        raise Http404
    problem = None
    if request.method == "POST":
        try:
            made = approve(
                found, KINDS[kind], reason=request.POST.get("reason", ""), by=user, at=clock.now()
            )
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Đã ban hành số {number}.").format(number=made))
            return redirect("briefing_paper", pk=pk, kind=kind)
    return _page(request, found, kind, user, problem)


def _page(
    request: HttpRequest, briefing: Briefing, kind: str, user: User, problem: Problem | None
) -> HttpResponse:
    last = newest(briefing, KINDS[kind])
    leads = briefing.is_led_by(user)
    if last is None and not leads:
        raise Http404
    content = thaw(last.content) if last else draft(briefing, KINDS[kind], at=clock.now())
    context = {
        "briefing": briefing,
        "kind": kind,
        "name": KINDS[kind].label,
        "paper": last,
        "issues": briefing.papers.filter(kind=KINDS[kind]).select_related("approved_by"),
        "sendings": last.sendings.select_related("mail").order_by("pk") if last and leads else [],
        # Made by our own template, which escapes everything.
        "body": mark_safe(body(content)),  # noqa: S308
        "leads": leads,
        "may_approve": user.pk == briefing.chair_id and briefing.state == BriefingState.CLOSED,
        "problem": str(problem) if problem else "",
        "sent": request.POST if problem else {},
    }
    status = problem.status if problem else 200
    return render(request, "reporting/briefing_paper.html", context, status=status)


@requires("briefings.attend")
@require_POST
def paper_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a paper to those invited and to what is typed in, one address a line."""
    user = acting(request)
    found = _visible(user, pk)
    addresses = [line.strip() for line in request.POST.get("to", "").splitlines() if line.strip()]
    kind = next(name for name, value in KINDS.items() if value == found.kind)
    try:
        count = send(found, addresses=addresses, by=user, at=clock.now())
    except Problem as problem:
        return _page(request, found.briefing, kind, user, problem)
    messages.success(request, _("Đã đưa {count} thư vào hàng gửi.").format(count=count))
    return redirect("briefing_paper", pk=found.briefing_id, kind=kind)


@requires("briefings.attend")
@require_GET
def paper_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The PDF or Word file, exactly as it was approved."""
    found = _visible(acting(request), pk)
    stored = {"pdf": found.pdf, "docx": found.docx}.get(kind)
    if stored is None:
        raise Http404
    return file_answer(bytes(stored.content), stored.content_type, file_name(found, kind))


def _visible(user: User, pk: int) -> BriefingPaper:
    seen = Briefing.objects.visible_to(user).values("pk")
    papers = BriefingPaper.objects.select_related("briefing__series", "pdf", "docx")
    return get_object_or_404(papers, pk=pk, briefing__in=seen)
