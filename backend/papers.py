"""Papers that people hand in as files: known by their content, bounded, kept unchanged."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as received. `content_type` was told from the bytes; `size` is in bytes."""

    name: str
    content_type: str
    size: int
    sha256: str
    data: bytes


def paper_of(content: bytes, *, name: str) -> Paper:
    """Raises AttachmentTooLarge, AttachmentRefused."""
    if len(content) > MAX_BYTES:
        raise AttachmentTooLarge
    return Paper(
        name=PurePath(name.replace("\\", "/")).name[:200],
        content_type=_content_type_of(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        data=content,
    )


def _content_type_of(content: bytes) -> str:
    """Told from the bytes; a file's name is not believed."""
    for beginning, content_type in _KINDS.items():
        if content.startswith(beginning):
            return content_type
    raise AttachmentRefused
