"""Calling receivers: at least once, signed, with back-off, each attempt written down.

A delivery is claimed with a lease and an attempt number, so that any number of processes may send.
One receiver that is down costs one attempt in each pause: what else waits for it, waits with it.
"""

import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.jobs.queue import database_now
from backend.problems import Problem
from backend.webhooks.models import Attempt, Delivery, DeliveryState
from backend.webhooks.receivers import checked_receiver
from backend.webhooks.signing import headers

logger = logging.getLogger(__name__)

#: Seconds a receiver has to say a status.
TIMEOUT = 10.0
#: A claim lasts longer than a call can, however slowly it is answered.
LEASE = timedelta(minutes=5)
#: After so long a delivery is given up, shown as failed, and sent again only when asked.
GIVE_UP_AFTER = timedelta(days=3)
#: So much of the answer is kept.
ANSWER = 500


@dataclass(frozen=True)
class Outcome:
    """What became of one call; `status` is None when there was no answer."""

    status: int | None
    answer: str
    duration: int

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


CLAIM = """
UPDATE webhooks_delivery SET attempt = attempt + 1, lease_until = %(lease_until)s
WHERE id = (
    SELECT delivery.id FROM webhooks_delivery delivery
    JOIN webhooks_subscription subscription ON subscription.id = delivery.subscription_id
    WHERE delivery.state = 'due' AND delivery.next_attempt_at <= %(at)s AND subscription.enabled
      AND (delivery.lease_until IS NULL OR delivery.lease_until < %(at)s)
    ORDER BY delivery.next_attempt_at, delivery.id LIMIT 1 FOR UPDATE OF delivery SKIP LOCKED
)
RETURNING *
"""


def send_due(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Make every call that is due. Returns how many receivers accepted."""
    accepted = 0
    while not stopping():
        delivery = claim(at=database_now())
        if delivery is None:
            break
        outcome = _call(delivery, at=database_now())
        record(delivery, outcome, at=database_now())
        accepted += outcome.is_accepted
    return accepted


def claim(*, at: datetime) -> Delivery | None:
    """Take the next due delivery of a receiver in use; None when idle."""
    values = {"at": at, "lease_until": at + LEASE}
    return next(iter(Delivery.objects.raw(CLAIM, values)), None)


def _call(delivery: Delivery, *, at: datetime) -> Outcome:
    """One POST. A receiver that answers nonsense or not at all is an outcome, not an error."""
    receiver, event = delivery.subscription, delivery.event
    body = event.body.encode()
    begun = time.monotonic()
    status, answer = None, ""
    try:
        url = checked_receiver(receiver.url, hosts=settings.WEBHOOK_HOSTS)
        signed = headers(
            receiver.secret(), message_id=str(event.key), seconds=int(at.timestamp()), body=body
        )
        status, answer = post(url, body, dict(signed))
    except (OSError, http.client.HTTPException, Problem) as error:
        answer = f"{type(error).__name__}: {error}"
    return Outcome(status, _legible(answer), int((time.monotonic() - begun) * 1000))


def post(url: str, body: bytes, sent: dict[str, str]) -> tuple[int, str]:
    """Status and the beginning of the answer; redirections are not followed, they are no 2xx.

    Connected, it ends after TIMEOUT, however slowly the receiver drips. Raises OSError,
    http.client.HTTPException.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _cut_after(TIMEOUT, connection.sock) as is_cut:
            connection.request("POST", path, body=body, headers=sent)
            with connection.getresponse() as response:
                if is_cut():
                    raise TimeoutError
                return response.status, _beginning(response)
    finally:
        connection.close()


@contextmanager
def _cut_after(seconds: float, line: socket.socket) -> Iterator[Callable[[], bool]]:
    """Shut the line down after so many seconds, whatever waits for it; whether that has happened.

    The timeout of a socket is one for each piece: who sends a byte now and then has no end.
    """
    cut = threading.Event()

    def shut() -> None:
        cut.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.start()
    try:
        yield cut.is_set
    finally:
        timer.cancel()


def _beginning(response: http.client.HTTPResponse) -> str:
    """What of the answer came in time: for people who read the log, the status has decided."""
    try:
        return response.read(ANSWER).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""


def _legible(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:ANSWER]


@transaction.atomic
def record(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Write the attempt down; then the delivery is done, waits for the next one, or is given up."""
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempt,
        at=at,
        status=outcome.status,
        duration=outcome.duration,
        answer=outcome.answer,
    )
    ours = Delivery.objects.filter(
        pk=delivery.pk, attempt=delivery.attempt, state=DeliveryState.DUE
    )
    if outcome.is_accepted:
        ours.update(state=DeliveryState.DELIVERED, delivered_at=at, lease_until=None)
        return
    logger.warning(
        "webhook %s: %s", delivery, outcome.status or outcome.answer or _("không trả lời")
    )
    if at - delivery.due_at > GIVE_UP_AFTER:
        ours.update(state=DeliveryState.FAILED, lease_until=None)
        return
    later = at + pause(delivery.attempt)
    ours.update(next_attempt_at=later, lease_until=None)
    Delivery.objects.filter(
        subscription=delivery.subscription_id,
        state=DeliveryState.DUE,
        next_attempt_at__lt=later,
        lease_until__isnull=True,
    ).update(next_attempt_at=later)


def pause(attempt: int) -> timedelta:
    """How long to wait after the attempt with that number: 10 s, 20 s, 40 s … 1 h."""
    return min(timedelta(seconds=10 * 2 ** min(attempt - 1, 12)), timedelta(hours=1))
