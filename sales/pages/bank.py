"""/ban-ve/cong-no/sao-ke/: the bank's statements imported, payments matched and booked, the rest in view."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.keys import keys_from
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from sales.engine.bank_matching import Matcher
from sales.engine.spreadsheet import MOST_BYTES
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import Agent, BankLine, BankStatement
from sales.money.bank import (
    book_lines,
    import_statement,
    matcher_on,
    proposals_for,
    proposals_of,
    set_aside,
    take_back,
    undo_line,
)
from sales.whole_company import WholeCompanyOnly

#: Lines on the page, the oldest first while they wait.
SHOWN: Final = 200
#: What may be asked for; without one the lines that wait.
STATES: Final = {"": "chờ ghép", "booked": "đã ghi sổ", "aside": "để riêng"}
REASONS: Final = {
    "code": gettext_lazy("mã đại lý"),
    "payer": gettext_lazy("người này từng nộp"),
    "name": gettext_lazy("tên đại lý"),
    "amount": gettext_lazy("đúng số nợ"),
}
CONFIDENCE: Final = {
    "high": (gettext_lazy("tin cậy cao"), "good"),
    "fair": (gettext_lazy("khá"), "attention"),
    "low": (gettext_lazy("thấp"), ""),
}


@require_GET
@requires("sales.view")
def bank(request: HttpRequest) -> HttpResponseBase:
    """Lines that wait, with proposals; ?tt=booked or ?tt=aside for the others."""
    if not acting(request).is_whole_company:
        return render(request, "sales/bank.html", {"refused": WholeCompanyOnly.message})
    state = request.GET.get("tt", "")
    state = state if state in STATES else ""
    known = BankLine.objects.select_related("entry__agent")
    waiting = known.filter(entry=None, reason="")
    rows = {
        "booked": known.filter(entry__isnull=False).order_by("-pk"),
        "aside": known.exclude(reason="").order_by("-pk"),
        "": waiting.order_by("day", "pk"),
    }[state]
    if asks_for_workbook(request):
        today = clock.today()
        heading = heading_of(acting(request), today, today, None)
        name = f"sao-ke-{state or 'cho-ghep'}-{today:%Y-%m-%d}.xlsx"
        return table_answer(heading, name, _table(heading, state, rows))
    lines = list(rows[:SHOWN])
    context = {
        "state": state,
        "waiting": waiting.count(),
        "rows": [] if state else _waiting(lines),
        "lines": lines,
        "statements": BankStatement.objects.select_related("by").order_by("-pk")[:5],
        "accounts": BankStatement.objects.values_list("account", flat=True).distinct(),
        "agents": Agent.objects.visible_to(acting(request))
        .order_by("code")
        .values_list("code", "name"),
        "may_record": may(request.user, "sales.record"),
    }
    return render(request, "sales/bank.html", context)


@require_POST
@requires("sales.record")
def bank_import(request: HttpRequest) -> HttpResponse:
    """Import the file of the form."""

    def work() -> str:
        upload = request.FILES.get("tep")
        if upload is None:
            raise Problem(_("Hãy chọn một tệp sao kê."))
        done = import_statement(
            upload.read(MOST_BYTES + 1),
            name=upload.name or "",
            account=request.POST.get("tai_khoan", ""),
            by=acting(request),
            at=clock.now(),
        )
        told = _("Đã nhập %(new)s dòng tiền vào mới, %(known)s dòng đã có từ trước.")
        return told % {"new": done.new, "known": done.known}

    return _done(request, work)


@require_POST
@requires("sales.record")
def bank_book(request: HttpRequest) -> HttpResponse:
    """Book the chosen lines as payments of the agents beside them."""

    def work() -> str:
        chosen = keys_from(request.POST.getlist("dong"))
        agents = {pk: request.POST.get(f"dai_ly_{pk}", "").strip()[:20] for pk in chosen}
        if not agents or not all(agents.values()):
            raise Problem(_("Hãy chọn dòng cần ghi và điền mã đại lý của từng dòng đã chọn."))
        count = book_lines(agents, by=acting(request), at=clock.now())
        return ngettext(
            "Đã ghi sổ %(count)s khoản nộp tiền.", "Đã ghi sổ %(count)s khoản nộp tiền.", count
        ) % {"count": count}

    return _done(request, work)


@require_POST
@requires("sales.record")
def bank_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a booking, set a line aside, or take it back."""
    why, by = request.POST.get("ly_do", "")[:200], acting(request)

    def work() -> str:
        match request.POST.get("viec", ""):
            case "dao":
                undo_line(pk, reason=why, by=by, at=clock.now())
                return _("Đã đảo khoản nộp; dòng sao kê lại chờ ghép.")
            case "de_rieng":
                set_aside(pk, reason=why, by=by)
                return _("Đã để riêng dòng sao kê.")
            case _:
                take_back(pk, by=by)
                return _("Dòng sao kê lại chờ ghép.")

    return _done(request, work)


def _waiting(lines: list[BankLine]) -> list[dict[str, Any]]:
    """Each line with its first proposal in words, and the others."""
    proposed = proposals_for(lines, on=clock.today())
    rows = []
    for line in lines:
        first, *others = [*proposed[line.pk], None]
        row: dict[str, Any] = {"line": line, "first": first, "others": [o for o in others if o]}
        if first is not None:
            row["label"], row["mood"] = CONFIDENCE[first.confidence]
            row["why"] = [REASONS[reason] for reason in first.reasons]
            row["is_sure"] = first.confidence == "high"
        rows.append(row)
    return rows


def _done(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    with problems_told(request):
        messages.success(request, work())
    state = request.POST.get("tt", "")
    return redirect(f"{reverse('bank')}?tt={state}" if state and state in STATES else "bank")


def _table(heading: Heading, state: str, lines: QuerySet[BankLine]) -> Table:
    matcher = matcher_on(clock.today()) if not state else None
    return Table(
        name="Sao kê",
        title=f"Dòng sao kê {STATES[state]}",
        notes=(*heading.lines(), "Đồng. Đại lý của dòng chờ ghép là đề xuất, chưa ghi sổ."),
        columns=(
            Column("Tài khoản", 16), Column("Số tham chiếu", 22), Column("Ngày", 12, "day"),
            Column("Số tiền (đồng)", 16, "whole"), Column("Người chuyển", 26),
            Column("Nội dung", 44, "wrap"), Column("Mã đại lý", 12), Column("Căn cứ", 26),
        ),
        rows=(
            (line.account, line.reference, line.day, line.amount, line.sender, line.text,
             *_of_whom(line, matcher))
            for line in lines.iterator(chunk_size=2_000)
        ),
        frozen=2,
    )  # fmt: skip


def _of_whom(line: BankLine, matcher: Matcher | None) -> tuple[str, str]:
    """The agent's code and on what ground: booked, proposed, or why it is nobody's."""
    if matcher is None:
        return line.entry.agent.code if line.entry and line.entry.agent else "", line.reason
    first = next(iter(proposals_of(line, matcher)), None)
    if first is None:
        return "", "chưa rõ của ai"
    return first.agent, f"{CONFIDENCE[first.confidence][0]}: {', '.join(str(REASONS[each]) for each in first.reasons)}"  # fmt: skip
