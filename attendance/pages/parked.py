"""/cham-cong/ban-ghi-cach-ly/: records set aside, why, and what HR decides about them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.collecting.corrections import approve, dismiss, moment_of
from attendance.collecting.resets import CLOCK_REASONS, Proposal, Run, propose, run_of, runs_of
from attendance.models import Enrolment, ParkedRecord, ParkReason, Terminal
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.pages.forms import Refusal
from backend.pages.keys import keys_from
from backend.pages.older import before_asked
from backend.pages.telling import problems_told
from backend.reasons import REASON_MIN

#: Rows of a page of the list, and of the punches of a run.
SHOWN: Final = 100

WHAT_TO_DO: Final[dict[str, str | Promise]] = {
    ParkReason.CLOCK_RESET: gettext_lazy(
        "Máy hết pin hoặc mất điện nên đồng hồ chạy lại từ năm cũ. Chỉnh giờ máy, rồi duyệt giờ"
        " đúng cho nhóm bản ghi ở trên; trước đó chúng không được tính công."
    ),
    ParkReason.FUTURE: gettext_lazy(
        "Đồng hồ máy chạy trước hơn một ngày. Chỉnh giờ máy, rồi duyệt giờ đúng cho nhóm bản ghi"
        " ở trên; trước đó chúng không được tính công."
    ),
    ParkReason.IMPOSSIBLE_TIME: gettext_lazy(
        "Máy ghi một ngày giờ không có thật. Hỏi người chấm quanh lúc nhận rồi thêm lượt chấm tay;"
        " lặp lại nhiều lần thì máy cần sửa."
    ),
    ParkReason.BAD_USER: gettext_lazy(
        "Không đọc được mã người dùng. Kiểm tra mã trên máy chỉ có chữ số và chữ không dấu; bổ sung"
        " bằng lượt chấm tay nếu biết là ai."
    ),
    ParkReason.HALF_RECORD: gettext_lazy(
        "Máy gửi thiếu byte ở cuối. Lần tải sau thường có đủ bản ghi này; khi đó có thể bỏ qua."
    ),
    ParkReason.BAD_LINE: gettext_lazy(
        "Dòng trong tệp hoặc trong lần đẩy không đúng dạng. Nếu tệp bị sửa tay, hãy xuất lại từ máy"
        " rồi nhập lại; dòng đúng sẽ được lưu."
    ),
}


@require_GET
@requires("terminals.view")
def parked_records(request: HttpRequest) -> HttpResponse:
    """Counts by terminal and reason, runs to correct, and the records, the newest first."""
    mine = Terminal.objects.visible_to(acting(request))
    chosen = {name: request.GET.get(name, "") for name in ("may", "ly-do", "trang-thai")}
    chosen["trang-thai"] = chosen["trang-thai"] or "mo"
    every = ParkedRecord.objects.filter(terminal__in=mine)
    undecided = ParkedRecord.objects.undecided().filter(terminal__in=mine)
    counts = (
        undecided.values("terminal__code", "terminal__name", "reason")
        .annotate(number=Count("pk"), first=Min("received_at"), last=Max("received_at"))
        .order_by("terminal__code", "reason")
    )
    waiting = undecided.filter(reason__in=CLOCK_REASONS).values("terminal").distinct()
    records, older = before_asked(request, _chosen(every, chosen), SHOWN)
    return render(
        request,
        "attendance/parked_records.html",
        {
            "counts": [{**row, "label": ParkReason(row["reason"]).label} for row in counts],
            "advice": [
                (ParkReason(reason).label, WHAT_TO_DO[reason])
                for reason in sorted({row["reason"] for row in counts})
            ],
            "runs": [
                run
                for terminal in mine.filter(pk__in=waiting).order_by("code", "pk")
                for run in runs_of(terminal)
            ],
            "records": [_shown(record) for record in records],
            "older": older,
            "terminals": mine.order_by("code", "pk"),
            "reasons": ParkReason.choices,
            "chosen": {**chosen, "ly_do": chosen["ly-do"], "trang_thai": chosen["trang-thai"]},
            "may_manage": may(request.user, "attendance.manage"),
            "reason_min": REASON_MIN,
        },
    )


def _chosen(every: QuerySet[ParkedRecord], chosen: dict[str, str]) -> QuerySet[ParkedRecord]:
    records = every.select_related("terminal", "pull").prefetch_related(
        "resolutions__correction__by", "resolutions__dismissal__by"
    )
    if chosen["may"]:
        records = records.filter(terminal__code=chosen["may"])
    if chosen["ly-do"] in ParkReason.values:
        records = records.filter(reason=chosen["ly-do"])
    if chosen["trang-thai"] == "mo":
        records = records.filter(resolutions__isnull=True)
    elif chosen["trang-thai"] == "xong":
        records = records.filter(resolutions__isnull=False).distinct()
    return records


@dataclass(frozen=True)
class Shown:
    """A record as listed; `decision` is the newest one about it, in words."""

    record: ParkedRecord
    hex: str
    text: str
    decision: str
    may_correct: bool


def _shown(record: ParkedRecord) -> Shown:
    raw = bytes(record.raw)
    text = "".join(
        char if char.isprintable() else "·" for char in raw.decode("utf-8", errors="replace")
    )
    decisions = sorted(record.resolutions.all(), key=lambda one: one.pk)
    decision = ""
    if decisions:
        made = decisions[-1].correction or decisions[-1].dismissal
        assert made is not None  # noqa: S101 - the database keeps exactly one; narrows for mypy
        what = _("đã sửa giờ") if decisions[-1].correction else _("đã bỏ qua")
        decision = f"{what}: {made.reason} ({made.by}, {clock_text(made.at)})"
    return Shown(
        record=record,
        hex=raw[:120].hex(" ") + (" …" if len(raw) > 120 else ""),
        text=text[:120] if raw.count(b"\t") >= 1 else "",
        decision=decision,
        may_correct=record.reason in CLOCK_REASONS
        and record.device_time is not None
        and not any(one.correction for one in decisions),
    )


def clock_text(moment: datetime) -> str:
    return f"{moment.astimezone(clock.VN):%H:%M %d/%m/%Y}"


# --- one run of a wrong clock ----------------------------------------------------------------


@dataclass(frozen=True)
class CorrectedPunch:
    """A punch of the run with the proposed time on the terminal's wall clock, None: impossible."""

    user_id: str
    name: str
    device_time: datetime
    corrected: datetime | None


