"""Signatures as in Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): pure.

What is signed is "<id>.<unix seconds>.<body>", with HMAC-SHA256; the secret is written
"whsec_" + base64, the signature "v1," + base64.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

PREFIX = "whsec_"
#: Bytes of a secret of ours; the standard asks for 24 to 64.
SECRET_BYTES = 32


def secret_text(key: bytes) -> str:
    """The secret as people copy it."""
    return PREFIX + b64encode(key).decode()


def signature(secret: str, *, message_id: str, seconds: int, body: bytes) -> str:
    """The value of the header `webhook-signature`."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret: str, *, message_id: str, seconds: int, body: bytes) -> Mapping[str, str]:
    """Everything the receiver needs to believe the body."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "GiaoBan-Webhook/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message_id=message_id, seconds=seconds, body=body),
    }
