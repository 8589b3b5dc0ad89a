"""kill -9 of schedulers while they remind, and two at once: each decider has one mail of the day."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from attendance.models import CalendarDay, DayKind, RequestKind, RequestReminder
from attendance.requests.handling import Asked, submit
from backend.accounts.models import User
from backend.clock import VN
from backend.jobs import queue
from backend.jobs.models import Run, RunState
from backend.mail.models import MailState, OutgoingMail
from tests import make
from tests.faults.test_scheduler_kill import Scheduler, is_doing
from tests.mailbox import Mailbox, serve
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

HEADS = 8
HANDLER = "requests.remind"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Scheduler]]:
    started: list[Scheduler] = []
    with serve(Mailbox(slowness=0.05)) as mailbox:

        def one() -> Scheduler:
            started.append(Scheduler(mailbox, tmp_path / f"scheduler-{len(started)}.log"))
            return started[-1]

        yield one
        for scheduler in started:
            scheduler.kill()
        assert max(Counter(mailbox.recipients).values()) == 1, "nobody gets it twice"


@pytest.fixture
def due(person: Callable[..., User]) -> list[Run]:
    """Some departments whose heads have a request waiting for days, and the morning's run twice."""
    now = queue.database_now()
    today = now.astimezone(VN).date()
    CalendarDay.objects.create(date=today, kind=DayKind.WORK, name="Ngày làm")
    monday = today + timedelta(days=35 - today.weekday())
    for number in range(HEADS):
        department = make.department(f"D{number}")
        head, asking = (make.employee(f"{who}{number}", department=department) for who in "hn")
        department.manager = head
        department.save()
        person("manager", username=f"h{number}", employee=head)
        user = person("employee", username=f"n{number}", employee=asking)
        asked = Asked(RequestKind.LEAVE, monday, code="P")
        submit(asked, reason="Việc gia đình", by=user, at=now - timedelta(days=10))
    return [
        queue.enqueue(handler=HANDLER, payload={}, due_at=now - timedelta(minutes=back))
        for back in range(2)
    ]


def is_begun() -> bool:
    """A run is taken, or was done before anybody looked."""
    return is_doing() or Run.objects.filter(handler=HANDLER, state=RunState.DONE).exists()


def settled() -> bool:
    """The mornings' runs are done and no mail is on its way any more."""
    runs = Run.objects.filter(handler=HANDLER, due_at__lte=queue.database_now())
    unfinished = OutgoingMail.objects.filter(state__in=[MailState.DUE, MailState.SENDING])
    return set(runs.values_list("state", flat=True)) == {RunState.DONE} and not unfinished.exists()


def check() -> None:
    deciders = RequestReminder.objects.values_list("decider__username", flat=True)
    assert sorted(deciders) == [f"h{number}" for number in range(HEADS)]
    assert OutgoingMail.objects.count() == HEADS
    states = Counter(OutgoingMail.objects.values_list("state", flat=True))
    assert states.keys() <= {MailState.ACCEPTED, MailState.UNCERTAIN}
    assert states[MailState.UNCERTAIN] <= 1, "one can have been in the killed one's hands"


def test_killed_while_reminding_and_while_sending(
    due: list[Run], start: Callable[[], Scheduler]
) -> None:
    seed = random.randrange(10**6)
    logger.info("seed %d", seed)
    chance = random.Random(seed)
    first = start()
    until(is_begun, "a run is taken")
    time.sleep(chance.uniform(0, 0.4))
    first.kill()
    second = start()
    until(lambda: OutgoingMail.objects.filter(state=MailState.ACCEPTED).exists(), "a mail is sent")
    second.kill()
    third = start()
    until(settled, "every mail has an outcome")
    assert third.stop() == 0
    check()


def test_two_schedulers_at_once_remind_once(due: list[Run], start: Callable[[], Scheduler]) -> None:
    both = [start(), start()]
    until(settled, "every mail has an outcome")
    assert [scheduler.stop() for scheduler in both] == [0, 0]
    check()
