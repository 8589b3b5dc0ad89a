"""Whatever a terminal and the line do, in the end each of its records is in the ledger once."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import AuditState, Punch, PushAudit, PushLink
from backend import clock
from scripts.simulated_terminal.push import Lost, PushPunch, PushTerminal, Reply
from tests.attendance.pushing import link, wall_clock

pytestmark = pytest.mark.django_db


@dataclass
class InProcess(PushTerminal):
    """The same terminal without sockets; the line does what `line` says next."""

    line: str = ""

    def ask(self, name, *, body=None, key=None, **query):
        target = f"{self.path}/{name}?{urlencode({'SN': self.serial, **query}, quote_via=quote)}"
        line, self.line = (self.line, "") if body is not None else ("", self.line)
        if line == "never arrives":
            raise Lost
        client = Client()
        if body is None:
            answer = client.get(target)
        else:
            answer = client.post(target, body, content_type="text/plain")
            if line == "arrives twice":
                answer = client.post(target, body, content_type="text/plain")
        if line == "answer lost":
            raise Lost
        return Reply(answer.status_code, answer.content)


LINES = ["", "never arrives", "arrives twice", "answer lost"]
STEP = st.one_of(
    st.tuples(st.just("punch"), st.integers(1, 3), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.just("work"), st.sampled_from(LINES)),
    st.tuples(st.just("double")),
    st.tuples(st.just("stamp"), st.sampled_from(["reset", "too far"])),
    st.tuples(st.just("restart")),
    st.tuples(st.just("audit"), st.sampled_from(LINES)),
)


def due() -> None:
    PushLink.objects.update(audit_due_at=clock.now() - timedelta(seconds=1))


def take(terminal: InProcess, step: tuple[Any, ...]) -> None:
    match step:
        case ("punch", user, days_ago, minute):
            midnight = wall_clock().replace(hour=0, minute=0, second=0)
            moment = midnight - timedelta(days=days_ago) + timedelta(minutes=minute)
            terminal.log.append(PushPunch(str(user), moment))
        case ("double",) if terminal.log:
            terminal.log.append(terminal.log[-1])
        case ("work", line):
            terminal.line = line
            terminal.work()
        case ("stamp", "reset"):
            PushLink.objects.update(attlog_stamp="")
            terminal.introduced = False
        case ("stamp", _):
            terminal.sent = len(terminal.log)  # firmware believes that all was sent
        case ("restart",):
            terminal.introduced = False
        case ("audit", line):
            due()
            terminal.line = line
            terminal.work()


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=25), batch=st.integers(1, 5))
def test_in_the_end_all_is_here_once(db, steps, batch):
    serial = f"M{uuid4().hex[:12]}"
    mine = link(serial)
    PushLink.objects.exclude(pk=mine.pk).update(enabled=False)
    terminal = InProcess("", 0, serial, clock=wall_clock, batch=batch)
    for step in steps:
        take(terminal, step)
    terminal.line = ""
    terminal.batch = 500  # a day's doubles come in one upload, as firmware sends a day
    terminal.work()
    mine.terminal.push_commands.filter(state="sent").update(state="expired")
    for _ in range(3):
        due()
        terminal.work()
        terminal.work()
    truth = Counter((one.user_id, one.time) for one in terminal.log)
    stored = Punch.objects.filter(serial_number=serial)
    assert Counter(stored.values_list("device_user_id", "device_time")) == truth
    states = PushAudit.objects.filter(terminal=mine.terminal).values_list("state", flat=True)
    assert set(states) == {AuditState.EQUAL}
