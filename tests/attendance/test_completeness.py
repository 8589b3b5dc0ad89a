"""Is everything here that the terminals hold? The proof, the check against the terminal, the laws."""

import io
import zlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from attendance.collecting.completeness import LABELS, TONES, WORDS, Verdict, Why, proof, proof_of
from attendance.collecting.log_check import check
from attendance.models import (
    LogCheck,
    NoticeKind,
    ParkedRecord,
    Pull,
    PullState,
    Punch,
    RawBatch,
    Terminal,
    TerminalNotice,
)
from attendance.verifying import laws
from backend.clock import now
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import LogPunch, pack_record

from .terminals import START, device, registered
from .test_zk_collector import again, collect

GOOD = {"counted": 100, "skipped": 90, "read": 10, "stored": 7, "known": 2, "parked": 1}


@pytest.mark.parametrize(
    ("changes", "verdict", "why", "gap"),
    [
        ({}, Verdict.COMPLETE, Why.COUNTS_AGREE, 0),
        ({"counted": 103}, Verdict.GAP, Why.SENT_LESS, 3),
        ({"counted": 103, "broken_off": True}, Verdict.GAP, Why.BROKEN_OFF, 3),
        ({"counted": 99}, Verdict.CANNOT_TELL, Why.SENT_MORE, -1),
        ({"counted": None}, Verdict.CANNOT_TELL, Why.NO_COUNT, None),
        ({"stored": 6}, Verdict.CANNOT_TELL, Why.DO_NOT_ADD_UP, 0),
        ({"is_done": False}, Verdict.CANNOT_TELL, Why.FAILED, 0),
    ],
)
def test_a_proof_is_complete_a_gap_or_says_why_it_cannot_tell(changes, verdict, why, gap):
    found = proof(**{**GOOD, **changes})
    assert (found.verdict, found.why, found.gap) == (verdict, why, gap)


def test_nothing_read_proves_nothing_and_everything_has_words():
    assert proof_of(None).why == Why.NOT_READ
    assert set(WORDS) == set(Why)
    assert set(LABELS) == set(TONES) == set(Verdict)


def full_of_trouble(layout="40"):
    """Doubles, a reset clock, an impossible time and an unreadable user among good punches."""
    simulated = device(30, layout=layout)
    log = simulated.log
    double = LogPunch("101", START)
    for _ in range(3):
        log.add(double)
    log.add(LogPunch("102", START.replace(year=2000)))
    log.add(LogPunch("103", START.replace(year=2068)))
    log.add_raw(pack_record(layout, 1, LogPunch("101", START))[:-12].ljust(40, b"\xff"))
    for _ in range(2):
        log.add_raw(b"\0\0\xff\xfe" + bytes(36))
    return simulated


@pytest.mark.django_db
def test_a_log_full_of_trouble_is_proved_record_by_record():
    with registered(full_of_trouble()) as terminal:
        collect()
        told, found = check(terminal, by=None, now=now)
        assert (found.missing, found.examples) == (0, ())
        assert found.records == told.device_count == 38
        assert (found.stored, found.parked) == (
            Punch.objects.count(),
            ParkedRecord.objects.count(),
        )
        again()
        collect()
    assert LogCheck.objects.count() == 1
    terminal.refresh_from_db()
    assert terminal.lease_until is None


@pytest.mark.django_db
@pytest.mark.parametrize("layout", ["8", "16", "40"])
def test_what_is_not_stored_is_counted_and_named(layout):
    simulated = device(30, layout=layout)
    with registered(simulated) as terminal:
        collect()
        simulated.log.add(LogPunch("101", START))  # once more: a double
        simulated.log.add(LogPunch("104", START.replace(year=2024)))
        _told, found = check(terminal, by=None, now=now)
    assert (found.records, found.stored, found.missing) == (32, 30, 2)
    assert sorted(found.examples) == sorted(
        ["101\t2025-11-03 07:28:00\t1\t0", "104\t2024-11-03 07:28:00\t1\t0"]
    )


def prove(*arguments):
    out = io.StringIO()
    try:
        call_command("prove_punches", *arguments, stdout=out)
    except CommandError:
        return 1, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
def test_the_command_tells_and_its_exit_code_says_whether_all_is_there():
    simulated = device(30)
    with registered(simulated, code="M1"):
        collect()
        code, said = prove()
        assert (code, "counts 30, sent 30: 30 stored, 0 parked, 0 missing: complete" in said) == (
            0,
            True,
        )
        simulated.log.add(LogPunch("101", START.replace(year=2024)))
        code, said = prove("--terminal", "M1")
        assert code == 1
        assert "missing: 101 2024-11-03 07:28:00 1 0" in said
        simulated.faults = Faults(count_lie=5)
        again()
        collect()
        code, said = prove()
        assert (code, "NOT PROVED" in said) == (1, True)
    code, said = prove()
    assert (code, "CANNOT TELL" in said) == (1, True)


@pytest.mark.django_db
def test_another_terminal_at_the_address_is_noted_once():
    with registered(device(3, serial="STRANGER"), serial_number="RIGHT"):
        for _ in range(3):
            again()
            collect()
    [notice] = TerminalNotice.objects.filter(kind=NoticeKind.SERIAL_CHANGED)
    assert notice.details == {"expected": "RIGHT", "found": "STRANGER"}
    assert Pull.objects.filter(code="wrong_terminal").count() == 3


def broken_laws():
    return {law.name for law in laws(at=now()) if law.broken}


@pytest.mark.django_db
def test_the_laws_hold_after_collecting_and_each_breach_is_seen():
    simulated = full_of_trouble()
    with registered(simulated) as terminal:
        collect()
        simulated.log.add(LogPunch("101", START.replace(year=2024)))
        again()
        collect()
        simulated.log.clear()
        again()
        collect()
    assert broken_laws() == set()
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert out.getvalue().count("ok: ") == len(list(laws(at=now())))

    Terminal.objects.update(log_bytes=1_000_000)
    assert broken_laws() == {"the kept bytes of a terminal's log reach as far as its cursor"}
    Terminal.objects.update(log_bytes=0, claimed_by="nobody")
    assert broken_laws() == {"a lease has a holder, and a holder a lease"}
    Terminal.objects.update(claimed_by="")
    Pull.objects.create(terminal=terminal, source="pull", state=PullState.RUNNING, started_at=now())
    assert broken_laws() == {"a running pull is its terminal's newest attempt"}
    with pytest.raises(CommandError, match="1 rows break a law"):
        call_command("verify", stdout=io.StringIO())


@pytest.mark.django_db
def test_a_flipped_bit_in_the_kept_bytes_is_seen():
    with registered(device(30)):
        collect()
    batch = RawBatch.objects.get()
    raw = bytearray(zlib.decompress(batch.data))
    raw[7] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE attendance_rawbatch DISABLE TRIGGER USER")
        cursor.execute("UPDATE attendance_rawbatch SET data = %s", [zlib.compress(raw)])
        cursor.execute("ALTER TABLE attendance_rawbatch ENABLE TRIGGER USER")
    assert broken_laws() == {"every raw batch still has its SHA-256 and size"}
