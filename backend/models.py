"""What requests that come twice are known by."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """The answer once given to a request with an Idempotency-Key, kept for the same request again.

    A form that is sent once stands here, too, by "form:" and the value of its hidden field. Written
    in the transaction of the work itself, so that neither can exist without the other.
    `status` is 0 and `answer` empty only inside that transaction.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=200, help_text="method and path")
    body_sha256 = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.key}"
