"""Putting events into the outbox, in the transaction of what they tell; and asking to be told."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from backend.sealing import seal
from backend.webhooks.models import Delivery, DeliveryState, Event, EventKind, Subscription
from backend.webhooks.signing import SECRET_BYTES, secret_text


def is_wanted(kind: EventKind) -> bool:
    """Whether anybody is to be told; asked before facts are gathered for nobody."""
    return _receivers(kind).exists()


def publish(kind: EventKind, data: dict[str, Any], *, at: datetime) -> Event | None:
    """Tell every receiver of `kind`, once the caller's transaction has happened.

    Must be called inside that transaction. None where nobody wants to know.
    """
    return _tell(kind, data, _receivers(kind), at=at)


def ping(subscription: Subscription, *, at: datetime) -> Event | None:
    """Send one receiver a test event, whatever it has asked for."""
    told = {"subscription": subscription.name}
    return _tell(EventKind.PING, told, [subscription], at=at)


def _receivers(kind: EventKind) -> QuerySet[Subscription]:
    return Subscription.objects.filter(enabled=True, kinds__contains=[kind]).order_by("pk")


def _tell(
    kind: EventKind, data: dict[str, Any], receivers: Iterable[Subscription], *, at: datetime
) -> Event | None:
    chosen = list(receivers)
    if not chosen:
        return None
    body = msgspec.json.encode({"type": kind.value, "timestamp": at, "data": data}).decode()
    with transaction.atomic():
        event = Event.objects.create(key=uuid.uuid4(), kind=kind, body=body, at=at)
        Delivery.objects.bulk_create(
            Delivery(event=event, subscription=receiver, due_at=at, next_attempt_at=at)
            for receiver in chosen
        )
    return event


def give_secret(subscription: Subscription) -> str:
    """Make a new secret for an unsaved or saved subscription; the old one is worth nothing then.

    The caller saves, and shows the answer once.
    """
    secret = secret_text(secrets.token_bytes(SECRET_BYTES))
    subscription.secret_sealed = seal(secret)
    return secret


def send_again(subscriptions: Iterable[Subscription], *, at: datetime) -> int:
    """Make the given-up deliveries of these receivers due again. Returns how many."""
    failed = Delivery.objects.filter(
        subscription__in=list(subscriptions), state=DeliveryState.FAILED
    )
    return failed.update(state=DeliveryState.DUE, due_at=at, next_attempt_at=at, lease_until=None)
