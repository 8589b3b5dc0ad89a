"""200 readers get their copy of an edition over SMTP from a local server within 30 s."""

from time import perf_counter
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings

from backend.accounts.models import Role, User
from backend.jobs import queue, work
from backend.mail import outbox
from backend.mail.models import MailState, OutgoingMail
from backend.org.models import Company
from reporting.setup import ensure_weekly_briefing
from scripts.benches.measure import Measure, against_limit, is_trial

READERS = 200
LIMIT = 30.0
PORT = 8925


def run() -> list[Measure]:
    """From due mails to the server's last answer; every reader has exactly one."""
    count = 20 if is_trial() else READERS
    Company.objects.create(name="Công ty Đo Lường", short_name="ĐL")
    readers = User.objects.bulk_create(
        User(username=f"r{n}", email=f"r{n}@example.vn", role=Role.EXECUTIVE) for n in range(count)
    )
    now = queue.database_now()
    ensure_weekly_briefing(readers, first_due_at=now, at=now)
    work.work_off(worker="bench:1")
    seconds, arrived = _send_all()
    accepted = OutgoingMail.objects.filter(state=MailState.ACCEPTED).count()
    if accepted != count or len(set(arrived)) != count:
        raise AssertionError(f"{accepted} of {count} mails were accepted")
    return [against_limit(f"{count} mails with PDF and Excel", seconds, LIMIT)]


class _Taker:
    """A mail server's handler that takes everything and remembers for whom."""

    def __init__(self) -> None:
        self.arrived: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.arrived += envelope.rcpt_tos
        return "250 taken"


def _send_all() -> tuple[float, list[str]]:
    """Seconds until every due mail was answered, and for whom one arrived."""
    taker = _Taker()
    server = Controller(taker, hostname="127.0.0.1", port=PORT)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", PORT
    try:
        begun = perf_counter()
        outbox.send_due(worker="bench:1")
        return perf_counter() - begun, taker.arrived
    finally:
        server.stop()
