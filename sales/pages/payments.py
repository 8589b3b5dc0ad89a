"""/ban-ve/cong-no/thu-tien/: money of agents as it came in, entered here and corrected by reversal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.forms import checked
from backend.pages.months import day_from
from backend.problems import Problem
from backend.tables import Column, Table
from backend.templatetags.shell import dong
from sales.engine.cell_values import whole
from sales.engine.money_lines import MoneyEvent, MoneyLine
from sales.models import Agent, JournalEntry, JournalEvent, Source
from sales.money.booking import record_money, reverse_entry
from sales.pages.regions import place_choices, place_of
from sales.pages.sheets import asks_for_workbook, heading_of, table_answer

#: Entries on the page, the latest first; the workbook has all.
SHOWN: Final = 200


@dataclass(frozen=True)
class Deed:
    """Something an entry may do: `sign` makes the typed amount that of the journal."""

    label: str | Promise
    event: MoneyEvent
    sign: int = 1


#: What may be entered, by what it is listed under.
DEEDS: Final[dict[str, dict[str, Deed]]] = {
    "payment": {"payment": Deed(gettext_lazy("đại lý nộp tiền"), "payment")},
    "collateral": {
        "deposit": Deed(gettext_lazy("nhận ký quỹ"), "collateral"),
        "give_back": Deed(gettext_lazy("trả lại ký quỹ"), "collateral", -1),
    },
    "adjustment": {
        "less": Deed(gettext_lazy("giảm nợ"), "adjustment", -1),
        "more": Deed(gettext_lazy("tăng nợ"), "adjustment"),
    },
}
KINDS: Final = {
    "payment": gettext_lazy("nộp tiền"),
    "collateral": gettext_lazy("ký quỹ"),
    "adjustment": gettext_lazy("điều chỉnh công nợ"),
}
INTO: Final = {
    "bank": gettext_lazy("chuyển khoản"),
    "cash": gettext_lazy("tiền mặt"),
    "offset": gettext_lazy("bù trừ"),
}
_FILES: Final = {"payment": "nop-tien", "collateral": "ky-quy", "adjustment": "dieu-chinh-cong-no"}


class MoneyForm(forms.Form):
    """One movement of an agent's money; its paper's number keeps it from being entered twice."""

    viec = forms.ChoiceField(label=gettext_lazy("Việc"))
    dai_ly = forms.CharField(label=gettext_lazy("Mã đại lý"), max_length=20)
    ngay = forms.DateField(label=gettext_lazy("Ngày"))
    so_tien = forms.CharField(label=gettext_lazy("Số tiền"), max_length=30)
    vao = forms.ChoiceField(
        label=gettext_lazy("Hình thức"), choices=list(INTO.items()), required=False
    )
    chung_tu = forms.CharField(label=gettext_lazy("Số chứng từ"), max_length=100)
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=200, required=False)

    def __init__(self, data: Any, *, kind: str) -> None:
        super().__init__(data)
        deeds: Any = self.fields["viec"]
        deeds.choices = [(name, deed.label) for name, deed in DEEDS[kind].items()]

    def clean_so_tien(self) -> int:
        """Whole đồng, with or without dots of thousands."""
        amount = whole(self.cleaned_data["so_tien"])
        if amount is None or amount <= 0:
            raise forms.ValidationError(_("Ghi số đồng lớn hơn 0, ví dụ 1.500.000."))
        return amount


@require_GET
@requires("sales.view")
def payments(request: HttpRequest) -> HttpResponseBase:
    """Entries of ?loai= from ?tu= to ?den= of ?dia_ban=, ?vao= and ?tim=, the latest first."""
    if not asks_for_workbook(request):
        return _page(request, _kind(request.GET))
    user, kind = acting(request), _kind(request.GET)
    place, (first, last) = place_of(request.GET.get("dia_ban", ""), user=user), _span(request)
    heading = heading_of(user, first, last, place.unit)
    table = _table(heading, kind, _found(request, kind, place.path, first, last))
    return table_answer(heading, f"{_FILES[kind]}-{last:%Y-%m-%d}.xlsx", table)


@require_POST
@requires("sales.record")
def payment_record(request: HttpRequest) -> HttpResponse:
    """Book what the form says; refused, it comes back as it was typed."""
    kind = _kind(request.POST)
    try:
        sent = checked(MoneyForm(request.POST, kind=kind))
        _book(sent, kind, by=acting(request))
    except Problem as problem:
        return _page(request, kind, problem)
    told = _("Đã ghi %(amount)s đồng, chứng từ %(reference)s.")
    messages.success(request, told % {"amount": dong(sent["so_tien"]), "reference": sent["chung_tu"]})  # fmt: skip
    kept = {"loai": kind, "ngay": sent["ngay"], "vao": sent["vao"]}
    return redirect(f"{reverse('payments')}?{urlencode(kept)}")


@require_POST
@requires("sales.record")
def payment_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an entry by a new one, with a reason."""
    entry = JournalEntry.objects.visible_to(acting(request)).filter(pk=pk).first()
    if entry is None:
        raise Http404
    try:
        reverse_entry(
            pk,
            reason=request.POST.get("ly_do", "")[:200],
            by=acting(request),
            at=clock.now(),
            source=Source.PAGE,
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Đã đảo bút toán; bút toán cũ và lý do vẫn còn trong sổ."))
    return redirect(f"{reverse('payments')}?loai={entry.event if entry.event in KINDS else ''}")


def _page(request: HttpRequest, kind: str, problem: Problem | None = None) -> HttpResponse:
    user = acting(request)
    place, (first, last) = place_of(request.GET.get("dia_ban", ""), user=user), _span(request)
    found = _found(request, kind, place.path, first, last)
    context = {
        "kind": kind,
        "kinds": KINDS.items(),
        "first": first,
        "last": last,
        "into": INTO.items(),
        "asked": request.GET,
        **place_choices(place, user, clock.today()),
        "rows": [Row(entry) for entry in found[:SHOWN]],
        **_totals(found),
        "problem": problem,
        "may_record": may(user, "sales.record"),
        "deeds": [(name, deed.label) for name, deed in DEEDS[kind].items()],
        "typed": request.POST or {"ngay": clock.today().isoformat(), **request.GET.dict()},
        "agents": Agent.objects.visible_to(user).order_by("code").values_list("code", "name"),
    }
    return render(
        request, "sales/payments.html", context, status=problem.status if problem else 200
    )


def _kind(sent: Mapping[str, str]) -> str:
    kind = sent.get("loai", "")
    return kind if kind in KINDS else "payment"


def _span(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; without them this month, of what comes seldom this year."""
    last = day_from(request.GET.get("den", "")) or clock.today()
    is_daily = _kind(request.POST or request.GET) == "payment"
    since = last.replace(day=1) if is_daily else last.replace(month=1, day=1)
    first = day_from(request.GET.get("tu", "")) or since
    return min(first, last), max(first, last)


def _found(
    request: HttpRequest, kind: str, path: str | None, first: date, last: date
) -> QuerySet[JournalEntry]:
    known = JournalEntry.objects.visible_to(acting(request)).in_scope(path)
    known = known.filter(event=kind, value_date__gte=first, value_date__lte=last)
    if (into := request.GET.get("vao", "")) in INTO:
        known = known.exclude(**{into: 0})
    if text := request.GET.get("tim", "").strip():
        agents = Agent.objects.found_by(text).values("pk")
        known = known.filter(Q(agent__in=agents) | Q(reference__icontains=text))
    return known.select_related(
        "agent", "region", "batch__recorded_by", "reversal", "bank_line"
    ).order_by("-value_date", "-pk")


def _totals(found: QuerySet[JournalEntry]) -> dict[str, Any]:
    """How many entries, and what they are together by where the money went."""
    sums = found.order_by().aggregate(
        count=Count("pk"), owed=Sum("receivable", default=0), held=Sum("collateral", default=0),
        **{into: Sum(into, default=0) for into in INTO},
    )  # fmt: skip
    return {
        "count": sums["count"],
        "by_place": [(label, sums[into]) for into, label in INTO.items() if sums[into]],
        "total": sums["owed"] or -sums["held"],
    }


@dataclass(frozen=True)
class Row:
    """An entry as the list shows it."""

    entry: JournalEntry

    @property
    def amount(self) -> int:
        """What came in; of an adjustment, by how much the debt grows."""
        entry = self.entry
        if entry.event == JournalEvent.ADJUSTMENT:
            return entry.receivable
        return -(entry.receivable or entry.collateral)

    @property
    def into(self) -> str | Promise:
        return next((label for name, label in INTO.items() if getattr(self.entry, name)), "")

    @property
    def reversal(self) -> JournalEntry | None:
        return getattr(self.entry, "reversal", None)

    @property
    def is_of_bank_line(self) -> bool:
        """Then it is reversed where the line was matched."""
        return hasattr(self.entry, "bank_line")

    @property
    def correction(self) -> str:
        """Which entry undid it, or which one it undoes."""
        if self.reversal is not None:
            return _("đã đảo bởi %(number)s") % {"number": self.reversal.pk}
        if self.entry.reverses_id:
            return _("đảo %(number)s") % {"number": self.entry.reverses_id}
        return ""


def _book(sent: Mapping[str, Any], kind: str, *, by: User) -> None:
    """Raises what `record_money` raises."""
    deed = DEEDS[kind][sent["viec"]]
    line = MoneyLine(
        event=deed.event,
        agent=sent["dai_ly"].upper(),
        date=sent["ngay"],
        amount=deed.sign * sent["so_tien"],
        into=sent["vao"] or "cash",
        reference=sent["chung_tu"],
        reason=sent["ly_do"],
    )
    record_money(by=by, at=clock.now(), lines=[line], source=Source.PAGE)


def _table(heading: Heading, kind: str, found: QuerySet[JournalEntry]) -> Table:
    return Table(
        name="Thu tiền",
        title=f"Tiền của đại lý: {KINDS[kind]}",
        notes=(*heading.lines(), "Đồng. Bút toán đảo có dấu ngược với bút toán nó sửa."),
        columns=(
            Column("Ngày", 12, "day"), Column("Mã đại lý", 12), Column("Tên đại lý", 28),
            Column("Địa bàn", 20), Column("Số tiền (đồng)", 16, "whole"),
            Column("Hình thức", 14), Column("Số chứng từ", 18), Column("Lý do", 28, "wrap"),
            Column("Sửa", 16), Column("Bút toán", 10, "plain"), Column("Nguồn", 16),
            Column("Người ghi", 22), Column("Ghi lúc", 18, "moment"),
        ),
        rows=(_cells(Row(entry)) for entry in found.iterator(chunk_size=2_000)),
        frozen=2,
    )  # fmt: skip


def _cells(row: Row) -> tuple[Any, ...]:
    entry, agent, region, batch = row.entry, row.entry.agent, row.entry.region, row.entry.batch
    assert agent is not None and region is not None  # noqa: S101, PT018 -- only payouts have none
    return (
        entry.value_date, agent.code, agent.name, region.name, row.amount, str(row.into),
        entry.reference, entry.reason, row.correction, entry.pk, batch.get_source_display(),
        str(batch.recorded_by), batch.recorded_at.astimezone(clock.VN),
    )  # fmt: skip
