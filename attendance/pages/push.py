"""/cham-cong/may-day/: terminals that push (ADMS): who waits, how each is, what it is told."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance.models import (
    AuditState,
    CommandKind,
    CommandState,
    PushAudit,
    PushLink,
    Terminal,
    TerminalCommand,
    WaitingTerminal,
)
from attendance.push import audits as push_audits
from attendance.push import commands as push_commands
from attendance.push import receiving as push
from attendance.push.admission import approve, checked_networks
from attendance.push.refusals import meaning_of
from backend import clock
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Site
from backend.pages.keys import key_from
from backend.pages.months import day_from
from backend.pages.telling import problems_told
from backend.problems import Problem

#: A terminal calls every ten seconds; silent for so long it is late.
LATE: Final = timedelta(minutes=5)
AUDITS_SHOWN: Final = 31
COMMANDS_SHOWN: Final = 30
#: Longest span that is counted or fetched at one click.
LONGEST: Final = timedelta(days=366)
#: The page's chip classes.
AUDIT_TONES: Final = {
    AuditState.EQUAL: "good",
    AuditState.SHORT: "bad",
    AuditState.REFUSED: "attention",
}
COMMAND_TONES: Final = {
    CommandState.DONE: "good",
    CommandState.FAILED: "bad",
    CommandState.EXPIRED: "attention",
}


def _links(request: HttpRequest) -> Any:
    mine = Terminal.objects.visible_to(acting(request))
    return PushLink.objects.filter(terminal__in=mine).select_related("terminal", "terminal__site")


def _is_late(link: PushLink, at: datetime) -> bool:
    return link.last_heard_at is None or at - link.last_heard_at > LATE


def _refusal(link: PushLink) -> str:
    """Why it was last turned away, unless it was heard since."""
    told = link.last_refused_at
    if told is None or (link.last_heard_at is not None and link.last_heard_at > told):
        return ""
    return meaning_of(link.last_refusal)


@require_GET
@requires("terminals.view")
def push_terminals(request: HttpRequest) -> HttpResponse:
    """Terminals that wait for approval, and those that push."""
    now = clock.now()
    is_open = Q(terminal__push_commands__state__in=[CommandState.WAITING, CommandState.SENT])
    is_short = Q(terminal__push_audits__state=AuditState.SHORT)
    links = (
        _links(request)
        .annotate(
            open_commands=Count("terminal__push_commands", filter=is_open, distinct=True),
            short_days=Count("terminal__push_audits", filter=is_short, distinct=True),
        )
        .order_by("terminal__code")
    )
    waiting = WaitingTerminal.objects.order_by("-last_heard_at", "pk")
    registered = Terminal.objects.filter(serial_number__in=waiting.values("serial_number"))
    known = dict(registered.values_list("serial_number", "name"))
    return render(
        request,
        "attendance/push_terminals.html",
        {
            "now": now,
            "waiting": [
                (one, known.get(one.serial_number, ""))
                for one in waiting.filter(ignored_at__isnull=True)
            ],
            "ignored": waiting.filter(ignored_at__isnull=False),
            "rows": [(link, _is_late(link, now), _refusal(link)) for link in links],
            "may_manage": may(request.user, "terminals.manage"),
        },
    )


@require_http_methods(["GET", "POST"])
@requires("terminals.manage")
def push_approve(request: HttpRequest, code: str) -> HttpResponse:
    """Let a waiting serial number push: a new terminal, or one known by that number."""
    waiting = get_object_or_404(WaitingTerminal, serial_number=code)
    known = Terminal.objects.filter(serial_number=code).first()
    values = {
        "ma": request.POST.get("ma", "").strip(),
        "ten": request.POST.get("ten", "").strip(),
        "noi": request.POST.get("noi", ""),
        "mang": request.POST.get("mang", f"{waiting.address}/{_bits(waiting.address)}"),
    }
    problem = ""
    if request.method == "POST":
        try:
            link = _approved(request, waiting, values)
        except Problem as error:
            problem = str(error)
        except ValidationError as error:
            problem = _first(error)
        else:
            text = _("Đã duyệt {terminal}; máy sẽ gửi dữ liệu khi gọi lần tới.")
            messages.success(request, text.format(terminal=link.terminal.name))
            return redirect("push_terminal", link.terminal.code)
    return render(
        request,
        "attendance/push_approve.html",
        {
            "waiting": waiting,
            "known": known,
            "values": values,
            "problem": problem,
            "sites": Site.objects.order_by("name", "pk"),
        },
        status=400 if problem else 200,
    )


def _approved(
    request: HttpRequest, waiting: WaitingTerminal, values: Mapping[str, str]
) -> PushLink:
    return approve(
        waiting,
        code=values["ma"],
        name=values["ten"],
        site=Site.objects.filter(code=values["noi"]).first(),
        networks=checked_networks(values["mang"]),
        key=request.POST.get("khoa", "").strip(),
        at=clock.now(),
    )


def _bits(address: str) -> int:
    return 128 if ":" in address else 32


def _first(error: ValidationError) -> str:
    """The first complaint, with the name of the field it is about."""
    if not hasattr(error, "error_dict"):
        return str(error.messages[0])
    name, errors = next(iter(error.error_dict.items()))
    fields = {field.name: field for field in Terminal._meta.fields}
    label = fields[name].verbose_name if name in fields else name
    return f"{label}: {errors[0].messages[0]}"


@require_POST
@requires("terminals.manage")
def push_ignore(request: HttpRequest, code: str) -> HttpResponse:
    """Hide a waiting serial number, or show it again."""
    waiting = get_object_or_404(WaitingTerminal, serial_number=code)
    waiting.ignored_at = None if waiting.ignored_at else clock.now()
    waiting.save(update_fields=["ignored_at"])
    return redirect("push_terminals")


@require_GET
@requires("terminals.view")
def push_terminal(request: HttpRequest, code: str) -> HttpResponse:
    """One terminal's push: how it is heard, its counts against ours, its commands."""
    link = get_object_or_404(_links(request), terminal__code=code)
    now = clock.now()
    audits = PushAudit.objects.filter(terminal=link.terminal).order_by("-first", "last")
    commands = TerminalCommand.objects.filter(terminal=link.terminal).select_related("by")
    yesterday = push_audits.device_date(link.terminal, now) - timedelta(days=1)
    return render(
        request,
        "attendance/push_terminal.html",
        {
            "now": now,
            "link": link,
            "terminal": link.terminal,
            "late": _is_late(link, now),
            "refusal": _refusal(link),
            "audits": [
                (audit, AUDIT_TONES.get(AuditState(audit.state), "info"))
                for audit in audits[:AUDITS_SHOWN]
            ],
            "commands": [
                (command, COMMAND_TONES.get(CommandState(command.state), "info"))
                for command in commands.order_by("-pk")[:COMMANDS_SHOWN]
            ],
            "networks": ", ".join(link.networks),
            "first": yesterday - timedelta(days=30),
            "last": yesterday,
            "may_manage": may(request.user, "terminals.manage"),
        },
    )


