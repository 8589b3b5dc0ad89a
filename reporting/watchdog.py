"""The watchdog: a report not delivered five minutes after its time is told to its owner, once; so is
each copy that comes back.

It looks at rows, not at what the processes say of themselves: a run that nobody took, one that fails
again and again, and mails that wait are the same to whoever waits for the report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.jobs.models import Run, RunState, Schedule
from backend.mail import outbox
from backend.mail.models import MailState
from reporting.asking import HANDLER
from reporting.models import Alarm, AlarmKind, Delivery, ReportSchedule
from reporting.naming import made_by_run

#: How long after its time a report must be with its readers.
PATIENCE = timedelta(minutes=5)
#: What is older is history, not an alarm.
LOOK_BACK = timedelta(days=2)
MOMENT = "%H:%M %d/%m/%Y"
OPEN_MAIL = (MailState.DUE, MailState.SENDING)
#: Nobody sends these again by himself; copies that came back are told of one by one.
LOST_MAIL = (MailState.FAILED, MailState.UNCERTAIN)
#: By containment: most payloads say nothing of sending.
_MAILED_TO_NOBODY = Q(payload__contains={"send": False})


@dataclass(frozen=True, slots=True)
class Late:
    """A report that is not with its readers: at which step it stands, why, and what comes next."""

    run: Run
    name: str
    kind: AlarmKind
    step: str
    reason: str
    next_try_at: datetime | None

    def sentence(self) -> str:
        """ "Báo cáo giao ban tuần, đến hạn 07:30 23/11/2026: chưa lập được (…). Thử lại lúc 07:41." """
        words = _("{name}, đến hạn {due}: {step}.").format(
            name=self.name, due=self.run.due_at.astimezone(VN).strftime(MOMENT), step=self.step
        )
        if self.next_try_at is not None:
            again = self.next_try_at.astimezone(VN)
            words += " " + _("Thử lại lúc {next}.").format(next=f"{again:%H:%M:%S}")
        return words


def late_reports(*, at: datetime) -> list[Late]:
    """Every report that is overdue now, the oldest first.

    One that is asked for on its page and mailed to nobody is late for nobody, also where a schedule
    sends its edition later: that run is late then. That it cannot be made is told.
    """
    missing = (*OPEN_MAIL, *LOST_MAIL)
    waiting = Delivery.objects.filter(_sent_by(OuterRef("pk")), mail__state__in=missing)
    is_late = Q(state__in=[RunState.DUE, RunState.DOING])
    is_late |= Q(state=RunState.DONE, has_waiting=True)
    runs = (
        Run.objects.filter(handler=HANDLER, due_at__lte=at - PATIENCE, due_at__gt=at - LOOK_BACK)
        .annotate(has_waiting=Exists(waiting))
        .filter(Q(state=RunState.FAILED) | is_late & ~_MAILED_TO_NOBODY)
        .select_related("schedule")
        .order_by("due_at", "pk")
    )
    names = _names()
    return [_late(run, names, at=at) for run in runs]


def _sent_by(run: Run | OuterRef) -> Q:
    """Copies of the editions a run made, or sent because they still held."""
    return Q(edition__run=run) | Q(edition__rechecks__run=run)


def _names() -> dict[str, str]:
    return dict(Schedule.objects.values_list("code", "name"))


def _late(run: Run, names: dict[str, str], *, at: datetime) -> Late:
    name = run.schedule.name if run.schedule else names.get(run.payload.get("schedule", ""), "")
    name = name or made_by_run(run)
    if run.state == RunState.FAILED:
        step = _("không lập được, đã thôi thử lại")
        return Late(run, name, AlarmKind.FAILED, step, run.error, None)
    if run.state == RunState.DONE:
        return _unsent(run, name, at=at)
    if run.attempt == 0:
        step = _("chưa bắt đầu lập; tiến trình lập lịch có đang chạy không?")
        return Late(run, name, AlarmKind.LATE, step, "", None)
    if run.state == RunState.DOING:
        return Late(run, name, AlarmKind.LATE, _("đang lập, chưa xong"), run.error, None)
    step = _("chưa lập được")
    return Late(run, name, AlarmKind.LATE, step, run.error, run.runnable_at)


def _unsent(run: Run, name: str, *, at: datetime) -> Late:
    copies = Delivery.objects.filter(_sent_by(run)).distinct().select_related("mail")
    waiting = [copy.mail for copy in copies.order_by("pk") if copy.mail.state in OPEN_MAIL]
    if not waiting:
        return _lost(run, name, [copy for copy in copies if copy.mail.state in LOST_MAIL])
    step = _("đã lập, còn {count} thư chưa gửi được").format(count=len(waiting))
    reason = next((mail.last_error for mail in waiting if mail.last_error), "")
    again = max(at, min(mail.next_attempt_at for mail in waiting))  # one that is due is tried now
    return Late(run, name, AlarmKind.LATE, step, reason, again)


def _lost(run: Run, name: str, copies: list[Delivery]) -> Late:
    step = _("đã lập, {count} thư không gửi được hoặc không rõ đã tới").format(count=len(copies))
    reason = next((copy.mail.last_error for copy in copies if copy.mail.last_error), "")
    return Late(run, name, AlarmKind.FAILED, step, reason, None)


def watch(*, at: datetime) -> int:
    """Tell the owner of every late report and returned copy not told of yet; how many alarms."""
    late = sum(_raise_alarm(late, at=at) for late in late_reports(at=at))
    returned = _returned().filter(mail__bounce__at__gt=at - LOOK_BACK)
    runs = Run.objects.filter(pk__in=returned.values("edition__run")).order_by("due_at", "pk")
    return late + sum(_tell_of_returned(run, at=at) for run in runs)


def _raise_alarm(late: Late, *, at: datetime) -> bool:
    """One row per run and kind, whoever watches beside us; its mail in the same transaction."""
    if Alarm.objects.filter(run=late.run, kind=late.kind).exists():
        return False
    with transaction.atomic():
        Alarm.objects.bulk_create(
            [Alarm(run=late.run, kind=late.kind, step=late.step[:200], at=at)],
            ignore_conflicts=True,
        )
        if not Alarm.objects.filter(run=late.run, kind=late.kind, at=at).exists():
            return False
        for owner in owners_of(late.run):
            _write_to(owner, late, at=at)
    return True


def _returned() -> QuerySet[Delivery]:
    """Copies that came back, refused at once or returned later, and were not told of."""
    return Delivery.objects.filter(mail__bounce__isnull=False, mail__alarm=None)


def _tell_of_returned(run: Run, *, at: datetime) -> int:
    """One row a copy, one mail for all that came back by now. Returns how many copies."""
    with transaction.atomic():
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        copies = list(
            _returned()
            .filter(edition__run=run)
            .select_related("edition", "recipient__user", "mail")
            .order_by("pk")
        )
        Alarm.objects.bulk_create(
            Alarm(
                run=run,
                kind=AlarmKind.BOUNCED,
                step=_("thư bị trả lại: {address}").format(address=copy.mail.recipient)[:200],
                mail=copy.mail,
                at=at,
            )
            for copy in copies
        )
        for owner in _owners_of_all(run) if copies else ():
            _write_of_returned(owner, copies, at=at)
    return len(copies)


def owners_of(run: Run) -> list[User]:
    """Who answers for the run: the schedule's owner, else who asked for it, else who manages reports."""
    schedule = ReportSchedule.objects.select_related("owner").filter(
        Q(schedule=run.schedule_id) | Q(schedule__code=run.payload.get("schedule", ""))
    )
    owners = {each.owner for each in schedule if each.owner and each.owner.is_active}
    asked = User.objects.filter(pk=run.payload.get("made_by"), is_active=True)
    return list(owners) or list(asked) or list(_managers())


