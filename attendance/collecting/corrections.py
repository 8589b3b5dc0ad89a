"""HR decides about records that were set aside: a clock's error is corrected, or they are dismissed.

Until then they count for nobody. Afterwards they are punches like others, with the terminal's own
reading beside the approved moment, and reading the log again neither stores nor parks them anew.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from attendance.collecting.believing import EARLIEST
from attendance.collecting.resets import Run, WaitingPunch, run_of
from attendance.models import (
    ClockCorrection,
    ParkedDismissal,
    ParkedRecord,
    ParkedResolution,
    Punch,
    Terminal,
)
from attendance.reasons import checked_reason
from attendance.timesheet.dirty import mark_corrected
from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem

#: The engine allows a punch so much after it was received (specification §4).
_AHEAD: Final = timedelta(minutes=5)


class RunChanged(Problem):
    """Records came or were decided about since the page was shown."""

    code = "run_changed"
    status = 409
    message = _("Nhóm bản ghi đã thay đổi từ lúc bạn xem. Hãy xem lại rồi duyệt.")


class StillWrong(Problem):
    """With this shift some punches would lie before 2020, or after they were received."""

    code = "still_wrong"
    message = _(
        "Với độ lệch này, có lượt chấm rơi vào trước năm 2020 hoặc sau lúc máy chủ đã nhận nó."
        " Hãy sửa giờ đúng."
    )


def moment_of(punch: WaitingPunch, *, terminal: Terminal, shift_seconds: int) -> datetime | None:
    """When it was, corrected; None where that cannot be."""
    try:
        local = punch.key.device_time + timedelta(seconds=shift_seconds)
        moment = local.replace(tzinfo=UTC) - timedelta(minutes=terminal.utc_offset_minutes)
    except OverflowError:
        return None
    return moment if local >= EARLIEST and moment <= punch.first.received_at + _AHEAD else None


def approve(
    parked: ParkedRecord, *, shift_seconds: int, records: int, reason: str, by: User, at: datetime
) -> ClockCorrection:
    """Make punches of the run that `parked` waits in, `shift_seconds` after their own reading.

    `records` is how many the person saw. Raises ReasonMissing, RunChanged, StillWrong; then
    nothing has changed.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        lock_rows(Terminal.objects.filter(pk=parked.terminal_id))  # as a pull that stores does
        run = run_of(parked)
        if run is None or run.records != records:
            raise RunChanged
        moments = [
            moment_of(punch, terminal=run.terminal, shift_seconds=shift_seconds)
            for punch in run.punches
        ]
        correct = [moment for moment in moments if moment is not None]
        if len(correct) < len(moments):
            raise StillWrong
        correction = ClockCorrection.objects.create(
            terminal=run.terminal,
            serial_number=run.serial_number,
            shift_seconds=shift_seconds,
            first_device_time=run.first,
            last_device_time=run.last,
            records=run.records,
            reason=reason,
            by=by,
            at=at,
        )
        _store(run, correct, correction)
        mark_corrected(correction=correction)
    return correction


def _store(run: Run, moments: list[datetime], correction: ClockCorrection) -> None:
    Punch.objects.bulk_create(
        [
            Punch(
                terminal=run.terminal,
                pull_id=punch.first.pull_id,
                serial_number=run.serial_number,
                device_user_id=punch.key.user_id,
                device_time=punch.key.device_time,
                verify=punch.key.verify,
                state=punch.key.state,
                occurrence=punch.key.occurrence,
                work_code=punch.work_code,
                punched_at=moment,
                received_at=punch.first.received_at,
                correction=correction,
            )
            for punch, moment in zip(run.punches, moments, strict=True)
        ],
        batch_size=1000,
    )
    ParkedResolution.objects.bulk_create(
        [
            ParkedResolution(parked_id=pk, correction=correction)
            for punch in run.punches
            for pk in punch.parked
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_USERS, [correction.pk])


#: The unknown-user inbox goes by these counts.
_COUNT_USERS: Final = """
    INSERT INTO attendance_terminaluser
        (terminal_id, device_user_id, name, punch_count, last_punched_at)
    SELECT terminal_id, device_user_id, '', count(*), max(punched_at)
    FROM attendance_punch WHERE correction_id = %s
    GROUP BY terminal_id, device_user_id
    ORDER BY terminal_id, device_user_id
    ON CONFLICT ON CONSTRAINT terminal_user_once DO UPDATE SET
        punch_count = attendance_terminaluser.punch_count + excluded.punch_count,
        last_punched_at =
            greatest(attendance_terminaluser.last_punched_at, excluded.last_punched_at)
"""


def dismiss(
    terminal: Terminal, parked: Collection[int], *, reason: str, by: User, at: datetime
) -> ParkedDismissal:
    """Leave the terminal's undecided records among `parked` aside for good.

    Raises ReasonMissing, RunChanged when one of them is decided about already or another's.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        lock_rows(Terminal.objects.filter(pk=terminal.pk))
        undecided = ParkedRecord.objects.undecided().filter(terminal=terminal, pk__in=parked)
        found = list(undecided.order_by("pk").values_list("pk", flat=True))
        if not found or len(found) != len(set(parked)):
            raise RunChanged
        dismissal = ParkedDismissal.objects.create(
            terminal=terminal, records=len(found), reason=reason, by=by, at=at
        )
        ParkedResolution.objects.bulk_create(
            [ParkedResolution(parked_id=pk, dismissal=dismissal) for pk in found], batch_size=1000
        )
    return dismissal
