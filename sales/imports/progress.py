"""How far a file in the background is, and where it stands again when that came to nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from backend.jobs.models import RunState
from backend.jobs.queue import Fence
from sales.ledger.steps import Begins, Step
from sales.models import ImportFile, ImportState

logger = logging.getLogger(__name__)

#: Where a file stands when what was begun is not done.
_BEFORE: Final = {
    ImportState.RUNNING.value: ImportState.WAITING,
    ImportState.UNDOING.value: ImportState.DONE,
}
# Only of the attempt that has the run, and never behind a row that its own transaction holds.
_NOTE: Final = """
    set lock_timeout = '1s';
    update sales_importfile set done = %s
    from jobs_run where jobs_run.id = %s and jobs_run.attempt = %s and run_id = jobs_run.id
"""


@contextmanager
def noting(fence: Fence) -> Iterator[Begins]:
    """Tell others the step that is under way, on a connection of its own.

    What the recording's transaction writes nobody sees before it ends. A note that fails is only missing.
    """
    beside = connection.copy()

    def note(step: Step) -> None:
        try:
            with beside.cursor() as cursor:
                cursor.execute(_NOTE, [step.value, fence.run_id, fence.attempt])
        except DatabaseError as error:
            logger.warning("step %s of run %d not noted: %s", step.name, fence.run_id, error)

    try:
        yield note
    finally:
        beside.close()


def fall_back(file: ImportFile, why: str) -> None:
    """The file stands where it stood before, and says why."""
    if file.state == ImportState.UNDOING:
        why = f"{_('Chưa hoàn tác được.')} {why}"
    ImportFile.objects.filter(pk=file.pk, state=file.state, run=file.run_id).update(
        state=_BEFORE[file.state], problem=why[:500], done=0, total=0, undo_reason="", undo_by=None
    )


def give_up_failed() -> None:
    """Files whose run failed for good do not look as if they still went on."""
    failed = ImportFile.objects.filter(state__in=_BEFORE, run__state=RunState.FAILED)
    for file in failed.only("state", "run"):
        fall_back(
            file,
            _("Máy chủ đã thử nhiều lần mà chưa xong; không có gì bị ghi dở. Hãy bấm làm lại, nếu vẫn không "
              "được thì báo người quản trị."),
        )  # fmt: skip
