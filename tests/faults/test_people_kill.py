"""kill -9 while a collector changes the people on a terminal: done in the end, proved, once."""

import signal
from datetime import timedelta
from random import Random
from time import sleep

from attendance.models import Enrolment, PeopleAction, PeopleTask, TaskState, Terminal
from attendance.people.tasks import ask
from backend.clock import now, today
from backend.org.models import Employee
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser
from tests import make
from tests.attendance.terminals import device, registered
from tests.faults.test_collector_kill import SEED, start_collector
from tests.waiting import until

KILLS = 3


def test_a_killed_change_of_people_is_done_by_the_next_collector(transactional_db):
    chance = Random(SEED)
    simulated = device(0, faults=Faults(answer_delay=0.08))
    users = simulated.log.users
    users["102"] = DeviceUser(2, "102", "Người 2", card=77, fingers=(0, 1, 2))
    with registered(simulated, serial_number=simulated.serial, record_layout="40") as terminal:
        Terminal.objects.update(next_poll_at=now() + timedelta(days=1))
        gone = make.employee("NV1", site=terminal.site)
        Enrolment.objects.filter(employee=gone).update(device_user_id="105")
        Employee.objects.filter(pk=gone.pk).update(leave_date=today() - timedelta(days=1))
        changes = [
            (PeopleAction.PUT, "201", "Trần An"),
            (PeopleAction.PUT, "202", "Lê Bình"),
            (PeopleAction.PUT, "101", "Người mới"),
            (PeopleAction.REMOVE, "103", ""),
            (PeopleAction.REMOVE_FINGERS, "102", ""),
        ]
        ask(terminal, changes, by=None, at=now())
        for _ in range(KILLS):
            before = simulated.connections
            collector = start_collector()
            try:
                until(lambda seen=before: simulated.connections > seen)
                sleep(chance.uniform(0, 1))
            finally:
                collector.send_signal(signal.SIGKILL)
                collector.communicate()
            assert waiting(), f"killed too late to tell anything; FAULT_SEED={SEED}"
            until(lambda: simulated.open_connections == 0)  # its child ends by itself
            release()
        collector = start_collector()
        try:
            until(lambda: not waiting())
        finally:
            collector.send_signal(signal.SIGTERM)
            _, complaints = collector.communicate(timeout=30)
    assert collector.returncode == 0, f"FAULT_SEED={SEED} {complaints.decode()}"
    assert {user_id: user.name for user_id, user in users.items()} == {
        "101": "Người mới", "102": "Người 2", "104": "Người 4", "201": "Trần An", "202": "Lê Bình",
    }  # fmt: skip
    assert (users["102"].card, users["102"].fingers) == (77, ())
    assert len({user.uid for user in users.values()}) == 5
    done = PeopleTask.objects.exclude(action=PeopleAction.READ).order_by("device_user_id")
    assert {task.state for task in done} == {TaskState.DONE}
    # The collector itself found the leaver, and asked once however often it was started.
    assert [task.device_user_id for task in done] == ["101", "102", "103", "105", "201", "202"]
    assert all(task.proof == {"there": False} for task in done if task.action == "remove")


def waiting():
    return PeopleTask.objects.filter(state=TaskState.WAITING).exists()


def release():
    """What time would do: the dead collector's lease runs out, and the tasks fall due again."""
    Terminal.objects.update(claimed_by="", lease_until=None)
    PeopleTask.objects.filter(state=TaskState.WAITING).update(next_try_at=now())
