"""/cham-cong/ma-chua-biet/: users on terminals whom nobody here knows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from attendance import terminal_board
from attendance.models import Punch, Terminal
from attendance.pages.terminals import _user
from backend.accounts.permissions import requires

#: How many punches of one unknown user the page shows, newest first.
SHOWN = 50


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
