"""kill -9 and SIGSTOP of real schedulers: one edition, at most one mail for each reader."""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.jobs import queue
from backend.jobs.models import Run, RunState
from backend.mail.models import MailState, OutgoingMail
from backend.org.models import Company
from reporting.models import Delivery, Edition, EditionFile, FileKind
from reporting.setup import ensure_weekly_briefing
from tests.mailbox import Mailbox, serve
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

READERS = 12
LEASE_SECONDS = "2"


class Scheduler:
    """`python -m backend scheduler` as the product runs it, in a process group of its own."""

    def __init__(self, mailbox: Mailbox, log: Path) -> None:
        database = connection.settings_dict
        url = (
            f"postgresql://{database['USER']}:{database['PASSWORD']}"
            f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        )
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "backend", "scheduler"],
                env=os.environ
                | {
                    "DATABASE_URL": url,
                    "DATABASE_OWNER_URL": url,
                    "GIAOBAN_JOB_LEASE": LEASE_SECONDS,
                    "GIAOBAN_SMTP_HOST": "127.0.0.1",
                    "GIAOBAN_SMTP_PORT": str(mailbox.port),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """The orderly way; the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serve(Mailbox(slowness=0.05)) as box:
        yield box


@pytest.fixture
def start(mailbox: Mailbox, tmp_path: Path) -> Iterator[Callable[[], Scheduler]]:
    started: list[Scheduler] = []

    def make() -> Scheduler:
        started.append(Scheduler(mailbox, tmp_path / f"scheduler-{len(started)}.log"))
        return started[-1]

    yield make
    for scheduler in started:
        scheduler.kill()


@pytest.fixture
def due(person: Callable[..., User]) -> Run:
    """One briefing due now for a dozen readers."""
    Company.objects.create(name="Công ty Thử Nghiệm", short_name="TN")
    readers = [person("executive", username=f"e{n}") for n in range(READERS)]
    now = queue.database_now()
    ensure_weekly_briefing(readers, first_due_at=now, at=now)
    return Run.objects.get(due_at=now)


def is_doing() -> bool:
    return Run.objects.filter(state=RunState.DOING).exists()


def settled() -> bool:
    """The edition is made and no mail is on its way any more."""
    unfinished = OutgoingMail.objects.filter(state__in=[MailState.DUE, MailState.SENDING])
    return OutgoingMail.objects.exists() and not unfinished.exists()


def check(mailbox: Mailbox) -> Counter[str]:
    """R1 and R2 of the promises; returns how many mails ended in which state."""
    edition = Edition.objects.get()
    assert EditionFile.objects.filter(edition=edition).count() == len(FileKind)
    assert Delivery.objects.filter(edition=edition).count() == READERS
    assert max(Counter(mailbox.recipients).values()) == 1, "nobody gets it twice"
    states = Counter(OutgoingMail.objects.values_list("state", flat=True))
    assert states.keys() <= {MailState.ACCEPTED, MailState.UNCERTAIN}
    accepted = OutgoingMail.objects.filter(state=MailState.ACCEPTED)
    assert set(accepted.values_list("recipient", flat=True)) <= set(mailbox.recipients)
    return states


def test_killed_while_freezing_and_while_delivering(
    due: Run, mailbox: Mailbox, start: Callable[[], Scheduler]
) -> None:
    seed = random.randrange(10**6)
    logger.info("seed %d", seed)
    chance = random.Random(seed)

    first = start()
    until(is_doing, "the run is taken")
    time.sleep(chance.uniform(0, 0.6))
    first.kill()

    second = start()
    until(lambda: len(mailbox.arrived) >= chance.randint(1, 4), "the first mails arrive")
    second.kill()
    at_kill = len(mailbox.arrived)
    assert at_kill < READERS, "killed in the middle"

    third = start()
    until(settled, "every mail has an outcome")
    assert third.stop() == 0
    states = check(mailbox)
    # One mail can have been in the hands of the killed process; it is shown, not sent again.
    assert states[MailState.UNCERTAIN] <= 1
    due.refresh_from_db()
    assert due.state == RunState.DONE


def test_frozen_one_that_wakes_up_writes_and_sends_nothing(
    due: Run, mailbox: Mailbox, start: Callable[[], Scheduler]
) -> None:
    frozen = start()
    until(is_doing, "the run is taken")
    frozen.signal(signal.SIGSTOP)

    second = start()
    until(settled, "another one does all of it")
    frozen.signal(signal.SIGCONT)
    until(lambda: "taken over" in frozen.log.read_text(), "the woken one notices")
    assert frozen.stop() == 0
    assert second.stop() == 0

    assert check(mailbox) == {MailState.ACCEPTED: READERS}
    due.refresh_from_db()
    assert (due.state, due.attempt) == (RunState.DONE, 2)


def test_two_schedulers_at_once_share_the_work(
    due: Run, mailbox: Mailbox, start: Callable[[], Scheduler]
) -> None:
    both = [start(), start()]
    until(settled, "every mail has an outcome")
    assert [scheduler.stop() for scheduler in both] == [0, 0]
    assert check(mailbox) == {MailState.ACCEPTED: READERS}
    assert Run.objects.get(pk=due.pk).attempt == 1


def test_scheduler_outlives_its_database_connections(
    due: Run, mailbox: Mailbox, start: Callable[[], Scheduler]
) -> None:
    """A restarted server ends every connection; the same process goes on with new ones."""
    scheduler = start()
    until(is_doing, "the run is taken")
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'giaoban-scheduler'"
        )
        assert cursor.rowcount >= 1
    until(settled, "every mail has an outcome")
    assert scheduler.stop() == 0
    assert check(mailbox) == {MailState.ACCEPTED: READERS}
