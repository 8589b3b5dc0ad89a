"""Uploaded files between their preview and their import: bounded in size, number and age."""

import hashlib
import zlib
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from attendance.collecting.exports import read_export
from attendance.collecting.importing import Imported, import_file
from attendance.models import PendingImport, Terminal
from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem

#: A full terminal of 300,000 records exports about 13 MB; the command takes larger files.
MAX_UPLOAD_BYTES: Final = 16 * 1024 * 1024
MAX_WAITING: Final = 20
KEPT_FOR: Final = timedelta(hours=1)


class FileTooLarge(Problem):
    code = "file_too_large"
    status = 413
    message = _(
        "Tệp lớn hơn 16 MB. Hãy nhờ người quản trị nhập bằng lệnh import_punches trên máy chủ."
    )


class NoLongerWaiting(Problem):
    """It was imported or thrown away meanwhile, or is too old."""

    code = "no_longer_waiting"
    status = 404
    message = _("Tệp này đã được nhập, đã bỏ hoặc chờ quá một giờ. Hãy chọn lại tệp.")


def keep(content: bytes, *, name: str, by: User, at: datetime) -> PendingImport:
    """Keep an uploaded file for its preview, and throw away what is too old or too much.

    Raises FileTooLarge, NotAnExport, AmbiguousDates; then nothing is kept.
    """
    if len(content) > MAX_UPLOAD_BYTES:
        raise FileTooLarge
    read_export(content)
    forget_old(at=at)
    with transaction.atomic():
        mine = PendingImport.objects.filter(by=by)
        surplus = mine.order_by("-at", "pk").values_list("pk", flat=True)[MAX_WAITING - 1 :]
        mine.filter(pk__in=list(surplus)).delete()
        return PendingImport.objects.create(
            name=PurePath(name).name[:200],
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            data=zlib.compress(content, 1),
            by=by,
            at=at,
        )


def forget_old(*, at: datetime) -> None:
    PendingImport.objects.filter(at__lte=at - KEPT_FOR).delete()


def waiting(key: UUID, *, by: User, at: datetime) -> PendingImport:
    """The file, if this person uploaded it less than `KEPT_FOR` ago. Raises NoLongerWaiting."""
    found = PendingImport.objects.filter(pk=key, by=by, at__gt=at - KEPT_FOR).first()
    if found is None:
        raise NoLongerWaiting
    return found


def content_of(pending: PendingImport) -> bytes:
    return zlib.decompress(bytes(pending.data))


def import_waiting(key: UUID, *, terminal: Terminal, by: User, at: datetime) -> Imported:
    """Import the kept file, once: whoever comes second finds it gone.

    Raises NoLongerWaiting, SerialUnknown; then it is still kept, or never was.
    """
    with transaction.atomic():
        found = lock_rows(PendingImport.objects.filter(pk=key, by=by, at__gt=at - KEPT_FOR))
        if not found:
            raise NoLongerWaiting
        [pending] = found
        content = content_of(pending)
        imported = import_file(content, name=pending.name, terminal=terminal, at=at, by=by)
        pending.delete()
    return imported
