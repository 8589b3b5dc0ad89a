"""/ban-ve/cong-no/doi-chieu/: accounts agreed with agents, from proposal to both signatures."""

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.controlled_forms import foot_of
from backend.heading import Heading
from backend.months import last_day, shifted
from backend.org.models import Company
from backend.pages.files import PDF, XLSX, file_answer
from backend.pages.months import month_from
from backend.pages.telling import problems_told
from backend.pdf import PdfUnavailable, pdf
from backend.problems import Problem
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import (
    JournalEvent,
    Reconciliation,
    ReconciliationStepKind,
)
from sales.models.account import AMOUNTS
from sales.money.reconciling import Step, is_current, take_step
from sales.money.statement import statement_of
from sales.papers.reconciliation import (
    PaperLine,
    ReconciliationPaper,
    Signature,
    document,
    workbook,
)

#: Records on the page; the search finds the rest.
SHOWN: Final = 300
PROPOSED: Final = "proposed"
STATES: Final = (
    (PROPOSED, gettext_lazy("chờ đại lý ký")),
    (ReconciliationStepKind.AGENT_CONFIRMED, gettext_lazy("chờ công ty ký")),
    (ReconciliationStepKind.COMPANY_CONFIRMED, gettext_lazy("hai bên đã ký")),
    (ReconciliationStepKind.DISPUTED, gettext_lazy("đại lý không đồng ý")),
    (ReconciliationStepKind.WITHDRAWN, gettext_lazy("đã hủy")),
)
#: What may be said of a record in each state.
NEXT: Final = {
    PROPOSED: ("agent", "disputed", "withdrawn"),
    "agent": ("company", "withdrawn"),
    "disputed": ("withdrawn",),
}


class StepForm(forms.Form):
    """A signature or an objection."""

    buoc = forms.ChoiceField(choices=ReconciliationStepKind.choices)
    nguoi_ky = forms.CharField(max_length=100, required=False)
    ngay_ky = forms.DateField(required=False)
    ghi_chu = forms.CharField(max_length=300, required=False)


@require_GET
@requires("sales.view")
def reconciliations(request: HttpRequest) -> HttpResponseBase:
    """Records of periods that end in ?thang=, those of ?tt= and ?tim=."""
    month = month_from(request.GET.get("thang", ""), default=shifted(clock.today(), -1))
    state, found = request.GET.get("tt", ""), request.GET.get("tim", "").strip()
    rows = Reconciliation.objects.known_to(acting(request)).with_state()
    rows = rows.filter(last__gte=month, last__lt=shifted(month, 1))
    counts = dict(rows.values_list("state").annotate(Count("pk")))
    if state:
        rows = rows.filter(state=state)
    if found:
        rows = rows.filter(agent__code__iexact=found)
    rows = rows.select_related("agent", "region").order_by("agent__code", "-pk")
    if asks_for_workbook(request):
        last = last_day(month)
        heading = heading_of(acting(request), month, last, acting(request).region)
        return table_answer(heading, f"doi-chieu-{month:%Y-%m}.xlsx", _table(heading, rows))
    context = {
        "month": month,
        "before": shifted(month, -1),
        "after": shifted(month, 1),
        "states": [(value, label, counts.get(value, 0)) for value, label in STATES],
        "state": state,
        "found": found,
        "labels": dict(STATES),
        "rows": [(row, dict(STATES)[row.state]) for row in rows[:SHOWN]],
        "total": sum(counts.values()),
    }
    return render(request, "sales/reconciliations.html", context)


@require_GET
@requires("sales.view")
def reconciliation(request: HttpRequest, pk: int) -> HttpResponse:
    """One record, its steps, and what may be said of it next."""
    record = _record(request, pk)
    context = {
        "record": record,
        "label": dict(STATES)[record.state],
        "amounts": {name: getattr(record, name) for name in AMOUNTS},
        "steps": record.steps.select_related("by").order_by("pk"),
        "next": NEXT.get(record.state, ()) if may(request.user, "sales.record") else (),
        "is_current": is_current(record),
        "is_mine": record.by_id == acting(request).pk,
        "today": clock.today(),
    }
    return render(request, "sales/reconciliation.html", context)


