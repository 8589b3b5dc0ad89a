"""The kept bytes of a terminal make the same punches again."""

import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from attendance.collecting.importing import import_file
from attendance.models import Punch, RawBatch, Terminal
from scripts.simulated_terminal.log import LogPunch

from .terminals import START, device, registered
from .test_zk_collector import collect

pytestmark = pytest.mark.django_db
AT = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)


def poll():
    Terminal.objects.update(next_poll_at=None)
    collect()


@pytest.fixture(params=["40", "8", "16"])
def history(request):
    """A log that grew, with doubles and nonsense in it, was cleared, and came as a file too."""
    simulated = device(300, layout=request.param)
    with registered(simulated, code="M1") as terminal:
        poll()
        simulated.log.add(simulated.log.punches[0])
        simulated.log.add(LogPunch("101", datetime.fromisoformat("2000-01-01 00:00:09")))
        record = len(simulated.log.bytes) // simulated.log.count
        simulated.log.add_raw(b"\xff" * record)
        poll()
        simulated.log.clear()
        for minute in range(40):
            simulated.log.add(LogPunch("102", START + timedelta(days=2, minutes=minute)))
        poll()
        terminal.refresh_from_db()
    text = f"101\t{START + timedelta(days=3)}\t1\t0\t1\t0\nbad line\t\t\t\t\t\n"
    import_file(text.encode(), name="1_attlog.dat", terminal=terminal, at=AT)
    return terminal


def test_the_kept_bytes_make_the_same_punches(history, capsys):
    call_command("redecode_punches", terminal="M1")
    records = 303 + 40 + 2
    assert f"{records} records, 3 parked, 0 missing, 0 unfounded" in capsys.readouterr().out
    assert Punch.objects.count() == records - 3


def without_protection(statement, *values):
    """What the owner of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "DELETE FROM attendance_punch WHERE id = (SELECT min(id) FROM attendance_punch)",
            "1 missing",
        ),
        (
            (
                "UPDATE attendance_punch SET device_time = device_time + interval '1 hour'"
                " WHERE id = (SELECT min(id) FROM attendance_punch)"
            ),
            "1 missing, 1 unfounded",
        ),
    ],
    ids=["deleted", "changed"],
)
def test_a_punch_tampered_with_is_found(history, statement, said, capsys):
    without_protection(statement)
    with pytest.raises(CommandError):
        call_command("redecode_punches")
    assert said in capsys.readouterr().out


def test_changed_bytes_are_found(history, capsys):
    batch = RawBatch.objects.order_by("pk")[0]
    raw = bytearray(zlib.decompress(batch.data))
    raw[30] ^= 1
    without_protection(
        "UPDATE attendance_rawbatch SET data = %s WHERE id = %s", zlib.compress(raw), batch.pk
    )
    with pytest.raises(CommandError):
        call_command("redecode_punches")
    assert "1 damaged" in capsys.readouterr().out
