"""/cham-cong/may/: the terminal board as cards, as a long table, and on the wall."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from attendance.models import Terminal, WaitingTerminal
from attendance.terminals import terminal_board
from attendance.terminals.terminal_state import Condition, TerminalState
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Site

#: So many terminals are still read as cards; more are a table.
MOST_CARDS: Final = 40
#: The other pages about terminals, for those who may open them: (capability, URL name, label).
DOORS: Final = (
    ("terminals.view", "parked_records", gettext_lazy("Bản ghi cách ly")),
    ("attendance.manage", "import_files", gettext_lazy("Nhập tệp từ USB")),
    ("terminals.view", "push_terminals", gettext_lazy("Máy tự đẩy (ADMS)")),
    ("attendance.manage", "consents", gettext_lazy("Đồng ý dùng vân tay")),
    ("terminals.manage", "doctor", gettext_lazy("Khám kết nối")),
)


@require_GET
@requires("terminals.view")
def terminals(request: HttpRequest) -> HttpResponse:
    """?noi= a site, ?chi=loi those that need a look, ?xep=ma by code, ?dang=the|bang, ?tuong=1."""
    chosen = request.GET
    now = clock.now()
    cards = terminal_board.states(
        user=acting(request),
        at=now,
        site=chosen.get("noi", ""),
        only_trouble=chosen.get("chi") == "loi",
        by_code=chosen.get("xep") == "ma",
    )
    shown = {
        "cards": cards,
        "now": now,
        "in_trouble": sum(card.needs_look for card in cards),
    }
    if chosen.get("tuong"):
        return render(request, "attendance/terminals_wall.html", {**shown, **_wall(cards)})
    form = chosen.get("dang")
    return render(
        request,
        "attendance/terminals.html",
        {
            **shown,
            "unknown": sum(card.unknown_users for card in cards),
            "may_manage": may(request.user, "terminals.manage"),
            "as_table": form == "bang" or (form != "the" and len(cards) > MOST_CARDS),
            "is_filtered": bool(chosen.get("noi") or chosen.get("chi")),
            "sites": Site.objects.filter(terminal__isnull=False).distinct().order_by("name", "pk"),
            "doors": [(url, label) for needed, url, label in DOORS if may(request.user, needed)],
            "to_approve": WaitingTerminal.objects.filter(ignored_at__isnull=True).count(),
            "chosen": chosen,
        },
    )


def _wall(cards: list[TerminalState]) -> dict[str, Any]:
    """Those that need a look are large, the others small; people of a site count once."""
    fine = (Condition.GOOD, Condition.RUNNING, Condition.QUIET)
    return {
        "troubled": [card for card in cards if card.needs_look],
        "others": [card for card in cards if not card.needs_look],
        "fine": sum(card.condition in fine and not card.needs_look for card in cards),
        "punches": sum(hour[2] for card in cards for hour in card.hours if hour),
        "affected": sum(
            {card.terminal.site_id: card.people for card in cards if card.is_cut_off}.values()
        ),
    }


@require_POST
@requires("terminals.manage")
def pull_now(request: HttpRequest, code: str) -> HttpResponse:
    """The terminal is due at once; whichever collector is free takes it."""
    mine = Terminal.objects.visible_to(acting(request))
    terminal = get_object_or_404(mine, code=code, enabled=True)
    mine.filter(pk=terminal.pk).update(next_poll_at=None)
    text = _("Đã yêu cầu tải {terminal}; kết quả hiện ở thẻ của máy sau ít giây.")
    messages.success(request, text.format(terminal=terminal.name))
    return redirect("terminals")