@require_POST
@requires("sales.record")
def reconciliation_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a signature, an objection or a withdrawal."""
    _record(request, pk)
    form = StepForm(request.POST)
    with problems_told(request):
        if not form.is_valid():
            raise Problem(_("Hãy kiểm tra ngày ký và độ dài ghi chú rồi gửi lại."))
        sent = form.cleaned_data
        step = Step(
            kind=ReconciliationStepKind(sent["buoc"]),
            signer=sent["nguoi_ky"],
            signed=sent["ngay_ky"],
            note=sent["ghi_chu"],
        )
        take_step(pk, step, by=acting(request), at=clock.now())
        messages.success(request, _("Đã ghi."))
    return redirect("reconciliation", pk=pk)


@require_GET
@requires("sales.view")
def reconciliation_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The record on paper or as a workbook."""
    record = _record(request, pk)
    paper = _paper(record)
    if kind == "xlsx":
        return file_answer(workbook(paper), XLSX, f"{record.number}.xlsx")
    try:
        return file_answer(pdf(document(paper)), PDF, f"{record.number}.pdf")
    except PdfUnavailable:
        messages.error(
            request,
            _("Máy chủ thiếu thư viện để tạo PDF. Hãy tải bản Excel và báo người quản trị."),
        )
        return redirect("reconciliation", pk=pk)


def _record(request: HttpRequest, pk: int) -> Any:
    rows = Reconciliation.objects.known_to(acting(request)).with_state()
    return get_object_or_404(rows.select_related("agent", "region", "by"), pk=pk)


def _paper(record: Any) -> ReconciliationPaper:
    """The paper is Vietnamese whatever language the person reads."""
    with translation.override("vi"):
        return ReconciliationPaper(
            company=Company.objects.own().name,
            number=record.number,
            agent=record.agent.name,
            agent_code=record.agent.code,
            region=record.region.name,
            first=record.first,
            last=record.last,
            made=record.at.astimezone(clock.VN).date(),
            amounts={name: getattr(record, name) for name in AMOUNTS},
            tickets=record.tickets,
            lines=_lines(record) if is_current(record) else None,
            signatures=_signatures(record),
            state=str(dict(STATES)[record.state]),
            controlled=foot_of("doi-chieu", on=record.at.astimezone(clock.VN).date()),
        )


def _lines(record: Reconciliation) -> list[PaperLine]:
    told = statement_of(record.agent, first=record.first, last=record.last)
    return [
        PaperLine(
            day=line.value_date,
            text=" · ".join(
                part
                for part in (str(JournalEvent(line.event).label), line.product, line.reason)
                if part
            ),
            reference=line.reference,
            moved=line.amounts["receivable"],
            balance=line.balance,
        )
        for line in told.lines
    ]


def _signatures(record: Reconciliation) -> list[Signature]:
    signed: dict[str, tuple[str, date | None]] = {
        step.kind: (step.signer, step.signed_date) for step in record.steps.all()
    }
    sides = (("agent", "Đại diện đại lý"), ("company", "Đại diện công ty"))
    return [Signature(side, *signed.get(kind, ("", None))) for kind, side in sides]


def _table(heading: Heading, rows: Any) -> Table:
    return Table(
        name="Đối chiếu",
        title=f"Biên bản đối chiếu công nợ của các kỳ hết trong tháng {heading.first:%m/%Y}",
        notes=(*heading.lines(), "Đồng."),
        columns=(
            Column("Số biên bản", 24), Column("Mã đại lý", 12), Column("Tên đại lý", 36),
            Column("Địa bàn", 20), Column("Từ ngày", 12, "day"), Column("Đến hết ngày", 12, "day"),
            Column("Nợ đầu kỳ", 16, "whole"), Column("Doanh thu", 16, "whole"),
            Column("Đã nộp", 16, "whole"), Column("Nợ cuối kỳ", 16, "whole"),
            Column("Tình trạng", 20),
        ),
        rows=(
            (row.number, row.agent.code, row.agent.name, row.region.name, row.first, row.last,
             row.opening_amount, row.revenue_amount, row.paid_amount, row.closing_amount,
             str(dict(STATES)[row.state]))
            for row in rows
        ),
        frozen=3,
    )  # fmt: skip
