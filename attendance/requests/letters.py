"""What mails about requests say: to those who decide, and to the person who asked.

In Vietnamese whatever the language of the page that caused them: the reader's is not known.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.models import DayPart, Request, RequestState
from backend.accounts.models import User
from backend.clock import VN
from backend.mail import outbox
from backend.mail.models import OutgoingMail

#: A request and the moment since which it waits for its next step.
Waiting = tuple[Request, datetime]


@translation.override("vi")
def mail_reminder(to: User, waiting: Sequence[Waiting], *, on: date, at: datetime) -> OutgoingMail:
    """One mail with everything that waits for this account, each with its link."""
    count = len(waiting)
    subject = ngettext(
        "%(count)s đơn đang chờ bạn duyệt", "%(count)s đơn đang chờ bạn duyệt", count
    )
    lines = [
        _("Kính gửi %(name)s,") % {"name": to},
        _("Những đơn sau chờ bạn duyệt đã lâu:"),
        *(_told(request, since) for request, since in waiting),
        _("Tất cả đơn chờ duyệt: %(link)s") % {"link": _link("requests")},
        _("Thư tự động, mỗi ngày nhiều nhất một thư; duyệt xong thì thôi nhắc."),
    ]
    return outbox.enqueue(
        message_id=outbox.own_message_id(f"nhac-duyet.{to.pk}.{on}"),
        recipient=to,
        subject=subject % {"count": count},
        text=_letter(lines),
        due_at=at,
    )


@translation.override("vi")
def mail_decided(request: Request, *, note: str, by: User, at: datetime) -> None:
    """Tell the person who asked how it ended, if their account has an address.

    Call it in the transaction of the decision; a request that still waits makes no mail.
    """
    if request.state not in (RequestState.APPROVED, RequestState.REJECTED):
        return
    accounts = User.objects.filter(employee=request.employee_id, is_active=True)
    to = accounts.exclude(email="").first()
    if to is None:
        return
    ending = {"number": request.pk, "who": by}
    if request.state == RequestState.APPROVED:
        subject = _("Đơn số %(number)s đã được duyệt") % ending
        told = _("%(who)s đã duyệt đơn số %(number)s của bạn.") % ending
    else:
        subject = _("Đơn số %(number)s bị từ chối") % ending
        told = _("%(who)s đã từ chối đơn số %(number)s của bạn.") % ending
    lines = [
        _("Kính gửi %(name)s,") % {"name": to},
        f"{told}\n{in_words(request)}",
        *([_("Ý kiến: %(note)s") % {"note": note}] if note else []),
        _("Xem đơn: %(link)s") % {"link": _link("request", request.pk)},
    ]
    outbox.enqueue(
        message_id=outbox.own_message_id(f"don.{request.pk}.{request.state}"),
        recipient=to,
        subject=subject,
        text=_letter(lines),
        due_at=at,
    )


def in_words(request: Request) -> str:
    """ "nghỉ phép (P) 03/11/2026 – 05/11/2026, 07:30–09:30"."""
    code = f" ({request.code})" if request.code else ""
    last = f" – {request.last:%d/%m/%Y}" if request.last != request.first else ""
    start = f", {request.start:%H:%M}" if request.start else ""
    end = f"–{request.end:%H:%M}" if request.end else ""
    part = f", {request.get_part_display()}" if request.part != DayPart.FULL else ""
    return f"{request.get_kind_display()}{code} {request.first:%d/%m/%Y}{last}{part}{start}{end}"


def _told(request: Request, since: datetime) -> str:
    waits = _("chờ từ %(time)s") % {"time": f"{since.astimezone(VN):%H:%M %d/%m/%Y}"}
    who = f"{request.employee.full_name} ({request.employee.code}, {request.employee.department})"
    return f"- {who}: {in_words(request)}; {waits}\n  {_link('request', request.pk)}"


def _link(name: str, *arguments: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=arguments)}"


def _letter(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(paragraphs) + "\n"
