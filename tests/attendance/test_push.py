"""Terminals push over real HTTP: every punch once, whatever goes wrong, and nothing bodily kept."""

import logging
import threading
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client

from attendance.collecting import ledger
from attendance.collecting.collector import Collector, Manners
from attendance.collecting.redecoding import redecode
from attendance.models import (
    Collecting,
    NoticeKind,
    ParkedRecord,
    ParkReason,
    Pull,
    PullSource,
    Punch,
    PushLink,
    RawBatch,
    Terminal,
    TerminalNotice,
    TerminalUser,
    WaitingTerminal,
)
from attendance.push.admission import FORGOTTEN_AFTER, MOST_PER_ADDRESS
from attendance.zk.client import Limits
from backend import clock
from scripts.simulated_terminal.push import Lost, PushFaults, PushPunch
from tests.attendance.pushing import SERIAL, caller, link, punches
from tests.attendance.terminals import device, registered

pytestmark = pytest.mark.django_db(transaction=True)

TEMPLATE = "TVRTUzIxAAAD" * 40


def lines_of(log: list[PushPunch]) -> list[tuple[str, datetime, int, int]]:
    return sorted((one.user_id, one.time, one.verify, one.state) for one in log)


def stored() -> list[tuple[str, datetime, int, int]]:
    rows = Punch.objects.values_list("device_user_id", "device_time", "verify", "state")
    return sorted(rows)


def test_a_terminal_introduces_itself_and_sends_its_log(live_server):
    link()
    terminal = caller(live_server.url, log=punches(120), batch=50)
    terminal.work()
    assert terminal.sent == 120
    assert stored() == lines_of(terminal.log)
    assert Pull.objects.filter(source=PullSource.PUSH).count() == 3
    mine = PushLink.objects.get()
    assert (mine.attlog_stamp, mine.uploads, mine.lines) == ("120", 3, 120)
    assert mine.terminal.last_contact_at is not None
    assert sum(TerminalUser.objects.values_list("punch_count", flat=True)) == 120


def test_a_single_punch_is_there_at_once(live_server):
    link()
    terminal = caller(live_server.url, log=punches(3))
    terminal.work()
    terminal.punch("105")
    assert terminal.upload() == 1
    assert Punch.objects.count() == 4


@pytest.mark.parametrize(
    "faults",
    [
        PushFaults(lose_answers=1),
        PushFaults(lose_answers=3),
        PushFaults(cut_bodies=2),
        PushFaults(repeat=True),
        PushFaults(repeat=True, lose_answers=1, cut_bodies=1),
    ],
    ids=["lost", "lost 3 times", "cut", "repeated", "all"],
)
def test_a_fault_on_the_way_neither_loses_nor_doubles(live_server, faults):
    link()
    terminal = caller(live_server.url, log=punches(60), batch=25, faults=faults)
    for _ in range(8):
        terminal.work()
    assert terminal.sent == 60
    assert stored() == lines_of(terminal.log)


def test_a_repetition_leaves_no_row(live_server):
    link()
    terminal = caller(live_server.url, log=punches(10))
    terminal.work()
    before = Pull.objects.count(), RawBatch.objects.count()
    terminal.sent = 0
    assert terminal.upload() == 10
    assert (Pull.objects.count(), RawBatch.objects.count()) == before
    assert Punch.objects.count() == 10


def test_garbage_is_set_aside_once_and_the_punches_stored(live_server):
    link()
    garbage = b"\x00\xff\xfe rubbish\r\n17\t2026-13-45 99:99:99\t0\t1\n\xff\t2026-11-02 07:00:00\n"
    faults = PushFaults(garbage=garbage, repeat=True)
    terminal = caller(live_server.url, log=punches(10), faults=faults)
    terminal.work()
    assert stored() == lines_of(terminal.log)
    assert sorted(ParkedRecord.objects.values_list("reason", flat=True)) == [
        ParkReason.BAD_LINE,
        ParkReason.BAD_USER,
        ParkReason.IMPOSSIBLE_TIME,
    ]


def test_only_garbage_is_refused_and_told(live_server):
    link()
    terminal = caller(live_server.url)
    reply = terminal.ask("cdata", body=b"\xff\x01\n" * 4000, table="ATTLOG", Stamp="1")
    assert reply.status == 400
    assert ParkedRecord.objects.count() == Pull.objects.count() == 0
    assert PushLink.objects.get().last_refusal == "unreadable"


