"""A key of somebody's own request is held once: by the row that keeps the answer to it.

Pages hold their forms by it (`backend.pages.sent_once`), the API what carries an Idempotency-Key
(`backend.api.idempotency`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.http import HttpRequest
from rest_framework.request import Request

from backend.models import IdempotencyRecord

# The update changes nothing, but locks and returns the row that is there already.
_HOLD: Final = """
    insert into backend_idempotencyrecord as known
        (user_id, key, request, body_sha256, status, answer, created_at)
    values (%s, %s, %s, %s, 0, '', %s)
    on conflict (user_id, key) do update set key = known.key
    returning id, request, body_sha256, status, answer, created_at
"""
_LONGEST_NAME: Final = 200


def name_of(request: HttpRequest | Request) -> str:
    """Method and address: the same key for another address is another request."""
    return f"{request.method} {request.get_full_path()}"[:_LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class HeldKey:
    """The row of a key; `request` is its `name_of`, `digest` a SHA-256 of what was sent."""

    pk: int
    request: str
    digest: bytes
    status: int
    answer: bytes
    created_at: datetime

    @property
    def is_new(self) -> bool:
        """No answer yet: we have inserted the row ourselves, in this transaction."""
        return self.status == 0


def hold_key(key: str, *, user_id: int, request: str, digest: bytes, at: datetime) -> HeldKey:
    """The key's row: inserted, or as it stands once whoever is inserting it has committed.

    Belongs in the transaction of the work, which ends with `keep_answer`: what comes to nothing
    leaves no key behind.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [user_id, key, request, digest, at])
        pk, name, stored, status, answer, made = cursor.fetchone()
    return HeldKey(pk, name, bytes(stored), status, bytes(answer), made)


def keep_answer(held: HeldKey, status: int, answer: bytes = b"") -> None:
    """Keep what a new key was answered."""
    IdempotencyRecord.objects.filter(pk=held.pk).update(status=status, answer=answer)
