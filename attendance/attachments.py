"""Papers that people attach to a decision: known by their content, bounded, kept unchanged."""

import hashlib
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext_lazy as _

from attendance.models import Attachment
from backend.accounts.models import User
from backend.problems import Problem

MAX_BYTES: Final = 5 * 1024 * 1024
#: What a file of each kind begins with.
_KINDS: Final = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


class AttachmentTooLarge(Problem):
    code = "attachment_too_large"
    status = 413
    message = _("Tệp đính kèm lớn hơn 5 MB. Hãy quét lại ở độ phân giải thấp hơn.")


class AttachmentRefused(Problem):
    code = "attachment_refused"
    message = _("Tệp đính kèm phải là PDF, JPEG hoặc PNG.")


def content_type_of(content: bytes) -> str:
    """Told from the bytes; a file's name is not believed. Raises AttachmentRefused."""
    for beginning, content_type in _KINDS.items():
        if content.startswith(beginning):
            return content_type
    raise AttachmentRefused


def attach(content: bytes, *, name: str, by: User, at: datetime) -> Attachment:
    """Keep a file. Raises AttachmentTooLarge, AttachmentRefused."""
    if len(content) > MAX_BYTES:
        raise AttachmentTooLarge
    return Attachment.objects.create(
        name=PurePath(name.replace("\\", "/")).name[:200],
        content_type=content_type_of(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        data=content,
        by=by,
        at=at,
    )
