"""/cham-cong/may/: the terminal board, and the users on terminals whom nobody here knows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from attendance import terminal_board
from attendance.models import Punch, Terminal
from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import may, requires

#: How many punches of one unknown user the page shows, newest first.
SHOWN = 50


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type for mypy
    return request.user


@require_GET
@requires("terminals.view")
def terminals(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    cards = terminal_board.states(user=_user(request), at=now)
    return render(
        request,
        "attendance/terminals.html",
        {
            "cards": cards,
            "now": now,
            "in_trouble": sum(card.tone in ("bad", "attention") for card in cards),
            "unknown": sum(card.unknown_users for card in cards),
            "may_manage": may(request.user, "terminals.manage"),
            "may_import": may(request.user, "attendance.manage"),
        },
    )


@require_POST
@requires("terminals.manage")
def pull_now(request: HttpRequest, code: str) -> HttpResponse:
    """The terminal is due at once; whichever collector is free takes it."""
    mine = Terminal.objects.visible_to(_user(request))
    terminal = get_object_or_404(mine, code=code, enabled=True)
    mine.filter(pk=terminal.pk).update(next_poll_at=None)
    text = _("Đã yêu cầu tải {terminal}; kết quả hiện ở thẻ của máy sau ít giây.")
    messages.success(request, text.format(terminal=terminal.name))
    return redirect("terminals")


@require_GET
@requires("terminals.view")
def unknown_users(request: HttpRequest) -> HttpResponse:
    """Who punched and is nobody's; with ?ma= the newest punches of one of them."""
    mine = Terminal.objects.visible_to(_user(request))
    users = (
        terminal_board.unknown_users()
        .filter(terminal__in=mine)
        .select_related("terminal")
        .order_by("-last_punched_at", "pk")
    )
    chosen = request.GET.get("ma", "")
    punches = (
        Punch.objects.filter(device_user_id=chosen, terminal__in=mine)
        .select_related("terminal")
        .order_by("-device_time", "-pk")[:SHOWN]
        if chosen
        else []
    )
    return render(
        request,
        "attendance/unknown_users.html",
        {"users": users, "chosen": chosen, "punches": punches, "shown": SHOWN},
    )
