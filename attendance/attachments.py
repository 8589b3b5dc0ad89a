"""Papers that people attach to a decision."""

from dataclasses import asdict
from datetime import datetime

from attendance.models import Attachment
from backend.accounts.models import User
from backend.papers import paper_of


def attach(content: bytes, *, name: str, by: User, at: datetime) -> Attachment:
    """Keep a file. Raises AttachmentTooLarge, AttachmentRefused."""
    return Attachment.objects.create(**asdict(paper_of(content, name=name)), by=by, at=at)
