"""The launcher's parts, each through its own door with real processes and real mail."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from scripts.launcher import fingerprint, program, supervisor
from scripts.launcher.benching import table
from scripts.launcher.folders import PROJECT
from scripts.launcher.milestones import Milestones, last_line
from scripts.launcher.ports import any_free, is_free, remembered
from scripts.launcher.processes import describe_end, end_left_behind, left_behind
from scripts.launcher.supervisor import Child, Supervisor
from tests.backend.launching import eventually

Words = pytest.CaptureFixture[str]


def child(folder: Path, code: str, name: str = "child") -> Child:
    """A Python child that runs `code` once it has taken the signals it wants."""
    return Child(name, [sys.executable, "-c", code], dict(os.environ), folder / f"{name}.log")


@pytest.fixture
def keeper() -> Iterator[Supervisor]:
    found = Supervisor()
    yield found
    found.stop()


def test_the_first_of_each_milestone_is_told_once(tmp_path: Path) -> None:
    log = tmp_path / "collector.log"
    start = "2026-11-23 08:00:00,000 INFO giaoban.milestone "
    log.write_text(f"{start}[punches.pulled] 12 lượt\nnoise\n{start}[timesheet", encoding="utf-8")
    reader = Milestones()
    assert list(reader.news([log])) == ["[punches.pulled] 12 lượt"]
    with log.open("a", encoding="utf-8") as more:
        more.write(f".computed] 3 ngày công\n{start}[punches.pulled] 5 lượt\n")
    assert list(reader.news([log])) == ["[timesheet.computed] 3 ngày công"]


def test_pauses_grow_and_start_over_after_a_good_while(tmp_path: Path) -> None:
    dying = child(tmp_path, "")
    dying.started_at = time.monotonic()
    assert [dying.pause_before_restart() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    dying.started_at -= supervisor.WELL_AFTER_SECONDS + 1
    assert dying.pause_before_restart() == 0.5


def test_the_reason_of_a_death_is_told(tmp_path: Path, keeper: Supervisor, capsys: Words) -> None:
    keeper.add(
        child(tmp_path, "print('before', flush=True); raise SystemExit('no disk')", "printer")
    )
    assert not keeper.wait_for(lambda: keeper.children[0].deaths > 0, seconds=0)
    assert keeper.wait_for(lambda: keeper.children[0].deaths > 0, seconds=10)
    said = capsys.readouterr().out
    assert said.startswith("printer ended with code 1; starting it again in 0.5 s.")
    assert said.rstrip().endswith("Last line of printer.log: no disk")


def test_a_child_that_ignores_the_signal_is_killed(
    tmp_path: Path, keeper: Supervisor, capsys: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    added = keeper.add(child(tmp_path, deaf))
    assert eventually(lambda: last_line(added.log) == "1")
    pid = added.process.pid  # type: ignore[union-attr]
    keeper.stop()
    assert "did not stop in 0.3 s and was killed" in capsys.readouterr().out
    assert not Path(f"/proc/{pid}").exists()


def test_grandchildren_do_not_outlive_a_killed_child(tmp_path: Path, keeper: Supervisor) -> None:
    """As granian's workers when its main process is killed: they would keep the port."""
    code = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '60']);"
        " print(p.pid, flush=True); time.sleep(60)"
    )
    added = keeper.add(child(tmp_path, code))
    assert eventually(lambda: last_line(added.log) != "")
    grandchild = Path(f"/proc/{last_line(added.log)}/stat")
    os.kill(added.process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    assert keeper.wait_for(lambda: added.deaths > 0, seconds=5)
    assert eventually(lambda: not grandchild.exists() or ") Z " in grandchild.read_text("ascii"))


def test_a_step_that_fails_is_named_and_the_others_finish(
    tmp_path: Path, keeper: Supervisor
) -> None:
    steps = [child(tmp_path, "raise SystemExit(3)", "bad"), child(tmp_path, "print(7)", "good")]
    assert [step.name for step in keeper.run_to_end(steps)] == ["bad"]
    assert last_line(tmp_path / "good.log") == "7"


def test_leftovers_of_a_killed_launcher_are_found_and_ended(tmp_path: Path) -> None:
    mark = f"GIAOBAN_LAUNCHED_FOR={tmp_path}"
    left = subprocess.Popen(["sleep", "60"], env={"GIAOBAN_LAUNCHED_FOR": str(tmp_path)})
    assert left_behind(mark) == [left.pid]
    assert left_behind(mark + "-other") == []
    assert end_left_behind(mark) == 1
    assert left.wait(5) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("code", "words"),
    [(3, "ended with code 3"), (-9, "was killed by SIGKILL"), (-11, "was killed by SIGSEGV")],
)
def test_ends_are_described(code: int, words: str) -> None:
    assert describe_end(code) == words


def test_a_port_is_remembered_until_somebody_takes_it(tmp_path: Path) -> None:
    import socket

    first = remembered(tmp_path / "port")
    assert remembered(tmp_path / "port") == first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert not is_free(first)
        second = remembered(tmp_path / "port")
    assert second != first
    assert remembered(tmp_path / "port") == second


def test_mails_are_kept_as_files(tmp_path: Path) -> None:
    port = any_free()
    sink = subprocess.Popen(program.mail_sink(port, tmp_path), cwd=PROJECT)
    try:
        assert eventually(lambda: not is_free(port))
        mail = EmailMessage()
        mail["From"], mail["To"] = "giaoban@example.vn", "lanhdao@example.vn"
        mail["Subject"] = "Giao ban tuần 47"
        mail.set_content("Doanh thu tăng.")
        mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="b.pdf")
        mail.set_boundary("=-border-=")
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.send_message(mail)
        (kept,) = tmp_path.glob("*.eml")
        assert kept.read_bytes().replace(b"\r\n", b"\n").rstrip() == bytes(mail).rstrip()
    finally:
        sink.terminate()
    assert sink.wait(5) == 0


def test_the_bench_table_shows_what_was_missed() -> None:
    measure = {
        "name": "decode", "ours_seconds": 0.02, "peer": "pyzk", "peer_seconds": 1.5,
        "ratio": 75.0, "meaning": "times faster", "at_least": 50.0, "at_most": None, "met": True,
    }  # fmt: skip
    missed = {**measure, "name": "PDF", "at_least": None, "at_most": 4.0, "met": False}
    memory = {
        **measure, "ours_seconds": 143.2, "peer_seconds": 0.5, "unit": "MB",
        "at_least": 0.8, "at_most": 1.2,
    }  # fmt: skip
    lines = table([measure, missed, memory]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert cells[2] == ["decode", "20.0 ms", "pyzk", "1.50 s", "75.00 times faster", "≥ 50", "yes"]
    assert cells[3][-2:] == ["≤ 4", "NO"]
    assert [cells[4][1], cells[4][3], cells[4][5]] == ["143 MB", "0.50 MB", "≥ 0.8, ≤ 1.2"]
    assert len({len(line) for line in lines}) == 1


def test_static_files_are_collected_again_when_one_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "PROJECT", tmp_path)
    style = tmp_path / "sales" / "static" / "sales.css"
    style.parent.mkdir(parents=True)
    style.write_text("a {}", encoding="ascii")
    stamp = tmp_path / "stamp"
    assert not fingerprint.is_current(stamp)
    stamp.write_text(fingerprint.static_fingerprint(), encoding="ascii")
    assert fingerprint.is_current(stamp)
    style.write_text("b {}", encoding="ascii")
    os.utime(style, (0, 0))
    assert not fingerprint.is_current(stamp)
