"""Administration of a terminal through pyzk, kept at arm's length."""

from datetime import timedelta
from time import monotonic

import pytest

from attendance.terminals.addresses import AddressRefused
from attendance.zk import device as administration
from attendance.zk.client import Limits, Target
from attendance.zk.errors import AuthRefused, DeadlinePassed, Unreachable, Unsupported
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser
from scripts.simulated_terminal.server import running

from .terminals import CLOCK, device

LOCAL = ["127.0.0.0/8"]


def test_identity_users_and_clock_are_asked_and_set():
    with running(device(5, comm_key=4711)) as port:
        target = Target("127.0.0.1", port, LOCAL, comm_key=4711)
        assert administration.identity(target).serial_number == "SIM0000001"
        assert [user.user_id for user in administration.users(target)][:2] == ["101", "102"]
        assert administration.read_clock(target) == CLOCK
        later = CLOCK + timedelta(minutes=3)
        shown = administration.set_clock(target, later)
        assert later <= shown <= later + timedelta(seconds=10)  # what passed on the way is added
        with pytest.raises(AuthRefused):
            administration.read_clock(Target("127.0.0.1", port, LOCAL, comm_key=1))


def test_a_terminal_that_hangs_up_does_not_hang_us():
    """pyzk alone would spin for ever at an early FIN."""
    simulated = device(0, faults=Faults(fin_after=900))
    for uid in range(100, 160):
        simulated.log.users[str(uid)] = DeviceUser(uid, str(uid), "Người")
    started = monotonic()
    with (
        running(simulated) as port,
        pytest.raises((DeadlinePassed, Unsupported)),
    ):
        administration.users(Target("127.0.0.1", port, LOCAL), limits=Limits(contact_seconds=3))
    assert monotonic() - started < 10


def test_nobody_there_is_told_as_such():
    with pytest.raises(Unreachable):
        administration.read_clock(Target("127.0.0.1", 1, LOCAL))


@pytest.mark.parametrize("form", ["127.0.0.1; touch {}", "$(touch {})"])
def test_no_address_reaches_a_shell(form, tmp_path):
    gone = tmp_path / "gone"
    with pytest.raises(AddressRefused):
        administration.identity(Target(form.format(gone), 4370, LOCAL))
    assert not gone.exists()
