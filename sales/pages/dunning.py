"""/ban-ve/cong-no/nhac-no/: agents in arrears, whom to remind first, and what they promised."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.heading import Heading
from backend.pages.places import place_choices, place_of
from backend.pages.sent_once import sent_once
from backend.pages.telling import problems_told
from backend.problems import Problem
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.models import DunningChannel
from sales.money.dunning import LEVELS, Overdue, overdue_on, record_notices

#: Agents on the page, the worst first; the workbook has all of them.
SHOWN: Final = 300


class NoticeForm(forms.Form):
    """How agents were reminded, and what they promised."""

    cach = forms.ChoiceField(choices=DunningChannel.choices)
    hen = forms.DateField(required=False)
    ghi_chu = forms.CharField(max_length=300, required=False)


@require_GET
@requires("sales.view")
def dunning(request: HttpRequest) -> HttpResponseBase:
    """Agents in arrears today, of ?dia_ban= and ?muc=; ?dang=xlsx as a workbook."""
    user, today = acting(request), clock.today()
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    level = request.GET.get("muc", "")
    rows = overdue_on(today, path=place.path)
    counts = {str(number): sum(row.level == number for row in rows) for number in LEVELS}
    if level in counts:
        rows = [row for row in rows if row.level == int(level)]
    if asks_for_workbook(request):
        heading = heading_of(user, today, today, place.unit)
        return table_answer(heading, f"nhac-no-{today:%Y-%m-%d}.xlsx", _table(heading, rows))
    context = {
        "today": today,
        **place_choices(place, user, today),
        "level": level,
        "levels": list(counts.items()),
        "rows": rows[:SHOWN],
        "count": len(rows),
        "total": sum(row.debt.age.overdue for row in rows),
        "channels": DunningChannel.choices,
        "may_record": may(request.user, "sales.record"),
    }
    return render(request, "sales/dunning.html", context)


@require_POST
@requires("sales.record")
def dunning_record(request: HttpRequest) -> HttpResponse:
    """Write down that the chosen agents were reminded."""
    form = NoticeForm(request.POST)
    with problems_told(request):
        if not form.is_valid():
            raise Problem(_("Hãy chọn cách nhắc và kiểm tra ngày hẹn rồi gửi lại."))
        sent = form.cleaned_data
        with sent_once(request, by=acting(request)):
            count = record_notices(
                request.POST.getlist("dai_ly"),
                channel=sent["cach"],
                promised=sent["hen"],
                note=sent["ghi_chu"],
                by=acting(request),
                at=clock.now(),
            )
        told = ngettext("Đã ghi nhắc %(n)s đại lý.", "Đã ghi nhắc %(n)s đại lý.", count)
        messages.success(request, told % {"n": count})
    return redirect("dunning")


def _table(heading: Heading, rows: list[Overdue]) -> Table:
    return Table(
        name="Nhắc nợ",
        title=f"Đại lý có nợ quá hạn, ngày {heading.last:%d/%m/%Y}",
        notes=(*heading.lines(), "Mức 1: quá hạn 1–7 ngày; mức 2: 8–30 ngày; mức 3: trên 30 ngày. Đồng.",),
        columns=(
            Column("Mức", 6, "plain"), Column("Mã đại lý", 12), Column("Tên đại lý", 36),
            Column("Địa bàn", 20), Column("Quá hạn (đồng)", 16, "whole"),
            Column("Còn nợ (đồng)", 16, "whole"), Column("Số ngày", 9, "whole"),
            Column("Nhắc lần cuối", 13, "day"), Column("Hẹn nộp", 12, "day"),
            Column("Ghi chú", 30, "wrap"),
        ),
        rows=[
            (row.level, row.debt.code, row.debt.name, row.debt.region, row.debt.age.overdue,
             row.debt.owed_amount, row.days, row.last.on if row.last else None,
             row.last.promised_date if row.last else None, row.last.note if row.last else "")
            for row in rows
        ],
        frozen=3,
    )  # fmt: skip
