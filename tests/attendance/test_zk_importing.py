"""Files exported from terminals to a USB stick: the same ledger, the same keys."""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from attendance.collecting.exports import AmbiguousDates, ExportKind, NotAnExport, read_export
from attendance.collecting.importing import import_file
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
    call_command("import_punches", str(path), "--terminal", "M1", "--preview")
    assert "4 lines, 0 new, 4 known, 0 parked" in capsys.readouterr().out
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
    assert read_export(b"\xef\xbb\xbf" + ATTLOG).log.count == 3


#: What the firmware of different makers writes above the lines, and one line of each.
HEADED = {
    "GLG with tabs": (
        "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime",
        "1\t1\t50014\tNguyễn Văn An\t1\t15\t2026/03/01 08:05:23",
        "50014\t2026-03-01 08:05:23\t15\t1\t",
    ),
    "GLG padded with spaces": (
        "No   TMNo  EnNo      Name             INOUT Mode  DateTime",
        "1    1     7         Nguyen Van An    0     1     2026/03/01  08:05:23",
        "7\t2026-03-01 08:05:23\t1\t0\t",
    ),
    "padded, without name, state and mode": (
        "No   TMNo  EnNo      Name             INOUT Mode  DateTime",
        "1    1     7                                       2026/03/01 08:05:23",
        "7\t2026-03-01 08:05:23\t255\t255\t",
    ),
    "words for numbers, ids padded with zeros": (
        "No\tTMNo\tEnNo\tName\tGMNo\tMode\tIn/Out\tAntipass\tProxyWork\tDateTime",
        "1\t1\t00000041\tJohn\t1\tFP\tDutyOff\t0\t0\t2026-02-14 16:40:09",
        "41\t2026-02-14 16:40:09\t1\t1\t",
    ),
    "a comment first, other columns": (
        "# DeviceModel = S362E Excel\nNo\tTMNo\tEnNo\tName\tGMNo\tMode\tIn/Out\tVM\tDepartment\tDateTime",
        "1\t1\t2\tMaria\t1\t1\t1\tDedo\tCLÍNICA\t2025-12-03 19:38:33",
        "2\t2025-12-03 19:38:33\t1\t1\t",
    ),
    "no in/out column": (
        "No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime",
        "1\t1\t1\tusuario 1\t0\t1\t2026/05/28 10:51:39",
        "1\t2026-05-28 10:51:39\t1\t255\t",
    ),
    "only the moment": (
        "No\tTMNo\tEnNo\tName\tDateTime",
        "1\t1\t1\tIVAN\t2026-01-20 01:02:23",
        "1\t2026-01-20 01:02:23\t255\t255\t",
    ),
    "American": (
        "No\tTMNo\tEnNo\tName\t\tGMNo\tMode\tIN/OUT\tAntipass\tDateTime",
        "1\t1\t302\t          \t1\t3\t \t0\t06-05-2026  01:19:29PM",
        "302\t2026-06-05 13:19:29\t3\t255\t",
    ),
    "the day first": (
        "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime",
        "1\t1\t7\t\t0\t1\t28/05/2026 10:51:39",
        "7\t2026-05-28 10:51:39\t1\t0\t",
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", HEADED)
def test_a_file_with_a_heading_is_read_by_its_heading(name, encoding):
    heading, line, decoded = HEADED[name]
    export = read_export(f"{heading}\r\n{line}\r\n\r\n{heading}\r\n".encode(encoding))
    assert (export.kind, export.log.lines, export.log.undecodable) == (
        ExportKind.HEADED,
        [decoded],
        [],
    )


@pytest.mark.parametrize("name", ["阮文安".encode("gb2312"), "Nguyễn".encode("cp1258", "replace")])
def test_names_in_any_code_page_do_not_matter(name):
    line = b"1\t1\t7\t" + name + b"\t0\t1\t2026/03/01 08:05:23\r\n"
    log = read_export(b"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\r\n" + line).log
    assert log.lines == ["7\t2026-03-01 08:05:23\t1\t0\t"]


def test_bad_lines_under_a_heading_are_set_aside_with_their_number():
    log = read_export(
        b"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n"
        b"1\t1\t7\t\t0\t1\t2026/02/31 08:05:23\n"
        b"2\t1\t7\t\t0\t1\n"
        b"3\t1\t7\t\tup\t1\t2026/02/03 08:05:23\n"
        b"4\t1\t\t\t0\t1\t2026/02/03 08:05:23\n"
        b"5\t1\t7\t\t0\t1\t2026/02/03 08:05:23\n"
    ).log
    assert [(bad.index, bad.reason) for bad in log.undecodable] == [
        (1, "impossible_time"),
        (2, "bad_line"),
        (3, "bad_line"),
        (4, "bad_user"),
    ]
    assert log.lines == ["7\t2026-02-03 08:05:23\t1\t0\t"]


def test_a_file_that_does_not_tell_day_from_month_is_refused():
    heading = b"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n"
    with pytest.raises(AmbiguousDates):
        read_export(heading + b"1\t1\t7\t\t0\t1\t05/06/2026 08:05:23\n")
