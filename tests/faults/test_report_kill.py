"""kill -9 between any two steps of a report and of a briefing: each is there wholly and once, or not yet."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from backend.accounts.models import User
from backend.jobs import queue
from backend.jobs.models import Run, RunState, Schedule
from backend.mail.models import MailState, OutgoingMail, StoredFile
from backend.org.models import Company
from reporting.briefings.planning import Guests, keep_series
from reporting.models import (
    AgendaItem,
    Alarm,
    Briefing,
    BriefingPaper,
    BriefingSeries,
    BriefingState,
    Delivery,
    Edition,
    EditionFile,
    FileKind,
    PaperSending,
    Resending,
)
from reporting.setup import ensure_weekly_briefing
from tests import make
from tests.faults.crashing_reports import POINTS
from tests.faults.database import database_url
from tests.mailbox import Mailbox, serve

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

KILLED = -9
READERS = ["chair", "e1", "e2"]


class Doing:
    """The process that does what it is told, each time in a child that may die."""

    def __init__(self, mailbox: Mailbox) -> None:
        url = database_url()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing_reports"],
            env=os.environ
            | {
                "DATABASE_URL": url,
                "DATABASE_OWNER_URL": url,
                "GIAOBAN_SMTP_HOST": "127.0.0.1",
                "GIAOBAN_SMTP_PORT": str(mailbox.port),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, work: str, point: str = "") -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{work}: {point}\n" if point else f"{work}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def killed(self, work: str, *, leaves: Callable[[], object]) -> None:
        """Killed at every point of the work but what comes after its commit, it leaves nothing."""
        before = leaves()
        for point in POINTS[work]:
            if point == "all committed":
                continue
            assert self.do(work, point) == KILLED, point
            assert leaves() == before, f"{work} killed at: {point}"
            lease_runs_out()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serve(Mailbox()) as box:
        yield box


@pytest.fixture
def doing(mailbox: Mailbox, transactional_db: None) -> Iterator[Doing]:
    process = Doing(mailbox)
    yield process
    process.process.communicate(timeout=30)


def lease_runs_out() -> None:
    """What the dead one had taken is free for another."""
    past = timezone.now() - timedelta(seconds=1)
    Run.objects.filter(lease_until__isnull=False).update(lease_until=past)
    OutgoingMail.objects.filter(lease_until__isnull=False).update(lease_until=past)


def counts(*models: type[Model]) -> Callable[[], dict[str, int]]:
    return lambda: {model.__name__: model._default_manager.count() for model in models}


def states() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("recipient", "state"))


def test_a_report_and_its_briefing_killed_at_every_step(
    doing: Doing, mailbox: Mailbox, person: Callable[..., User]
) -> None:
    Company.objects.create(name="Công ty Thử Nghiệm", short_name="TN")
    readers = [person("executive", username=name) for name in READERS]
    now = queue.database_now()

    # Written by the schedule: five coming runs, or none.
    ensure_weekly_briefing(readers, first_due_at=None, at=now)
    doing.killed("materialise", leaves=counts(Run))
    assert doing.do("materialise") == 0
    assert Run.objects.count() == 5

    # Claimed, figures read, faces made, edition and mails kept: all of it or nothing.
    due = queue.enqueue(
        handler="report.weekly_briefing",
        payload={},
        due_at=now - timedelta(minutes=6),
        schedule=Schedule.objects.get(),
    )
    doing.killed("make", leaves=counts(Edition, EditionFile, Delivery, OutgoingMail, StoredFile))
    due.refresh_from_db()
    assert (due.state, due.attempt) == (RunState.DOING, len(POINTS["make"]) - 1)

    # Late by now: its owner is told once, with the mail, or not yet.
    doing.killed("watch", leaves=counts(Alarm, OutgoingMail))
    assert [doing.do("watch"), doing.do("watch")] == [0, 0]
    assert (Alarm.objects.count(), OutgoingMail.objects.count()) == (1, len(READERS))
    OutgoingMail.objects.all().delete()

    assert doing.do("make", "all committed") == KILLED
    lease_runs_out()
    assert doing.do("make") == 0
    edition = Edition.objects.get()
    assert edition.number == 1
    assert EditionFile.objects.filter(edition=edition).count() == len(FileKind)
    assert Delivery.objects.count() == len(READERS)
    due.refresh_from_db()
    assert due.state == RunState.DONE

    # Killed with a claimed mail nothing was sent; killed after the server took one, nobody knows.
    assert doing.do("send", "mail claimed") == KILLED
    assert mailbox.arrived == []
    lease_runs_out()
    assert doing.do("send", "accepted but not marked") == KILLED
    lease_runs_out()
    assert doing.do("send") == 0
    assert mailbox.recipients == sorted(user.email for user in readers)
    assert Counter(states().values()) == {MailState.ACCEPTED: 2, MailState.UNCERTAIN: 1}
    doubtful = next(to for to, state in states().items() if state == MailState.UNCERTAIN)
    assert len(mailbox.of(doubtful)) == 1, "it had arrived, so it is not sent again"

    # Sent again by a person: with its record, or not at all.
    doing.killed("resend", leaves=counts(Resending, OutgoingMail))
    assert doing.do("resend") == 0
    assert (Resending.objects.count(), OutgoingMail.objects.count()) == (1, len(READERS) + 1)

    a_briefing_killed_at_every_step(doing, *readers[:2])


def a_briefing_killed_at_every_step(doing: Doing, chair: User, secretary: User) -> None:
    at = queue.database_now()
    values: dict[str, Any] = {
        "name": "Giao ban tuần", "starts": time(8), "chair": chair, "secretary": secretary,
        "place": "Phòng họp", "report": "weekly-briefing",
    }  # fmt: skip
    head = make.employee("NV1")
    unit = make.department("KD")
    unit.manager = head
    unit.save()
    keep_series(BriefingSeries(), values, Guests(units=[unit]), by=chair, at=at)
    first = Briefing.objects.earliest("starts_at")
    briefing = Briefing.objects.filter(pk=first.pk)
    briefing.update(starts_at=at + timedelta(hours=1))

    def seen() -> Any:
        return briefing.values_list("state", "opened_at", "closed_at").get(), counts(
            AgendaItem, BriefingPaper, PaperSending, OutgoingMail, StoredFile
        )()

    doing.killed("open", leaves=seen)
    assert doing.do("open") == 0
    assert AgendaItem.objects.count() == 1
    doing.killed("close", leaves=seen)
    assert doing.do("close") == 0
    assert briefing.get().state == BriefingState.CLOSED

    doing.killed("approve", leaves=seen)
    assert doing.do("approve") == 0
    assert doing.do("approve") != 0, "there is one already"
    paper = BriefingPaper.objects.get()
    assert paper.number == 1, "a killed approval uses up no number"

    doing.killed("hand out", leaves=seen)
    assert [doing.do("hand out"), doing.do("hand out")] == [0, 0]
    sent = sorted(PaperSending.objects.values_list("recipient", flat=True))
    assert sent == ["chair@example.vn", "e1@example.vn"]
