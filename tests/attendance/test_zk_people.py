"""People on terminals, written and removed by unmodified pyzk, and read back."""

import pytest

from attendance.zk.client import Limits, Target
from attendance.zk.device import Change, change_people, people
from attendance.zk.errors import AuthRefused, Unsupported
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser
from scripts.simulated_terminal.server import running

from .terminals import device

LIMITS = Limits(contact_seconds=20)


def target(port, **values):
    return Target("127.0.0.1", port, ["127.0.0.0/8"], **values)


@pytest.mark.parametrize("layout", ["40", "8"])
@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
def test_people_are_added_renamed_and_removed(layout, udp):
    simulated = device(5, layout=layout, comm_key=99)
    users = simulated.log.users
    users["103"] = DeviceUser(3, "103", "Người 3", privilege=14, card=4711, fingers=(0, 6))
    with running(simulated) as port:
        there = target(port, comm_key=99, datagrams=udp)
        assert [person.user_id for person in people(there, limits=LIMITS)] == list(users)
        changes = [
            Change("put", "2001", "Tran An"),
            Change("put", "103", "Binh"),
            Change("remove", "101"),
            Change("remove", "999"),
            Change("put", "102", "Người 2"),
        ]
        after = {p.user_id: p for p in change_people(there, changes, limits=LIMITS)}
    assert set(after) == {"102", "103", "104", "105", "2001"}
    assert after["2001"].name == "Tran An"
    kept = after["103"]
    assert (kept.uid, kept.name, kept.privilege, kept.has_card, kept.fingers) == (
        3, "Binh", 14, True, 2,
    )  # fmt: skip
    assert users["103"].card == 4711


def test_the_first_user_of_an_empty_terminal_gets_a_long_record():
    simulated = device(0)
    simulated.log.users.clear()
    with running(simulated) as port:
        [person] = change_people(target(port), [Change("put", "A-17", "Lê Bình")], limits=LIMITS)
    assert (person.user_id, person.name) == ("A-17", "Lê Bình")


def test_fingers_go_and_the_user_stays():
    simulated = device(5)
    simulated.log.users["104"] = DeviceUser(4, "104", "Người 4", card=8, fingers=(1, 2, 3))
    with running(simulated) as port:
        after = change_people(target(port), [Change("remove_fingers", "104")], limits=LIMITS)
    [person] = [person for person in after if person.user_id == "104"]
    assert (person.fingers, person.has_card) == (0, True)


def test_reading_back_tells_what_the_terminal_did_not_do():
    simulated = device(5, faults=Faults(keeps_users=True))
    with running(simulated) as port:
        after = change_people(target(port), [Change("remove", "101")], limits=LIMITS)
    assert "101" in {person.user_id for person in after}


def test_a_wrong_key_changes_nothing():
    simulated = device(5, comm_key=5)
    with running(simulated) as port, pytest.raises(AuthRefused):
        change_people(target(port, comm_key=6), [Change("remove", "101")], limits=LIMITS)
    assert "101" in simulated.log.users


def test_a_list_cut_short_is_no_list():
    """101 is missing from what was sent: it must not pass for removed."""
    simulated = device(5, faults=Faults(loses_users=1))
    with running(simulated) as port, pytest.raises(Unsupported):
        change_people(target(port), [], limits=LIMITS)


def test_fingers_not_shown_are_not_fingers_gone():
    simulated = device(5, faults=Faults(hides_templates=True))
    simulated.log.users["104"] = DeviceUser(4, "104", "Người 4", fingers=(1,))
    with running(simulated) as port:
        told = people(target(port), limits=LIMITS)
    assert {person.fingers for person in told} == {None}


def test_administrators_need_a_word_of_their_own_and_other_rights_survive():
    simulated = device(5)
    users = simulated.log.users
    users["101"] = DeviceUser(1, "101", "Người 1", privilege=14)
    users["102"] = DeviceUser(2, "102", "Người 2", privilege=2)
    with running(simulated) as port:
        there = target(port)
        change_people(there, [Change("remove", "101"), Change("put", "102", "Khác")], limits=LIMITS)
        assert "101" in users
        assert (users["102"].name, users["102"].privilege) == ("Người 2", 2)
        change_people(there, [Change("remove_admin", "101")], limits=LIMITS)
    assert "101" not in users
