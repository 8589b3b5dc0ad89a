"""The record of changes (nhật ký thay đổi): who changed what, when, from what to what."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accounts.models import User
from backend.accounts.permissions import requires
from backend.audit.changes import Place, Wanted, histories, tracked_models
from backend.audit.changes import changes as read_changes

PAGE = 50


@require_safe
@requires("audit.view")
def changes(request: HttpRequest) -> HttpResponse:
    """?loai= model, ?nguoi= account, ?tu= and ?den= days; ?sau= goes on where the last page ended."""
    wanted = Wanted(
        model=model if (model := request.GET.get("loai", "")) in histories() else "",
        actor=_actor(request.GET.get("nguoi", "")),
        first=_day(request.GET.get("tu", "")),
        last=_day(request.GET.get("den", "")),
    )
    found = read_changes(wanted, after=_place(request.GET.get("sau", "")), limit=PAGE + 1)
    return render(
        request,
        "audit/changes.html",
        {
            "changes": found[:PAGE],
            "older": _older(request, found[PAGE - 1].place) if len(found) > PAGE else "",
            "models": tracked_models(),
            "people": User.objects.order_by("username"),
            "wanted": wanted,
            "chosen_actor": request.GET.get("nguoi", ""),
        },
    )


def _actor(username: str) -> int | None:
    """The account's key; a name nobody has finds nothing rather than everything."""
    if not username:
        return None
    return User.objects.filter(username=username).values_list("pk", flat=True).first() or 0


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def _place(text: str) -> Place | None:
    """ "2026-11-23T08:00:00.5+00:00~org.site~12" as a place; nonsense is the beginning."""
    try:
        at, model, pk = text.split("~")
        moment = datetime.fromisoformat(at)
        usable = moment.tzinfo and model in histories()
        return Place(moment, model, int(pk)) if usable else None
    except ValueError:
        return None


def _older(request: HttpRequest, place: Place) -> str:
    kept = {name: request.GET.get(name, "") for name in ("loai", "nguoi", "tu", "den")}
    after = f"{place.at.isoformat()}~{place.model}~{place.pk}"
    return "?" + urlencode({k: v for k, v in kept.items() if v} | {"sau": after})