def _owners_of_all(run: Run) -> list[User]:
    """Also of later runs that sent its editions."""
    later = Run.objects.filter(rechecks__edition__run=run).order_by("pk").distinct()
    return list(dict.fromkeys(owner for each in (run, *later) for owner in owners_of(each)))


def _managers() -> Iterable[User]:
    everyone = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return [user for user in everyone if may(user, "reports.manage")]


def _write_to(owner: User, late: Late, *, at: datetime) -> None:
    """The failure mail: report, step, reason, next retry, and where to look."""
    due = late.run.due_at.astimezone(VN).strftime(MOMENT)
    lines = [
        late.sentence(),
        "",
        _("Báo cáo: {name}").format(name=late.name),
        _("Bước: {step}").format(step=late.step),
        _("Lỗi: {reason}").format(reason=late.reason or _("chưa có")),
        _("Hệ thống vẫn tự thử tiếp; bạn chỉ nhận thư này một lần.")
        if late.kind == AlarmKind.LATE
        else _("Hệ thống đã thôi thử; hãy xử lý lỗi trên rồi lập lại báo cáo hoặc gửi lại thư."),
        "",
        settings.PUBLIC_URL + reverse("report_health"),
    ]
    outbox.enqueue(
        message_id=outbox.own_message_id(f"alarm.{late.run.pk}.{late.kind}.{owner.pk}"),
        recipient=owner,
        subject=_subject(late).format(name=late.name, due=due),
        text="\n".join(lines),
        due_at=at,
    )


def _subject(late: Late) -> str:
    if late.run.payload.get("send", True):
        return _("Báo động: {name} đến hạn {due} chưa tới người nhận")
    return _("Báo động: {name} yêu cầu lúc {due} không lập được")


def _write_of_returned(owner: User, copies: list[Delivery], *, at: datetime) -> None:
    """The mail about copies that came back: whose, why, and where to send them again."""
    edition = copies[0].edition
    first = _("{count} thư của báo cáo {code} bị trả lại, người nhận chưa nhận được:").format(
        count=len(copies), code=edition.code
    )
    lines = [
        f"- {copy.recipient} ({copy.mail.recipient}): {copy.mail.last_error}" for copy in copies
    ]
    outbox.enqueue(
        message_id=outbox.own_message_id(f"alarm.bounced.{copies[0].mail_id}.{owner.pk}"),
        recipient=owner,
        subject=_("Báo động: {count} thư của báo cáo {code} bị trả lại").format(
            count=len(copies), code=edition.code
        ),
        text="\n".join(
            [
                first,
                "",
                *lines,
                "",
                _("Hãy sửa địa chỉ của người nhận rồi gửi lại ở trang của bản này:"),
                settings.PUBLIC_URL + reverse("edition", args=[edition.code]),
            ]
        ),
        due_at=at,
    )
