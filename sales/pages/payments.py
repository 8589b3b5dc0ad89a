"""/ban-ve/cong-no/thu-tien/: money of agents as it came in, entered here and corrected by reversal."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.forms import checked
from backend.pages.months import day_from
from backend.pages.places import place_choices, place_of
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from backend.templatetags.shell import dong
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import Agent, JournalEntry, Source
from sales.money.booking import record_money, reverse_entry
from sales.money.movements import (
    INTO,
    KINDS,
    Movement,
    about,
    between,
    movements,
    that_went,
    totals,
)
from sales.pages.payment_forms import DEEDS, MoneyForm, line_of

#: Entries on the page, the latest first; the workbook has all.
SHOWN: Final = 200
_FILES: Final = {"payment": "nop-tien", "collateral": "ky-quy", "adjustment": "dieu-chinh-cong-no"}


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
        record_money(
            by=acting(request), at=clock.now(), lines=[line_of(sent, kind)], source=Source.PAGE
        )
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
    entry = get_object_or_404(JournalEntry.objects.known_to(acting(request)), pk=pk)
    with problems_told(request):
        reverse_entry(
            pk,
            reason=request.POST.get("ly_do", "")[:200],
            by=acting(request),
            at=clock.now(),
            source=Source.PAGE,
        )
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
        "rows": [Movement(entry) for entry in found[:SHOWN]],
        **totals(found),
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
    """Of one agent, named by its code, also what it paid where it was before."""
    user, text = acting(request), request.GET.get("tim", "").strip()
    agent = Agent.objects.visible_to(user).filter(code__iexact=text).first()
    rows = movements(kind)
    seen = rows.known_to(user).filter(agent=agent) if agent else rows.visible_to(user)
    found = between(seen.in_scope(path) if path != user.scope_path else seen, first, last)
    if (into := request.GET.get("vao", "")) in INTO:
        found = that_went(found, into)
    if text and not agent:
        found = about(found, text)
    return found.order_by("-value_date", "-pk")


def _table(heading: Heading, kind: str, found: QuerySet[JournalEntry]) -> Table:
    return Table(
        name="Thu tiền",
        title=f"Tiền của đại lý: {KINDS[kind]}",
        notes=(*heading.lines(), "Đồng. Bút toán đảo có dấu ngược với bút toán nó sửa."),
        columns=(
            Column("Ngày", 12, "day"), Column("Mã đại lý", 12), Column("Tên đại lý", 36),
            Column("Địa bàn", 20), Column("Số tiền (đồng)", 16, "whole"),
            Column("Hình thức", 14), Column("Số chứng từ", 18), Column("Lý do", 28, "wrap"),
            Column("Sửa", 16), Column("Bút toán", 10, "plain"), Column("Nguồn", 16),
            Column("Người ghi", 22), Column("Ghi lúc", 18, "moment"),
        ),
        rows=(_cells(Movement(entry)) for entry in found.iterator(chunk_size=2_000)),
        frozen=2,
    )  # fmt: skip


def _cells(row: Movement) -> tuple[Any, ...]:
    entry, agent, region, batch = row.entry, row.entry.agent, row.entry.region, row.entry.batch
    assert agent is not None and region is not None  # noqa: S101, PT018 -- only payouts have none
    return (
        entry.value_date, agent.code, agent.name, region.name, row.amount, str(row.into),
        entry.reference, entry.reason, row.correction, entry.pk, batch.get_source_display(),
        str(batch.recorded_by), batch.recorded_at.astimezone(clock.VN),
    )  # fmt: skip
