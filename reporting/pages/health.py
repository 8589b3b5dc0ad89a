"""/bao-cao/tinh-trang/: is every report on its way, do the background processes live, does mail go?"""

from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from backend import clock
from backend.accounts.permissions import requires
from backend.jobs.models import Heartbeat
from backend.mail import bounce_mailbox
from backend.mail.models import MailState, OutgoingMail
from reporting.models import Alarm
from reporting.naming import made_by_run
from reporting.pages.schedules import whole_company
from reporting.watchdog import late_reports

#: A process shows a sign of life every ten seconds.
SILENT_AFTER = timedelta(seconds=60)
SHOWN = timedelta(days=7)
MOST = 20


@requires("reports.all")
@require_GET
def report_health(request: HttpRequest) -> HttpResponse:
    """What is overdue now, and what was in the last seven days."""
    whole_company(request)
    at = clock.now()
    mails = (
        OutgoingMail.objects.filter(due_at__gt=at - SHOWN)
        .values("state")
        .annotate(count=Count("pk"), oldest=Min("due_at"))
        .order_by("state")
    )
    labels = dict(MailState.choices)
    alarms = Alarm.objects.filter(at__gt=at - SHOWN).select_related("run__schedule")
    newest = alarms.order_by("-at", "-pk")[:MOST]
    context = {
        "late": late_reports(at=at),
        "beats": _beats(at),
        "mails": [(labels[each["state"]], each["count"], each["oldest"]) for each in mails],
        "returned": bounce_mailbox.standing(),
        "alarms": [(each, each.run.schedule or made_by_run(each.run)) for each in newest],
        "at": at,
    }
    return render(request, "reporting/health.html", context)


def _beats(at: datetime) -> list[tuple[Heartbeat, bool]]:
    """Processes and whether each is silent; one that another on its machine took over from is not told."""
    beats = Heartbeat.objects.order_by("process", "instance")
    told = [(beat, at - beat.seen_at > SILENT_AFTER) for beat in beats]
    alive = {_post(beat): beat.started_at for beat, is_silent in told if not is_silent}
    return [
        (beat, is_silent)
        for beat, is_silent in told
        if not is_silent or alive.get(_post(beat), beat.seen_at) <= beat.seen_at
    ]


def _post(beat: Heartbeat) -> tuple[str, str]:
    """The process and the machine it runs on."""
    return beat.process, beat.instance.rpartition(":")[0]