@require_POST
@requires("terminals.manage")
def push_settings(request: HttpRequest, code: str) -> HttpResponse:
    """Networks, key (empty keeps it, "-" takes it away) and the switch."""
    link = get_object_or_404(_links(request), terminal__code=code)
    try:
        link.networks = checked_networks(request.POST.get("mang", ""))
    except Problem as error:
        messages.error(request, str(error))
        return redirect("push_terminal", code)
    link.enabled = request.POST.get("bat") == "1"
    key = request.POST.get("khoa", "").strip()
    if key:
        link.set_key("" if key == "-" else key[:100])
    link.save(update_fields=["networks", "enabled", "key_sealed", "keyed_address"])
    messages.success(request, _("Đã lưu cài đặt kênh đẩy."))
    return redirect("push_terminal", code)


class BadOrder(Problem):
    code = "bad_order"


def _span(request: HttpRequest) -> tuple[datetime, datetime]:
    first, last = (day_from(request.POST.get(name, "")) for name in ("tu", "den"))
    if first is None or last is None or last < first or last - first > LONGEST:
        raise BadOrder(_("Hãy chọn từ ngày đến ngày, không quá một năm."))
    return push_audits.day_span(first, last)


def _count(request: HttpRequest, link: PushLink) -> str:
    push_audits.ask(link.terminal, *_span(request), by=acting(request), at=clock.now())
    return _("Đã xếp lệnh kiểm tra số lượng; máy trả lời khi gọi lần tới.")


def _fetch(request: HttpRequest, link: PushLink) -> str:
    push_audits.fetch(link.terminal, *_span(request), by=acting(request), at=clock.now())
    return _("Đã xếp lệnh lấy lại; lượt đã có không bị thêm lần nữa.")


def _send_all(request: HttpRequest, link: PushLink) -> str:
    push.send_all_again(link, by=acting(request), at=clock.now())
    return _("Đã xếp lệnh gửi lại toàn bộ nhật ký của máy.")


def _ask_info(request: HttpRequest, link: PushLink) -> str:
    push.queue_command(
        terminal=link.terminal, text="INFO", by=acting(request), at=clock.now(),
        kind=CommandKind.INFO,
    )  # fmt: skip
    return _("Đã xếp lệnh hỏi thông tin máy.")


def _restart(request: HttpRequest, link: PushLink) -> str:
    if request.POST.get("chac") != "1":
        raise BadOrder(_("Hãy đánh dấu xác nhận trước khi khởi động lại máy."))
    push.queue_command(
        terminal=link.terminal, text="REBOOT", by=acting(request), at=clock.now(),
        kind=CommandKind.REBOOT, expires=timedelta(minutes=15),
    )  # fmt: skip
    return _("Đã xếp lệnh khởi động lại; máy làm khi gọi lần tới, quá 15 phút thì bỏ.")


def _withdraw(request: HttpRequest, link: PushLink) -> str:
    commands = TerminalCommand.objects.filter(terminal=link.terminal)
    command = get_object_or_404(commands, pk=key_from(request.POST.get("so", "")))
    if not push_commands.withdraw(command):
        raise BadOrder(_("Lệnh đã gửi cho máy nên không rút lại được."))
    return _("Đã rút lệnh.")


ORDERS: Final[dict[str, Callable[[HttpRequest, PushLink], str]]] = {
    "dem": _count,
    "lay-lai": _fetch,
    "gui-lai": _send_all,
    "hoi": _ask_info,
    "khoi-dong": _restart,
    "rut": _withdraw,
}


@require_POST
@requires("terminals.manage")
def push_order(request: HttpRequest, code: str) -> HttpResponse:
    """Queue one of ORDERS for the terminal."""
    link = get_object_or_404(_links(request), terminal__code=code)
    order = ORDERS.get(request.POST.get("lenh", ""))
    with problems_told(request):
        if order is None:
            raise BadOrder(_("Không có lệnh này."))
        messages.success(request, order(request, link))
    return redirect("push_terminal", code)