@require_http_methods(["GET", "POST"])
@requires("attendance.manage")
def correct_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the run's true times; ?luc= says when its first record really was. A POST approves."""
    mine = Terminal.objects.visible_to(acting(request))
    parked = get_object_or_404(
        ParkedRecord.objects.select_related("terminal", "pull").filter(
            terminal__in=mine, reason__in=CLOCK_REASONS, device_time__isnull=False
        ),
        pk=pk,
    )
    refusal = Refusal()
    if request.method == "POST":
        with refusal:
            return _decide(request, parked)
    run = run_of(parked)
    if run is None:
        if refusal.text:
            messages.error(request, refusal.text)
        else:
            messages.info(request, _("Nhóm bản ghi này đã được xử lý."))
        return redirect("parked_records")
    context = _proposed(request, run) | {"problem": refusal.text}
    return render(request, "attendance/correct_clock.html", context, status=refusal.status)


def _proposed(request: HttpRequest, run: Run) -> dict[str, Any]:
    """The run's times as proposed or as asked for, and how many of them could not be."""
    proposal = propose(run)
    shift = _wanted_shift(request, run, proposal)
    first = run.punches[0].key.device_time
    return {
        "run": run,
        "label": ParkReason(run.reason).label,
        "proposal": proposal,
        "shift": shift,
        "changed": shift != proposal.shift_seconds,
        "first": first,
        "first_corrected": _later(first, shift),
        "punches": _corrected(run, shift)[:SHOWN],
        "impossible": sum(
            moment_of(punch, terminal=run.terminal, shift_seconds=shift) is None
            for punch in run.punches
        ),
        "more": max(0, run.records - SHOWN),
        "reason": request.POST.get("ly_do", ""),
        "reason_min": REASON_MIN,
    }


