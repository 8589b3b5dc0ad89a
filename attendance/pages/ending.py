"""What holds for a person until somebody ends it earlier, by a form with the last day and a reason."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.permissions import acting
from backend.pages.forms import DayField, checked
from backend.problems import Problem


class EndForm(forms.Form):
    den = DayField(label=_("Đến hết ngày"))
    ly_do = forms.CharField(label=_("Lý do"), max_length=1000)


def ended(
    request: HttpRequest, end: Callable[..., object], *, told: str | Promise, back: str
) -> HttpResponse:
    """Call `end` with last, reason, by and at; say what came of it on the page `back`."""
    try:
        sent = checked(EndForm(request.POST))
        end(last=sent["den"], reason=sent["ly_do"], by=acting(request), at=clock.now())
    except Problem as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(told))
    return redirect(back)
