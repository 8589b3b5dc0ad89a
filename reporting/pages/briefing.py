"""/giao-ban/<briefing>/: its agenda, papers, questions, people and conclusions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.clock import VN
from backend.pages.files import handed_in
from backend.problems import Problem
from reporting.briefings.agenda import add_edition, agenda_of, put_item, withdraw_item
from reporting.briefings.approving import newest
from reporting.briefings.meeting import close_briefing, open_briefing, roll_of
from reporting.briefings.planning import cancel_briefing, invite_person, move_briefing
from reporting.briefings.returned import returned
from reporting.briefings.votes import answer, ask, result_of
from reporting.models import (
    AgendaFile,
    AgendaItem,
    Briefing,
    BriefingPaper,
    BriefingState,
    Edition,
    PaperKind,
    Participant,
    Poll,
    PollOption,
    RollCall,
)
from reporting.pages.papers import sent_papers
from reporting.tasks.following_up import counted, decided, opening

#: Editions offered to be put into an agenda.
EDITIONS: Final = 10


class NotUnderstood(Problem):
    code = "briefing.form"
    message = gettext_lazy("Ngày giờ hoặc lựa chọn không đúng. Hãy tải lại trang rồi thử lại.")


def visible_briefing(user: User, pk: int) -> Briefing:
    """What one may not see does not exist (404)."""
    visible = Briefing.objects.visible_to(user).select_related("series", "chair", "secretary")
    return get_object_or_404(visible, pk=pk)


@requires("briefings.attend")
@require_GET
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one briefing, for those invited."""
    user = acting(request)
    return _page(request, visible_briefing(user, pk), user)


@requires("briefings.attend")
@require_POST
def briefing_act(request: HttpRequest, pk: int) -> HttpResponse:
    """One step, named by `act`; a refusal shows the page with what was typed."""
    user = acting(request)
    found = visible_briefing(user, pk)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        told = act(found, request, user, clock.now())
    except Problem as problem:
        found.refresh_from_db()
        return _page(request, found, user, problem=problem)
    messages.success(request, told)
    return redirect("briefing", pk=pk)


@requires("briefings.attend")
@require_GET
def agenda_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper of the agenda, as it was handed in; with its point taken back, it is nobody's to read."""
    seen = Briefing.objects.visible_to(acting(request)).values("pk")
    standing = AgendaFile.objects.filter(item__withdrawn_at=None, item__briefing__in=seen)
    file = get_object_or_404(standing, pk=pk)
    return handed_in(bytes(file.data), file.content_type, file.name)


def _page(
    request: HttpRequest, briefing: Briefing, user: User, *, problem: Problem | None = None
) -> HttpResponse:
    now = clock.now()
    is_over = briefing.is_over
    first = [] if is_over else opening(briefing, at=now)
    leads = briefing.is_led_by(user)
    items, people = agenda_of(briefing), people_of(briefing)
    context = {
        "briefing": briefing,
        "leads": leads,
        "is_over": is_over,
        "opening": first,
        "opening_counts": counted(first),
        "items": items,
        "openable": _openable(items, user),
        "may_put": not is_over and (leads or now <= briefing.items_due_at),
        "polls": [_poll(poll, user, now) for poll in briefing.polls.order_by("pk")],
        "people": people,
        "units": sorted({row.unit for row, _call in people if row.unit}),
        "decided": decided(briefing, at=now),
        "papers": _papers(briefing, leads=leads),
        "editions": _editions(user) if leads and not is_over else [],
        "accounts": User.objects.filter(is_active=True).order_by("full_name") if leads else [],
        "returned": returned([briefing]) if leads else [],
        "problem": str(problem) if problem else "",
        "sent": request.POST if problem else {},
        "now": now,
    }
    status = problem.status if problem else 200
    return render(request, "reporting/briefing.html", context, status=status)


def _openable(items: list[AgendaItem], user: User) -> set[int]:
    """The editions of the agenda that the person may open, too: what is presented is shown to all invited."""
    shown = [item.edition_id for item in items if item.edition_id is not None]
    return set(Edition.objects.visible_to(user).filter(pk__in=shown).values_list("pk", flat=True))


def _papers(briefing: Briefing, *, leads: bool) -> list[tuple[str, str, BriefingPaper | None]]:
    """The papers that hold; for who leads also those still to be approved, once it is closed."""
    if briefing.state != BriefingState.CLOSED:
        return []
    kinds = (("bien-ban", PaperKind.MINUTES), ("thong-bao", PaperKind.NOTICE))
    found = [(name, str(kind.label), newest(briefing, kind)) for name, kind in kinds]
    return [each for each in found if leads or each[2]]


