"""The start page's card of reports."""

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.jobs.models import Run, RunState
from backend.mail.models import MailState
from backend.pages.cards import HomeCard
from reporting.asking import HANDLER
from reporting.builders.content import Completeness, completeness_of
from reporting.models import Edition
from reporting.watchdog import late_reports

MOMENT = "%H:%M %d/%m/%Y"


def card(user: User, now: datetime) -> HomeCard | None:
    """The newest edition, how far its delivery is, when the next one comes."""
    if not may(user, "reports.view"):
        return None
    newest = Edition.objects.visible_to(user).newest_first().first()
    oversees = may(user, "reports.all")
    lines = [(_("Lần lập tới"), _next_run(now))] if oversees else []
    waiting = _late(now) if oversees else []
    if newest is None:
        lines.insert(0, (_("Bản mới nhất"), _("chưa có")))
        return HomeCard(_("Báo cáo giao ban"), reverse("editions"), lines, None, waiting=waiting)
    states = list(newest.deliveries.values_list("mail__state", flat=True))
    sent = states.count(MailState.ACCEPTED)
    lines = [
        (_("Bản mới nhất"), f"{newest.title}, {_('bản số')} {newest.number}"),
        *([(_("Thư đã gửi"), f"{sent}/{len(states)}")] if oversees else []),
        *lines,
    ]
    missing = _gaps(completeness_of(newest.snapshot))
    waiting += _unsent(newest, now) if oversees else []
    title, link = _("Báo cáo giao ban"), reverse("editions")
    return HomeCard(title, link, lines, newest.cut_off_at, missing, waiting)


def _next_run(now: datetime) -> str:
    run = Run.objects.coming().filter(handler=HANDLER, due_at__gt=now).first()
    return localtime(run.due_at).strftime(MOMENT) if run else _("chưa có lịch")


def _late(now: datetime) -> list[str]:
    return [late.sentence() for late in late_reports(at=now)[:3]] or _failed_runs()


def _failed_runs() -> list[str]:
    failed = Run.objects.filter(handler=HANDLER, state=RunState.FAILED).order_by("-due_at").first()
    if failed is None or Edition.objects.issued().filter(cut_off_at__gt=failed.due_at).exists():
        return []
    due = localtime(failed.due_at).strftime(MOMENT)
    return [_("Không lập được báo cáo đến hạn {due}").format(due=due)]


def _gaps(found: Completeness) -> list[str]:
    gaps = [
        _("Bản mới nhất thiếu phần {section}").format(section=f.section) for f in found.failures
    ]
    if agents := len(found.agents):
        words = ngettext("{count} đại lý chưa báo cáo", "{count} đại lý chưa báo cáo", agents)
        gaps.append(words.format(count=agents))
    if terminals := len(found.terminals):
        words = ngettext(
            "{count} máy chấm công mất liên lạc", "{count} máy chấm công mất liên lạc", terminals
        )
        gaps.append(words.format(count=terminals))
    return gaps


def _unsent(edition: Edition, now: datetime) -> list[str]:
    mails = [each.mail for each in edition.deliveries.select_related("mail")]
    late = sum(mail.is_late(at=now) for mail in mails)
    failed = sum(mail.state in (MailState.FAILED, MailState.BOUNCED) for mail in mails)
    unsure = sum(mail.state == MailState.UNCERTAIN for mail in mails)
    words = [
        (late, _("{count} thư gửi muộn")),
        (failed, _("{count} thư không gửi được")),
        (unsure, _("{count} thư không rõ đã tới chưa")),
    ]
    return [text.format(count=count) for count, text in words if count]
