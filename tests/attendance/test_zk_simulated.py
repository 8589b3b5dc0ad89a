"""The simulated terminal as a program, and the believable people on it."""

import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from attendance.zk.client import Target, pull
from backend.clock import now
from scripts.simulated_terminal.main import crowded_terminal, main
from scripts.simulated_terminal.people import Crowd

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = {
    "holidays": ["2025-11-20"],
    "people": [
        {
            "user_id": str(number),
            "name": f"Người {number}",
            "week": {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
            "away": [["2025-11-05", "2025-11-06"]] if number == 1 else [],
        }
        for number in range(1, 40)
    ]
    + [{"user_id": "90", "name": "Bảo vệ", "week": {"sun": [["22:00", "06:00"]]}}],
}


def crowd(seed="1"):
    return Crowd.from_json(PEOPLE, seed=seed)


def moment(text):
    return datetime.fromisoformat(text)


def test_the_same_seed_gives_the_same_punches_in_any_pieces():
    whole = list(crowd().punches_between(moment("2025-11-01"), moment("2025-11-15")))
    pieces, start = [], moment("2025-11-01")
    while start < moment("2025-11-15"):
        pieces += crowd().punches_between(start, start + timedelta(hours=5))
        start += timedelta(hours=5)
    assert [p for p in pieces if p.time <= moment("2025-11-15")] == whole
    assert list(crowd("2").punches_between(moment("2025-11-01"), moment("2025-11-15"))) != whole


def test_people_come_when_they_work_and_are_only_human():
    punches = list(crowd().punches_between(moment("2025-11-01"), moment("2025-12-01")))
    days = Counter(punch.time.date() for punch in punches if punch.user_id != "90")
    assert all(day.weekday() < 5 for day in days)
    assert date(2025, 11, 20) not in days
    assert not any(p.user_id == "1" and p.time.day in (5, 6) for p in punches)
    assert all(60 <= number <= 90 for number in days.values())
    arrivals = [p.time.time() for p in punches if p.user_id != "90" and p.time.hour < 12]
    late = sum(arrival > time(7, 30) for arrival in arrivals)
    assert 0.01 < late / len(arrivals) < 0.1
    nights = [p.time for p in punches if p.user_id == "90"]
    assert {(t.weekday(), t.hour) for t in nights} <= {(6, 21), (6, 22), (0, 5), (0, 6)}


def test_the_log_grows_as_time_goes_on():
    terminal = crowded_terminal(serial="X", crowd=crowd(), since=date(2025, 11, 3))
    terminal.news(moment("2025-11-03 12:00:00"))
    morning = terminal.log.count
    terminal.news(moment("2025-11-03 12:00:00"))
    assert terminal.log.count == morning > 30
    terminal.news(moment("2025-11-03 20:00:00"))
    assert terminal.log.count > morning + 30
    assert [p.time for p in terminal.log.punches] == sorted(p.time for p in terminal.log.punches)


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_the_program_serves_several_terminals_and_ends_on_sigterm(tmp_path, udp):
    people, config = tmp_path / "people.json", tmp_path / "terminals.json"
    people.write_text(json.dumps(PEOPLE))
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    items = [
        {"serial": f"D{port}", "port": port, "people": str(people), "since": "2025-11-01"}
        for port in ports
    ]
    config.write_text(json.dumps(items))
    program = subprocess.Popen(
        [sys.executable, "-m", "scripts.simulated_terminal", "--config", str(config)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout
        for port in ports:
            assert f"D{port}: 127.0.0.1:{port}" in program.stdout.readline()
        for port in ports:
            target = Target("127.0.0.1", port, ["127.0.0.0/8"], datagrams=udp)
            download = pull(target, now=now)
            assert download.serial_number == f"D{port}"
            assert len(download.decoded().lines) > 100
            assert download.clock_reading
            vietnam = (now() + timedelta(hours=7)).replace(tzinfo=None)
            assert abs(download.clock_reading - vietnam) < timedelta(seconds=5)
    finally:
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=10)
    assert program.returncode == 0


def test_a_log_of_any_size_and_its_faults_are_asked_for_on_the_command_line():
    command = [sys.executable, "-m", "scripts.simulated_terminal", "--port", "0"]
    command += ["--records", "5000", "--layout", "16", "--fault", "refuse_offsets"]
    command += ["--fault", "count_lie=7"]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout
        line = program.stdout.readline()
        port = int(line.split(":")[2].split(",")[0])
        download = pull(Target("127.0.0.1", port, ["127.0.0.0/8"]), now=now)
    finally:
        program.terminate()
        program.wait(10)
    assert (download.layout, download.decoded().count) == ("16", 5000)
    assert download.device_count == 5007


def test_an_unknown_fault_is_named_with_those_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["--fault", "sillent"])
    assert "fin_after" in capsys.readouterr().err