def people_of(briefing: Briefing) -> list[tuple[Participant, RollCall | None]]:
    """Everybody invited with the newest call."""
    calls = roll_of(briefing)
    rows = briefing.participants.select_related("user").order_by("pk")
    return [(row, calls.get(row.pk)) for row in rows]


def _editions(user: User) -> list[Edition]:
    visible = Edition.objects.visible_to(user).of_the_company()
    return list(visible.newest_first()[:EDITIONS])


def _poll(poll: Poll, user: User, now: datetime) -> dict[str, Any]:
    """A question as the person sees it: to answer, waiting, or with its result."""
    return {
        "poll": poll,
        "options": list(poll.options.order_by("position")),
        "is_over": poll.is_over(now),
        "answered": poll.voters.filter(user=user).exists(),
        "voters": list(poll.voters.select_related("user").order_by("at", "pk")),
        "result": result_of(poll, at=now),
    }


def _moment(text: str) -> datetime:
    """What an input of type datetime-local sends, in Vietnam. Raises NotUnderstood."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotUnderstood from error
    if moment.tzinfo is not None or not 2000 < moment.year < 2200:
        raise NotUnderstood
    return moment.replace(tzinfo=VN)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotUnderstood
    return int(text)


def _move(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    minutes = _number(request.POST.get("duration", ""))
    if not 10 <= minutes <= 600:
        raise NotUnderstood
    moved = move_briefing(
        briefing,
        starts_at=_moment(request.POST.get("starts", "")),
        duration_minutes=minutes,
        place=request.POST.get("place", "").strip()[:200],
        join_url=request.POST.get("join_url", ""),
        by=by,
        at=at,
    )
    when = f"{moved.starts_at.astimezone(VN):%H:%M %d/%m/%Y}"
    return _("Đã đổi lịch họp sang {when} và báo người được mời.").format(when=when)


def _cancel(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    cancel_briefing(briefing, reason=request.POST.get("reason", ""), by=by, at=at)
    return _("Đã hủy phiên họp và báo người được mời.")


def _invite(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    wanted = _number(request.POST.get("user", ""))
    user = User.objects.filter(is_active=True, pk=wanted).first()
    if user is None:
        raise NotUnderstood
    invite_person(briefing, user, unit=request.POST.get("unit", "").strip(), by=by, at=at)
    return _("Đã mời {name}.").format(name=user)


def _put(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    item = put_item(
        briefing,
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        notes=request.POST.get("notes", ""),
        files=sent_papers(request),
        unit=request.POST.get("unit", ""),
        by=by,
        at=at,
    )
    return _("Đã đưa «{title}» vào chương trình.").format(title=item.title)


def _withdraw(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    pk = _number(request.POST.get("item", ""))
    item = get_object_or_404(AgendaItem, pk=pk, briefing=briefing, withdrawn_at=None)
    withdraw_item(item, by=by, at=at)
    return _("Đã rút «{title}».").format(title=item.title)


def _edition(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    pk = _number(request.POST.get("edition", ""))
    visible = Edition.objects.visible_to(by).of_the_company()
    if not briefing.is_led_by(by):
        raise Http404
    add_edition(briefing, get_object_or_404(visible, pk=pk), by=by, at=at)
    return _("Đã đưa bản phát hành vào chương trình.")


def _ask(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    ask(
        briefing,
        question=request.POST.get("question", ""),
        options=request.POST.get("options", "").splitlines(),
        is_secret="secret" in request.POST,
        due_at=_moment(request.POST.get("due", "")),
        by=by,
        at=at,
    )
    return _("Đã gửi câu hỏi tới người dự họp.")


def _answer(briefing: Briefing, request: HttpRequest, by: User, at: datetime) -> str:
    poll = get_object_or_404(Poll, pk=_number(request.POST.get("poll", "")), briefing=briefing)
    chosen = request.POST.get("option", "")
    option = PollOption.objects.filter(poll=poll, pk=_number(chosen)).first() if chosen else None
    answer(poll, option, request.POST.get("opinion", ""), by=by, at=at)
    return _("Đã ghi câu trả lời của bạn.")


def _begin(briefing: Briefing, _request: HttpRequest, by: User, at: datetime) -> str:
    open_briefing(briefing, by=by, at=at)
    return _("Đã khai mạc.")


def _end(briefing: Briefing, _request: HttpRequest, by: User, at: datetime) -> str:
    close_briefing(briefing, by=by, at=at)
    return _("Đã bế mạc. Bước tiếp theo: duyệt biên bản và thông báo kết luận.")


ACTS: Final[Mapping[str, Callable[[Briefing, HttpRequest, User, datetime], str]]] = {
    "move": _move,
    "cancel": _cancel,
    "invite": _invite,
    "item": _put,
    "withdraw": _withdraw,
    "edition": _edition,
    "ask": _ask,
    "answer": _answer,
    "open": _begin,
    "close": _end,
}
