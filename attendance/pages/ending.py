"""What holds for a person until somebody ends it earlier, by a form with the last day and a reason."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models.endings import EndedQuerySet
from backend import clock
from backend.accounts.permissions import acting
from backend.accounts.scope import employees_for
from backend.pages.forms import DayField, checked
from backend.pages.telling import problems_told
from backend.reasons import REASON_MIN

M = TypeVar("M", bound=models.Model)

#: Of those that are over so many are listed, the newest first.
SHOWN: Final = 200


class EndForm(forms.Form):
    den = DayField(label=_("Đến hết ngày"))
    ly_do = forms.CharField(label=_("Lý do"), max_length=1000)


def listed(request: HttpRequest, rows: EndedQuerySet[M]) -> dict[str, Any]:
    """What a page of such rows shows: those that hold today or later, those that are over, whom to enter."""
    people, today = employees_for(acting(request)), clock.today()
    told = rows.filter(employee__in=people)
    told = told.select_related("employee__department", "by", "ending__by")
    return {
        "held": told.until_or_after(today).order_by("employee__sort_key", "first", "pk"),
        "over": told.over_before(today)[:SHOWN],
        "people": people.order_by("sort_key", "pk").values_list("code", "full_name"),
        "reason_min": REASON_MIN,
        "today": today,
    }


def ended(
    request: HttpRequest,
    rows: EndedQuerySet[M],
    pk: int,
    end: Callable[..., object],
    *,
    told: str | Promise,
    back: str,
) -> HttpResponse:
    """Call `end` with the row, last, reason, by and at; say what came of it on the page `back`."""
    row = get_object_or_404(rows.filter(employee__in=employees_for(acting(request))), pk=pk)
    with problems_told(request):
        sent = checked(EndForm(request.POST))
        end(row, last=sent["den"], reason=sent["ly_do"], by=acting(request), at=clock.now())
        messages.success(request, str(told))
    return redirect(back)
