"""Files exported from terminals to a USB stick: the same ledger, the same keys."""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from attendance.importing import NotAnExport, import_file, read_export
from attendance.models import ParkedRecord, ParkReason, Pull, Punch
from attendance.zk.errors import SerialUnknown
from scripts.simulated_terminal.main import terminal_with_log

from .terminals import register, registered
from .test_zk_collector import collect

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ATTLOG = (
    b"      126\t2025-11-03 07:28:08\t1\t0\t1\t0\n"
    b"      126\t2025-11-03 07:28:08\t1\t0\t1\t0\n"
    b"     3157\t2025-11-03 17:01:33\t1\t1\t15\t3\n"
)
AGL = (
    b"No\tTMNo\tEnNo\tName\t\tGMNo\tMode\tIN/OUT\tAntipass\tDateTime\r\n"
    b"1\t1\t302\t          \t1\t3\t \t0\t06-30-2016  01:19:29PM\r\n"
    b"2\t1\t303\t          \t1\t1\t \t0\t06-30-2016  12:00:36AM\r\n"
)
SHARED = Path(
    os.environ.get("GIAOBAN_REAL_EXPORTS")
    or Path(__file__).resolve().parents[3] / "shared" / "data"
)


@pytest.fixture
def terminal(db):
    return register(4370, code="M1", serial_number="SIM0000001")


def test_an_attlog_file_is_imported_once(terminal):
    first = import_file(ATTLOG, name="/tmp/1_attlog.dat", terminal=terminal, at=AT)
    assert (first.counts.read, first.counts.stored) == (3, 3)
    assert (first.pull.file_name, first.pull.source) == ("1_attlog.dat", "file")
    punches = Punch.objects.order_by("pk").values_list(
        "device_user_id", "verify", "state", "occurrence", "work_code"
    )
    assert sorted(punches) == [("126", 1, 0, 1, ""), ("126", 1, 0, 2, ""), ("3157", 15, 1, 1, "3")]
    again = import_file(ATTLOG, name="1_attlog.dat", terminal=terminal, at=AT)
    assert (again.counts.stored, again.counts.known) == (0, 3)


def test_an_agl_file_of_an_old_year_is_imported(terminal):
    counts = import_file(AGL, name="AGL_001.TXT", terminal=terminal, at=AT).counts
    assert (counts.read, counts.stored, counts.parked) == (2, 2, 0)
    assert sorted(str(p.device_time) for p in Punch.objects.all()) == [
        "2016-06-30 00:00:36",
        "2016-06-30 13:19:29",
    ]


def test_bad_lines_are_parked_with_their_number_and_the_rest_goes_on(terminal):
    bad = (
        ATTLOG
        + b"\n"
        + b"17\t2025-02-31 07:00:00\t1\t0\t1\t0\n"
        + b"17\tyesterday\n"
        + b"\xff\xfe\t2025-11-03 07:00:00\t1\t0\t1\t0\n"
        + b"17\t2025-11-03 07:00:00\t1\tin\t1\t0\n"
        + b"17\t2000-01-01 00:00:07\t1\t0\t1\t0\n"
        + b"17\t2025-11-03 07:00:00\t1\t0\t1\t0\n"
    )
    counts = import_file(bad, name="bad.dat", terminal=terminal, at=AT).counts
    assert (counts.read, counts.stored, counts.parked) == (9, 4, 5)
    parked = ParkedRecord.objects.order_by("line").values_list("line", "reason")
    assert list(parked) == [
        (5, ParkReason.IMPOSSIBLE_TIME),
        (6, ParkReason.BAD_LINE),
        (7, ParkReason.BAD_USER),
        (8, ParkReason.BAD_LINE),
        (9, ParkReason.CLOCK_RESET),
    ]
    again = import_file(bad, name="bad.dat", terminal=terminal, at=AT).counts
    assert (again.stored, again.parked, again.known) == (0, 0, 9)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"%PDF-1.7\n" * 9, b"a,b,c\n1,2,3\n", bytes(999)]
)
def test_another_file_is_refused_and_leaves_nothing(terminal, content):
    with pytest.raises(NotAnExport):
        import_file(content, name="x", terminal=terminal, at=AT)
    assert not Pull.objects.exists()


def test_a_terminal_without_serial_number_cannot_take_a_file(terminal):
    terminal.serial_number = ""
    with pytest.raises(SerialUnknown):
        import_file(ATTLOG, name="x", terminal=terminal, at=AT)


def test_a_punch_seen_by_file_and_by_pull_is_one_punch(db, tmp_path):
    path = tmp_path / "1_attlog.dat"
    path.write_bytes(ATTLOG.replace(b"\t3\n", b"\t0\n"))
    simulated = terminal_with_log(serial="SIM0000001", lines=path)
    with registered(simulated) as terminal:
        collect()
        terminal.refresh_from_db()
        counts = import_file(path.read_bytes(), name=path.name, terminal=terminal, at=AT).counts
    assert (counts.stored, counts.known) == (0, 3)
    assert Punch.objects.count() == 3


def test_the_command_tells_what_it_did(terminal, tmp_path, capsys):
    path = tmp_path / "1_attlog.dat"
    path.write_bytes(ATTLOG + b"17\tyesterday\n")
    call_command("import_punches", str(path), "--terminal", "M1")
    out = capsys.readouterr().out
    assert "4 lines, 3 new, 0 known, 1 parked" in out
    assert "line 4:" in out
    for arguments in ((str(path), "--terminal", "M9"), (str(tmp_path / "no"), "--terminal", "M1")):
        with pytest.raises(CommandError):
            call_command("import_punches", *arguments)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real exports are not on this machine")
def test_real_exports_are_imported_whole(terminal):
    def file(name):
        content = (SHARED / name).read_bytes()
        counts = import_file(content, name=name, terminal=terminal, at=AT).counts
        assert import_file(content, name=name, terminal=terminal, at=AT).counts.stored == 0
        return content, counts

    content, counts = file("1_attlog.dat")
    assert (counts.read, counts.stored) == (3000, 3000)
    stored = Counter(Punch.objects.values_list("device_user_id", "device_time"))
    lines = [line.split("\t") for line in content.decode().splitlines()]
    assert stored == Counter((user.strip(), datetime.fromisoformat(t)) for user, t, *_ in lines)

    _, counts = file("attlog-clock-reset.dat")
    assert (counts.read, counts.stored, counts.parked) == (301, 280, 21)
    assert not Punch.objects.filter(device_time__lt=datetime.fromisoformat("2010-01-01")).exists()

    _, counts = file("AGL_001.TXT")
    assert (counts.read, counts.stored) == (9, 9)


def test_a_byte_order_mark_does_no_harm():
    assert read_export(b"\xef\xbb\xbf" + ATTLOG).count == 3