def test_a_reset_clock_is_parked_and_a_reset_stamp_harmless(live_server):
    link()
    terminal = caller(live_server.url, log=punches(20))
    terminal.work()
    terminal.log.append(PushPunch("101", datetime(2000, 1, 1, 0, 7)))  # noqa: DTZ001
    PushLink.objects.update(attlog_stamp="")
    terminal.introduced = False
    terminal.work()
    assert Punch.objects.count() == 20
    assert ParkedRecord.objects.get().reason == ParkReason.CLOCK_RESET


def test_evidence_decodes_into_the_same_punches(live_server):
    terminal = link().terminal
    garbage = b"rubbish\n"
    device = caller(live_server.url, log=punches(30), faults=PushFaults(garbage=garbage))
    device.work()
    told = redecode(terminal)
    assert (told.records, told.missing, told.unfounded, told.damaged) == (31, 0, 0, 0)


# --- who is heard --------------------------------------------------------------------------


def rows() -> dict[str, int]:
    """Rows of all tables but those that every test begins with."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def test_an_unknown_serial_number_waits_and_stores_nothing(live_server):
    link()
    before = rows()
    stranger = caller(live_server.url, "STRANGER01", log=punches(5), users={"1": "Trộm"})
    for _ in range(3):
        stranger.work()
    reply = stranger.ask("cdata", body=b"101\t2026-11-02 07:00:00\t0\t1", table="ATTLOG")
    assert (reply.status, reply.body) == (403, b"UNKNOWN DEVICE")
    waiting = WaitingTerminal.objects.get()
    assert (waiting.serial_number, waiting.address, waiting.count) == (
        "STRANGER01", "127.0.0.1", 4,
    )  # fmt: skip
    assert {**rows(), "attendance.WaitingTerminal": 0} == before


def test_a_terminal_known_for_pulling_alone_waits_too(live_server):
    terminal = link().terminal
    PushLink.objects.all().delete()
    device = caller(live_server.url, terminal.serial_number, log=punches(5))
    device.work()
    assert Punch.objects.count() == 0
    assert WaitingTerminal.objects.get().serial_number == terminal.serial_number


def test_a_flood_of_serial_numbers_does_not_fill_the_list(live_server):
    for number in range(20):
        caller(live_server.url, f"FLOOD{number:05}").work()
    assert WaitingTerminal.objects.count() == MOST_PER_ADDRESS
    long_ago = clock.now() - FORGOTTEN_AFTER - timedelta(days=1)
    WaitingTerminal.objects.update(last_heard_at=long_ago)
    caller(live_server.url, "LATER00001").work()
    assert WaitingTerminal.objects.get().serial_number == "LATER00001"


@pytest.mark.parametrize("serial", ["", "a", "x" * 40, "a b", "A';--", "../../etc"])
def test_what_cannot_be_a_serial_number_leaves_nothing(live_server, serial):
    reply = caller(live_server.url, serial).ask("cdata", options="all")
    assert reply.status == 400
    assert WaitingTerminal.objects.count() == 0


def test_another_network_is_not_heard(live_server):
    mine = link(networks=["10.9.0.0/16"])
    terminal = caller(live_server.url, log=punches(5))
    terminal.work()
    reply = terminal.ask("cdata", body=b"101\t2026-11-02 07:00:00\t0\t1", table="ATTLOG")
    assert reply.status == 403
    assert Punch.objects.count() == 0
    mine.refresh_from_db()
    assert mine.last_refusal == "outside_networks"
    assert WaitingTerminal.objects.count() == 0


def test_who_says_he_was_forwarded_is_not_believed(live_server):
    link(networks=["10.9.0.0/16"])
    host = live_server.url.removeprefix("http://")
    wire = HTTPConnection(host)
    target = f"/iclock/cdata?SN={SERIAL}&table=ATTLOG"
    body = b"101\t2026-11-02 07:00:00\t0\t1"
    wire.request("POST", target, body, {"X-Forwarded-For": "10.9.0.1"})
    assert wire.getresponse().status == 403
    wire.close()


def test_a_proxy_of_our_own_tells_who_called(settings):
    settings.PROXY_NETWORKS = ["127.0.0.0/8"]
    link(networks=["10.9.0.0/16"])
    client = Client(headers={"x-forwarded-for": "192.168.1.1, 10.9.0.1"})
    assert client.get(f"/iclock/ping?SN={SERIAL}").status_code == 200
    client = Client(headers={"x-forwarded-for": "10.9.0.1, 192.168.1.1"})
    assert client.get(f"/iclock/ping?SN={SERIAL}").status_code == 403


def test_the_key_must_be_shown_first(live_server):
    mine = link(key="6f1e")
    terminal = caller(live_server.url, log=punches(5))
    assert not terminal.introduce()
    assert terminal.upload() == 0
    terminal.key = "0000"
    assert not terminal.introduce()
    assert Punch.objects.count() == 0
    mine.refresh_from_db()
    assert (mine.last_refusal, mine.keyed_address) == ("wrong_key", None)
    terminal.key = "6f1e"
    terminal.work()
    assert Punch.objects.count() == 5
    impostor = caller(live_server.url, log=punches(9), key="0000")
    assert not impostor.introduce()
    assert terminal.introduce()  # whoever guesses locks nobody out
    mine.refresh_from_db()
    mine.set_key("other")
    mine.save()
    terminal.punch("101")
    assert terminal.upload() == 0
    assert not terminal.introduced  # told to introduce itself anew


@pytest.mark.parametrize("switch", ["link", "terminal"])
def test_who_is_switched_off_is_not_heard(live_server, switch):
    mine = link()
    if switch == "link":
        PushLink.objects.update(enabled=False)
    else:
        Terminal.objects.filter(pk=mine.terminal_id).update(enabled=False)
    terminal = caller(live_server.url, log=punches(5))
    terminal.work()
    assert Punch.objects.count() == 0


# --- what is not kept ----------------------------------------------------------------------


def database_text() -> str:
    """Every value of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f"SELECT row::text FROM {table} row")
            found += [text for (text,) in cursor.fetchall()]
        cursor.execute("SELECT data FROM attendance_rawbatch")
        found += [zlib.decompress(data).decode("latin-1") for (data,) in cursor.fetchall()]
        cursor.execute("SELECT raw FROM attendance_parkedrecord")
        found += [bytes(raw).decode("latin-1") for (raw,) in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_bodily_reaches_database_or_log(live_server, caplog):
    caplog.set_level(logging.DEBUG)
    link(key="planted-push-key")
    users = {"101": "Nguyễn Văn An", "102": "Trần Thị Bình"}
    terminal = caller(
        live_server.url, users=users, templates=[TEMPLATE] * 2, key="planted-push-key"
    )
    face = f"FACE PIN=101\tFID=0\tValid=1\tSize=9\tTMP={TEMPLATE}\n"
    punch = "101\t2026-11-02 07:00:00\t0\t1\t0\t0\t0\t1\t38.7190000\t38.7190000\t\tGPSINFO"
    terminal.faults.garbage = f"{face}{TEMPLATE}\n".encode()
    terminal.log = punches(5)
    terminal.work()
    for table in ("BIODATA", "USERPIC", "ATTPHOTO", "BIOPHOTO", "OPERLOG", "options", "ATTLOG"):
        body = f"{face}BIODATA Pin=101\tTmp={TEMPLATE}\n{punch}\n".encode()
        terminal.ask("cdata", body=body, table=table, Stamp="1")
    terminal.ask("devicecmd", body=f"ID=1&Return=0&CMD=DATA\nContent={TEMPLATE}\n".encode())
    assert set(TerminalUser.objects.exclude(name="").values_list("name", flat=True)) == set(
        users.values()
    )
    kept = database_text()
    assert "Nguyễn Văn An" in kept
    assert "2026-11-02 07:00:00" in kept
    for secret in (
        TEMPLATE[:60],
        "13797913",
        "15CD5B07",
        "38.7190000",
        "GPSINFO",
        "planted-push-key",
    ):
        assert secret not in kept, secret
        assert secret not in caplog.text, secret


# --- bodies --------------------------------------------------------------------------------


def test_too_large_a_body_is_refused_unread(live_server):
    link()
    terminal = caller(live_server.url)
    wire = HTTPConnection(terminal.host, terminal.port)
    wire.putrequest("POST", f"/iclock/cdata?SN={SERIAL}&table=ATTLOG")
    wire.putheader("Content-Length", str(5 * 1024 * 1024))
    wire.endheaders()
    assert wire.getresponse().status == 413
    wire.close()
    assert PushLink.objects.get().last_refusal == "too_large"


@pytest.mark.parametrize(
    "headers", [{"Content-Encoding": "gzip", "Content-Length": "3"}, {"X-No-Length": "1"}]
)
def test_packed_or_endless_bodies_are_refused(live_server, headers):
    link()
    terminal = caller(live_server.url)
    wire = HTTPConnection(terminal.host, terminal.port)
    wire.putrequest("POST", f"/iclock/cdata?SN={SERIAL}&table=ATTLOG")
    for name, value in headers.items():
        wire.putheader(name, value)
    wire.endheaders()
    if "Content-Length" in headers:
        wire.send(b"abc")
    assert wire.getresponse().status == 400
    wire.close()


def test_tables_nobody_can_read_are_not_acknowledged(live_server):
    link()
    terminal = caller(live_server.url)
    line = b"time=2026-11-02 07:00:00\tpin=101\tevent=0"
    assert terminal.ask("cdata", body=line, table="rtlog").status == 400
    assert terminal.ask("cdata", body=b"\x1f\x8b", table="ATTLOG", ContentType="tgz").status == 400
    assert PushLink.objects.get().last_refusal in ("unknown_table", "unreadable")


# --- the database --------------------------------------------------------------------------


def test_what_cannot_be_stored_is_not_acknowledged(live_server, monkeypatch):
    """The database gives up in the middle of the ledger's transaction; then it is there again."""
    link()
    terminal = caller(live_server.url, log=punches(30))

    def full(*args, **values):
        raise OperationalError("could not extend file: No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "mark_new", full)
        assert terminal.introduce()
        assert terminal.upload() == 0
        body = terminal.log[0].line().encode()
        assert terminal.ask("cdata", body=body, table="ATTLOG").status == 503
    assert Punch.objects.count() == Pull.objects.filter(stored__gt=0).count() == 0
    terminal.work()
    assert stored() == lines_of(terminal.log)


def test_a_database_that_hangs_up_is_an_error_and_heals(live_server):
    """The server's own connections are cut, as when PostgreSQL restarts."""
    link()
    terminal = caller(live_server.url, log=punches(30))
    assert terminal.introduce()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for _ in range(3):
        terminal.work()
    assert stored() == lines_of(terminal.log)


# --- pull and push -------------------------------------------------------------------------


@pytest.mark.parametrize("pushed_first", [True, False])
@pytest.mark.parametrize("layout", ["16", "40"])
def test_a_punch_pulled_and_pushed_is_one(live_server, pushed_first, layout):
    simulated = device(40, serial=SERIAL, layout=layout)
    simulated.log.add(simulated.log.punches[-1])  # a true double
    log = [PushPunch(one.user_id, one.time, one.state, one.verify) for one in simulated.log.punches]
    with registered(simulated, serial_number=SERIAL, collecting=Collecting.BOTH) as terminal:
        PushLink.objects.create(terminal=terminal, networks=["127.0.0.0/8"], created_at=clock.now())
        pushing = caller(live_server.url, log=log)
        collector = Collector(now=clock.now, manners=Manners(limits=Limits(answer_seconds=2)))
        for step in (pushing.work, collector.run_once)[:: 1 if pushed_first else -1]:
            step()
            assert stored() == lines_of(log)
        Terminal.objects.update(next_poll_at=None)
        collector.run_once()
    assert Pull.objects.latest("pk").source == PullSource.PULL
    assert stored() == lines_of(log)
    assert sorted(Punch.objects.values_list("occurrence", flat=True)) == [1] * 40 + [2]


# --- the clock, and what else is told ------------------------------------------------------


def test_the_date_that_sets_terminals_clocks_is_right(live_server):
    link()
    reply = caller(live_server.url).ask("cdata", options="all")
    told = parsedate_to_datetime(reply.date)
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=3)


def test_setting_the_clock_and_deleting_punches_is_noted_once(live_server):
    link()
    terminal = caller(live_server.url)
    lines = [
        "OPLOG 4\t101\t2026-11-02 07:00:00\t0\t0\t0\t0",
        "OPLOG 21\t101\t2026-11-02 07:01:00\t0\t0\t0\t0",
        "OPLOG 23\t101\t2026-11-02 07:02:00\t0\t0\t0\t0",
    ]
    for _ in range(2):
        reply = terminal.ask("cdata", body="\n".join(lines).encode(), table="OPERLOG", Stamp="7")
        assert reply.body == b"OK: 3"
    kinds = TerminalNotice.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [NoticeKind.CLOCK_SET, NoticeKind.LOG_CLEARED]
    assert TerminalNotice.objects.earliest("pk").details["operator"] == "101"
    assert PushLink.objects.get().operlog_stamp == "7"


def test_what_a_terminal_says_of_itself_is_remembered(live_server):
    link()
    terminal = caller(live_server.url)
    terminal.ask("cdata", body=b"~DeviceName=SF3A,FPCount=12,ComPwd=77", table="options")
    terminal.ask("getrequest", INFO="Ver 8.0.4-2026,44,13,1205,192.168.16.27,10,7,15,3,111")
    mine = PushLink.objects.select_related("terminal").get()
    assert mine.told["DeviceName"] == "SF3A"
    assert mine.told["FWVersion"] == "Ver 8.0.4-2026"
    assert "ComPwd" not in mine.told
    device = mine.terminal
    assert (device.last_record_count, device.user_count, device.finger_count) == (1205, 44, 13)


def test_an_aspx_address_is_the_same_door():
    link()
    assert Client().get(f"/iclock/ping.aspx?SN={SERIAL}").content == b"OK"


# --- cost ----------------------------------------------------------------------------------


def test_a_heartbeat_is_two_queries(django_assert_num_queries):
    mine = link()
    Terminal.objects.filter(pk=mine.terminal_id).update(last_contact_at=clock.now())
    client = Client()
    with django_assert_num_queries(2):
        assert client.get(f"/iclock/getrequest?SN={SERIAL}").content == b"OK"
    with django_assert_num_queries(1):  # within seconds nothing is written
        client.get(f"/iclock/getrequest?SN={SERIAL}")


def test_the_number_of_queries_does_not_grow_with_the_lines(django_assert_max_num_queries):
    link()
    client = Client()

    def send(log):
        body = "".join(f"{one.line()}\n" for one in reversed(log)).encode()
        answer = client.post(
            f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=1", body, content_type="text/plain"
        )
        assert answer.content == b"OK: %d" % len(log)

    send(punches(1, days_ago=9))  # the hour's first contact clears up
    with django_assert_max_num_queries(32) as few:
        send(punches(2, days_ago=5))
    with django_assert_max_num_queries(32) as many:
        send(punches(600, days_ago=3))
    assert len(few) == len(many)


def test_the_simulated_terminal_notices_a_lost_answer(live_server):
    link()
    terminal = caller(live_server.url, faults=PushFaults(lose_answers=1))
    with pytest.raises(Lost):
        terminal.ask("cdata", body=b"101\t2026-11-02 07:00:00\t0\t1", table="ATTLOG")
    assert Punch.objects.count() == 1


def test_a_terminal_that_is_pulled_as_well_keeps_its_contact(live_server):
    mine = link(collecting=Collecting.BOTH)
    caller(live_server.url).work()
    assert Terminal.objects.get(pk=mine.terminal_id).last_contact_at is None
    assert PushLink.objects.get().last_heard_at is not None


def test_pulled_and_pushed_at_the_same_time_it_is_one(live_server):
    """Both ways hold locks on the terminal; neither waits for ever, and no punch comes twice."""
    simulated = device(3000, serial=SERIAL)
    log = [PushPunch(one.user_id, one.time, one.state, one.verify) for one in simulated.log.punches]
    with registered(simulated, serial_number=SERIAL, collecting=Collecting.BOTH) as terminal:
        PushLink.objects.create(terminal=terminal, networks=["127.0.0.0/8"], created_at=clock.now())
        users = {str(100 + number): f"Người {number}" for number in range(1, 6)}
        pushing = caller(live_server.url, log=log, batch=100, users=users)
        thread = threading.Thread(target=pushing.work)
        thread.start()
        collector = Collector(now=clock.now, manners=Manners(limits=Limits(answer_seconds=5)))
        for _ in range(3):
            Terminal.objects.update(next_poll_at=None)
            collector.run_once()
        thread.join()
        pushing.work()
    assert pushing.sent == 3000
    assert stored() == lines_of(log)


def test_uploads_at_once_of_the_same_lines_are_one(live_server):
    link()
    log = punches(400)
    terminals = [caller(live_server.url, log=log, batch=80) for _ in range(4)]
    threads = [threading.Thread(target=one.work) for one in terminals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.sent for one in terminals] == [400] * 4
    assert stored() == lines_of(log)


def test_a_terminal_that_only_pushes_now_is_no_longer_failing(live_server):
    """It was polled in vain before it was set to push."""
    mine = link()
    Terminal.objects.filter(pk=mine.terminal_id).update(
        consecutive_failures=9, last_contact_at=clock.now()
    )
    caller(live_server.url).ask("getrequest")
    assert Terminal.objects.get(pk=mine.terminal_id).consecutive_failures == 0
