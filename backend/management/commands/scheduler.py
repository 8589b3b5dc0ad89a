"""`python -m backend scheduler`: due runs, mails, bounces, webhooks, transfers; start one or ten of them."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils.module_loading import import_string

from backend import clock
from backend.jobs import queue, work
from backend.jobs.clockwork import Clockwork, Tick
from backend.jobs.standing import ensure_standing_schedules
from backend.mail import bounce_mailbox, outbox
from backend.org.transfers import apply_transfers
from backend.webhooks import sending

#: The longest a round and its last item (a report, a mail, a call) may take before the process is ended.
RUN_LIMIT = 15 * 60
MAIL_LIMIT = 10 * 60
WEBHOOK_LIMIT = 10 * 60
STANDING_EVERY = 60 * 60
BOUNCES_EVERY = 60


class Command(BaseCommand):
    help = "Do due runs, send due mails and calls, apply transfers on their day, until stopped."
    #: They would import every page, twice the work of the rest of a start; scripts/check makes them.
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own form

    def handle(self, *args: Any, **options: Any) -> None:
        connections.databases["default"]["OPTIONS"]["application_name"] = "giaoban-scheduler"
        clockwork: Clockwork

        def standing() -> None:
            ensure_standing_schedules(at=queue.database_now())

        def materialise() -> int:
            return queue.materialise(at=queue.database_now())

        def runs() -> int:
            return work.work_off(worker=clockwork.instance, stopping=clockwork.round())

        def mails() -> int:
            return outbox.send_due(worker=clockwork.instance, stopping=clockwork.round())

        def bounces() -> int:
            return bounce_mailbox.take_all(stopping=clockwork.round())

        def webhooks() -> int:
            return sending.send_due(stopping=clockwork.round())

        def watches() -> None:
            for name in settings.WATCHES:
                import_string(name)(at=queue.database_now())

        def transfers() -> int:
            return apply_transfers(on=clock.today())

        clockwork = Clockwork(
            "scheduler",
            [
                Tick("standing schedules", STANDING_EVERY, standing),
                Tick("materialise", 1, materialise),
                Tick("runs", 1, runs, limit=RUN_LIMIT),
                Tick("mails", 1, mails, limit=MAIL_LIMIT),
                Tick("bounces", BOUNCES_EVERY, bounces, limit=MAIL_LIMIT),
                Tick("webhooks", 1, webhooks, limit=WEBHOOK_LIMIT),
                Tick("watches", 10, watches),
                Tick("transfers", 5, transfers),
            ],
        )
        signal.signal(signal.SIGTERM, clockwork.stop)
        signal.signal(signal.SIGINT, clockwork.stop)
        clockwork.run()
