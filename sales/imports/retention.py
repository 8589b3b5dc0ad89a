"""How long the bytes of import files are kept. What they were stays: SHA-256, lines, sums, batch, who, when."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from backend.jobs.handlers import in_one_transaction
from sales.models import ImportFile, ImportState

#: So long files are kept of which nothing was recorded: left aside, or never decided.
_CAME_TO_NOTHING: Final = timedelta(days=90)
_RECORDED: Final = (ImportState.DONE, ImportState.UNDONE)


def drop_contents(*, at: datetime) -> int:
    """Let the bytes go that were kept long enough; what still waits is left aside. How many files.

    A recorded file was a voucher of the books (settings.IMPORT_KEEP_DAYS).
    """
    term = timedelta(days=settings.IMPORT_KEEP_DAYS)
    ImportFile.objects.filter(state=ImportState.WAITING, at__lt=at - _CAME_TO_NOTHING).update(
        state=ImportState.DISCARDED
    )
    over = Q(state__in=_RECORDED, at__lt=at - term) | Q(
        state=ImportState.DISCARDED, at__lt=at - _CAME_TO_NOTHING
    )
    return ImportFile.objects.filter(over).exclude(content=b"").update(content=b"")


run_due = in_one_transaction(drop_contents)
