"""From the register to the terminals and back: people put, renamed and removed, with proof."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from attendance.models import (
    ConsentStep,
    Enrolment,
    PeopleAction,
    PeopleTask,
    TaskState,
    Terminal,
    TerminalPerson,
)
from attendance.people.consent import record_consent
from attendance.people.enrolment import enrol
from attendance.people.names import fitting_name
from attendance.people.tasks import ask, ask_all_of, ask_leavers_out, plan_of, work_off_one
from attendance.terminals.holding import held
from backend.org.models import Employee
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser
from tests import make

from .terminals import device, registered

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@pytest.fixture
def simulated():
    terminal = device(0)
    terminal.log.users = {
        user.user_id: user
        for user in (
            DeviceUser(1, "101", "Nguyen Van Cu", fingers=(0, 1)),
            DeviceUser(2, "102", "Người 2", card=77, fingers=(0,)),
            DeviceUser(3, "777", "Thử máy"),
            DeviceUser(4, "104", "Quản trị máy", privilege=14),
        )
    }
    return terminal


@pytest.fixture
def terminal(simulated):
    with registered(simulated, code="M1", serial_number="SIM0000001", record_layout="40") as row:
        yield row


def employee(code, name, user_id, terminal, **values):
    person = make.employee(code, name, site=terminal.site, **values)
    Enrolment.objects.filter(employee=person).update(device_user_id=user_id)
    return person


def do_all(at: datetime = NOW) -> None:
    while work_off_one(now=lambda: at):
        pass


def proof(task: PeopleTask) -> dict[str, Any]:
    assert task.proof is not None
    found: dict[str, Any] = task.proof
    return found


def read(terminal):
    ask(terminal, [], by=None, at=NOW)
    do_all()


def test_a_terminal_is_brought_in_step_with_its_site(terminal, simulated, person):
    hr = person("hr")
    employee("NV1", "Nguyễn Văn Cũ", "101", terminal)
    employee("NV2", "Trần Thị Mới", "102", terminal)
    employee("NV3", "Lê Văn Thêm", "103", terminal)
    gone = employee("NV4", "Phạm Đã Nghỉ", "104", terminal)
    Employee.objects.filter(pk=gone.pk).update(leave_date=TODAY - timedelta(days=1))
    read(terminal)
    found = plan_of(terminal, on=TODAY)
    assert [p.user_id for p in found.add] == ["103"]
    assert {p.user_id: p.name for p in found.rename} == {
        "101": "Nguyễn Văn Cũ",
        "102": "Trần Thị Mới",
    }
    assert [p.user_id for p in found.guarded] == ["104"]  # the terminal's own administrator
    assert [p.user_id for p in found.strangers] == ["777"]
    assert found.remove == ()

    assert ask_all_of(found, terminal, by=hr, at=NOW) == 3
    do_all()
    users = simulated.log.users
    assert (users["103"].name, users["101"].name) == ("Lê Văn Thêm", "Nguyễn Văn Cũ")
    assert (users["102"].card, users["102"].fingers) == (77, (0,))
    assert set(users) == {"101", "102", "103", "104", "777"}
    assert plan_of(terminal, on=TODAY).is_empty
    proofs = PeopleTask.objects.filter(action=PeopleAction.PUT, device_user_id="101")
    assert proofs.get().proof == {"there": True, "name": "Nguyễn Văn Cũ", "fingers": 2}
    kept = TerminalPerson.objects.get(device_user_id="101")
    assert (kept.finger_count, kept.enrolled_date) == (2, TODAY)


def test_leavers_go_from_every_terminal_with_proof_and_once(terminal, simulated):
    other = device(0, serial="OTHER")
    other.log.users = {"101": DeviceUser(9, "101", "Cũ")}
    with registered(other, code="M2", serial_number="OTHER", record_layout="40"):
        gone = employee("NV1", "Nguyễn Văn Cũ", "101", terminal)
        assert ask_leavers_out(at=NOW) == 0
        Employee.objects.filter(pk=gone.pk).update(leave_date=TODAY - timedelta(days=1))
        assert ask_leavers_out(at=NOW) == 2
        assert ask_leavers_out(at=NOW) == 0  # asked already
        do_all()
        assert ask_leavers_out(at=NOW) == 0  # proved
    assert "101" not in simulated.log.users
    assert "101" not in other.log.users
    removals = PeopleTask.objects.filter(action=PeopleAction.REMOVE)
    assert [(task.state, task.proof, task.by) for task in removals] == [
        (TaskState.DONE, {"there": False}, None)
    ] * 2


def test_an_id_given_to_somebody_new_is_not_removed(terminal, simulated):
    gone = employee("NV1", "Nguyễn Văn Cũ", "101", terminal)
    last = TODAY - timedelta(days=10)
    Enrolment.objects.filter(employee=gone).update(valid_to=last)
    Employee.objects.filter(pk=gone.pk).update(leave_date=last)
    new = make.employee("NV2", "Trần Thị Mới", site=terminal.site)
    enrol(device_user_id="101", employee=new, first=TODAY - timedelta(days=5))
    assert ask_leavers_out(at=NOW) == 0


def test_a_terminal_that_only_says_so_is_not_believed(terminal, simulated):
    simulated.faults = Faults(keeps_users=True)
    ask(terminal, [(PeopleAction.REMOVE, "101", "")], by=None, at=NOW)
    at = NOW
    for _ in range(5):
        do_all(at)
        at += timedelta(hours=7)
    task = PeopleTask.objects.get(action=PeopleAction.REMOVE)
    assert (task.state, task.attempts, proof(task)["there"]) == (TaskState.FAILED, 5, True)
    assert task.problem


def test_an_unreachable_terminal_is_tried_again_later(terminal):
    Terminal.objects.filter(pk=terminal.pk).update(comm_key_sealed="", port=1)
    ask(terminal, [(PeopleAction.REMOVE, "101", "")], by=None, at=NOW)
    do_all()
    task = PeopleTask.objects.get(action=PeopleAction.REMOVE)
    assert (task.state, task.attempts) == (TaskState.WAITING, 1)
    assert task.next_try_at > NOW


def test_a_terminal_in_use_is_left_alone(terminal, simulated):
    ask(terminal, [(PeopleAction.REMOVE, "101", "")], by=None, at=NOW)
    with held(terminal, by="somebody", now=lambda: NOW, seconds=60):
        assert work_off_one(now=lambda: NOW)
        assert not work_off_one(now=lambda: NOW)  # not before some seconds have passed
        assert simulated.connections == 0
    assert PeopleTask.objects.filter(state=TaskState.WAITING).count() == 2


def test_a_newer_wish_takes_the_place_of_one_that_waits(terminal):
    ask(terminal, [(PeopleAction.REMOVE, "101", "")], by=None, at=NOW)
    ask(terminal, [(PeopleAction.PUT, "101", "Mới")], by=None, at=NOW)
    waiting = PeopleTask.objects.filter(state=TaskState.WAITING).exclude(action="read")
    assert [task.action for task in waiting] == ["put"]


def test_consent_withdrawn_takes_the_fingers_and_leaves_the_card(terminal, simulated, person):
    hr = person("hr")
    worker = employee("NV2", "Trần Thị Mới", "102", terminal)
    read(terminal)
    for step, day in ((ConsentStep.CONSENT, 1), (ConsentStep.WITHDRAWAL, 2)):
        record_consent(
            employee=worker, step=step, date=date(2026, 5, day), document="01/ĐY", by=hr,
            at=NOW, today=TODAY,
        )  # fmt: skip
    do_all()
    assert (simulated.log.users["102"].fingers, simulated.log.users["102"].card) == ((), 77)
    task = PeopleTask.objects.get(action=PeopleAction.REMOVE_FINGERS)
    assert (task.state, proof(task)["fingers"], task.by) == (TaskState.DONE, 0, hr)


def leaver(terminal, user_id):
    gone = employee("NV1", "Nguyễn Văn Cũ", user_id, terminal)
    Employee.objects.filter(pk=gone.pk).update(leave_date=TODAY - timedelta(days=1))
    return gone


def test_a_withdrawal_reaches_terminals_never_read(terminal, simulated, person):
    worker = employee("NV2", "Trần Thị Mới", "102", terminal)
    record_consent(
        employee=worker, step=ConsentStep.WITHDRAWAL, date=TODAY, document="02/ĐY",
        by=person("hr"), at=NOW, today=TODAY,
    )  # fmt: skip
    do_all()
    assert simulated.log.users["102"].fingers == ()
    assert proof(PeopleTask.objects.get(action=PeopleAction.REMOVE_FINGERS))["fingers"] == 0


def test_fingers_that_cannot_be_counted_are_no_proof(terminal, simulated):
    simulated.faults = Faults(hides_templates=True)
    ask(terminal, [(PeopleAction.REMOVE_FINGERS, "102", "")], by=None, at=NOW)
    do_all()
    task = PeopleTask.objects.get(action=PeopleAction.REMOVE_FINGERS)
    assert (task.state, proof(task)["fingers"]) == (TaskState.WAITING, None)


def test_a_list_cut_short_proves_nothing_and_forgets_nobody(terminal, simulated):
    read(terminal)
    simulated.faults = Faults(loses_users=1, keeps_users=True)
    ask(terminal, [(PeopleAction.REMOVE, "101", "")], by=None, at=NOW)
    do_all()
    assert PeopleTask.objects.get(action=PeopleAction.REMOVE).state == TaskState.WAITING
    assert TerminalPerson.objects.get(device_user_id="101").gone_at is None


def test_a_leaver_who_administers_an_unread_terminal_waits_for_a_person(terminal, simulated):
    leaver(terminal, "104")
    assert ask_leavers_out(at=NOW) == 1
    do_all()
    assert "104" in simulated.log.users
    task = PeopleTask.objects.get(action=PeopleAction.REMOVE)
    assert (task.state, task.attempts) == (TaskState.FAILED, 1)
    assert ask_leavers_out(at=NOW) == 0


def test_a_leaver_found_again_and_one_whose_removal_was_replaced_are_removed(terminal, simulated):
    leaver(terminal, "101")
    ask_leavers_out(at=NOW)
    ask(terminal, [(PeopleAction.REMOVE_FINGERS, "101", "")], by=None, at=NOW)
    assert ask_leavers_out(at=NOW) == 1  # the first removal was replaced before it was tried
    do_all()
    assert "101" not in simulated.log.users
    assert ask_leavers_out(at=NOW) == 0
    simulated.log.users["101"] = DeviceUser(1, "101", "Lại lên máy")
    read(terminal)
    assert ask_leavers_out(at=NOW) == 1
    do_all()
    assert "101" not in simulated.log.users


@pytest.mark.parametrize(
    ("name", "size", "encoding", "shown"),
    [
        ("Nguyễn Thị An", 23, "UTF-8", "Nguyễn Thị An"),
        ("Nguyễn Thị An", 23, "GB2312", "Nguyen Thi An"),
        ("Nguyễn Hoàng Phương Thảo", 23, "UTF-8", "N H P Thao"),
        ("Nguyễn Thị Thương", 7, "UTF-8", "Thuong"),
        ("Đỗ Ân", 7, "UTF-8", "Do An"),
        ("Nguyễn Thị Nghiêng-Ngả", 7, "UTF-8", "Nghieng"),
        ("  Lê   Bình ", 23, "UTF-8", "Lê Bình"),
    ],
)
def test_a_name_fits_the_terminal_and_stays_readable(name, size, encoding, shown):
    assert fitting_name(name, size=size, encoding=encoding) == shown
    assert len(shown.encode(encoding)) <= size