def _decide(request: HttpRequest, parked: ParkedRecord) -> HttpResponse:
    reason, by, at = request.POST.get("ly_do", ""), acting(request), clock.now()
    if request.POST.get("quyet-dinh") == "bo-qua":
        run = run_of(parked)
        pks = [pk for punch in run.punches for pk in punch.parked] if run else []
        dismissal = dismiss(parked.terminal, pks, reason=reason, by=by, at=at)
        told = ngettext(
            "Đã bỏ qua %(count)s bản ghi.", "Đã bỏ qua %(count)s bản ghi.", dismissal.records
        )
        messages.success(request, told % {"count": dismissal.records})
        return redirect("parked_records")
    try:
        shift, records = int(request.POST.get("lech", "")), int(request.POST.get("so", ""))
    except ValueError:
        raise Http404 from None
    correction = approve(parked, shift_seconds=shift, records=records, reason=reason, by=by, at=at)
    told = ngettext(
        "Đã duyệt giờ đúng của %(count)s lượt chấm; ngày công đang được tính lại.",
        "Đã duyệt giờ đúng của %(count)s lượt chấm; ngày công đang được tính lại.",
        correction.records,
    )
    messages.success(request, told % {"count": correction.records})
    return redirect("parked_records")


def _wanted_shift(request: HttpRequest, run: Run, proposal: Proposal) -> int:
    """What was sent with a refused approval, or follows from ?luc=, or is proposed."""
    try:
        if request.method == "POST":
            return int(request.POST.get("lech", ""))
        wanted = datetime.fromisoformat(request.GET.get("luc", ""))
        return round((wanted - run.punches[0].key.device_time).total_seconds())
    except (ValueError, TypeError):
        return proposal.shift_seconds


def _later(time: datetime, seconds: int) -> datetime | None:
    try:
        return time + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _corrected(run: Run, shift: int) -> list[CorrectedPunch]:
    names = _names(run)
    found: list[CorrectedPunch] = []
    for punch in run.punches:
        possible = moment_of(punch, terminal=run.terminal, shift_seconds=shift) is not None
        corrected = _later(punch.key.device_time, shift) if possible else None
        name = names(punch.key.user_id, corrected)
        found.append(CorrectedPunch(punch.key.user_id, name, punch.key.device_time, corrected))
    return found


def _names(run: Run) -> Callable[[str, datetime | None], str]:
    """Whose a user id is on the day of a corrected time; "" where nobody's."""
    ids = {punch.key.user_id for punch in run.punches}
    enrolments = list(
        Enrolment.objects.filter(device_user_id__in=ids)
        .select_related("employee")
        .order_by("device_user_id", "valid_from")
    )

    def name_of(user_id: str, corrected: datetime | None) -> str:
        if corrected is None:
            return ""
        day = corrected.date()
        for enrolment in enrolments:
            holds = enrolment.valid_to is None or day <= enrolment.valid_to
            if enrolment.device_user_id == user_id and enrolment.valid_from <= day and holds:
                return enrolment.employee.full_name
        return ""

    return name_of


@require_POST
@requires("attendance.manage")
def dismiss_parked(request: HttpRequest) -> HttpResponse:
    """Leave the ticked records aside for good; they may be of several terminals."""
    mine = Terminal.objects.visible_to(acting(request))
    ticked = keys_from(request.POST.getlist("chon"))
    records = ParkedRecord.objects.filter(pk__in=ticked, terminal__in=mine)
    by_terminal: dict[int, list[int]] = defaultdict(list)
    for pk, terminal_id in records.values_list("pk", "terminal_id"):
        by_terminal[terminal_id].append(pk)
    with problems_told(request):
        with transaction.atomic():
            for terminal in mine.filter(pk__in=by_terminal).order_by("pk"):
                dismiss(
                    terminal,
                    by_terminal[terminal.pk],
                    reason=request.POST.get("ly_do", ""),
                    by=acting(request),
                    at=clock.now(),
                )
        count = sum(map(len, by_terminal.values()))
        told = ngettext("Đã bỏ qua %(count)s bản ghi.", "Đã bỏ qua %(count)s bản ghi.", count)
        messages.success(request, told % {"count": count})
    return redirect("parked_records")
